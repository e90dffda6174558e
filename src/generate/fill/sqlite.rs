//! SQLite is filled by statements of many rows.

use sea_orm::{
    DbBackend,
    sqlx::{self, AssertSqlSafe, Connection, Row, SqliteConnection, SqlitePool, raw_sql},
};

use super::{Step, search};
use crate::generate::{Cell, TABLES, Table, World};

/// Rows of one statement: with ten columns these are fewer values than SQLite takes, which is 32,766.
const ROWS: usize = 1_000;

/// References are known to be right, and what SQLite writes to is mostly at hand: a cache of 256 MiB.
const SETTINGS: &str = "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144";

/// What to put aside of the tables ?1, with the triggers ?2: the statements that take it away and that make it again.
/// Constraints stay, as SQLite cannot do without them.
const ASIDE: &str = "
SELECT format('DROP %s \"%w\"', type, name) AS take, sql AS give FROM sqlite_schema
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?1))
    OR type = 'trigger' AND name IN (SELECT value FROM json_each(?2))
ORDER BY type, rowid";

/// Fills in one transaction, which others do not see until it ends.
pub(super) async fn fill(pool: &SqlitePool, world: World, progress: &mut impl FnMut(Step)) -> Result<(), sqlx::Error> {
    let (search, tables) = search(DbBackend::Sqlite);
    let mut connection = pool.acquire().await?;
    // The next who writes gets a connection with the settings of the pool.
    connection.close_on_drop();
    run(&mut connection, SETTINGS).await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let aside = sqlx::query(ASIDE).bind(list(&tables)).bind(list(&search.added)).fetch_all(&mut *tx).await?;
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
    for statement in &search.fill {
        run(&mut tx, statement).await?;
    }
    for (place, taken) in aside.iter().enumerate() {
        progress(Step::Index(place + 1, aside.len()));
        run(&mut tx, taken.try_get("give")?).await?;
    }
    tx.commit().await?;
    // What was written goes from the log into the file now, which takes minutes if it is much. Nobody is to wait for a
    // connection meanwhile, and give up.
    connection.close().await
}

async fn run(tx: &mut SqliteConnection, statement: &str) -> Result<(), sqlx::Error> {
    raw_sql(AssertSqlSafe(statement)).execute(tx).await.map(drop)
}

/// Names as the text of a list in JSON.
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
