//! Opens the database: an SQLite file, or PostgreSQL.

mod address;
mod ownership;
mod error;
mod sqlite;
mod postgres;
mod changes;
mod replica_monitor;
mod backup;

use std::{sync::Arc, time::Duration};

use migration::{Migration, MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait, sqlx,
    sqlx::postgres::{PgAdvisoryLock, PgConnectOptions},
};
use tokio::sync::watch::Sender;

use crate::load::Connections;
use address::Address;
pub use address::is_postgres;
pub use changes::Listener;
pub use error::StoreError;
pub use ownership::APPLICATION_ID;
use ownership::Found;
pub use replica_monitor::replicas;

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    address: Address,
    write: DatabaseConnection,
    connections: Connections,
    /// How to connect to PostgreSQL to receive notifications; `None` for SQLite and behind a transaction pooler.
    notified: Option<Box<PgConnectOptions>>,
    /// Becomes true when the store is closed; ends the tasks that have their own connections.
    closing: Arc<Sender<bool>>,
}

/// How to open a database.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// `postgres://` URLs of read replicas. A replica is used once [`Store::follow`] has found it up to date.
    pub replicas: Vec<String>,
    /// A `postgres://` URL of the same database that bypasses a pooler, used to receive notifications.
    pub notify_url: Option<String>,
    /// Time limit for reads on PostgreSQL (`statement_timeout`).
    pub longest: Option<Duration>,
    /// Whether castgraph may create its tables in a PostgreSQL schema that contains other tables.
    pub shared_schema: bool,
}

impl Opening {
    /// The invalid options for the database at `address`, as far as they can be checked without connecting.
    fn problems(&self, address: &Address) -> Vec<StoreError> {
        let mut problems = Vec::new();
        if matches!(address, Address::Sqlite { .. }) {
            if !self.replicas.is_empty() {
                problems.push(StoreError::new("only PostgreSQL has replicas; remove --read-url"));
            }
            if self.notify_url.is_some() {
                problems.push(StoreError::new("only PostgreSQL sends notifications; remove --notify-url"));
            }
            return problems;
        }
        problems.extend(self.replicas.iter().filter_map(|url| postgres::replica(url).err()));
        problems.extend(self.notify_url.as_deref().and_then(|url| postgres::notifier(url).err()));
        problems
    }
}

/// What to do if an SQLite file is missing or empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Make,
    Refuse,
}

/// Maximum read connections in a pool. Two of them are reserved for work that no request waits for.
const READERS: u32 = 10;

impl Store {
    /// Opens the database at `address`: a `postgres://` or `sqlite://` URL, or the path of an SQLite file, which is
    /// created if it does not exist. `longest` is the time limit for reads on PostgreSQL.
    pub async fn open(address: &str, longest: Option<Duration>) -> Result<Self, StoreError> {
        Self::open_with(address, &Opening { longest, ..Opening::default() }).await
    }

    /// Opens the database at `address`. Checks first that it belongs to castgraph, and otherwise changes nothing.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, belongs to another program, or was written by a newer castgraph.
    pub async fn open_with(address: &str, opening: &Opening) -> Result<Self, StoreError> {
        Self::open_at(Address::parse(address)?, opening, Absent::Make).await
    }

    async fn open_at(address: Address, opening: &Opening, absent: Absent) -> Result<Self, StoreError> {
        if let Some(problem) = opening.problems(&address).into_iter().next() {
            return Err(problem);
        }
        match &address {
            Address::Postgres { url, pooled, .. } => {
                let way = postgres::ConnectionPlan::to(&address, url, *pooled).await?;
                let write = postgres::write(url, &way).await?;
                let (read, others) = postgres::read(url, &way, &opening.replicas, opening.longest).await?;
                let connections = Connections::new(read, others);
                if way.is_pooled() {
                    connections.disable_reuse();
                }
                let notified = match &opening.notify_url {
                    Some(url) => Some(postgres::direct(url).await?),
                    None => (!way.is_pooled()).then(|| way.options().clone()),
                };
                let store = Self { notified: notified.map(Box::new), ..Self::of(address, write, connections) };
                let found = ownership::of_schema(&store.address, &store.write).await?;
                match ownership::refusal(&store.address, &found, opening.shared_schema) {
                    Some(refusal) => Err(store.closed_for(refusal).await),
                    None => Ok(store),
                }
            }
            Address::Sqlite { url, path } => {
                let found = ownership::of_file(&address, path).await?;
                if absent == Absent::Refuse && found.is_absent() {
                    return Err(StoreError::new(format!(
                        "there is no castgraph database at {address}; check --database-url"
                    )));
                }
                if let Some(refusal) = ownership::refusal(&address, &found, false) {
                    return Err(refusal);
                }
                if found == Found::Missing {
                    ownership::can_be_made(&address, path)?;
                }
                let failed = |reason: DbErr| error::opening(&address, &reason);
                let write = sqlite::write(url).await.map_err(failed)?;
                let read = sqlite::read(url).await.map_err(failed)?;
                Ok(Self::of(address, write, read.into()))
            }
        }
    }

