//! Rows with the values that they were sorted by, as both engines send them.

use std::sync::Arc;

use sea_orm::{DbErr, QueryResult};
use serde::Deserialize;

use super::{Reader, Record, SortKey, SortValue, statement::Sql};
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
        let text = |value: &SortValue| match value {
            SortValue::Int(_) => 0,
            SortValue::Text(text) => text.len(),
        };
        let sort: usize = self.sort.iter().map(|value| size_of_val(value) + text(value)).sum();
        size_of::<Self>() + sort + self.row.bytes()
    }
}

/// What to select: the keys as `sort_0`, `sort_1`, … and the columns of the row under their names.
pub(super) fn columns<R: Record>(keys: &[SortKey]) -> String {
    let keys = keys.iter().enumerate().map(|(place, key)| format!("{} AS sort_{place}", key.sql()));
    let columns = R::columns().into_iter().map(|column| format!("{} AS {}", column.sql, column.name));
    keys.chain(columns).collect::<Vec<_>>().join(", ")
}

/// The SQLite expression that makes the JSON of an entry out of what [`columns`] selects.
pub(super) fn json<R: Record>(keys: usize) -> String {
    let keys: Vec<String> = (0..keys).map(|place| format!("sort_{place}")).collect();
    format!("json_array(json_array({}), {})", keys.join(", "), R::json())
}

/// Runs a statement that gives entries: one a row on PostgreSQL, all in one JSON text on SQLite.
pub(super) async fn read<R: Record>(reader: &Reader, sql: Sql, keys: &[SortKey]) -> Result<Vec<Entry<R>>, Error> {
    let entries: Vec<Entry<R>> = if sql.postgres() {
        let rows = reader.rows(sql).await?;
        rows.iter().map(|row| from_row(row, keys)).collect::<Result<_, DbErr>>()?
    } else {
        parse(&reader.text(sql).await?)?
    };
    reader.receive(entries.len());
    Ok(entries)
}

/// Reads what [`columns`] selected.
pub(super) fn from_row<R: Record>(row: &QueryResult, keys: &[SortKey]) -> Result<Entry<R>, DbErr> {
    let value = |(place, key): (usize, &SortKey)| {
        let name = format!("sort_{place}");
        Ok(match key {
            SortKey::Int(_) => SortValue::Int(row.try_get("", &name)?),
            SortKey::Text(_) => SortValue::Text(row.try_get("", &name)?),
        })
    };
    let sort = keys.iter().enumerate().map(value).collect::<Result<_, DbErr>>()?;
    Ok(Entry { sort, row: Arc::new(R::from_row(row)?) })
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|reason| Error::internal(format!("rows that do not fit their type: {reason}")))
}
