//! The operations of one socket.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Request, Response as Answer};
use axum::extract::ws::Utf8Bytes;
use futures_util::{
    FutureExt,
    future::{AbortHandle, ready},
    stream::{self, Abortable, BoxStream, SelectAll, StreamExt},
};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Backend, Server,
    overload::{NO_PLACE, TOO_LONG},
    response::{event_body, was_not_run},
    socket_message::{complete, error, next},
};
use crate::{
    code::Code,
    error::Error,
    guard::{Answers, Client, RequestStats},
    live::Turns,
    written::Welcome,
};

/// Operations of one socket that run at the same time, or have a response that the client has not taken. Others wait, so that a
/// client that does not read fills no memory.
const TURNS: usize = 4;

/// The operations of one socket that are running, by the ids that the client has given them.
pub(super) struct Operations {
    most: usize,
    turns: Arc<Semaphore>,
    running: HashMap<Arc<str>, AbortHandle>,
    events: SelectAll<BoxStream<'static, (Arc<str>, Event)>>,
}

enum Event {
    Answer(Box<Answer>),
    Complete,
}

/// A message to send.
pub(super) struct Sent(Utf8Bytes);

impl Sent {
    pub(super) fn into_text(self) -> Utf8Bytes {
        self.0
    }
}

impl Operations {
    pub(super) fn new(most: usize) -> Self {
        Self { most, turns: Arc::new(Semaphore::new(TURNS)), running: HashMap::new(), events: SelectAll::new() }
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.running.contains_key(id)
    }

    /// Begins an operation. One too many gets an error.
    pub(super) fn begin<B: Backend>(
        &mut self,
        site: &Arc<Server<B>>,
        id: String,
        request: Request,
        client: Client,
        key: Option<String>,
    ) {
        let answers = if self.running.len() < self.most {
            run(Arc::clone(site), request, client, key, Arc::clone(&self.turns))
        } else {
            let most = self.most;
            let reason = format!(
                "the socket has {most} operations; complete one first (the operator can raise the limit with \
                 --max-socket-operations)"
            );
            refuse(Code::LimitExceeded, &reason)
        };
        let id: Arc<str> = id.into();
        let (handle, registration) = AbortHandle::new_pair();
        let named = Arc::clone(&id);
        let events = answers.map(|answer| Event::Answer(Box::new(answer))).chain(stream::once(ready(Event::Complete)));
        let events = Abortable::new(events, registration).map(move |event| (Arc::clone(&named), event));
        self.running.insert(id, handle);
        self.events.push(events.boxed());
    }

    /// Ends an operation without a further message. The client may complete one that has just ended.
    pub(super) fn cancel(&mut self, id: &str) {
        if let Some(handle) = self.running.remove(id) {
            handle.abort();
        }
    }

    /// The next message of any operation. Waits forever if there are none.
    pub(super) async fn next(&mut self) -> Option<Sent> {
        loop {
            if self.events.is_empty() {
                return std::future::pending().await;
            }
            let Some((id, event)) = self.events.next().await else { continue };
            if !self.contains(&id) {
                continue;
            }
            match event {
                Event::Answer(answer) if was_not_run(&answer) => {
                    self.cancel(&id);
                    return Some(Sent(error(&id, &answer.errors)));
                }
                Event::Answer(answer) => match event_body(&answer) {
                    Ok(body) => return Some(Sent(next(&id, &body))),
                    Err(reason) => {
                        self.cancel(&id);
                        return Some(Sent(error(&id, &[reason])));
                    }
                },
                Event::Complete => {
                    self.running.remove(&id);
                    return Some(Sent(complete(&id)));
                }
            }
        }
    }
}

