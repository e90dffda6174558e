//! Rows with the values they are sorted by, and the SQL that selects them on either engine.

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
    /// The values of the sort keys for this row.
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
    /// Estimated size in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let sort: usize = self.sort.iter().map(SortValue::outside).sum();
        size_of::<Self>() + sort + self.row.bytes()
    }
}

/// The select list of a statement: the columns of `R`, and the sort keys that are not among them.
pub(super) struct Selection<'k, R> {
    keys: &'k [SortKey],
    /// For each sort key, the index of the column that equals it, if there is one.
    places: Vec<Option<usize>>,
    /// Number of sort keys that are not columns.
    own: usize,
    texts: Arc<Texts>,
    row: PhantomData<fn() -> R>,
}

impl<'k, R: Record> Selection<'k, R> {
    /// Selects the columns of `R` and the sort keys `keys`.
    pub(super) fn new(keys: &'k [SortKey]) -> Self {
        let texts = texts::<R>();
        let place = |key: &SortKey| texts.columns.iter().position(|column| column.sql == key.sql());
        let places: Vec<Option<usize>> = keys.iter().map(place).collect();
        let own = places.iter().filter(|place| place.is_none()).count();
        Self { keys, places, own, texts, row: PhantomData }
    }

    /// The text after SELECT: sort keys that are not columns as `sort_0`, `sort_1`, …, then the columns under their
    /// names.
    pub(super) fn columns(&self) -> String {
        let mut text = String::with_capacity(512);
        for (number, (key, place)) in self.keyed().enumerate() {
            if place.is_none() {
                // Writing to a string cannot fail.
                let _ = write!(text, "{} AS sort_{number}, ", key.sql());
            }
        }
        text + &self.texts.selected
    }

    /// An expression for the JSON of an entry over the selected columns, for SQLite.
    pub(super) fn json(&self) -> String {
        let column = |place: usize| self.texts.columns.get(place).map(|column| column.name.clone());
        let name = |(number, (_, place)): (usize, (_, Option<usize>))| {
            place.and_then(column).unwrap_or_else(|| format!("sort_{number}"))
        };
        let keys: Vec<String> = self.keyed().enumerate().map(name).collect();
        format!("json_array(json_array({}), {})", keys.join(", "), self.texts.json)
    }

    /// Number of selected columns.
    pub(super) fn width(&self) -> usize {
        self.own + self.texts.columns.len()
    }

    /// Decodes an entry from the columns of `row` that start at `first`.
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

    /// The sort keys, each with the index of its column, if it is one.
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

/// The column names of `R`, qualified with the table alias `alias`, in order.
pub(super) fn names<R: Record>(alias: &str) -> String {
    let names: Vec<String> = texts::<R>().columns.iter().map(|column| format!("{alias}.{}", column.name)).collect();
    names.join(", ")
}

/// Number of columns of `R`.
pub(super) fn width<R: Record>() -> usize {
    texts::<R>().columns.len()
}

/// Parts of the statements for one row type.
struct Texts {
    columns: Vec<Column>,
    selected: String,
    json: String,
}

/// The parts for `R`. They are built once and cached.
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

/// Reads entries with one statement. PostgreSQL returns rows; SQLite returns one JSON array of all rows. `from` appends
/// the text after FROM.
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

/// The error for rows that cannot be decoded into their type.
pub(super) fn misfit(reason: impl fmt::Display) -> Error {
    Error::internal(format!("failed to decode rows: {reason}"))
}
