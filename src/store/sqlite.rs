//! How an SQLite file is opened.

use std::time::Duration;

use sea_orm::{Database, DatabaseConnection, DbErr};

use super::{READERS, options};

/// The URL of an SQLite file; in a plain path the two characters that have a meaning in a URL are escaped.
///
/// # Errors
///
/// If `address` names a database in memory.
pub(super) fn url(address: &str) -> Result<String, DbErr> {
    if address.contains(":memory:") {
        let reason = "a database in memory cannot be shared by connections; give the path of a file";
        return Err(DbErr::Custom(reason.to_owned()));
    }
    if address.starts_with("sqlite:") {
        return Ok(address.to_owned());
    }
    Ok(format!("sqlite://{}", address.replace('%', "%25").replace('?', "%3F")))
}

/// The connection for changes, which makes the file if it is missing.
pub(super) async fn write(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    // SQLite has one writer at a time; a pool of one makes others wait in line instead of failing.
    options.max_connections(1).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "NORMAL")
            .busy_timeout(Duration::from_secs(5))
    });
    Database::connect(options).await
}

/// Connections for reads.
pub(super) async fn read(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    options.max_connections(READERS).map_sqlx_sqlite_opts(|sqlite| {
        sqlite.read_only(true).pragma("mmap_size", "2147483648").busy_timeout(Duration::from_secs(5))
    });
    Database::connect(options).await
}
