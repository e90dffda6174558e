//! Runs subscriptions: each is the query with the same root field.

use std::sync::{Arc, PoisonError, RwLock};

use async_graphql::{OutputType, Request, Response, ServerError, Value};
use sha2::{Digest, Sha256};

use super::{Cast, query::Query, read_position::ReadPosition, subscription::FEED};
use crate::{
    account::Viewer,
    code::Code,
    error::Error,
    guard::{Document, Recharge, data},
    live::{Answer, Outcome, Question, Run, Turns},
    written,
};

/// Request data: the response is for subscribers.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForSubscribers;

/// Request data: the page of the feed that a run reads.
#[derive(Debug)]
pub(super) struct FeedPage {
    /// The number of the last change that was sent; `None` at the start.
    pub(super) after: Option<i32>,
    reached: RwLock<Reached>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    number: Option<i32>,
    is_empty: bool,
    has_more: bool,
}

impl FeedPage {
    fn after(position: Option<i32>) -> Self {
        Self { after: position, reached: RwLock::default() }
    }

    /// Says that the feed has been read up to a change, whether there was none to send, and whether there are more.
    pub(super) fn reach(&self, number: i32, is_empty: bool, has_more: bool) {
        let reached = Reached { number: Some(number), is_empty, has_more };
        *self.reached.write().unwrap_or_else(PoisonError::into_inner) = reached;
    }

    fn reached(&self) -> Reached {
        *self.reached.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The subscription `request` with a parsed document, as a question. Questions are equal if the documents, the variables and
/// the accounts are.
pub(super) fn question(cast: &Cast, request: Request, document: &Document) -> Question {
    let operation = request.operation_name.as_deref();
    let is_feed = document.root_field(operation) == Some(FEED);
    let viewer = data::<Viewer>(&request).cloned();
    let executable = document.executable_as_query(operation, &request.variables, &Query::type_name());
    let variables = serde_json::to_string(&request.variables).unwrap_or_default();
    let account = viewer.as_ref().map(|viewer| viewer.account.id.to_string()).unwrap_or_default();
    let key = Sha256::digest([document.hash(), operation.unwrap_or_default(), &account, &variables].join("\n"));
    let needs_position = ReadPosition::is_needed(document);
    let charge = data::<Recharge>(&request).cloned();
    let turns = data::<Turns>(&request).map(|Turns(turns)| Arc::clone(turns));
    let cast = cast.clone();
    let (operation, variables) = (request.operation_name, request.variables);
    let run = move |position| {
        let mut request = Request::new("").variables(variables.clone()).data(ForSubscribers);
        request.operation_name.clone_from(&operation);
        request.set_parsed_query(executable.clone());
        if let Some(viewer) = &viewer {
            request = request.data(viewer.clone());
        }
        let cast = cast.clone();
        Box::pin(async move {
            if is_feed {
                cast.feed_run(request, position, needs_position).await
            } else {
                Run {
                    outcome: outcome(cast.answer_positioned(request, needs_position, false).await.0),
                    position: None,
                    has_more: false,
                }
            }
        }) as _
    };
    Question { key: key.into(), is_feed, run: Arc::new(run), charge, turns }
}

impl Cast {
    async fn feed_run(&self, request: Request, position: Option<i32>, needs_position: bool) -> Run {
        let page = Arc::new(FeedPage::after(position));
        let response = self.answer_positioned(request.data(Arc::clone(&page)), needs_position, false).await.0;
        let reached = page.reached();
        // The page was not read, such as because of its cursor.
        let is_refused = reached.number.is_none() && !response.errors.is_empty();
        let errors = response.errors.clone();
        let outcome = match outcome(response) {
            Outcome::Answer(_) if is_refused => Outcome::Refused(without_place(errors)),
            Outcome::Answer(_) if reached.is_empty => Outcome::Nothing,
            outcome => outcome,
        };
        Run { outcome, position: reached.number.or(position), has_more: reached.has_more }
    }
}

/// What subscribers get of a response. If the database failed, that is no news.
fn outcome(response: Response) -> Outcome {
    let fails =
        |error: &ServerError| matches!(Code::of(error), Some(Code::Unavailable | Code::Timeout | Code::Internal));
    if response.errors.iter().any(fails) {
        return Outcome::Failed(without_place(response.errors));
    }
    if response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty()) {
        return Outcome::Refused(response.errors);
    }
    match written::body(&response) {
        Ok(body) => Outcome::Answer(Answer::new(body)),
        Err(reason) => {
            tracing::error!(%reason, "failed to serialize a response");
            Outcome::Failed(vec![Code::Internal.error(Error::Internal.to_string())])
        }
    }
}

/// The errors of an operation that did not run have no place in its response.
fn without_place(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    for error in &mut errors {
        error.path.clear();
    }
    errors
}
