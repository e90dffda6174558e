//! A cache of idle connections in front of the driver's pool.
//!
//! The driver's pool pings the database whenever a connection is returned. For a short read, this is a second round
//! trip, as long as the first. Here, a connection that has completed a read goes straight to the next reader. It is
//! returned to the driver's pool only if it stays idle for a while, if a read fails or is cancelled, or if the pool is
//! closed.

use std::{
    fmt,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Database, Pool, pool::PoolConnection};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit},
    time::{sleep, timeout},
};

use super::cache::lock;

/// The maximum time that an idle connection is kept here.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum time that a connection stays outside the driver's pool, which closes old connections.
const MAX_CHECKOUT: Duration = Duration::from_mins(10);

/// Number of connections left for code that uses the driver's pool directly.
const RESERVED: u32 = 2;

/// Connections to one database, for reads.
#[derive(Clone)]
pub(super) struct ReaderPool<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    permits: Semaphore,
    idle: Mutex<Vec<Idle<DB>>>,
    sweeping: AtomicBool,
    /// Whether connections are returned to the driver's pool after every read.
    reuse_disabled: AtomicBool,
}

struct Idle<DB: Database> {
    connection: PoolConnection<DB>,
    /// When it was taken from the driver's pool.
    acquired_at: Instant,
    /// Since when it has been idle.
    since: Instant,
}

impl<DB: Database> Idle<DB> {
    /// Whether it can be used again without a check by the driver's pool.
    fn is_reusable(&self) -> bool {
        self.since.elapsed() < IDLE_TIMEOUT && self.acquired_at.elapsed() < MAX_CHECKOUT
    }
}

/// A connection in use. If it is dropped instead of released, it is returned to the driver's pool.
pub(super) struct PooledConnection<'l, DB: Database> {
    reader_pool: &'l ReaderPool<DB>,
    pub(super) connection: PoolConnection<DB>,
    acquired_at: Instant,
    _permit: SemaphorePermit<'l>,
}

impl<DB: Database> ReaderPool<DB> {
    /// Uses the connections of `pool`, except for a few.
    pub(super) fn new(pool: Pool<DB>) -> Self {
        let permits = pool.options().get_max_connections().saturating_sub(RESERVED).max(1);
        let permits = Semaphore::new(usize::try_from(permits).unwrap_or(Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner {
            pool,
            permits,
            idle: Mutex::default(),
            sweeping: AtomicBool::new(false),
            reuse_disabled: AtomicBool::new(false),
        }))
    }

    /// Returns connections to the driver's pool after every read from now on.
    pub(super) fn disable_reuse(&self) {
        self.0.reuse_disabled.store(true, Ordering::Relaxed);
    }

    /// Takes a connection for exclusive use. Waits if all are in use.
    pub(super) async fn acquire(&self) -> Result<PooledConnection<'_, DB>, sqlx::Error> {
        let longest = self.0.pool.options().get_acquire_timeout();
        let permit = timeout(longest, self.0.permits.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.0.pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        let idle = lock(&self.0.idle).pop().filter(Idle::is_reusable);
        let (connection, acquired_at) = match idle {
            Some(idle) => (idle.connection, idle.acquired_at),
            // Boxed because this future would make every future that awaits it several times as large.
            None => (Box::pin(self.0.pool.acquire()).await?, Instant::now()),
        };
        Ok(PooledConnection { reader_pool: self, connection, acquired_at, _permit: permit })
    }
}

impl<DB: Database> fmt::Debug for ReaderPool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.pool.fmt(f)
    }
}

impl<DB: Database> PooledConnection<'_, DB> {
    /// Makes the connection available to the next reader. All rows of the last statement must have been received.
    pub(super) fn release(self) {
        let reader_pool = &self.reader_pool.0;
        if reader_pool.reuse_disabled.load(Ordering::Relaxed) {
            return;
        }
        lock(&reader_pool.idle).push(Idle {
            connection: self.connection,
            acquired_at: self.acquired_at,
            since: Instant::now(),
        });
        if !reader_pool.sweeping.swap(true, Ordering::SeqCst) {
            tokio::spawn(sweep(Arc::downgrade(reader_pool), reader_pool.pool.clone()));
        }
    }
}

