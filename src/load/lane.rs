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
const REST: Duration = Duration::from_secs(1);

/// The maximum time that a connection stays outside the driver's pool, which closes old connections.
const AWAY: Duration = Duration::from_mins(10);

/// Number of connections left for code that uses the driver's pool directly.
const LEFT: u32 = 2;

/// Connections to one database, for reads.
#[derive(Clone)]
pub(super) struct Lane<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    places: Semaphore,
    free: Mutex<Vec<Free<DB>>>,
    swept: AtomicBool,
    /// Whether connections are returned to the driver's pool after every read.
    holds_none: AtomicBool,
}

struct Free<DB: Database> {
    connection: PoolConnection<DB>,
    /// When it was taken from the driver's pool.
    taken: Instant,
    /// Since when it has been idle.
    since: Instant,
}

impl<DB: Database> Free<DB> {
    /// Whether it can be used again without a check by the driver's pool.
    fn is_fit(&self) -> bool {
        self.since.elapsed() < REST && self.taken.elapsed() < AWAY
    }
}

/// A connection in use. If it is dropped instead of released, it is returned to the driver's pool.
pub(super) struct Loan<'l, DB: Database> {
    lane: &'l Lane<DB>,
    pub(super) connection: PoolConnection<DB>,
    taken: Instant,
    _place: SemaphorePermit<'l>,
}

impl<DB: Database> Lane<DB> {
    /// Uses the connections of `pool`, except for a few.
    pub(super) fn new(pool: Pool<DB>) -> Self {
        let places = pool.options().get_max_connections().saturating_sub(LEFT).max(1);
        let places = Semaphore::new(usize::try_from(places).unwrap_or(Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner {
            pool,
            places,
            free: Mutex::default(),
            swept: AtomicBool::new(false),
            holds_none: AtomicBool::new(false),
        }))
    }

    /// Returns connections to the driver's pool after every read from now on.
    pub(super) fn hold_none(&self) {
        self.0.holds_none.store(true, Ordering::Relaxed);
    }

    /// Takes a connection for exclusive use. Waits if all are in use.
    pub(super) async fn borrow(&self) -> Result<Loan<'_, DB>, sqlx::Error> {
        let longest = self.0.pool.options().get_acquire_timeout();
        let place = timeout(longest, self.0.places.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.0.pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        let free = lock(&self.0.free).pop().filter(Free::is_fit);
        let (connection, taken) = match free {
            Some(free) => (free.connection, free.taken),
            // Boxed because this future would make every future that awaits it several times as large.
            None => (Box::pin(self.0.pool.acquire()).await?, Instant::now()),
        };
        Ok(Loan { lane: self, connection, taken, _place: place })
    }
}

impl<DB: Database> fmt::Debug for Lane<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.pool.fmt(f)
    }
}

impl<DB: Database> Loan<'_, DB> {
    /// Makes the connection available to the next reader. All rows of the last statement must have been received.
    pub(super) fn give_back(self) {
        let lane = &self.lane.0;
        if lane.holds_none.load(Ordering::Relaxed) {
            return;
        }
        lock(&lane.free).push(Free { connection: self.connection, taken: self.taken, since: Instant::now() });
        if !lane.swept.swap(true, Ordering::SeqCst) {
            tokio::spawn(sweep(Arc::downgrade(lane), lane.pool.clone()));
        }
    }
}

impl<DB: Database> Drop for Inner<DB> {
    fn drop(&mut self) {
        // The driver's pool takes connections back in a task, which needs a runtime.
        if Handle::try_current().is_err() {
            let free = std::mem::take(&mut *lock(&self.free));
            for free in free {
                drop(free.connection.detach());
            }
        }
    }
}

/// Returns idle connections to the driver's pool, until none are left or the pool is closed.
async fn sweep<DB: Database>(lane: Weak<Inner<DB>>, pool: Pool<DB>) {
    let mut closed = pool.close_event();
    loop {
        let is_closed = tokio::select! { () = &mut closed => true, () = sleep(REST) => false };
        let Some(lane) = lane.upgrade() else { return };
        let mut free = lock(&lane.free);
        free.retain(|free| !is_closed && free.is_fit());
        if free.is_empty() {
            // Still under the lock: the next connection that becomes idle starts another sweep.
            lane.swept.store(false, Ordering::SeqCst);
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
    async fn mark(loan: &mut Loan<'_, Sqlite>) -> bool {
        let known: i64 = query_scalar("SELECT count(*) FROM sqlite_temp_master WHERE name = 'mark'")
            .fetch_one(&mut *loan.connection)
            .await
            .unwrap();
        query("CREATE TEMPORARY TABLE IF NOT EXISTS mark (id)").execute(&mut *loan.connection).await.unwrap();
        known > 0
    }

    #[tokio::test]
    async fn what_is_given_back_is_lent_next_and_one_at_a_time() {
        let lane = Lane::new(pool().await);
        let mut loan = lane.borrow().await.unwrap();
        assert!(!mark(&mut loan).await);
        // Two of the three connections are reserved.
        assert!(timeout(Duration::from_millis(50), lane.borrow()).await.is_err());
        loan.give_back();
        let mut again = lane.borrow().await.unwrap();
        assert!(mark(&mut again).await, "it is the same connection");
    }

    #[tokio::test]
    async fn who_gives_up_leaves_its_connection_to_the_pool() {
        let lane = Lane::new(pool().await);
        drop(lane.borrow().await.unwrap());
        assert!(lock(&lane.0.free).is_empty());
        assert!(lane.borrow().await.is_ok(), "its permit is free");
    }

    #[tokio::test]
    async fn connections_that_nobody_wants_go_back() {
        let pool = pool().await;
        let lane = Lane::new(pool.clone());
        lane.borrow().await.unwrap().give_back();
        assert_eq!(pool.num_idle(), 0);
        while pool.num_idle() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(lock(&lane.0.free).is_empty());
    }

    #[tokio::test]
    async fn a_lane_may_hold_none() {
        let lane = Lane::new(pool().await);
        lane.hold_none();
        lane.borrow().await.unwrap().give_back();
        assert!(lock(&lane.0.free).is_empty());
    }

    #[tokio::test]
    async fn a_pool_that_is_closed_gets_its_connections() {
        let pool = pool().await;
        let lane = Lane::new(pool.clone());
        lane.borrow().await.unwrap().give_back();
        let closed = timeout(REST / 2, pool.close()).await;
        assert!(closed.is_ok(), "it does not wait for the idle timeout");
        assert!(matches!(lane.borrow().await, Err(sqlx::Error::PoolClosed)));
    }
}
