use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{DatabaseConnection, DbErr};
use tokio::{
    sync::Semaphore,
    time::{sleep, sleep_until, timeout},
};

use super::{
    build::{self, Built, build},
    cast_graph::Graph,
};
use crate::{change::log::Changes, error::Error};

/// How long a query waits for a graph that is being built.
const PATIENCE: Duration = Duration::from_secs(3);

/// The delay before the next attempt if the database does not respond.
const AGAIN: Duration = Duration::from_secs(1);

/// A graph with more edits is packed in the background.
const MOST_EDITS: usize = 5_000;

/// Holds the newest graph, and replaces it after changes.
///
/// While a change listener is connected, queries use the current graph, which is at most a few milliseconds old. Otherwise
/// each query first checks for changes. A check reads the changes since the last one. If they are not known, it reads the
/// whole database; the pause after that is at least as long as the reading took, so a large database that changes so
/// constantly is not read constantly.
pub struct GraphCache {
    db: DatabaseConnection,
    newest: RwLock<Option<Arc<Graph>>>,
    watched: AtomicBool,
    /// Number of requests to check for changes.
    wanted: AtomicU64,
    /// The last of these requests that the newest graph covers.
    answered: AtomicU64,
    /// Whether a check for a reported change is waiting for its turn.
    waiting: AtomicBool,
    /// Maximum concurrent walks: one per processor.
    walks: Arc<Semaphore>,
    /// Held while checking for changes.
    turn: tokio::sync::Mutex<Turn>,
    state: Mutex<GraphCacheState>,
}

/// The result of the last check for changes.
struct Turn {
    built: Option<Built>,
    /// The earliest time at which the whole database may be read again.
    rest: Instant,
    /// Whether the graph is being packed.
    is_packing: bool,
}

/// Statistics of a graph cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GraphCacheState {
    /// People in the graph.
    pub people: usize,
    /// Credits in the graph.
    pub credits: usize,
    /// The memory that the graph takes.
    pub bytes: usize,
    /// Number of graphs built from the whole database.
    pub builds: u64,
    /// How long the last one took to read and build.
    pub took: Duration,
    /// Number of graphs made from others by changes.
    pub updates: u64,
    /// Changes since the graph was packed.
    pub edits: usize,
}

