//! The sockets and event streams that are open: how many there may be, and how they end when the server stops.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::watch::Sender,
    time::{Instant, sleep_until},
};

use crate::guard::Client;

/// All open streams of a server.
#[derive(Debug)]
pub(super) struct OpenStreams {
    most: usize,
    most_of_client: usize,
    clients: Mutex<HashMap<IpAddr, usize>>,
    count: Sender<usize>,
    /// Set when streams must end.
    ending: Sender<Option<Ending>>,
    turns: AtomicU32,
}

#[derive(Clone, Copy, Debug)]
struct Ending {
    begun: Instant,
    /// The time from the end of one stream to that of the next.
    step: Duration,
}

/// An open stream. Dropping it makes room for another.
#[derive(Debug)]
pub(super) struct OpenStream {
    all: Arc<OpenStreams>,
    client: IpAddr,
}

/// Why no more streams can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The server has as many as it may.
    Server,
    /// This client has as many as it may.
    Client,
    /// The server is shutting down.
    Stopping,
}

impl OpenStreams {
    pub(super) fn new(most: usize, most_of_client: usize) -> Self {
        Self {
            most,
            most_of_client,
            clients: Mutex::default(),
            count: Sender::new(0),
            ending: Sender::new(None),
            turns: AtomicU32::new(0),
        }
    }

    /// Opens a stream for a client, unless there are too many.
    pub(super) fn open(self: &Arc<Self>, client: Client) -> Result<OpenStream, Full> {
        let client = client.household();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if self.ending.borrow().is_some() {
            return Err(Full::Stopping);
        }
        if *self.count.borrow() >= self.most {
            return Err(Full::Server);
        }
        let own = clients.entry(client).or_default();
        if *own >= self.most_of_client {
            return Err(Full::Client);
        }
        *own += 1;
        self.count.send_modify(|count| *count += 1);
        Ok(OpenStream { all: Arc::clone(self), client })
    }

    /// Ends all streams, one after the other, within `time`.
    pub(super) fn end(&self, time: Duration) {
        // Holding the lock, so that no stream is opened that does not know.
        let _clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let count = u32::try_from(*self.count.borrow()).unwrap_or(u32::MAX);
        self.ending.send_replace(Some(Ending { begun: Instant::now(), step: time / count.max(1) }));
    }

    /// Waits until no stream is open.
    pub(super) async fn ended(&self) {
        // Fails only if the sender is gone.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl OpenStream {
    /// Waits until it is the turn of this stream to end, which is never while the server runs.
    pub(super) async fn turn(all: Arc<OpenStreams>) {
        let mut ending = all.ending.subscribe();
        let Ok(Some(Ending { begun, step })) = ending.wait_for(Option::is_some).await.map(|ending| *ending) else {
            return std::future::pending().await;
        };
        let turn = all.turns.fetch_add(1, Ordering::Relaxed);
        sleep_until(begun + step.saturating_mul(turn)).await;
    }

    pub(super) fn all(&self) -> Arc<OpenStreams> {
        Arc::clone(&self.all)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut clients = self.all.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = clients.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                clients.remove(&self.client);
            }
        }
        self.all.count.send_modify(|count| *count -= 1);
    }
}
