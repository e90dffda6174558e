//! Health checks and metrics, for operators and load balancers.

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

/// Time limit for the database to answer a readiness check.
const LATE: Duration = Duration::from_secs(2);

/// The liveness check: always succeeds while the process runs.
pub(super) async fn live() -> Response {
    text(StatusCode::OK, "castgraph is running\n")
}

/// The readiness check: succeeds if the database answers and the server is not shutting down.
pub(super) async fn ready<B: Backend>(State(site): State<Arc<Server<B>>>) -> Response {
    if site.stopping.load(Ordering::Acquire) {
        return text(StatusCode::SERVICE_UNAVAILABLE, "castgraph is shutting down\n");
    }
    match timeout(LATE, site.backend.ready()).await {
        Ok(true) => text(StatusCode::OK, "castgraph is ready\n"),
        _ => text(StatusCode::SERVICE_UNAVAILABLE, "the database does not respond\n"),
    }
}

/// The metrics.
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
