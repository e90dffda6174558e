use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::task::AbortOnDropHandle;

use super::{Outcome, Run};
use crate::code::Code;

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
pub(super) type SharedRun = Shared<BoxFuture<'static, Run>>;

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
    runs: HashMap<RunKey, WeakShared<BoxFuture<'static, Run>>>,
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
    ///
    /// It has a task of its own: subscribers only poll their streams while their clients read, and a run that waits for a slow
    /// client would keep its place and its database connection from all others.
    pub(super) fn share(
        &self,
        key: RunKey,
        limit: Duration,
        begin: impl FnOnce() -> BoxFuture<'static, Run>,
    ) -> SharedRun {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = known.runs.get(&key).and_then(WeakShared::upgrade) {
            return run;
        }
        if known.runs.len() >= known.full {
            known.runs.retain(|_, run| run.upgrade().is_some());
            known.full = 2 * known.runs.len().max(32);
        }
        let task = AbortOnDropHandle::new(tokio::spawn(Arc::clone(&self.state).run(limit, begin())));
        let run = async {
            task.await.unwrap_or_else(|reason| {
                if reason.is_panic() {
                    tracing::error!("a panic ended a run of a subscription");
                }
                failed(Code::Internal, "internal error; the server's log contains the reason")
            })
        };
        let run = run.boxed().shared();
        // It has not been polled, so it has not ended.
        if let Some(weak) = run.downgrade() {
            known.runs.insert(key, weak);
        }
        run
    }
}

impl State {
    async fn run(self: Arc<Self>, limit: Duration, run: BoxFuture<'static, Run>) -> Run {
        // The semaphore is never closed.
        let _place = self.places.acquire().await;
        self.count.fetch_add(1, Ordering::Relaxed);
        timeout(limit, run)
            .await
            .unwrap_or_else(|_| failed(Code::Timeout, "the operation took too long and was canceled; request less"))
    }
}

fn failed(code: Code, reason: &str) -> Run {
    Run { outcome: Outcome::Failed(vec![code.error(reason)]), position: None }
}
