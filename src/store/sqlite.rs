//! Connections to SQLite.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};

use super::{READERS, options};

/// The pool for writes. Creates the file if it is missing.
pub(super) async fn write(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    // SQLite allows one writer at a time; with a pool of one connection, others wait instead of failing.
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

/// The pool for reads.
pub(super) async fn read(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url);
    options.max_connections(READERS).map_sqlx_sqlite_opts(|sqlite| {
        sqlite.read_only(true).pragma("mmap_size", "2147483648").busy_timeout(Duration::from_secs(5))
    });
    Database::connect(options).await
}

/// Copies the write-ahead log into the file and truncates the log. Fails while another connection uses the log.
pub(super) async fn checkpoint(write: &DatabaseConnection) -> Result<(), DbErr> {
    write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop)
}
