//! Rows with the values that they were sorted by, as both engines send them.

use std::{
    any::TypeId,
    collections::BTreeMap,
    fmt::{self, Write},
    sync::{Arc, PoisonError, RwLock},
};

use serde::Deserialize;

use super::{Reader, Record, SortKey, SortValue, row::Cells, statement::Sql};
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

/// What to select: the keys as `sort_0`, `sort_1`, … and the columns of the row under their names.
pub(super) fn columns<R: Record>(keys: &[SortKey]) -> String {
    let mut text = String::with_capacity(512);
    for (place, key) in keys.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = write!(text, "{} AS sort_{place}, ", key.sql());
    }
    text + &texts::<R>().columns
}

/// The SQLite expression that makes the JSON of an entry out of what [`columns`] selects.
pub(super) fn json<R: Record>(keys: usize) -> String {
    let keys: Vec<String> = (0..keys).map(|place| format!("sort_{place}")).collect();
    format!("json_array(json_array({}), {})", keys.join(", "), texts::<R>().json)
}

/// What statements say of a type of rows.
struct Texts {
    columns: String,
    json: String,
}

/// The texts of `R`, which are made once.
fn texts<R: Record>() -> Arc<Texts> {
    static KNOWN: RwLock<BTreeMap<TypeId, Arc<Texts>>> = RwLock::new(BTreeMap::new());
    let of = TypeId::of::<R>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&of).cloned();
    known.unwrap_or_else(|| {
        let columns = R::columns().into_iter().map(|column| format!("{} AS {}", column.sql, column.name));
        let texts = Texts { columns: columns.collect::<Vec<_>>().join(", "), json: R::json() };
        Arc::clone(KNOWN.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_insert_with(|| texts.into()))
    })
}

/// Runs a statement that gives entries: as an array of records on PostgreSQL, in one JSON text on SQLite.
pub(super) async fn read<R: Record>(reader: &Reader, sql: Sql, keys: &[SortKey]) -> Result<Vec<Entry<R>>, Error> {
    let entries: Vec<Entry<R>> = if sql.postgres() {
        reader.rows(sql, |cells| from_cells(cells, keys)).await?
    } else {
        parse(&reader.text(sql).await?)?
    };
    reader.receive(entries.len());
    Ok(entries)
}

/// Makes the statement of [`read`] out of one that selects [`columns`].
pub(super) fn whole<R: Record>(sql: &mut Sql, keys: usize, select: impl FnOnce(&mut Sql)) {
    if sql.postgres() {
        sql.push("SELECT array_agg(e) FROM (");
    } else {
        sql.push("SELECT json_group_array(").push(&json::<R>(keys)).push(") FROM (");
    }
    select(sql);
    sql.push(") AS e");
}

/// Reads what [`columns`] selected, from where `cells` are.
pub(super) fn from_cells<R: Record>(cells: &mut Cells<'_>, keys: &[SortKey]) -> Result<Entry<R>, Error> {
    let value = |key: &SortKey| match key {
        SortKey::Int(_) => cells.read().map(SortValue::Int),
        SortKey::Text(_) => cells.read().map(SortValue::Text),
    };
    let sort = keys.iter().map(value).collect::<Result<_, _>>()?;
    Ok(Entry { sort, row: Arc::new(cells.read()?) })
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(misfit)
}

/// Rows that do not fit their type.
pub(super) fn misfit(reason: impl fmt::Display) -> Error {
    Error::internal(format!("rows that do not fit their type: {reason}"))
}
