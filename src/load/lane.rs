//! Connections that readers hand to each other.
//!
//! The driver's pool asks the database each time a connection comes back whether it still works: for a short read that
//! is a second exchange, as long as the first. Here a connection that has given its rows goes straight to the next
//! reader, and back to the pool only when nobody has wanted it for a while, when a read has failed or was given up, or
//! when the pool is closed.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
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

/// How long a connection that nobody wants stays here.
const REST: Duration = Duration::from_secs(1);

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
}

struct Free<DB: Database> {
    connection: PoolConnection<DB>,
    since: Instant,
}

/// A connection on loan. If it is dropped and not given back, the pool looks after it.
pub(super) struct Loan<'l, DB: Database> {
    lane: &'l Lane<DB>,
    pub(super) connection: PoolConnection<DB>,
    _place: SemaphorePermit<'l>,
}

impl<DB: Database> Lane<DB> {
    /// Takes connections from `pool`, all but a few.
    pub(super) fn new(pool: Pool<DB>) -> Self {
        let places = pool.options().get_max_connections().saturating_sub(LEFT).max(1);
        let places = Semaphore::new(usize::try_from(places).unwrap_or(Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner { pool, places, free: Mutex::default(), swept: AtomicBool::new(false) }))
    }

    /// A connection that nobody else uses.
    pub(super) async fn borrow(&self) -> Result<Loan<'_, DB>, sqlx::Error> {
        let longest = self.0.pool.options().get_acquire_timeout();
        let place = timeout(longest, self.0.places.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.0.pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        let free = self.0.free().pop().filter(|free| free.since.elapsed() < REST);
        let connection = match free {
            Some(free) => free.connection,
            None => self.0.pool.acquire().await?,
        };
        Ok(Loan { lane: self, connection, _place: place })
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
        lane.free().push(Free { connection: self.connection, since: Instant::now() });
        if !lane.swept.swap(true, Ordering::SeqCst) {
            tokio::spawn(sweep(Arc::downgrade(lane), lane.pool.clone()));
        }
    }
}

impl<DB: Database> Inner<DB> {
    /// Locks even if a thread panicked while it held the lock: a push or a pop is never left half-done.
    fn free(&self) -> MutexGuard<'_, Vec<Free<DB>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Database> Drop for Inner<DB> {
    fn drop(&mut self) {
        // The pool takes connections back by a task, which needs a runtime.
        if Handle::try_current().is_err() {
            let free = std::mem::take(&mut *self.free());
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
        let mut free = lane.free();
        free.retain(|free| !is_closed && free.since.elapsed() < REST);
        if free.is_empty() {
            // Under the lock: who gives back after this begins another sweep.
            lane.swept.store(false, Ordering::SeqCst);
            return;
        }
    }
}
