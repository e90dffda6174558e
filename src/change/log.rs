//! The recorded changes in the order of their commits, and where they cannot be relied on.
//!
//! Whoever holds data of the database in memory knows the [`Position`] up to which it includes the changes, and asks for
//! those after it. The triggers do not record everything: `TRUNCATE`, bulk loads, and whatever happens while triggers are
//! missing. All of these change the catalogue of the database, so a position has a mark of it, and if that differs, the
//! changes are unknown. They are unknown too if there are too many, or if the last known one is gone.

use entity::change;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Value};

use super::{raw::RowChange, recording::statement, table::of_kind};

/// More changes than this are not read.
pub const MOST: u32 = 10_000;

/// A position between two recorded changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The last change before it; 0 if there is none.
    last: i32,
    /// A mark of the tables, their storage and their triggers.
    catalogue: i64,
}

/// What was changed between two positions.
#[derive(Clone, Debug)]
pub enum Changes {
    /// The changed rows, in the order of the commits. If there are none, something that is not recorded was changed, such
    /// as an account.
    Rows(Vec<RowChange>),
    /// It is not known. Anything may have changed.
    Unknown,
}

/// The mark of the catalogue. On PostgreSQL a table that is truncated gets new storage, and so does an index that is made
/// anew, as bulk loads do; on SQLite every change of the schema is counted.
fn catalogue(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "(SELECT CAST(coalesce(sum(CAST(relfilenode AS bigint)), 0) AS bigint) FROM pg_class \
             WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())) \
             + (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'castgraph%' AND tgenabled = 'O')"
        }
        _ => "(SELECT CAST(schema_version AS bigint) FROM pragma_schema_version)",
    }
}

/// The present position.
///
/// # Errors
///
/// If the database fails.
pub async fn position(db: &impl ConnectionTrait) -> Result<Position, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!("SELECT coalesce(max(id), 0) AS last, {} AS catalogue FROM change", catalogue(backend));
    match db.query_one_raw(statement(backend, &sql, [])).await? {
        Some(row) => Ok(Position { last: row.try_get("", "last")?, catalogue: row.try_get("", "catalogue")? }),
        None => Err(DbErr::Custom("the query for the last change returned no row".to_owned())),
    }
}

/// The changes after `position`, and the position after them.
///
/// # Errors
///
/// If the database fails, or a change cannot be read.
pub async fn since(db: &impl ConnectionTrait, from: Position) -> Result<(Changes, Position), DbErr> {
    let backend = db.get_database_backend();
    // One row more than the changes: the last known one.
    let sql = format!(
        "SELECT m.catalogue, c.* FROM (SELECT {} AS catalogue) AS m LEFT JOIN \
         (SELECT r.*, {} AS known FROM change AS r WHERE r.id >= ? ORDER BY r.id LIMIT {}) AS c ON true ORDER BY c.id",
        catalogue(backend),
        if backend == DbBackend::Postgres { "CAST(NULL AS text)" } else { KNOWN },
        MOST + 2
    );
    let rows = db.query_all_raw(statement(backend, &sql, [Value::from(from.last)])).await?;
    let Some(first) = rows.first() else {
        return Err(DbErr::Custom("the query for changes returned no row".to_owned()));
    };
    let has_last = from.last == 0 || first.try_get::<Option<i32>>("", "id")? == Some(from.last);
    let is_known = has_last && first.try_get::<i64>("", "catalogue")? == from.catalogue;
    if !is_known || rows.len() > MOST as usize + 1 {
        return Ok((Changes::Unknown, position(db).await?));
    }
    let new = rows.iter().skip(usize::from(from.last != 0));
    let mut changes = Vec::new();
    for row in new {
        changes.extend(decode(row, backend)?);
    }
    let last = changes.last().map_or(from.last, |change| change.id);
    Ok((Changes::Rows(changes), Position { last, ..from }))
}

/// The recorded row before a change, on SQLite, where `INSERT OR REPLACE` replaces a row without recording its deletion.
const KNOWN: &str = "(SELECT o.after FROM change AS o WHERE r.before IS NULL AND r.changeset_id IS NULL \
    AND o.kind = r.kind AND o.row_id = r.row_id AND o.id < r.id ORDER BY o.id DESC LIMIT 1)";

/// The change in a row of [`since`]; `None` for the row without one.
fn decode(row: &QueryResult, backend: DbBackend) -> Result<Option<RowChange>, DbErr> {
    let Some(id) = row.try_get::<Option<i32>>("", "id")? else { return Ok(None) };
    let model = change::Model {
        id,
        changeset_id: row.try_get("", "changeset_id")?,
        kind: row.try_get("", "kind")?,
        row_id: row.try_get("", "row_id")?,
        of_kind: row.try_get("", "of_kind")?,
        of_id: row.try_get("", "of_id")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
    };
    // What a newer castgraph records of tables that this one does not know, it does not read either.
    if of_kind(model.kind).is_none() {
        return Ok(None);
    }
    let known = row.try_get::<Option<String>>("", "known")?;
    let may_replace = backend != DbBackend::Postgres && model.changeset_id.is_none() && model.after.is_some();
    let change = RowChange::of(&change::Model { before: model.before.clone().or(known), ..model })?;
    Ok(Some(RowChange { may_replace, ..change }))
}
