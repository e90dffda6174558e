//! Checks that a database belongs to castgraph before anything is written to it.
//!
//! castgraph marks its SQLite files in the header: with an application id and, as the user version, the number of
//! applied migrations. On both engines a table lists the applied migrations. Source of the header:
//! <https://www.sqlite.org/pragma.html#pragma_application_id>.

use std::{collections::HashSet, fs, io, path::Path};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sqlx::{
        self, ConnectOptions, Connection, Row,
        sqlite::{SqliteConnectOptions, SqliteConnection},
    },
};

use super::{StoreError, address::Address};
use crate::folder::folder_of;

/// The application id of castgraph's SQLite files: "Cast" in ASCII.
pub const APPLICATION_ID: i32 = 0x4361_7374;

/// The table of applied migrations.
const RECORDS: &str = "seaql_migrations";

/// The state of a database, as detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The file does not exist.
    Missing,
    /// It contains nothing.
    Empty,
    /// It belongs to castgraph, and this version knows all of its migrations.
    Ours,
    /// It belongs to castgraph, and has this migration, which a newer version applied.
    Newer(String),
    /// It belongs to another program.
    Foreign(Foreign),
}

impl Found {
    /// Whether the database is missing or empty.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Missing | Self::Empty)
    }
}

/// What a database of another program contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    tables: Vec<String>,
    /// Whether the other program uses the same table for its migrations as castgraph.
    records: bool,
}

/// The properties of a database that show which program it belongs to.
#[derive(Default)]
struct Signs {
    application_id: i32,
    user_version: i32,
    tables: Vec<String>,
    /// The applied migrations; `None` if it has no table for them.
    applied: Option<Vec<String>>,
}

impl Signs {
    fn tell(self) -> Found {
        let migrations = Migrator::migrations();
        let known: HashSet<&str> = migrations.iter().map(|migration| migration.name()).collect();
        let marked = self.application_id == APPLICATION_ID;
        let applied = self.applied.as_deref().unwrap_or_default();
        let unknown = applied.iter().find(|name| !known.contains(name.as_str()));
        let has_ours = applied.iter().any(|name| known.contains(name.as_str()));
        let count = usize::try_from(self.user_version).unwrap_or_default();
        if marked || has_ours {
            return match unknown {
                Some(name) => Found::Newer(name.clone()),
                None if marked && count > known.len() => Found::Newer(format!("number {count}")),
                None => Found::Ours,
            };
        }
        let others = |tables: &[String]| tables.iter().filter(|name| *name != RECORDS).cloned().collect::<Vec<_>>();
        if self.application_id == 0 && others(&self.tables).is_empty() && applied.is_empty() {
            // The table of migrations stays when all migrations are reverted.
            return if self.applied.is_some() { Found::Ours } else { Found::Empty };
        }
        Found::Foreign(Foreign { tables: others(&self.tables), records: !applied.is_empty() })
    }
}

/// Detects the state of an SQLite file without changing it or the files next to it.
pub(super) async fn of_file(address: &Address, path: &Path) -> Result<Found, StoreError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(reason) if reason.kind() == io::ErrorKind::NotADirectory => {
            return Err(StoreError::new(format!("cannot open {address}: a part of the path is a file, not a folder")));
        }
        Err(reason) => return Err(unreadable(address, &reason)),
    };
    if metadata.is_dir() {
        return Err(StoreError::new(format!(
            "{address} is a folder; --database-url needs the path of a file, such as {}",
            path.join("castgraph.db").display()
        )));
    }
    let mut header = [0; 16];
    let read = fs::File::open(path).and_then(|mut file| io::Read::read(&mut file, &mut header));
    let read = read.map_err(|reason| unreadable(address, &reason))?;
    // A new file is empty until the first checkpoint: its contents may still be in the write-ahead log.
    if read > 0 && header != *b"SQLite format 3\0" {
        return Err(StoreError::new(format!(
            "{address} is not an SQLite database; choose another file with --database-url"
        )));
    }
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        fs::metadata(name).is_ok_and(|log| log.len() > 0)
    };
    // Without a log or journal the file is complete, and can be opened without locking or creating other files.
    let whole = !beside("-wal") && !beside("-journal");
    if read == 0 && whole {
        return Ok(Found::Empty);
    }
    let signs = signs_of_file(path, whole).await;
    signs.map(Signs::tell).map_err(|reason| StoreError::connecting(address, &reason))
}

