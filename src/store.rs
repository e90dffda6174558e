//! Opens the database: an SQLite file, or PostgreSQL.

mod address;
mod owner;
mod problem;
mod sqlite;
mod postgres;
mod watch;
mod replica;
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
pub use owner::APPLICATION_ID;
use owner::Found;
pub use problem::Problem;
pub use replica::replicas;
pub use watch::Listener;

/// A database, with its schema as it was found.
#[derive(Clone, Debug)]
pub struct Store {
    address: Address,
    write: DatabaseConnection,
    connections: Connections,
    /// How to connect to PostgreSQL to be notified of changes; nothing behind a pooler that cannot do that.
    notified: Option<Box<PgConnectOptions>>,
    /// Becomes true when the store is closed, for those who hold connections of their own.
    closing: Arc<Sender<bool>>,
}

/// How a database is opened.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// `postgres://` URLs of its replicas. They are read from when [`Store::follow`] has found them well.
    pub replicas: Vec<String>,
    /// A `postgres://` URL of the same database past a pooler, over which changes are reported.
    pub notify_url: Option<String>,
    /// PostgreSQL gives up reads that take longer.
    pub longest: Option<Duration>,
    /// Whether castgraph may make its tables in a PostgreSQL schema that holds other tables.
    pub shared_schema: bool,
}

impl Opening {
    /// What is wrong with opening the database at `address` so, as far as that shows without connecting.
    fn problems(&self, address: &Address) -> Vec<Problem> {
        let mut problems = Vec::new();
        if matches!(address, Address::Sqlite { .. }) {
            if !self.replicas.is_empty() {
                problems.push(Problem::new("only PostgreSQL has replicas; remove --read-url"));
            }
            if self.notify_url.is_some() {
                problems.push(Problem::new("only PostgreSQL sends notifications; remove --notify-url"));
            }
            return problems;
        }
        problems.extend(self.replicas.iter().filter_map(|url| postgres::replica(url).err()));
        problems.extend(self.notify_url.as_deref().and_then(|url| postgres::notifier(url).err()));
        problems
    }
}

/// What becomes of an SQLite file that is not there, or holds nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Make,
    Refuse,
}

/// Most connections for reads. Two of them are left for what no request waits for.
const READERS: u32 = 10;

impl Store {
    /// Opens the database at `address`: a `postgres://` or `sqlite://` URL or the path of an SQLite file, which is
    /// made if it does not exist. PostgreSQL gives up reads that take longer than `longest`.
    pub async fn open(address: &str, longest: Option<Duration>) -> Result<Self, Problem> {
        Self::open_with(address, &Opening { longest, ..Opening::default() }).await
    }

    /// Opens the database at `address`. It is looked at first: what is not castgraph's is not touched.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, belongs to another program, or was written by a newer castgraph.
    pub async fn open_with(address: &str, opening: &Opening) -> Result<Self, Problem> {
        Self::open_at(Address::parse(address)?, opening, Absent::Make).await
    }

    async fn open_at(address: Address, opening: &Opening, absent: Absent) -> Result<Self, Problem> {
        if let Some(problem) = opening.problems(&address).into_iter().next() {
            return Err(problem);
        }
        match &address {
            Address::Postgres { url, pooled, .. } => {
                let way = postgres::Way::to(&address, url, *pooled).await?;
                let write = postgres::write(url, &way).await?;
                let (read, others) = postgres::read(url, &way, &opening.replicas, opening.longest).await?;
                let connections = Connections::new(read, others);
                if way.is_pooled() {
                    connections.hold_none();
                }
                let notified = match &opening.notify_url {
                    Some(url) => Some(postgres::direct(url).await?),
                    None => (!way.is_pooled()).then(|| way.options().clone()),
                };
                let store = Self { notified: notified.map(Box::new), ..Self::of(address, write, connections) };
                let found = owner::of_schema(&store.address, &store.write).await?;
                match owner::refusal(&store.address, &found, opening.shared_schema) {
                    Some(refusal) => Err(store.closed_for(refusal).await),
                    None => Ok(store),
                }
            }
            Address::Sqlite { url, path } => {
                let found = owner::of_file(&address, path).await?;
                if absent == Absent::Refuse && found.is_absent() {
                    return Err(Problem::new(format!(
                        "there is no castgraph database at {address}; check --database-url"
                    )));
                }
                if let Some(refusal) = owner::refusal(&address, &found, false) {
                    return Err(refusal);
                }
                if found == Found::Missing {
                    owner::can_be_made(&address, path)?;
                }
                let failed = |reason: DbErr| problem::opening(&address, &reason);
                let write = sqlite::write(url).await.map_err(failed)?;
                let read = sqlite::read(url).await.map_err(failed)?;
                Ok(Self::of(address, write, read.into()))
            }
        }
    }

