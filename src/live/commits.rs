use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch::{Receiver, Sender},
    time::sleep,
};

use crate::{change::log::Changes, store::Listener};

/// How often to look for changes while commits are not reported.
const POLL: Duration = Duration::from_secs(1);

/// Counts the commits of the database, as far as they are reported. While they are not, it counts one each second that a
/// subscriber waits.
#[derive(Debug)]
pub struct Commits(Sender<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    count: u64,
    /// Whether commits are reported.
    reported: bool,
}

impl Default for Commits {
    fn default() -> Self {
        Self(Sender::new(State { count: 0, reported: false }))
    }
}

impl Commits {
    /// Counts a commit.
    pub fn committed(&self) {
        self.0.send_modify(|state| state.count += 1);
    }

    fn report(&self, reported: bool) {
        // Something may have been committed unnoticed.
        self.0.send_modify(|state| *state = State { count: state.count + 1, reported });
    }

    /// Follows the commits from now on.
    pub(super) fn follow(self: &Arc<Self>) -> Follower {
        Follower { receiver: self.0.subscribe(), commits: Arc::clone(self) }
    }
}

impl Listener for Arc<Commits> {
    fn open(&self) {
        self.report(true);
    }

    fn changed(&self, _: &Changes) {
        self.committed();
    }

    fn shut(&self) {
        self.report(false);
    }
}

/// Waits for commits.
pub(super) struct Follower {
    commits: Arc<Commits>,
    receiver: Receiver<State>,
}

impl Follower {
    /// The number of the latest commit. [`Follower::committed`] waits for one after it.
    pub(super) fn latest(&mut self) -> u64 {
        self.receiver.borrow_and_update().count
    }

    /// Waits for a commit after the latest one that was seen.
    pub(super) async fn committed(&mut self) {
        loop {
            let reported = self.receiver.borrow().reported;
            let poll = async {
                if reported {
                    std::future::pending::<()>().await;
                }
                sleep(POLL).await;
            };
            tokio::select! {
                // Fails only if the sender is gone, which this holds.
                _ = self.receiver.changed() => return,
                () = poll => self.pretend(),
            }
        }
    }

    /// Counts a commit that was not reported, unless somebody else has counted one.
    pub(super) fn pretend(&self) {
        let seen = self.receiver.borrow().count;
        self.commits.0.send_if_modified(|state| {
            let is_latest = state.count == seen;
            state.count += u64::from(is_latest);
            is_latest
        });
    }
}