impl GraphCache {
    /// Creates a cache for the graph of `db`. It reads nothing before the first query or change.
    pub fn new(db: DatabaseConnection) -> Arc<Self> {
        Arc::new(Self {
            db,
            newest: RwLock::default(),
            watched: AtomicBool::new(false),
            wanted: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            waiting: AtomicBool::new(false),
            walks: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get))),
            turn: tokio::sync::Mutex::new(Turn { built: None, rest: Instant::now(), is_packing: false }),
            state: Mutex::default(),
        })
    }

    /// The current graph. Waits briefly if there is none yet.
    pub async fn graph(self: &Arc<Self>) -> Result<Arc<Graph>, Error> {
        let at_hand = self.at_hand();
        match at_hand {
            Some(graph) if self.watched.load(Ordering::SeqCst) => Ok(graph),
            _ => self.fresh().await,
        }
    }

    /// A graph of a state committed after this call, or the current graph if that takes too long.
    pub async fn fresh(self: &Arc<Self>) -> Result<Arc<Graph>, Error> {
        let wanted = self.wanted.fetch_add(1, Ordering::SeqCst) + 1;
        // A separate task, because the request may be cancelled while others wait for the same check.
        let look = tokio::spawn(Arc::clone(self).look(wanted));
        match timeout(PATIENCE, look).await {
            Ok(Ok(outcome)) => outcome?,
            Ok(Err(reason)) => return Err(Error::internal(reason)),
            Err(_) => {}
        }
        self.at_hand()
            .ok_or(Error::NotYet("the graph of who worked with whom is still being made; try again in a moment"))
    }

    /// Checks for changes; a change listener is now connected.
    pub fn open(self: &Arc<Self>) {
        self.watched.store(true, Ordering::SeqCst);
        self.follow();
    }

    /// Follows reported changes.
    pub fn changed(self: &Arc<Self>, _: &Changes) {
        self.follow();
    }

    fn follow(self: &Arc<Self>) {
        let wanted = self.wanted.fetch_add(1, Ordering::SeqCst) + 1;
        // A check that has not started yet covers this change too.
        if !self.waiting.swap(true, Ordering::SeqCst) {
            let cache = Arc::clone(self);
            tokio::spawn(async move {
                while Arc::clone(&cache).look(wanted).await.is_err() {
                    sleep(AGAIN).await;
                }
            });
        }
    }

    /// The change listener was disconnected.
    pub fn shut(&self) {
        self.watched.store(false, Ordering::SeqCst);
    }

    /// Runs a walk on a blocking thread, so that it does not block other requests.
    pub async fn walk<T: Send + 'static>(&self, walk: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        // The semaphore is never closed. A walk keeps its permit even if its request was cancelled.
        let place = Arc::clone(&self.walks).acquire_owned().await.map_err(Error::internal)?;
        let walk = tokio::task::spawn_blocking(move || {
            let found = walk();
            drop(place);
            found
        });
        walk.await.map_err(Error::internal)
    }

    /// Current statistics.
    pub fn state(&self) -> GraphCacheState {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at_hand(&self) -> Option<Arc<Graph>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ensures that the newest graph covers the request `wanted`.
    async fn look(self: Arc<Self>, wanted: u64) -> Result<(), DbErr> {
        let mut turn = self.turn.lock().await;
        self.waiting.store(false, Ordering::SeqCst);
        if self.answered.load(Ordering::SeqCst) >= wanted {
            return Ok(());
        }
        let answers = self.wanted.load(Ordering::SeqCst);
        let followed = match &turn.built {
            Some(known) => build::follow(&self.db, known).await?,
            None => None,
        };
        let built = match followed {
            Some(followed) => followed,
            None => self.read(&mut turn).await?,
        };
        self.publish(&built.graph, |state| state.updates += 1);
        if built.graph.edits() > MOST_EDITS && !turn.is_packing {
            turn.is_packing = true;
            tokio::spawn(Arc::clone(&self).pack(built.clone()));
        }
        turn.built = Some(built);
        self.answered.store(answers, Ordering::SeqCst);
        Ok(())
    }

    /// Reads the whole database.
    async fn read(&self, turn: &mut Turn) -> Result<Built, DbErr> {
        sleep_until(turn.rest.into()).await;
        let begun = Instant::now();
        let built = build(&self.db).await;
        let took = begun.elapsed();
        turn.rest = Instant::now() + took;
        let built = built.inspect_err(|reason| tracing::warn!(%reason, "the graph could not be read"))?;
        self.publish(&built.graph, |state| {
            state.builds += 1;
            state.took = took;
        });
        Ok(built)
    }

    /// Packs a graph, and applies the changes that were made meanwhile.
    async fn pack(self: Arc<Self>, known: Built) {
        let packed = build::pack(&known).await;
        let mut turn = self.turn.lock().await;
        turn.is_packing = false;
        let followed = match &packed {
            Ok(packed) => build::follow(&self.db, packed).await,
            Err(_) => Ok(None),
        };
        // If it fails, the graph stays as it is, and packing it is tried again after the next change.
        if let Ok(Some(built)) = followed {
            self.publish(&built.graph, |state| state.updates += 1);
            turn.built = Some(built);
        }
    }

    /// Lets queries use a graph, if it is a new one.
    fn publish(&self, graph: &Arc<Graph>, count: impl FnOnce(&mut GraphCacheState)) {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_some_and(|newest| Arc::ptr_eq(newest, graph)) {
            return;
        }
        *newest = Some(Arc::clone(graph));
        drop(newest);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut state);
        (state.people, state.credits) = (graph.people(), graph.credits());
        (state.bytes, state.edits) = (graph.bytes(), graph.edits());
    }
}
