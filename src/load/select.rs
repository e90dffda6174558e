use std::sync::Arc;

use super::{
    Reader, Record,
    entry::{columns, json, read},
    statement::Sql,
};
use crate::error::Error;

/// Rows that are no list of a parent. `from` writes what follows FROM, with the rows called `t`.
pub async fn select<R: Record>(reader: &Reader, from: impl FnOnce(&mut Sql)) -> Result<Vec<Arc<R>>, Error> {
    let mut sql = reader.sql();
    let postgres = sql.postgres();
    if !postgres {
        sql.push("SELECT json_group_array(").push(&json::<R>(0)).push(") FROM (");
    }
    sql.push("SELECT ").push(&columns::<R>(&[])).push(" FROM ");
    from(&mut sql);
    if !postgres {
        sql.push(")");
    }
    Ok(read::<R>(reader, sql, &[]).await?.into_iter().map(|entry| entry.row).collect())
}
