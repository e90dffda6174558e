//! Rows with the values that they were sorted by, as both engines send them.

use std::{
    any::TypeId,
    collections::BTreeMap,
    fmt::{self, Write},
    marker::PhantomData,
    sync::{Arc, PoisonError, RwLock},
};

use serde::Deserialize;

use super::{
    Column, Reader, Record, SortKey, SortValue,
    row::{Cells, Line},
    statement::Sql,
};
use crate::error::Error;

/// A row of a list.
#[derive(Debug, Deserialize)]
#[serde(from = "(Vec<SortValue>, R)")]
#[serde(bound(deserialize = "R: serde::de::DeserializeOwned"))]
pub struct Entry<R> {
    /// The values of the order's keys for this row.
    pub sort: Vec<SortValue>,
    /// The row.
    pub row: Arc<R>,
}

impl<R> Clone for Entry<R> {
    fn clone(&self) -> Self {
        Self { sort: self.sort.clone(), row: Arc::clone(&self.row) }
    }
}

impl<R> From<(Vec<SortValue>, R)> for Entry<R> {
    fn from((sort, row): (Vec<SortValue>, R)) -> Self {
        Self { sort, row: Arc::new(row) }
    }
}

impl<R: Record> Entry<R> {
    /// About how many bytes it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let sort: usize = self.sort.iter().map(SortValue::outside).sum();
        size_of::<Self>() + sort + self.row.bytes()
    }
}

/// What statements select of each row: the columns of `R`, and the keys of an order that are none of them.
pub(super) struct Selection<'k, R> {
    keys: &'k [SortKey],
    /// Which column each key is, if it is one.
    places: Vec<Option<usize>>,
    /// How many keys are no columns.
    own: usize,
    texts: Arc<Texts>,
    row: PhantomData<fn() -> R>,
}

impl<'k, R: Record> Selection<'k, R> {
    /// Selects what an order by `keys` needs.
    pub(super) fn new(keys: &'k [SortKey]) -> Self {
        let texts = texts::<R>();
        let place = |key: &SortKey| texts.columns.iter().position(|column| column.sql == key.sql());
        let places: Vec<Option<usize>> = keys.iter().map(place).collect();
        let own = places.iter().filter(|place| place.is_none()).count();
        Self { keys, places, own, texts, row: PhantomData }
    }

    /// What follows SELECT: the keys that are no columns as `sort_0`, `sort_1`, …, and the columns under their names.
    pub(super) fn columns(&self) -> String {
        let mut text = String::with_capacity(512);
        for (number, (key, place)) in self.keyed().enumerate() {
            if place.is_none() {
                // Writing to a string does not fail.
                let _ = write!(text, "{} AS sort_{number}, ", key.sql());
            }
        }
        text + &self.texts.selected
    }

    /// The SQLite expression that makes the JSON of an entry out of what is selected.
    pub(super) fn json(&self) -> String {
        let column = |place: usize| self.texts.columns.get(place).map(|column| column.name.clone());
        let name = |(number, (_, place)): (usize, (_, Option<usize>))| {
            place.and_then(column).unwrap_or_else(|| format!("sort_{number}"))
        };
        let keys: Vec<String> = self.keyed().enumerate().map(name).collect();
        format!("json_array(json_array({}), {})", keys.join(", "), self.texts.json)
    }

    /// How many columns are selected.
    pub(super) fn width(&self) -> usize {
        self.own + self.texts.columns.len()
    }

    /// The columns of `row`, from `first` on, as an entry.
    pub(super) fn entry(&self, row: Line<'_>, first: usize) -> Result<Entry<R>, Error> {
        let columns = first + self.own;
        let mut own = Cells::at(row, first);
        let mut sort = Vec::with_capacity(self.keys.len());
        for (key, place) in self.keyed() {
            sort.push(match place {
                Some(place) => value(key, &mut Cells::at(row, columns + place))?,
                None => value(key, &mut own)?,
            });
        }
        Ok(Entry { sort, row: Arc::new(Cells::at(row, columns).read()?) })
    }

    /// The keys, each with the column that it is.
    fn keyed(&self) -> impl Iterator<Item = (SortKey, Option<usize>)> {
        self.keys.iter().copied().zip(self.places.iter().copied())
    }
}

fn value(key: SortKey, cells: &mut Cells<'_>) -> Result<SortValue, Error> {
    match key {
        SortKey::Int(_) => cells.read().map(SortValue::Int),
        SortKey::Text(_) => cells.read().map(SortValue::Text),
    }
}

/// The names of the columns of `R` in the table called `alias`, in their order.
pub(super) fn names<R: Record>(alias: &str) -> String {
    let names: Vec<String> = texts::<R>().columns.iter().map(|column| format!("{alias}.{}", column.name)).collect();
    names.join(", ")
}

/// How many columns `R` has.
pub(super) fn width<R: Record>() -> usize {
    texts::<R>().columns.len()
}

/// What statements say of a type of rows.
struct Texts {
    columns: Vec<Column>,
    selected: String,
    json: String,
}

/// The texts of `R`, which are made once.
fn texts<R: Record>() -> Arc<Texts> {
    static KNOWN: RwLock<BTreeMap<TypeId, Arc<Texts>>> = RwLock::new(BTreeMap::new());
    let of = TypeId::of::<R>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&of).cloned();
    known.unwrap_or_else(|| {
        let columns = R::columns();
        let selected = columns.iter().map(|column| format!("{} AS {}", column.sql, column.name));
        let texts = Texts { selected: selected.collect::<Vec<_>>().join(", "), json: R::json(), columns };
        Arc::clone(KNOWN.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_insert_with(|| texts.into()))
    })
}

/// Reads entries by one statement: rows on PostgreSQL, one JSON text of them all on SQLite. `from` writes what follows
/// FROM.
pub(super) async fn read<R: Record>(
    reader: &Reader,
    keys: &[SortKey],
    from: impl FnOnce(&mut Sql),
) -> Result<Vec<Entry<R>>, Error> {
    let selection = Selection::new(keys);
    let mut sql = reader.sql();
    let postgres = sql.postgres();
    if !postgres {
        sql.push("SELECT json_group_array(").push(&selection.json()).push(") FROM (");
    }
    from(sql.push("SELECT ").push(&selection.columns()).push(" FROM "));
    let entries: Vec<Entry<R>> = if postgres {
        reader.rows(&sql, |row| selection.entry(row, 0)).await?
    } else {
        parse(&reader.text(sql.push(")")).await?)?
    };
    reader.receive(entries.len());
    Ok(entries)
}

pub(super) fn parse<'j, T: Deserialize<'j>>(json: &'j str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(misfit)
}

/// Rows that do not fit their type.
pub(super) fn misfit(reason: impl fmt::Display) -> Error {
    Error::internal(format!("rows that do not fit their type: {reason}"))
}
