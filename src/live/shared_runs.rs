use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{Semaphore, SetOnce},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

use super::{Outcome, Run};
use crate::{code::Code, error::Error};

/// Runs at the same time. Others wait, so that requests get their share of the database.
const AT_ONCE: usize = 8;

/// What makes two runs the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RunKey {
    pub(super) question: [u8; 32],
    pub(super) position: Option<i32>,
    /// The number of the latest commit before the run.
    pub(super) commit: u64,
}

/// A run that is shared by all who hold it. It ends when nobody does.
///
/// It has a task of its own: subscribers only poll their streams while their clients read, and a run that waits for a slow
/// client would keep its place and its database connection from all others.
#[derive(Debug)]
pub(super) struct SharedRun {
    result: Arc<SetOnce<Run>>,
    _task: AbortOnDropHandle<()>,
}

impl SharedRun {
    /// Its result.
    pub(super) async fn result(&self) -> Run {
        self.result.wait().await.clone()
    }
}

/// The runs of all subscribers. Equal ones run once.
#[derive(Debug)]
pub(super) struct SharedRuns {
    known: Mutex<Known>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    places: Semaphore,
    count: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    runs: HashMap<RunKey, Weak<SharedRun>>,
    /// The number of entries at which to remove those that nobody holds.
    full: usize,
}

impl Default for SharedRuns {
    fn default() -> Self {
        let state = State { places: Semaphore::new(AT_ONCE), count: AtomicU64::new(0) };
        Self { known: Mutex::default(), state: Arc::new(state) }
    }
}

impl SharedRuns {
    /// Number of runs so far.
    pub(super) fn count(&self) -> u64 {
        self.state.count.load(Ordering::Relaxed)
    }

    /// The run with this key, which begins if there is none.
    pub(super) fn share(
        &self,
        key: RunKey,
        limit: Duration,
        begin: impl FnOnce() -> BoxFuture<'static, Run> + Send + 'static,
    ) -> Arc<SharedRun> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = known.runs.get(&key).and_then(Weak::upgrade) {
            return run;
        }
        if known.runs.len() >= known.full {
            known.runs.retain(|_, run| run.strong_count() > 0);
            known.full = 2 * known.runs.len().max(32);
        }
        let (result, state) = (Arc::new(SetOnce::new()), Arc::clone(&self.state));
        let slot = Arc::clone(&result);
        let task = tokio::spawn(async move {
            // It is set once.
            let _ = slot.set(state.run(limit, begin).await);
        });
        let run = Arc::new(SharedRun { result, _task: AbortOnDropHandle::new(task) });
        known.runs.insert(key, Arc::downgrade(&run));
        run
    }
}

impl State {
    async fn run(&self, limit: Duration, begin: impl FnOnce() -> BoxFuture<'static, Run>) -> Run {
        // The semaphore is never closed.
        let _place = self.places.acquire().await;
        self.count.fetch_add(1, Ordering::Relaxed);
        match timeout(limit, AssertUnwindSafe(async { begin().await }).catch_unwind()).await {
            Ok(Ok(run)) => run,
            Ok(Err(_)) => {
                tracing::error!("a panic ended a run of a subscription");
                failed(Code::Internal, &Error::Internal.to_string())
            }
            Err(_) => failed(Code::Timeout, "the operation took too long and was canceled; request less"),
        }
    }
}

fn failed(code: Code, reason: &str) -> Run {
    Run { outcome: Outcome::Failed(vec![code.error(reason)]), position: None, has_more: false }
}
