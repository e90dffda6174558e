//! Opens the database: an SQLite file, or PostgreSQL.

mod watch;

pub use watch::Listener;

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr, sqlx, sqlx::postgres::PgAdvisoryLock,
};

/// A database, with its schema as it was found.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    /// Nothing on PostgreSQL.
    sqlite_url: Option<String>,
}

/// Most connections that readers hold at once.
const READERS: u32 = 8;

impl Store {
    /// Opens the database at `address`: a `postgres://` or `sqlite://` URL or the path of an SQLite file, which is
    /// made if it does not exist. PostgreSQL gives up reads that take longer than `longest`.
    pub async fn open(address: &str, longest: Option<Duration>) -> Result<Self, DbErr> {
        if is_postgres(address) {
            let mut reader = options(address);
            if let Some(longest) = longest {
                reader.statement_timeout(longest);
            }
            let write = Database::connect(options(address)).await?;
            return Ok(Self { write, read: Database::connect(reader).await?, sqlite_url: None });
        }
        if address.contains(":memory:") {
            let reason = "a database in memory cannot be shared by connections; give the path of a file";
            return Err(DbErr::Custom(reason.to_owned()));
        }
        let url = sqlite_url(address);
        let mut writer = options(&url);
        // SQLite has one writer at a time; a pool of one makes others wait in line instead of failing.
        writer.max_connections(1).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "NORMAL")
                .busy_timeout(Duration::from_secs(5))
        });
        let write = Database::connect(writer).await?;
        let mut reader = options(&url);
        reader.max_connections(READERS).map_sqlx_sqlite_opts(|sqlite| {
            sqlite.read_only(true).pragma("mmap_size", "2147483648").busy_timeout(Duration::from_secs(5))
        });
        Ok(Self { write, read: Database::connect(reader).await?, sqlite_url: Some(url) })
    }

    /// The connection for changes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The connection for reads.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Runs `work` while no other castgraph runs work of this kind on the same PostgreSQL database: two that start on an
    /// empty one would both make its tables. An SQLite file has one castgraph at a time.
    pub async fn alone<T, E: From<DbErr>>(&self, work: impl AsyncFnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        if self.write.get_database_backend() != DbBackend::Postgres {
            return work(self).await;
        }
        let lock = PgAdvisoryLock::new("castgraph");
        let connection = self.write.get_postgres_connection_pool().acquire().await.map_err(told)?;
        let held = lock.acquire(connection).await.map_err(told)?;
        let outcome = work(self).await;
        held.release_now().await.map_err(told)?;
        outcome
    }

    /// Brings the schema up to date, and says how many migrations that took.
    pub async fn migrate(&self) -> Result<usize, DbErr> {
        let pending = Migrator::get_pending_migrations(&self.write).await?.len();
        Migrator::up(&self.write, None).await?;
        Ok(pending)
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

fn told(reason: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(reason.into()))
}

/// Whether `address` is one of PostgreSQL.
pub fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

/// The URL of an SQLite file; in a plain path the two characters that have a meaning in a URL are escaped.
fn sqlite_url(address: &str) -> String {
    if address.starts_with("sqlite:") {
        return address.to_owned();
    }
    format!("sqlite://{}", address.replace('%', "%25").replace('?', "%3F"))
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .set_application_name("castgraph");
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn odd_paths_are_taken_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plain.db", "with blank.db", "100%.db", "what?.db", "ü#.db"] {
            let path = folder.path().join(name);
            let store = Store::open(path.to_str().unwrap(), None).await.unwrap();
            assert_eq!(store.migrate().await.unwrap(), Migrator::migrations().len());
            store.read().ping().await.unwrap();
            store.close().await.unwrap();
            assert!(path.exists(), "{name}");
        }
    }

    #[tokio::test]
    async fn a_database_in_memory_is_refused() {
        assert!(
            Store::open("sqlite::memory:", None)
                .await
                .is_err_and(|reason| reason.to_string().contains("path of a file"))
        );
    }
}
