use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{Postgres, Sqlite},
};

use super::reader_pool::ReaderPool;

/// Connections for reads: to the primary database, and to replicas that do not lag too far behind.
///
/// The monitor of the replicas ([`crate::store`]) reports which of them are usable and how many changes each has
/// applied. Changes of the database are counted as they are reported. A replica that has applied all of them is
/// *current*. Results from a replica that is not current are never cached.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    primary: DatabaseConnection,
    pool: EnginePool,
    replicas: Vec<Replica>,
    changes: AtomicU64,
    turn: AtomicUsize,
    one_by_one: AtomicBool,
}

/// A read replica of the database.
#[derive(Debug)]
pub struct Replica {
    db: DatabaseConnection,
    pool: EnginePool,
    usable: AtomicBool,
    /// Number of changes that had been reported when the primary was at the position of the replica.
    applied: AtomicU64,
}

/// The connection pool for reads, by database engine.
#[derive(Debug)]
pub(super) enum EnginePool {
    Postgres(ReaderPool<Postgres>),
    Sqlite(ReaderPool<Sqlite>),
}

impl EnginePool {
    fn to(db: &DatabaseConnection) -> Self {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::Postgres(ReaderPool::new(db.get_postgres_connection_pool().clone())),
            _ => Self::Sqlite(ReaderPool::new(db.get_sqlite_connection_pool().clone())),
        }
    }
}

impl From<DatabaseConnection> for Connections {
    fn from(db: DatabaseConnection) -> Self {
        Self::new(db, Vec::new())
    }
}

impl Connections {
    /// Reads from `primary` until a replica is marked as usable.
    pub fn new(primary: DatabaseConnection, replicas: Vec<DatabaseConnection>) -> Self {
        let replicas = replicas
            .into_iter()
            .map(|db| Replica {
                pool: EnginePool::to(&db),
                db,
                usable: AtomicBool::new(false),
                applied: AtomicU64::new(0),
            })
            .collect();
        let pool = EnginePool::to(&primary);
        // Starts at 1, so that no replica is current before it is checked.
        Self(Arc::new(Inner {
            primary,
            pool,
            replicas,
            changes: AtomicU64::new(1),
            turn: AtomicUsize::new(0),
            one_by_one: AtomicBool::new(false),
        }))
    }

    /// Reads each key with its own statement from now on, to measure the effect of batching.
    pub fn read_one_by_one(&self) {
        self.0.one_by_one.store(true, Ordering::Relaxed);
    }

    /// Returns connections to the driver's pool after each statement from now on. Behind an external pooler, an idle
    /// connection that is held would occupy a connection of the server.
    pub fn disable_reuse(&self) {
        for pool in std::iter::once(self.pool()).chain(self.replicas().iter().map(Replica::pool)) {
            match pool {
                EnginePool::Postgres(pool) => pool.disable_reuse(),
                EnginePool::Sqlite(pool) => pool.disable_reuse(),
            }
        }
    }

    /// Whether each key is read with its own statement.
    pub(super) fn reads_one_by_one(&self) -> bool {
        self.0.one_by_one.load(Ordering::Relaxed)
    }

    /// The connection to the primary.
    pub fn primary(&self) -> &DatabaseConnection {
        &self.0.primary
    }

    /// Whether the database is PostgreSQL; otherwise it is SQLite.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.0.pool, EnginePool::Postgres(_))
    }

    /// The connection pool of the primary.
    pub(super) fn pool(&self) -> &EnginePool {
        &self.0.pool
    }

    /// All replicas, including those that are not usable.
    pub fn replicas(&self) -> &[Replica] {
        &self.0.replicas
    }

    /// Number of changes reported so far.
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::SeqCst)
    }

    /// Counts a change of the database. No replica is current until it is known to have applied it.
    pub fn changed(&self) {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The index of a replica to read from, round-robin. Current replicas come first.
    pub(super) fn choose(&self) -> Option<usize> {
        let count = self.0.replicas.len();
        let turn = if count > 0 { self.0.turn.fetch_add(1, Ordering::Relaxed) } else { return None };
        let indexes = || (0..count).map(|step| turn.wrapping_add(step) % count);
        let usable = |index: &usize| self.replica(*index).is_some_and(Replica::is_usable);
        indexes().filter(usable).find(|index| self.is_current(*index)).or_else(|| indexes().find(usable))
    }

    pub(super) fn replica(&self, index: usize) -> Option<&Replica> {
        self.0.replicas.get(index)
    }

    pub(super) fn is_current(&self, index: usize) -> bool {
        self.replica(index).is_some_and(|replica| replica.applied.load(Ordering::SeqCst) == self.changes())
    }
}

impl Replica {
    /// The connection to the replica.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// The connection pool of the replica.
    pub(super) fn pool(&self) -> &EnginePool {
        &self.pool
    }

    /// Whether the replica can be read from.
    pub fn is_usable(&self) -> bool {
        self.usable.load(Ordering::SeqCst)
    }

    /// Marks the replica as usable. `changes` is the number of changes that it has applied.
    pub fn mark_usable(&self, changes: u64) {
        self.applied.store(changes, Ordering::SeqCst);
        self.usable.store(true, Ordering::SeqCst);
    }

    /// Marks the replica as unusable for now.
    pub fn mark_unusable(&self) {
        self.usable.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, Database};

    use super::*;

    async fn with_replicas(count: usize) -> Connections {
        let mut options = ConnectOptions::new("sqlite::memory:");
        let db = Database::connect(options.connect_lazy(true).to_owned()).await.unwrap();
        Connections::new(db.clone(), vec![db; count])
    }

    #[tokio::test]
    async fn usable_replicas_take_turns() {
        let connections = with_replicas(3).await;
        assert_eq!(connections.choose(), None, "no replica is usable yet");
        connections.replicas()[0].mark_usable(0);
        connections.replicas()[2].mark_usable(0);
        let mut chosen: Vec<_> = (0..6).filter_map(|_| connections.choose()).collect();
        chosen.sort_unstable();
        assert!(chosen.len() == 6 && !chosen.contains(&1) && chosen.contains(&0) && chosen.contains(&2), "{chosen:?}");
        connections.replicas()[0].mark_unusable();
        connections.replicas()[2].mark_unusable();
        assert_eq!(connections.choose(), None);
        assert_eq!(with_replicas(0).await.choose(), None);
    }

    #[tokio::test]
    async fn a_current_replica_comes_first_until_the_next_change() {
        let connections = with_replicas(2).await;
        connections.replicas()[0].mark_usable(0);
        connections.replicas()[1].mark_usable(connections.changes());
        assert!((0..4).all(|_| connections.choose() == Some(1)));
        assert!(connections.is_current(1) && !connections.is_current(0));
        connections.changed();
        assert!(!connections.is_current(1));
        assert!((0..4).any(|_| connections.choose() == Some(0)));
    }
}
