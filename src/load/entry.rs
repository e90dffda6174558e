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
    decode::{EncodedRow, RowDecoder},
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
        let sort: usize = self.sort.iter().map(SortValue::bytes).sum();
        size_of::<Self>() + sort + self.row.bytes()
    }
}

/// The select list of a statement: the columns of `R`, and the sort keys that are not among them.
pub(super) struct Selection<'k, R> {
    keys: &'k [SortKey],
    /// For each sort key, the index of the column that equals it, if there is one.
    indexes: Vec<Option<usize>>,
    /// Number of sort keys that are not columns.
    extra: usize,
    fragments: Arc<SqlFragments>,
    row: PhantomData<fn() -> R>,
}

impl<'k, R: Record> Selection<'k, R> {
    /// Selects the columns of `R` and the sort keys `keys`.
    pub(super) fn new(keys: &'k [SortKey]) -> Self {
        let fragments = fragments::<R>();
        let index = |key: &SortKey| fragments.columns.iter().position(|column| column.sql == key.sql());
        let indexes: Vec<Option<usize>> = keys.iter().map(index).collect();
        let extra = indexes.iter().filter(|index| index.is_none()).count();
        Self { keys, indexes, extra, fragments, row: PhantomData }
    }

    /// The text after SELECT: sort keys that are not columns as `sort_0`, `sort_1`, …, then the columns under their
    /// names.
    pub(super) fn columns(&self) -> String {
        let mut text = String::with_capacity(512);
        for (number, (key, index)) in self.keyed().enumerate() {
            if index.is_none() {
                // Writing to a string cannot fail.
                let _ = write!(text, "{} AS sort_{number}, ", key.sql());
            }
        }
        text + &self.fragments.selected
    }

    /// An expression for the JSON of an entry over the selected columns, for SQLite.
    pub(super) fn json(&self) -> String {
        let column = |index: usize| self.fragments.columns.get(index).map(|column| column.name.clone());
        let name = |(number, (_, index)): (usize, (_, Option<usize>))| {
            index.and_then(column).unwrap_or_else(|| format!("sort_{number}"))
        };
        let keys: Vec<String> = self.keyed().enumerate().map(name).collect();
        format!("json_array(json_array({}), {})", keys.join(", "), self.fragments.json)
    }

    /// Number of selected columns.
    pub(super) fn width(&self) -> usize {
        self.extra + self.fragments.columns.len()
    }

    /// Decodes an entry from the columns of `row` that start at `first`.
    pub(super) fn entry(&self, row: EncodedRow<'_>, first: usize) -> Result<Entry<R>, Error> {
        let columns = first + self.extra;
        let mut extra = RowDecoder::at(row, first);
        let mut sort = Vec::with_capacity(self.keys.len());
        for (key, index) in self.keyed() {
            sort.push(match index {
                Some(index) => value(key, &mut RowDecoder::at(row, columns + index))?,
                None => value(key, &mut extra)?,
            });
        }
        Ok(Entry { sort, row: Arc::new(RowDecoder::at(row, columns).read()?) })
    }

    /// The sort keys, each with the index of its column, if it is one.
    fn keyed(&self) -> impl Iterator<Item = (SortKey, Option<usize>)> {
        self.keys.iter().copied().zip(self.indexes.iter().copied())
    }
}

fn value(key: SortKey, decoder: &mut RowDecoder<'_>) -> Result<SortValue, Error> {
    match key {
        SortKey::Int(_) => decoder.read().map(SortValue::Int),
        SortKey::Text(_) => decoder.read().map(SortValue::Text),
    }
}

/// The column names of `R`, qualified with the table alias `alias`, in order.
pub(super) fn names<R: Record>(alias: &str) -> String {
    let names: Vec<String> = fragments::<R>().columns.iter().map(|column| format!("{alias}.{}", column.name)).collect();
    names.join(", ")
}

/// Number of columns of `R`.
pub(super) fn width<R: Record>() -> usize {
    fragments::<R>().columns.len()
}

/// Parts of the statements for one row type.
struct SqlFragments {
    columns: Vec<Column>,
    selected: String,
    json: String,
}

/// The parts for `R`. They are built once and cached.
fn fragments<R: Record>() -> Arc<SqlFragments> {
    static CACHE: RwLock<BTreeMap<TypeId, Arc<SqlFragments>>> = RwLock::new(BTreeMap::new());
    let of = TypeId::of::<R>();
    let known = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&of).cloned();
    known.unwrap_or_else(|| {
        let columns = R::columns();
        let selected = columns.iter().map(|column| format!("{} AS {}", column.sql, column.name));
        let fragments = SqlFragments { selected: selected.collect::<Vec<_>>().join(", "), json: R::json(), columns };
        Arc::clone(CACHE.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_insert_with(|| fragments.into()))
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
    reader.count_rows(entries.len());
    Ok(entries)
}

pub(super) fn parse<'j, T: Deserialize<'j>>(json: &'j str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(decode_error)
}

/// The error for rows that cannot be decoded into their type.
pub(super) fn decode_error(reason: impl fmt::Display) -> Error {
    Error::internal(format!("failed to decode rows: {reason}"))
}