/// The answers to a request.
///
/// What works with the database has a task of its own: a session only polls its operations while the client takes its
/// messages, and what waits for a slow client would keep its place and its database connection from all others.
fn run<B: Backend>(
    site: Arc<Server<B>>,
    request: Request,
    client: Client,
    key: Option<String>,
    turns: Arc<Semaphore>,
) -> BoxStream<'static, Answer> {
    let (at_first, later) = (Arc::clone(&site), Arc::clone(&site));
    let answers = async move {
        // The semaphore is never closed.
        let turn = Arc::clone(&turns).acquire_owned().await.ok();
        let begun = AbortOnDropHandle::new(tokio::spawn(begin(site, request.data(Turns(turns)), client, key)));
        match begun.await {
            // The turn ends when the client has taken the answer.
            Ok(Begun::Single(answer)) => single(*answer).map(move |answer| (&turn, answer).1).boxed(),
            Ok(Begun::Subscription(answers)) => answers,
            Err(reason) if reason.is_panic() => single(panicked(&at_first)),
            Err(_) => refuse(Code::Overloaded, "the server is shutting down; try again in a second"),
        }
    };
    AssertUnwindSafe(answers.flatten_stream())
        .catch_unwind()
        .map(move |answer| answer.unwrap_or_else(|_| panicked(&later)))
        .boxed()
}

/// The answer to an operation that a panic ended.
fn panicked<B: Backend>(site: &Server<B>) -> Answer {
    site.metrics.panicked();
    tracing::error!("a panic ended an operation");
    Answer::from_errors(vec![Code::Internal.error(Error::Internal.to_string())])
}

/// An operation that has begun: a query or mutation has then run.
enum Begun {
    Single(Box<Answer>),
    Subscription(BoxStream<'static, Answer>),
}

/// Admits an operation, and runs it if it is a query or mutation. The key is checked again: it may have been revoked since the
/// socket was opened.
async fn begin<B: Backend>(site: Arc<Server<B>>, mut request: Request, client: Client, key: Option<String>) -> Begun {
    let begun = async {
        // The semaphore is never closed.
        let admission = site.admissions.acquire().await;
        if let Some(key) = key {
            match site.backend.open(&key).await {
                Ok(Ok(viewer)) => request = request.data(viewer),
                Ok(Err(refused)) => return refused_with(Code::Unauthenticated, refused.message()),
                Err(reason) => return refused_with(reason.code(), &reason.to_string()),
            }
        }
        let stats = Arc::new(RequestStats::default());
        let name = request.operation_name.clone();
        let operation = site.backend.begin(request.data(client).data(Arc::clone(&stats)).data(Welcome)).await;
        let is_subscription = matches!(operation, Ok(Answers::Subscription(_)));
        tracing::info!(
            target: "castgraph::request",
            client = %client.0,
            operation = name.as_deref().map(super::graphql_endpoint::logged_name),
            document = stats.document().and_then(|hash| hash.get(..16)),
            cost = stats.cost(),
            subscription = is_subscription,
            "operation"
        );
        site.metrics.began(is_subscription);
        drop(admission);
        match operation {
            Ok(Answers::Subscription(answers)) => Begun::Subscription(answers),
            Ok(Answers::Single(answer)) => {
                let Ok(_place) = site.places.try_acquire() else {
                    return refused_with(Code::Overloaded, NO_PLACE);
                };
                Begun::Single(Box::new(answer.await))
            }
            Err(refused) => Begun::Single(Box::new(refused)),
        }
    };
    match timeout(site.settings.request_timeout(), begun).await {
        Ok(begun) => begun,
        Err(_) => refused_with(Code::Timeout, TOO_LONG),
    }
}

fn refused_with(code: Code, reason: &str) -> Begun {
    Begun::Single(Box::new(Answer::from_errors(vec![code.error(reason)])))
}

fn refuse(code: Code, reason: &str) -> BoxStream<'static, Answer> {
    single(Answer::from_errors(vec![code.error(reason)]))
}

fn single(answer: Answer) -> BoxStream<'static, Answer> {
    stream::once(ready(answer)).boxed()
}
