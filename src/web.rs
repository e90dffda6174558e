//! An HTTP server for a GraphQL executor: GraphQL over HTTP, GraphiQL and the explorer, health checks, metrics, and the
//! protections that a public endpoint needs. It does not depend on the schema.
//!
//! A request passes through these layers, outermost first: `server` (connections), `request_context` (id, log line,
//! counters, response headers), CORS, compression, and `overload` (concurrency, timeout, panics). The handler for
//! `/graphql` is `graphql_endpoint`, which parses the request with `graphql_request` and responds with `response`, with the
//! events of `event_stream`, or with an upgrade to a `socket`.

mod settings;
mod server;
mod request_context;
mod cors;
mod client;
mod authenticate;
mod metrics;
mod overload;
mod graphql_endpoint;
mod graphql_request;
mod socket;
mod socket_message;
mod socket_operations;
mod event_stream;
mod open_streams;
mod response;
mod health;
mod traces;
mod pages;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{Executor, Request, Response};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state, map_request},
    routing::get,
};
use tokio::sync::Semaphore;
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    decompression::RequestDecompressionLayer,
};

pub use server::{Peer, serve, serve_operators};
pub use settings::{Cors, Settings, listen, seconds};
pub use traces::Traces;

use crate::{
    account::{Refused, Viewer},
    error::Error,
    guard::Answers,
};
use metrics::Metrics;
use open_streams::OpenStreams;

/// Minimum size of a response to compress, in bytes.
const COMPRESSED: u16 = 1024;

/// Operations on sockets that are checked at the same time.
const ADMISSIONS: usize = 8;

/// The path of the API.
const GRAPHQL: &str = "/graphql";

/// The executor to serve, with its readiness and metrics.
pub trait Backend: Executor {
    /// Admits an operation, or returns the response that says why it may not run.
    fn begin(&self, request: Request) -> impl Future<Output = Result<Answers, Response>> + Send;

    /// Whether the backend can answer requests now.
    fn ready(&self) -> impl Future<Output = bool> + Send;

    /// Metrics of the backend: name, description and current value. A name that ends in `_total` is a counter; all
    /// others are gauges.
    fn numbers(&self) -> Vec<(&'static str, &'static str, u64)>;

    /// The account that a key opens.
    fn open(&self, key: &str) -> impl Future<Output = Result<Result<Viewer, Refused>, Error>> + Send;
}

/// A server: its backend, settings and metrics.
#[derive(Clone)]
pub struct Server<B> {
    backend: B,
    settings: Arc<Settings>,
    metrics: Arc<Metrics>,
    /// Limits the number of concurrent requests.
    places: Arc<Semaphore>,
    /// Limits the number of operations on sockets that are checked at the same time. Others wait, so that they do not keep
    /// requests from the database.
    admissions: Arc<Semaphore>,
    stopping: Arc<AtomicBool>,
    streams: Arc<OpenStreams>,
    traces: Option<Traces>,
    strangers: cors::Strangers,
    /// Additional routes beside the API.
    more: Router,
}

impl<B: Backend> Server<B> {
    /// Creates a server for `backend`.
    pub fn new(backend: B, settings: Settings) -> Self {
        let streams = Arc::new(OpenStreams::new(settings.max_streams, settings.max_client_streams));
        let places = Arc::new(Semaphore::new(settings.max_requests.min(Semaphore::MAX_PERMITS)));
        Self {
            backend,
            settings: Arc::new(settings),
            metrics: Arc::default(),
            places,
            admissions: Arc::new(Semaphore::new(ADMISSIONS)),
            stopping: Arc::default(),
            streams,
            traces: None,
            strangers: cors::Strangers::default(),
            more: Router::new(),
        }
    }

    /// Adds routes, which get the same overload protection as the API.
    #[must_use]
    pub fn with_routes(self, more: Router) -> Self {
        Self { more, ..self }
    }

    /// Sends a span for each GraphQL request to `traces`.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces: Some(traces), ..self }
    }

    /// All routes.
    pub fn router(&self) -> Router {
        // Shared, since the layers clone it for each request.
        let site = Arc::new(self.clone());
        let counters = self.settings.metrics_listen.is_none();
        let sheltered = Router::new()
            .route(GRAPHQL, get(graphql_endpoint::get::<B>).post(graphql_endpoint::post::<B>))
            .merge(self.more.clone().with_state(()))
            .method_not_allowed_fallback(response::wrong_method)
            .layer(from_fn_with_state(Arc::clone(&site), authenticate::authenticate::<B>))
            // The body limit applies after decompression. `graphql_endpoint` rejects other encodings.
            .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
            .layer(map_request(graphql_endpoint::name_gzip))
            .layer(from_fn_with_state(Arc::clone(&site), overload::protect::<B>));
        let open = Router::new()
            .route("/", get(pages::graphiql))
            .route("/explore", get(pages::explore))
            .route("/schema", get(pages::schema))
            .route("/explore/documents.json", get(pages::documents))
            .route("/assets/{file}", get(pages::asset))
            .route("/licenses.md", get(pages::licenses))
            .route("/licenses/{file}", get(pages::license))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready::<B>));
        let open = if counters { open.route("/metrics", get(health::metrics::<B>)) } else { open };
        // A compressed event would wait for the next one.
        let compressed = SizeAbove::new(COMPRESSED).and(NotForContentType::SSE);
        let router = sheltered
            .merge(open)
            .layer(DefaultBodyLimit::max(self.settings.max_body))
            .layer(CompressionLayer::new().compress_when(compressed));
        let router = match cors::layer(&self.settings.cors_origins) {
            Some(cors) => router.layer(cors),
            None => router,
        };
        router.layer(from_fn_with_state(Arc::clone(&site), request_context::record::<B>)).with_state(site)
    }

    /// The routes of the separate metrics address.
    pub fn operators_router(&self) -> Router {
        Router::new()
            .route("/metrics", get(health::metrics::<B>))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready::<B>))
            .layer(from_fn(request_context::headers))
            .with_state(Arc::new(self.clone()))
    }

    /// Makes `/readyz` fail, so that load balancers send no more requests.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}
