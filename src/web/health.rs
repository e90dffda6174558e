//! What operators and their load balancers ask.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    extract::State,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::{Backend, Server};

/// A database that takes longer is not ready.
const LATE: Duration = Duration::from_secs(2);

/// The process runs.
pub(super) async fn live() -> Response {
    text(StatusCode::OK, "castgraph is there\n")
}

/// Requests can be answered: the database is there, and the server is not about to stop.
pub(super) async fn ready<B: Backend>(State(site): State<Arc<Server<B>>>) -> Response {
    if site.stopping.load(Ordering::Acquire) {
        return text(StatusCode::SERVICE_UNAVAILABLE, "castgraph is about to stop\n");
    }
    match timeout(LATE, site.backend.ready()).await {
        Ok(true) => text(StatusCode::OK, "castgraph is ready\n"),
        _ => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// The counters.
pub(super) async fn metrics<B: Backend>(State(site): State<Arc<Server<B>>>) -> Response {
    match site.metrics.text(&site.backend.numbers()) {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn text(status: StatusCode, text: &'static str) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], text).into_response()
}
