//! Writes an invented world into an empty database.

use entity::{franchise, person, show};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QuerySelect, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
    sqlx::{self, PgConnection},
};

use super::{Batch, Cell, TABLES, Table, World};
use crate::store::{Store, told};

/// Rows of one statement: with ten columns these are fewer values than SQLite takes, which is 32,766.
const ROWS: usize = 1_000;

/// Writes all of `world`, which tells `progress` how many shows are done. PostgreSQL gets all of it or nothing; SQLite
/// gets it batch by batch.
///
/// # Errors
///
/// If the database has rows already, or cannot take them.
pub async fn fill(store: &Store, world: World, mut progress: impl FnMut(u32)) -> Result<(), DbErr> {
    refuse_rows(store.write()).await?;
    if store.is_postgres() {
        let mut tx = store.write().get_postgres_connection_pool().begin().await.map_err(told)?;
        let mut last = [0; TABLES.len()];
        for batch in world {
            for ((table, rows), last) in TABLES.iter().zip(&batch.rows).zip(&mut last) {
                copy(&mut tx, table, rows).await?;
                *last = highest(rows).unwrap_or(*last);
            }
            progress(batch.shows);
        }
        for (table, last) in TABLES.iter().zip(last).filter(|(table, last)| *last > 0 && table.has_id()) {
            let go_on = sqlx::query("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)");
            go_on.bind(table.name).bind(i64::from(last)).execute(&mut *tx).await.map_err(told)?;
        }
        tx.commit().await.map_err(told)?;
    } else {
        for batch in world {
            insert(store.write(), &batch).await?;
            progress(batch.shows);
        }
    }
    store.analyze().await
}

async fn refuse_rows(db: &DatabaseConnection) -> Result<(), DbErr> {
    let rows = franchise::Entity::find().limit(1).one(db).await?.is_some()
        || show::Entity::find().limit(1).one(db).await?.is_some()
        || person::Entity::find().limit(1).one(db).await?.is_some();
    if rows {
        let reason = "the database has shows or people already; give an empty one, such as a new file";
        return Err(DbErr::Custom(reason.to_owned()));
    }
    Ok(())
}

/// The number of the last row of those that have one.
fn highest(rows: &[Vec<Cell>]) -> Option<i32> {
    match rows.last()?.first()? {
        Cell::Int(id) => Some(*id),
        _ => None,
    }
}

/// Copies rows in PostgreSQL's text format.
///
/// Source: <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>
async fn copy(tx: &mut PgConnection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            text.push_str(if place > 0 { "\t" } else { "" });
            match cell {
                Cell::Null => text.push_str("\\N"),
                Cell::Int(number) => text.push_str(&number.to_string()),
                Cell::Text(words) => text.push_str(&escaped(words)),
            }
        }
        text.push('\n');
    }
    let statement = format!("COPY {} ({}) FROM STDIN", table.name, table.columns.join(", "));
    let mut copy = tx.copy_in_raw(&statement).await.map_err(told)?;
    copy.send(text.into_bytes()).await.map_err(told)?;
    copy.finish().await.map_err(told)?;
    Ok(())
}

fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

/// Inserts a batch in a transaction of its own.
async fn insert(db: &DatabaseConnection, batch: &Batch) -> Result<(), DbErr> {
    let now = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(now).await?;
    for (table, rows) in TABLES.iter().zip(&batch.rows) {
        for rows in rows.chunks(ROWS) {
            let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
            let text = format!(
                "INSERT INTO {} ({}) VALUES {}",
                table.name,
                table.columns.join(", "),
                vec![row.as_str(); rows.len()].join(", ")
            );
            let values = rows.iter().flatten().map(Value::from);
            tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, text, values)).await?;
        }
    }
    tx.commit().await
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Null => Self::Int(None),
            Cell::Int(number) => Self::from(*number),
            Cell::Text(words) => Self::from(words.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_copy_wants_them() {
        assert_eq!(escaped("a\\b\tc\nd\re"), r"a\\b\tc\nd\re");
    }
}