    fn of(address: Address, write: DatabaseConnection, connections: Connections) -> Self {
        Self { address, write, connections, notified: None, closing: Arc::new(Sender::new(false)) }
    }

    /// Opens an existing database, even with pending migrations. Does not create one.
    pub async fn open_there(address: &str) -> Result<Self, StoreError> {
        let opening = Opening { shared_schema: true, ..Opening::default() };
        Self::open_at(Address::parse(address)?, &opening, Absent::Refuse).await
    }

    /// Opens an existing database without pending migrations. Changes nothing.
    pub async fn open_existing(address: &str) -> Result<Self, StoreError> {
        let store = Self::open_there(address).await?;
        let parsed = &store.address;
        match store.pending().await {
            Ok((0, _)) => Ok(store),
            Ok((_, true)) => {
                let problem = StoreError::new(format!("{parsed} has no castgraph tables; check --database-url"));
                Err(store.closed_for(problem).await)
            }
            Ok(_) => {
                let problem =
                    StoreError::new(format!("the schema of {parsed} is out of date; run castgraph migrate up"));
                Err(store.closed_for(problem).await)
            }
            Err(reason) => Err(store.closed_for(reason.into()).await),
        }
    }

    /// Closes the store and returns the `problem` that made this necessary.
    async fn closed_for(self, problem: StoreError) -> StoreError {
        // An error while closing matters less.
        let _ = self.close().await;
        problem
    }

    /// The pool for writes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// The pool for reads from the primary.
    pub fn read(&self) -> &DatabaseConnection {
        self.connections.primary()
    }

    /// The pools for reads: the primary and its replicas.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Runs `work` while holding an advisory lock, so that two processes that start on the same empty PostgreSQL
    /// database do not both create its tables. SQLite needs no lock.
    pub async fn alone<T, E: From<DbErr>>(&self, work: impl AsyncFnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        if !self.is_postgres() {
            return work(self).await;
        }
        let lock = PgAdvisoryLock::new("castgraph");
        let connection = self.write.get_postgres_connection_pool().acquire().await.map_err(driver_error)?;
        let held = lock.acquire(connection).await.map_err(driver_error)?;
        let outcome = work(self).await;
        held.release_now().await.map_err(driver_error)?;
        outcome
    }

    /// Applies all pending migrations in one transaction, and returns how many there were.
    pub async fn migrate(&self) -> Result<usize, DbErr> {
        let all = Migrator::migrations().len();
        let (pending, _) = self.pending().await?;
        if pending == 0 && (self.is_postgres() || ownership::is_marked(&self.write, all).await?) {
            return Ok(0);
        }
        let change = self.write.begin_with_options(at_once()).await?;
        Migrator::up(&change, None).await?;
        if !self.is_postgres() {
            ownership::mark(&change, all).await?;
        }
        change.commit().await?;
        Ok(pending)
    }

    /// Reverts the last `steps` migrations in one transaction, and returns how many were reverted.
    pub async fn take_back(&self, steps: u32) -> Result<usize, DbErr> {
        let change = self.write.begin_with_options(at_once()).await?;
        let before = Migrator::get_applied_migrations(&change).await?.len();
        Migrator::down(&change, Some(steps)).await?;
        let left = Migrator::get_applied_migrations(&change).await?.len();
        if !self.is_postgres() {
            ownership::mark(&change, left).await?;
        }
        change.commit().await?;
        Ok(before - left)
    }

