//! Subscriptions: runs an operation again after each commit, and sends what is new.
//!
//! A *live read* sends its answer at once, and again whenever the answer differs. A *feed* sends page after page of a list
//! that only grows, each once. Both know no schema: the operation is a function that [`Question`] carries.
//!
//! Nothing is queued for a subscriber. Each remembers what it has sent and asks again when it is ready for more, so that a
//! slow one skips answers in between but always gets the last one. Subscribers with the same question share its runs
//! (`shared_runs`).

mod commits;
mod shared_runs;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::{Response, ServerError};
use axum::body::Bytes;
use futures_util::{
    future::BoxFuture,
    stream::{self, BoxStream, StreamExt},
};
use sha2::{Digest, Sha256};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, sleep_until},
};

pub use commits::Commits;
use commits::Follower;
use shared_runs::{RunKey, SharedRun, SharedRuns};

use crate::{guard::Recharge, written};

/// Maximum size of a response that is kept for others, in bytes.
const KEPT: usize = 64 << 10;

/// The pause before an operation that failed runs again.
const RETRY: Duration = Duration::from_secs(1);

/// How often and how long operations run.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The minimum time between two runs for a subscriber.
    pub interval: Duration,
    /// The time limit for a run.
    pub time_limit: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: Duration::from_millis(100), time_limit: Duration::from_secs(30) }
    }
}

/// All subscriptions of a server.
#[derive(Debug)]
pub struct Live {
    commits: Arc<Commits>,
    runs: SharedRuns,
    pace: Pace,
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What to send.
    pub outcome: Outcome,
    /// The position in the feed from which to go on.
    pub position: Option<i32>,
    /// Whether the feed is known to have more.
    pub has_more: bool,
}

/// A response, as JSON.
#[derive(Clone, Debug)]
pub struct Answer {
    body: Bytes,
    /// By which to know whether two are equal without keeping the bodies.
    digest: [u8; 32],
}

impl Answer {
    /// The response with this body.
    pub fn new(body: Bytes) -> Self {
        Self { digest: Sha256::digest(&body).into(), body }
    }
}

/// What to send after a run.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// This response.
    Answer(Answer),
    /// Nothing, since the feed has nothing new.
    Nothing,
    /// These errors, after which the subscription ends.
    Refused(Vec<ServerError>),
    /// The operation failed and may succeed later.
    Failed(Vec<ServerError>),
}

/// Runs the operation from a position in its feed.
pub type RunFn = Arc<dyn Fn(Option<i32>) -> BoxFuture<'static, Run> + Send + Sync>;

/// Request data: the turns of the client connection, as in [`Question::turns`].
#[derive(Clone, Debug)]
pub struct Turns(pub Arc<Semaphore>);

/// An operation to subscribe to.
#[derive(Clone)]
pub struct Question {
    /// Equal for operations with equal answers: a hash of the document, the variables and the account.
    pub key: [u8; 32],
    /// Whether it is a feed.
    pub is_feed: bool,
    /// Runs it.
    pub run: RunFn,
    /// Charges the client for one more run; `None` if nobody is charged.
    pub charge: Option<Recharge>,
    /// How many operations of the same client connection may run, or have a response that the client has not taken.
    pub turns: Option<Arc<Semaphore>>,
}

impl Live {
    /// Subscriptions that run again when `commits` reports a commit.
    pub fn new(commits: Arc<Commits>, pace: Pace) -> Self {
        Self { commits, runs: SharedRuns::default(), pace }
    }

    /// The commits that the subscriptions follow.
    pub fn commits(&self) -> &Arc<Commits> {
        &self.commits
    }

    /// Number of times that operations have run for subscribers.
    pub fn runs(&self) -> u64 {
        self.runs.count()
    }

    /// The responses of a subscription. It ends only after a response whose operation did not run.
    pub fn subscribe(self: &Arc<Self>, question: Question) -> BoxStream<'static, Response> {
        let follower = self.commits.follow();
        let live = Arc::clone(self);
        let state = Subscription {
            live,
            follower,
            question,
            step: Step::Begin,
            position: None,
            last: None,
            run: None,
            turn: None,
        };
        stream::unfold(state, |mut state| async move { state.next().await.map(|response| (response, state)) }).boxed()
    }
}

/// What a subscriber does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It runs for the first time.
    Begin,
    /// It runs, since its feed may have more.
    GoOn,
    /// It waits for a commit. It has run at this time.
    Wait(Instant),
    /// It runs again after a failure.
    Retry,
    /// It has ended.
    End,
}

struct Subscription {
    live: Arc<Live>,
    follower: Follower,
    question: Question,
    step: Step,
    position: Option<i32>,
    /// The digest of the last answer that was sent.
    last: Option<[u8; 32]>,
    /// The last run, kept for subscribers who ask the same before the next commit.
    run: Option<Arc<SharedRun>>,
    turn: Option<OwnedSemaphorePermit>,
}

impl Subscription {
    async fn next(&mut self) -> Option<Response> {
        loop {
            // The client has taken the last response.
            self.turn = None;
            match self.step {
                Step::Begin | Step::GoOn => {}
                Step::Wait(since) => {
                    self.follower.committed().await;
                    sleep_until((since + self.live.pace.interval).into()).await;
                }
                Step::Retry => {
                    sleep(RETRY).await;
                    self.follower.pretend();
                }
                Step::End => return None,
            }
            let is_first = self.step == Step::Begin;
            // The first run was charged when the operation was admitted, and the client is not to blame for a failure.
            while matches!(self.step, Step::GoOn | Step::Wait(_))
                && let Some(Recharge(charge)) = &self.question.charge
                && let Err(wait) = charge()
            {
                sleep(wait).await;
            }
            if let Some(turns) = &self.question.turns {
                // The semaphore is never closed.
                self.turn = Arc::clone(turns).acquire_owned().await.ok();
            }
            // Read before the run: a commit during it makes the operation run again.
            let commit = self.follower.latest();
            let began = Instant::now();
            let run = self.run_at(commit).await;
            match run.outcome {
                Outcome::Answer(Answer { body, digest }) => {
                    self.position = run.position;
                    self.step = if run.has_more { Step::GoOn } else { Step::Wait(began) };
                    if body.len() > KEPT {
                        self.run = None;
                    }
                    // A feed never repeats itself.
                    if self.question.is_feed || self.last.replace(digest) != Some(digest) {
                        return Some(written::answer(body));
                    }
                }
                Outcome::Nothing => {
                    self.position = run.position;
                    self.step = Step::Wait(began);
                }
                Outcome::Failed(_) if !is_first => self.step = Step::Retry,
                Outcome::Refused(errors) | Outcome::Failed(errors) => {
                    self.step = Step::End;
                    return Some(Response::from_errors(errors));
                }
            }
        }
    }

    async fn run_at(&mut self, commit: u64) -> Run {
        let key = RunKey { question: self.question.key, position: self.position, commit };
        let (begin, position) = (Arc::clone(&self.question.run), self.position);
        let run = self.live.runs.share(key, self.live.pace.time_limit, move || begin(position));
        let run = self.run.insert(run);
        run.result().await
    }
}
