//! Connections that readers hand to each other.
//!
//! The driver's pool asks the database each time a connection comes back whether it still works: for a short read that
//! is a second exchange, as long as the first. Here a connection that has given its rows goes straight to the next
//! reader, and back to the pool only when nobody has wanted it for a while, when a read has failed or was given up, or
//! when the pool is closed.

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

/// How long a connection that nobody wants stays here.
const REST: Duration = Duration::from_secs(1);

/// How long a connection may stay away from the pool, which closes those that are old.
const AWAY: Duration = Duration::from_mins(10);

/// Connections of the pool that are left for those who do not come through here.
const LEFT: u32 = 2;

/// Connections to one database.
#[derive(Clone)]
pub(super) struct Lane<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    places: Semaphore,
    free: Mutex<Vec<Free<DB>>>,
    swept: AtomicBool,
    /// Whether connections go straight back to the pool.
    holds_none: AtomicBool,
}

struct Free<DB: Database> {
    connection: PoolConnection<DB>,
    /// When it came from the pool.
    taken: Instant,
    /// Since when nobody uses it.
    since: Instant,
}

impl<DB: Database> Free<DB> {
    /// Whether it may be used without the pool having looked at it.
    fn is_fit(&self) -> bool {
        self.since.elapsed() < REST && self.taken.elapsed() < AWAY
    }
}

/// A connection on loan. If it is dropped and not given back, the pool looks after it.
pub(super) struct Loan<'l, DB: Database> {
    lane: &'l Lane<DB>,
    pub(super) connection: PoolConnection<DB>,
    taken: Instant,
    _place: SemaphorePermit<'l>,
}

impl<DB: Database> Lane<DB> {
    /// Takes connections from `pool`, all but a few.
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

    /// From now on gives connections straight back to the pool.
    pub(super) fn hold_none(&self) {
        self.0.holds_none.store(true, Ordering::Relaxed);
    }

    /// A connection that nobody else uses.
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
            // On the heap, since this future would make all that wait for it several times as large.
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
    /// Hands the connection to the next reader, after a statement whose rows have all come.
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
        // The pool takes connections back by a task, which needs a runtime.
        if Handle::try_current().is_err() {
            let free = std::mem::take(&mut *lock(&self.free));
            for free in free {
                drop(free.connection.detach());
            }
        }
    }
}

/// Gives back to the pool what nobody wants, until nothing is left or the pool is closed.
async fn sweep<DB: Database>(lane: Weak<Inner<DB>>, pool: Pool<DB>) {
    let mut closed = pool.close_event();
    loop {
        let is_closed = tokio::select! { () = &mut closed => true, () = sleep(REST) => false };
        let Some(lane) = lane.upgrade() else { return };
        let mut free = lock(&lane.free);
        free.retain(|free| !is_closed && free.is_fit());
        if free.is_empty() {
            // Under the lock: who gives back after this begins another sweep.
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

    /// Marks a connection that is borrowed, and tells whether it was marked before.
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
        // Two of three connections are left for others.
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
        assert!(lane.borrow().await.is_ok(), "its place is free");
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
        assert!(closed.is_ok(), "it does not wait until they have rested");
        assert!(matches!(lane.borrow().await, Err(sqlx::Error::PoolClosed)));
    }
}