impl<DB: Database> Drop for Inner<DB> {
    fn drop(&mut self) {
        // The driver's pool takes connections back in a task, which needs a runtime.
        if Handle::try_current().is_err() {
            let idle = std::mem::take(&mut *lock(&self.idle));
            for idle in idle {
                drop(idle.connection.detach());
            }
        }
    }
}

/// Returns idle connections to the driver's pool, until none are left or the pool is closed.
async fn sweep<DB: Database>(reader_pool: Weak<Inner<DB>>, pool: Pool<DB>) {
    let mut closed = pool.close_event();
    loop {
        let is_closed = tokio::select! { () = &mut closed => true, () = sleep(IDLE_TIMEOUT) => false };
        let Some(reader_pool) = reader_pool.upgrade() else { return };
        let mut idle = lock(&reader_pool.idle);
        idle.retain(|idle| !is_closed && idle.is_reusable());
        if idle.is_empty() {
            // Still under the lock: the next connection that becomes idle starts another sweep.
            reader_pool.sweeping.store(false, Ordering::SeqCst);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::{Sqlite, SqlitePool, query, query_scalar, sqlite::SqlitePoolOptions};

    use super::*;

    async fn pool() -> SqlitePool {
        SqlitePoolOptions::new().max_connections(3).connect("sqlite::memory:").await.unwrap()
    }

    /// Marks a connection and returns whether it was marked before.
    async fn mark(pooled: &mut PooledConnection<'_, Sqlite>) -> bool {
        let known: i64 = query_scalar("SELECT count(*) FROM sqlite_temp_master WHERE name = 'mark'")
            .fetch_one(&mut *pooled.connection)
            .await
            .unwrap();
        query("CREATE TEMPORARY TABLE IF NOT EXISTS mark (id)").execute(&mut *pooled.connection).await.unwrap();
        known > 0
    }

    #[tokio::test]
    async fn a_released_connection_is_used_next_and_one_at_a_time() {
        let reader_pool = ReaderPool::new(pool().await);
        let mut pooled = reader_pool.acquire().await.unwrap();
        assert!(!mark(&mut pooled).await);
        // Two of the three connections are reserved.
        assert!(timeout(Duration::from_millis(50), reader_pool.acquire()).await.is_err());
        pooled.release();
        let mut again = reader_pool.acquire().await.unwrap();
        assert!(mark(&mut again).await, "it is the same connection");
    }

    #[tokio::test]
    async fn a_dropped_connection_is_not_reused() {
        let reader_pool = ReaderPool::new(pool().await);
        drop(reader_pool.acquire().await.unwrap());
        assert!(lock(&reader_pool.0.idle).is_empty());
        assert!(reader_pool.acquire().await.is_ok(), "its permit is free");
    }

    #[tokio::test]
    async fn idle_connections_return_to_the_driver_pool() {
        let pool = pool().await;
        let reader_pool = ReaderPool::new(pool.clone());
        reader_pool.acquire().await.unwrap().release();
        assert_eq!(pool.num_idle(), 0);
        while pool.num_idle() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(lock(&reader_pool.0.idle).is_empty());
    }

    #[tokio::test]
    async fn reuse_can_be_disabled() {
        let reader_pool = ReaderPool::new(pool().await);
        reader_pool.disable_reuse();
        reader_pool.acquire().await.unwrap().release();
        assert!(lock(&reader_pool.0.idle).is_empty());
    }

    #[tokio::test]
    async fn closing_the_pool_returns_idle_connections() {
        let pool = pool().await;
        let reader_pool = ReaderPool::new(pool.clone());
        reader_pool.acquire().await.unwrap().release();
        let closed = timeout(IDLE_TIMEOUT / 2, pool.close()).await;
        assert!(closed.is_ok(), "it does not wait for the idle timeout");
        assert!(matches!(reader_pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    }
}