    /// The migrations of this version, each with whether it is applied to the database at `address`. Does not create a
    /// database.
    pub async fn status(address: &str) -> Result<Vec<(String, bool)>, StoreError> {
        let parsed = Address::parse(address)?;
        if let Address::Sqlite { path, .. } = &parsed
            && ownership::of_file(&parsed, path).await?.is_absent()
        {
            let all = Migrator::migrations();
            return Ok(all.iter().map(|migration| (migration.name().to_owned(), false)).collect());
        }
        let store = Self::open_there(address).await?;
        let all = Migrator::get_migration_with_status_read_only(&store.write).await;
        store.close().await?;
        let is_applied = |migration: &Migration| migration.status() == MigrationStatus::Applied;
        Ok(all?.iter().map(|migration| (migration.name().to_owned(), is_applied(migration))).collect())
    }

    /// Whether there is a database at `address`. A PostgreSQL server always has one, even without tables. Does not create a
    /// database.
    pub async fn exists(address: &str) -> Result<bool, StoreError> {
        let address = Address::parse(address)?;
        match &address {
            Address::Sqlite { path, .. } => Ok(!ownership::of_file(&address, path).await?.is_absent()),
            Address::Postgres { .. } => Ok(true),
        }
    }

    /// The number of pending migrations, and whether no migration is applied at all. Changes nothing.
    ///
    /// # Errors
    ///
    /// If the database has a migration that this version does not know, because a newer castgraph applied it.
    pub async fn pending(&self) -> Result<(usize, bool), DbErr> {
        let pending = Migrator::get_pending_migrations_read_only(&self.write).await?.len();
        Ok((pending, pending == Migrator::migrations().len()))
    }

    /// Updates the statistics of the query planner. Run it after writes that change what is usual.
    pub async fn analyze(&self) -> Result<(), DbErr> {
        // Limits the rows that SQLite samples from each index.
        let analyze = if self.is_postgres() { "ANALYZE" } else { "PRAGMA analysis_limit = 1000; ANALYZE" };
        self.write.execute_unprepared(analyze).await.map(drop)
    }

    /// Like [`Self::analyze`], and lets PostgreSQL answer from indexes alone. Run it after many rows were written:
    /// autovacuum may take minutes to notice, and does not run at all for rows that were only inserted, on PostgreSQL 12.
    pub async fn vacuum(&self) -> Result<(), DbErr> {
        if self.is_postgres() {
            match self.write.execute_unprepared("VACUUM (ANALYZE)").await {
                Ok(_) => return Ok(()),
                // Through a pooler each statement is in a transaction, where this is not possible.
                Err(reason) => tracing::debug!(%reason, "the database was not vacuumed"),
            }
        }
        self.analyze().await
    }

    /// Whether this is a PostgreSQL database.
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Closes all connections: first those of the background tasks, then the readers, then the writer. The writer comes
    /// last because only a connection with write access can remove the write-ahead log of an SQLite database.
    pub async fn close(self) -> Result<(), DbErr> {
        self.closing.send_replace(true);
        // All background tasks have ended.
        self.closing.closed().await;
        for replica in self.connections.replicas() {
            replica.db().clone().close().await?;
        }
        self.connections.primary().clone().close().await?;
        if !self.is_postgres() {
            // Fails while another process reads the file; the log then stays until that process closes it.
            let _ = sqlite::checkpoint(&self.write).await;
        }
        self.write.close().await
    }
}

/// Options of a write transaction. On SQLite it takes the write lock at once: a transaction that begins with a read can
/// fail at its first write because the file is locked.
pub(crate) fn at_once() -> TransactionOptions {
    TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() }
}

/// Converts an error of the driver to an error of SeaORM.
pub fn driver_error(reason: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(reason.into()))
}

/// The invalid options for the database at `address`, as far as they can be checked without connecting.
pub fn check(address: &str, opening: &Opening) -> Vec<StoreError> {
    match Address::parse(address) {
        Ok(address) => opening.problems(&address),
        Err(problem) => vec![problem],
    }
}

/// Pool options for both engines.
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
        let refused = Store::open("sqlite::memory:", None).await;
        assert!(refused.is_err_and(|reason| reason.to_string().contains("path of a file")));
    }
}