async fn signs_of_file(path: &Path, whole: bool) -> Result<Signs, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(whole);
    let mut db = options.disable_statement_logging().connect().await?;
    let signs = async {
        let number = async |db: &mut SqliteConnection, sql: &'static str| -> Result<i32, sqlx::Error> {
            sqlx::query(sql).fetch_one(db).await?.try_get(0)
        };
        let application_id = number(&mut db, "PRAGMA application_id").await?;
        let user_version = number(&mut db, "PRAGMA user_version").await?;
        let tables = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut db).await?;
        let applied = if tables.iter().any(|name| name == RECORDS) {
            // Another program's table of this name may have other columns.
            let sql = "SELECT version FROM seaql_migrations ORDER BY version";
            Some(sqlx::query_scalar(sql).fetch_all(&mut db).await.unwrap_or_else(|_| vec![String::new()]))
        } else {
            None
        };
        Ok(Signs { application_id, user_version, tables, applied })
    }
    .await;
    db.close().await?;
    signs
}

/// Detects the state of the PostgreSQL schema that has, or would get, castgraph's tables.
pub(super) async fn of_schema<C: ConnectionTrait>(address: &Address, db: &C) -> Result<Found, StoreError> {
    let query = async |sql: &str| -> Result<Vec<String>, DbErr> {
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    };
    if query("SELECT current_schema()::text WHERE current_schema() IS NOT NULL").await?.is_empty() {
        return Err(StoreError::new(format!(
            "{address}: no schema in the role's search_path exists; create one (CREATE SCHEMA castgraph), or set \
             search_path"
        )));
    }
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace \
                  AND relkind IN ('r', 'p', 'v', 'm', 'f') \
                  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') ORDER BY 1";
    let tables = query(tables).await?;
    let applied = if tables.iter().any(|name| name == RECORDS) {
        let found = query("SELECT version::text FROM seaql_migrations ORDER BY version").await;
        Some(found.unwrap_or_else(|_| vec![String::new()]))
    } else {
        None
    };
    Ok(Signs { tables, applied, ..Signs::default() }.tell())
}

/// Writes castgraph's mark to the header of an SQLite file, in the transaction that migrates it.
pub(super) async fn mark<C: ConnectionTrait>(db: &C, migrations: usize) -> Result<(), DbErr> {
    let sql = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {migrations}");
    db.execute_unprepared(&sql).await.map(drop)
}

/// Whether the header of an SQLite file has castgraph's mark with this number of migrations.
pub(super) async fn is_marked<C: ConnectionTrait>(db: &C, migrations: usize) -> Result<bool, DbErr> {
    let mut found = Vec::new();
    for sql in ["PRAGMA application_id", "PRAGMA user_version"] {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        found.push(row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?);
    }
    Ok(found == [Some(APPLICATION_ID), i32::try_from(migrations).ok()])
}

/// The reason why a database in this state cannot be used, if there is one.
pub(super) fn refusal(address: &Address, found: &Found, shared: bool) -> Option<StoreError> {
    match found {
        Found::Missing | Found::Empty | Found::Ours => None,
        Found::Newer(name) => Some(StoreError::new(format!(
            "{address} was written by a newer castgraph (it has the migration {name}); use that version, or restore a \
             backup from before the upgrade"
        ))),
        Found::Foreign(Foreign { records: true, .. }) if matches!(address, Address::Postgres { .. }) => {
            Some(StoreError::new(format!(
                "another program has its migrations in the table {RECORDS} of this schema ({address}); give castgraph \
                 a schema of its own: CREATE SCHEMA castgraph, then add ?options=-csearch_path%3Dcastgraph to the URL"
            )))
        }
        Found::Foreign(_) if shared && matches!(address, Address::Postgres { .. }) => None,
        Found::Foreign(foreign) if matches!(address, Address::Postgres { .. }) => Some(StoreError::new(format!(
            "the schema at {address} belongs to another program (it has the tables {}); give castgraph a schema of its \
             own: CREATE SCHEMA castgraph, then add ?options=-csearch_path%3Dcastgraph to the URL, or allow sharing \
             with --shared-schema",
            some(&foreign.tables)
        ))),
        Found::Foreign(foreign) => {
            let tables = match foreign.tables.as_slice() {
                [] => "it has another program's application id".to_owned(),
                tables => format!("it has the tables {}", some(tables)),
            };
            Some(StoreError::new(format!(
                "{address} belongs to another program ({tables}); choose another file with --database-url"
            )))
        }
    }
}

/// The first few names, and how many more there are.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let first: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn unreadable(address: &Address, reason: &io::Error) -> StoreError {
    StoreError::new(match reason.kind() {
        io::ErrorKind::PermissionDenied => {
            format!("cannot read {address}: permission denied; check the owner and mode of the file and its folder")
        }
        _ => format!("cannot read {address}: {reason}"),
    })
}

/// Checks that a new file can be created at `path`.
pub(super) fn can_be_made(address: &Address, path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(StoreError::new(format!("cannot create {address}: {} is a file, not a folder", folder.display()))),
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => Err(StoreError::new(format!(
            "cannot create {address}: the folder {} does not exist; create it, or choose another file with --database-url",
            folder.display()
        ))),
        Err(reason) => Err(unreadable(address, &reason)),
    }
}