    fn of(address: Address, write: DatabaseConnection, connections: Connections) -> Self {
        Self { address, write, connections, notified: None, closing: Arc::new(Sender::new(false)) }
    }

    /// Opens a database that is there, whatever migrations it lacks. Makes none.
    pub async fn open_there(address: &str) -> Result<Self, Problem> {
        let opening = Opening { shared_schema: true, ..Opening::default() };
        Self::open_at(Address::parse(address)?, &opening, Absent::Refuse).await
    }

    /// Opens a database that is there and has the schema of this castgraph, and changes nothing of it.
    pub async fn open_existing(address: &str) -> Result<Self, Problem> {
        let store = Self::open_there(address).await?;
        let parsed = &store.address;
        match store.pending().await {
            Ok((0, _)) => Ok(store),
            Ok((_, true)) => {
                let problem = Problem::new(format!("{parsed} has no tables of castgraph; check --database-url"));
                Err(store.closed_for(problem).await)
            }
            Ok(_) => {
                let problem = Problem::new(format!("the schema of {parsed} is out of date; run castgraph migrate up"));
                Err(store.closed_for(problem).await)
            }
            Err(reason) => Err(store.closed_for(reason.into()).await),
        }
    }

    /// Closes the store because of `problem`.
    async fn closed_for(self, problem: Problem) -> Problem {
        // The first problem says more than one of closing.
        let _ = self.close().await;
        problem
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

    /// Brings the schema up to date, all of it or nothing, and says how many migrations that took.
    pub async fn migrate(&self) -> Result<usize, DbErr> {
        let all = Migrator::migrations().len();
        let (pending, _) = self.pending().await?;
        if pending == 0 && (self.is_postgres() || owner::is_marked(&self.write, all).await?) {
            return Ok(0);
        }
        let change = self.write.begin_with_options(at_once()).await?;
        Migrator::up(&change, None).await?;
        if !self.is_postgres() {
            owner::mark(&change, all).await?;
        }
        change.commit().await?;
        Ok(pending)
    }

    /// Takes the last `steps` migrations back, all of them or none, and says how many that were.
    pub async fn take_back(&self, steps: u32) -> Result<usize, DbErr> {
        let change = self.write.begin_with_options(at_once()).await?;
        let before = Migrator::get_applied_migrations(&change).await?.len();
        Migrator::down(&change, Some(steps)).await?;
        let left = Migrator::get_applied_migrations(&change).await?.len();
        if !self.is_postgres() {
            owner::mark(&change, left).await?;
        }
        change.commit().await?;
        Ok(before - left)
    }

    /// The migrations of this castgraph, each with whether the database at `address` has it. Makes no database.
    pub async fn status(address: &str) -> Result<Vec<(String, bool)>, Problem> {
        let parsed = Address::parse(address)?;
        if let Address::Sqlite { path, .. } = &parsed
            && owner::of_file(&parsed, path).await?.is_absent()
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

    /// How many migrations the database lacks, and whether it has none at all. Changes nothing.
    ///
    /// # Errors
    ///
    /// If the database has a migration that this castgraph does not know, since a newer one has made it.
    pub async fn pending(&self) -> Result<(usize, bool), DbErr> {
        let pending = Migrator::get_pending_migrations_read_only(&self.write).await?.len();
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

    /// Closes all connections. What watches and follows the database ends first, then readers, then the writer, which
    /// leaves an SQLite database as one file: only a connection that may write takes the log beside it away.
    pub async fn close(self) -> Result<(), DbErr> {
        self.closing.send_replace(true);
        // Those who listen have given their connections back.
        self.closing.closed().await;
        for replica in self.connections.replicas() {
            replica.db().clone().close().await?;
        }
        self.connections.primary().clone().close().await?;
        if !self.is_postgres() {
            // Another process may read the file: then the log stays until that has ended.
            let _ = sqlite::checkpoint(&self.write).await;
        }
        self.write.close().await
    }
}

/// Changes begin as such on SQLite: one that began as a read could find the file locked in its middle.
pub(crate) fn at_once() -> TransactionOptions {
    TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() }
}

/// An error of the driver as one of the database.
pub fn told(reason: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(reason.into()))
}

/// What is wrong with opening the database at `address` so, as far as that shows without connecting.
pub fn check(address: &str, opening: &Opening) -> Vec<Problem> {
    match Address::parse(address) {
        Ok(address) => opening.problems(&address),
        Err(problem) => vec![problem],
    }
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
        let refused = Store::open("sqlite::memory:", None).await;
        assert!(refused.is_err_and(|reason| reason.to_string().contains("path of a file")));
    }
}
