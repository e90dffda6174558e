//! Isolates requests from each other: limits concurrency and duration, and catches panics.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use tokio::time::timeout;

use super::{Backend, Server, response};
use crate::{code::Code, error::Error};

/// Why a request does not run.
pub(super) const NO_PLACE: &str = "the server is at its limit of concurrent requests; try again in a second";

/// Why a request was canceled.
pub(super) const TOO_LONG: &str = "the request took too long and was canceled; request less, or try again";

/// `Retry-After` for rejected requests, in seconds.
pub(super) const RETRY: u64 = 1;

pub(super) async fn protect<B: Backend>(State(site): State<Arc<Server<B>>>, request: Request, next: Next) -> Response {
    let head = response::ResponseWriter::of(&request);
    let Ok(_place) = site.places.try_acquire() else {
        return head.refuse(Code::Overloaded, NO_PLACE);
    };
    match outcome(site.settings.request_timeout(), next.run(request)).await {
        Outcome::Answer(answer) => answer,
        Outcome::Panic => {
            site.metrics.panicked();
            tracing::error!("a panic ended a request");
            head.refuse(Code::Internal, &Error::Internal.to_string())
        }
        Outcome::Late if !head.is_whole() => {
            head.give_up("the rest of the request did not arrive in time; send it again on a new connection")
        }
        Outcome::Late => head.refuse(Code::Timeout, TOO_LONG),
    }
}

enum Outcome {
    Answer(Response),
    Panic,
    Late,
}

async fn outcome(limit: Duration, answer: impl Future<Output = Response>) -> Outcome {
    match timeout(limit, AssertUnwindSafe(answer).catch_unwind()).await {
        Ok(Ok(answer)) => Outcome::Answer(answer),
        Ok(Err(_)) => Outcome::Panic,
        Err(_) => Outcome::Late,
    }
}
