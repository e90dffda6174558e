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
    sync::{OnceCell, Semaphore},
    time::timeout,
};

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

/// A run that is shared by all who hold it.
pub(super) type SharedRun = Arc<OnceCell<Run>>;

/// The runs of all subscribers. Equal ones run once.
#[derive(Debug)]
pub(super) struct SharedRuns {
    known: Mutex<Known>,
    places: Semaphore,
    count: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    runs: HashMap<RunKey, Weak<OnceCell<Run>>>,
    /// The number of entries at which to remove those that nobody holds.
    full: usize,
}

impl Default for SharedRuns {
    fn default() -> Self {
        Self { known: Mutex::default(), places: Semaphore::new(AT_ONCE), count: AtomicU64::new(0) }
    }
}

impl SharedRuns {
    /// Number of runs so far.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// The run with this key, which has perhaps not begun.
    pub(super) fn share(&self, key: RunKey) -> SharedRun {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = known.runs.get(&key).and_then(Weak::upgrade) {
            return run;
        }
        if known.runs.len() >= known.full {
            known.runs.retain(|_, run| run.strong_count() > 0);
            known.full = 2 * known.runs.len().max(32);
        }
        let run = SharedRun::default();
        known.runs.insert(key, Arc::downgrade(&run));
        run
    }

    /// The result of a run. If it has not begun, the caller runs it; if the caller goes away, another one does.
    pub(super) async fn run(
        &self,
        shared: &SharedRun,
        limit: Duration,
        begin: impl FnOnce() -> BoxFuture<'static, Run>,
    ) -> Run {
        let run = async {
            // The semaphore is never closed.
            let _place = self.places.acquire().await;
            self.count.fetch_add(1, Ordering::Relaxed);
            match timeout(limit, AssertUnwindSafe(begin()).catch_unwind()).await {
                Ok(Ok(run)) => run,
                Ok(Err(_)) => {
                    tracing::error!("a panic ended a run of a subscription");
                    failed(Code::Internal, "internal error; the server's log contains the reason")
                }
                Err(_) => failed(Code::Timeout, "the operation took too long and was canceled; request less"),
            }
        };
        shared.get_or_init(|| run).await.clone()
    }
}

fn failed(code: Code, reason: &str) -> Run {
    Run { outcome: Outcome::Failed(vec![code.error(reason)]), position: None }
}
