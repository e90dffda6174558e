//! The outermost layer: assigns the request id, finds the client's address, logs and counts the request, and sets
//! response headers.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method,
        header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::Response,
};

use opentelemetry::Context;
use tracing::Instrument;

use super::{
    Backend, Server, client, cors,
    metrics::{Asked, Busy},
};
use crate::{
    code::Code,
    guard::{Client, RequestStats},
};

/// The header that carries the id of a request.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// Maximum length of a request id from a client.
const LONGEST_ID: usize = 64;

/// Details recorded while a request is handled.
#[derive(Debug, Default)]
pub(super) struct RequestRecord {
    pub(super) tally: Arc<RequestStats>,
    pub(super) operation: OnceLock<String>,
    pub(super) code: OnceLock<Code>,
    /// Set when the whole request has been received.
    pub(super) whole: OnceLock<()>,
}

pub(super) async fn record<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = id(request.headers());
    let client = client::address(&request, &site.settings.trusted_proxies);
    let record = Arc::new(RequestRecord::default());
    request.extensions_mut().insert(Arc::clone(&record));
    request.extensions_mut().insert(client);
    let visit = Visit {
        parent: site.traces.as_ref().map(|traces| traces.parent(request.headers())),
        method: request.method().clone(),
        route: Asked::of(request.uri().path()),
        _busy: site.metrics.begin(),
        begun: Instant::now(),
        status: GONE,
        site: &site,
        id: &id,
        client,
        record,
    };
    // Log lines from within the request carry the id.
    let span = tracing::error_span!("request", id);
    let answer = match span.in_scope(|| cors::refuse(&site, &request)) {
        Some(answer) => answer,
        None => next.run(request).instrument(span).await,
    };
    visit.end(answer.status().as_u16());

    let mut answer = harden(answer);
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(HeaderName::from_static(REQUEST_ID), id);
    }
    answer
}

/// The status of a request whose client disconnected before the response, as in nginx.
const GONE: u16 = 499;

/// A request in progress. Dropping it counts, logs and traces the request, however it ended.
struct Visit<'v, B> {
    site: &'v Server<B>,
    id: &'v str,
    client: Client,
    record: Arc<RequestRecord>,
    method: Method,
    route: Asked,
    status: u16,
    begun: Instant,
    parent: Option<Context>,
    _busy: Busy,
}

impl<B> Visit<'_, B> {
    fn end(mut self, status: u16) {
        self.status = status;
    }
}

impl<B> Drop for Visit<'_, B> {
    fn drop(&mut self) {
        let (took, status, record) = (self.begun.elapsed(), self.status, &*self.record);
        let (tally, code) = (&record.tally, record.code.get().map(|code| code.text()));
        self.site.metrics.count(self.route, status, code, took, tally);
        if matches!(self.route, Asked::Health | Asked::Page) {
            return;
        }
        tracing::info!(
            target: "castgraph::request",
            id = self.id,
            client = %self.client.0,
            method = %self.method,
            status,
            code,
            operation = record.operation.get(),
            document = tally.document().and_then(|hash| hash.get(..16)),
            cost = tally.cost(),
            statements = tally.statements(),
            rows = tally.rows(),
            ms = took.as_secs_f64() * 1e3,
            "request"
        );
        if let (Some(traces), Some(parent)) = (&self.site.traces, &self.parent) {
            traces.tell(parent, self.id, status, took, record);
        }
    }
}

/// Only sets the response headers, for the metrics address.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    harden(next.run(request).await)
}

/// Sets headers that forbid content sniffing, framing and referrers.
fn harden(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    answer
}

/// The request id from the client, if it is safe to log, or a new one.
fn id(headers: &HeaderMap) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    match given.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(plain)) {
        Some(id) => id.to_owned(),
        None => fresh_id(),
    }
}

/// A new id, unique within this process and very probably across processes.
fn fresh_id() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(Instant::now()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}-{}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}
