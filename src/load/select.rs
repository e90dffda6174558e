use std::sync::Arc;

use super::{
    Reader, Record,
    entry::{columns, read, whole},
    statement::Sql,
};
use crate::error::Error;

/// Rows that are no list of a parent. `from` writes what follows FROM, with the rows called `t`.
pub async fn select<R: Record>(reader: &Reader, from: impl FnOnce(&mut Sql)) -> Result<Vec<Arc<R>>, Error> {
    let mut sql = reader.sql();
    whole::<R>(&mut sql, 0, |sql| from(sql.push("SELECT ").push(&columns::<R>(&[])).push(" FROM ")));
    Ok(read::<R>(reader, sql, &[]).await?.into_iter().map(|entry| entry.row).collect())
}
