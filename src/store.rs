//! Opens the database: an SQLite file, or PostgreSQL.

mod sqlite;
mod postgres;
mod watch;
mod replica;

use std::{collections::HashSet, path::Path, time::Duration};

use migration::{Migrator, MigratorTrait, SchemaManager};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement, sqlx,
    sqlx::postgres::PgAdvisoryLock,
};

use crate::load::Connections;
pub use replica::replicas;
pub use watch::Listener;

/// A database, with its schema as it was found.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    connections: Connections,
    /// Nothing on PostgreSQL.
    sqlite_url: Option<String>,
}

/// Most connections for reads. Two of them are left for what no request waits for.
const READERS: u32 = 10;

impl Store {
    /// Opens the database at `address`: a `postgres://` or `sqlite://` URL or the path of an SQLite file, which is
    /// made if it does not exist. PostgreSQL gives up reads that take longer than `longest`.
    pub async fn open(address: &str, longest: Option<Duration>) -> Result<Self, DbErr> {
        Self::open_with(address, &[], longest).await
    }

    /// Opens the database at `address` and its replicas, which are `postgres://` URLs. They are read from when
    /// [`Store::follow`] has found them well.
    pub async fn open_with(address: &str, replicas: &[String], longest: Option<Duration>) -> Result<Self, DbErr> {
        if is_postgres(address) {
            let write = postgres::write(address).await?;
            let (read, others) = postgres::read(address, replicas, longest).await?;
            return Ok(Self { write, connections: Connections::new(read, others), sqlite_url: None });
        }
        if !replicas.is_empty() {
            return Err(DbErr::Custom("only PostgreSQL has replicas to read from".to_owned()));
        }
        let url = sqlite::url(address)?;
        let write = sqlite::write(&url).await?;
        let read = sqlite::read(&url).await?;
        Ok(Self { write, connections: read.into(), sqlite_url: Some(url) })
    }

    /// Opens a database that is there and has the schema of this castgraph, and changes nothing of it.
    pub async fn open_existing(address: &str) -> Result<Self, DbErr> {
        let path = match address.strip_prefix("sqlite:") {
            Some(rest) => rest.trim_start_matches("//").split('?').next().unwrap_or_default(),
            None => address,
        };
        if !is_postgres(address) && !Path::new(path).exists() {
            return Err(DbErr::Custom(format!("there is no database {address}; name it with --database-url")));
        }
        let store = Self::open(address, None).await?;
        let statement =
            Statement::from_string(store.read().get_database_backend(), "SELECT version FROM seaql_migrations");
        let applied = store.read().query_all_raw(statement).await?;
        let applied = applied.iter().map(|row| row.try_get("", "version"));
        let applied = applied.collect::<Result<HashSet<String>, DbErr>>()?;
        if Migrator::migrations().iter().any(|migration| !applied.contains(migration.name())) {
            let reason = "the schema of the database is not up to date; run `castgraph migrate up`";
            return Err(DbErr::Custom(reason.to_owned()));
        }
        Ok(store)
    }

    /// The connection for changes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The connection for reads of the database itself.
    pub fn read(&self) -> &DatabaseConnection {
        self.connections.primary()
    }

    /// Where reads go: the database and its replicas.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Runs `work` while no other castgraph runs work of this kind on the same PostgreSQL database: two that start on an
    /// empty one would both make its tables. An SQLite file has one castgraph at a time.
    pub async fn alone<T, E: From<DbErr>>(&self, work: impl AsyncFnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        if !self.is_postgres() {
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

    /// How many migrations the database lacks, and whether it has none at all. Changes nothing.
    ///
    /// # Errors
    ///
    /// If the database has a migration that this castgraph does not know, since a newer one has made it.
    pub async fn pending(&self) -> Result<(usize, bool), DbErr> {
        let found = SchemaManager::new(&self.write).has_table("seaql_migrations").await?;
        if !found {
            return Ok((Migrator::migrations().len(), true));
        }
        let pending = Migrator::get_pending_migrations(&self.write).await?.len();
        Ok((pending, pending == Migrator::migrations().len()))
    }

    /// Lets the database count what it holds, by which it plans its statements: after much has been written.
    pub async fn analyze(&self) -> Result<(), DbErr> {
        // SQLite looks at so many rows of each index.
        let analyze = if self.is_postgres() { "ANALYZE" } else { "PRAGMA analysis_limit = 1000; ANALYZE" };
        self.write.execute_unprepared(analyze).await.map(drop)
    }

    /// Whether the database is one of PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), DbErr> {
        for replica in self.connections.replicas() {
            replica.db().clone().close().await?;
        }
        self.connections.primary().clone().close().await?;
        self.write.close().await
    }
}

/// An error of the driver as one of the database.
pub fn told(reason: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(reason.into()))
}

/// Whether `address` is one of PostgreSQL.
pub fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

/// What connections to both engines have in common.
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
