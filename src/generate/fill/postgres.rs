//! Fills a PostgreSQL database with `COPY`.

use sea_orm::{
    DbBackend,
    sqlx::{self, AssertSqlSafe, PgConnection, PgPool, Row, raw_sql},
};

use super::{Derived, Step};
use crate::generate::{Cell, TABLES, Table, World};

/// Memory for building indexes, moderate enough for a small server. Invented rows have no history.
const SETTINGS: &str = "SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '64MB'; \
    SET LOCAL castgraph.changeset = '0'";

/// The statements that drop and recreate the indexes and keys of the tables $1, and disable and enable their triggers
/// $2. Foreign keys are dropped before the keys that they refer to, and recreated after them.
const ASIDE: &str = "
SELECT 1 AS step, i.indexrelid AS number,
    CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
         ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS take,
    CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
         ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    END AS give
FROM pg_index AS i LEFT JOIN pg_constraint AS c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
WHERE i.indrelid = ANY (CAST($1 AS regclass[]))
UNION ALL
SELECT 2, c.oid, format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint AS c
WHERE c.contype = 'f'
    AND (c.conrelid = ANY (CAST($1 AS regclass[])) OR c.confrelid = ANY (CAST($1 AS regclass[])))
UNION ALL
SELECT 3, t.oid, format('ALTER TABLE %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname),
    format('ALTER TABLE %s ENABLE TRIGGER %I', t.tgrelid::regclass, t.tgname)
FROM pg_trigger AS t
WHERE t.tgrelid = ANY (CAST($1 AS regclass[])) AND t.tgname = ANY ($2) AND t.tgenabled = 'O'
ORDER BY step, number";

/// Fills the database in one transaction. Other readers of the tables wait until it ends.
pub(super) async fn fill(pool: &PgPool, world: World, progress: &mut impl FnMut(Step)) -> Result<(), sqlx::Error> {
    let derived = Derived::of(DbBackend::Postgres);
    let mut tx = pool.begin().await?;
    run(&mut tx, SETTINGS).await?;
    let aside = sqlx::query(ASIDE).bind(&derived.tables).bind(&derived.added).fetch_all(&mut *tx).await?;
    for taken in aside.iter().rev() {
        run(&mut tx, taken.try_get("take")?).await?;
    }
    let mut last = [0; TABLES.len()];
    for batch in world {
        for ((table, rows), last) in TABLES.iter().zip(&batch.rows).zip(&mut last) {
            copy(&mut tx, table, rows).await?;
            *last = highest(rows).unwrap_or(*last);
        }
        progress(Step::Shows(batch.shows));
    }
    for (table, last) in TABLES.iter().zip(last).filter(|(table, last)| *last > 0 && table.has_id()) {
        let go_on = sqlx::query("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)");
        go_on.bind(table.name).bind(i64::from(last)).execute(&mut *tx).await?;
    }
    progress(Step::Search);
    for statement in &derived.fill {
        run(&mut tx, statement).await?;
    }
    for (place, taken) in aside.iter().enumerate() {
        progress(Step::Index(place + 1, aside.len()));
        run(&mut tx, taken.try_get("give")?).await?;
    }
    tx.commit().await
}

async fn run(tx: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    raw_sql(AssertSqlSafe(statement)).execute(tx).await.map(drop)
}

/// The id of the last row, if the rows have ids.
fn highest(rows: &[Vec<Cell>]) -> Option<i32> {
    match rows.last()?.first()? {
        Cell::Int(id) => Some(*id),
        _ => None,
    }
}

/// Copies rows in PostgreSQL's text format.
///
/// Source: <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>
async fn copy(tx: &mut PgConnection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
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
    let mut copy = tx.copy_in_raw(&statement).await?;
    copy.send(text.into_bytes()).await?;
    copy.finish().await.map(drop)
}

fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_copy_wants_them() {
        assert_eq!(escaped("a\\b\tc\nd\re"), r"a\\b\tc\nd\re");
    }
}
