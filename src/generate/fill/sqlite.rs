//! Fills an SQLite database with multi-row `INSERT` statements.

use sea_orm::{
    DbBackend,
    sqlx::{self, AssertSqlSafe, Connection, Row, SqliteConnection, SqlitePool, raw_sql},
};

use super::{Derived, Step};
use crate::generate::{Cell, TABLES, Table, World};

/// Rows per statement. With at most ten columns they stay below SQLite's limit of 32,766 values.
const ROWS: usize = 1_000;

/// No checks of foreign keys, which are known to be valid, and a page cache of 256 MiB.
const SETTINGS: &str = "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144";

/// The statements that drop and recreate the indexes of the tables ?1 and the triggers ?2. Constraints stay, because
/// SQLite cannot drop them.
const ASIDE: &str = "
SELECT format('DROP %s \"%w\"', type, name) AS take, sql AS give FROM sqlite_schema
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?1))
    OR type = 'trigger' AND name IN (SELECT value FROM json_each(?2))
ORDER BY type, rowid";

/// Fills the database in one transaction, which other connections do not see until it ends.
pub(super) async fn fill(pool: &SqlitePool, world: World, progress: &mut impl FnMut(Step)) -> Result<(), sqlx::Error> {
    let derived = Derived::of(DbBackend::Sqlite);
    let mut connection = pool.acquire().await?;
    // Do not return this connection with its settings to the pool.
    connection.close_on_drop();
    run(&mut connection, SETTINGS).await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Invented rows have no history.
    run(&mut tx, "INSERT INTO change_context (id, changeset_id) VALUES (1, 0)").await?;
    let aside = sqlx::query(ASIDE).bind(list(&derived.tables)).bind(list(&derived.added)).fetch_all(&mut *tx).await?;
    for taken in &aside {
        run(&mut tx, taken.try_get("take")?).await?;
    }
    for batch in world {
        for (table, rows) in TABLES.iter().zip(&batch.rows) {
            for rows in rows.chunks(ROWS) {
                insert(&mut tx, table, rows).await?;
            }
        }
        progress(Step::Shows(batch.shows));
    }
    progress(Step::Search);
    for statement in &derived.fill {
        run(&mut tx, statement).await?;
    }
    for (place, taken) in aside.iter().enumerate() {
        progress(Step::Index(place + 1, aside.len()));
        run(&mut tx, taken.try_get("give")?).await?;
    }
    run(&mut tx, "DELETE FROM change_context").await?;
    tx.commit().await?;
    // Closing copies the write-ahead log into the file, which can take minutes. Wait for it here, so that nobody else
    // times out while waiting for a connection.
    connection.close().await
}

async fn run(tx: &mut SqliteConnection, statement: &str) -> Result<(), sqlx::Error> {
    raw_sql(AssertSqlSafe(statement)).execute(tx).await.map(drop)
}

/// Names as a JSON array.
fn list(names: &[impl AsRef<str>]) -> String {
    names.iter().map(AsRef::as_ref).collect::<serde_json::Value>().to_string()
}

async fn insert(tx: &mut SqliteConnection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
    let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let text = format!(
        "INSERT INTO {} ({}) VALUES {}",
        table.name,
        table.columns.join(", "),
        vec![row.as_str(); rows.len()].join(", ")
    );
    let mut statement = sqlx::query(AssertSqlSafe(text));
    for cell in rows.iter().flatten() {
        statement = match cell {
            Cell::Null => statement.bind(None::<i32>),
            Cell::Int(number) => statement.bind(*number),
            Cell::Text(words) => statement.bind(words.clone()),
        };
    }
    statement.execute(tx).await.map(drop)
}
