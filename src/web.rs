//! The HTTP server around a GraphQL executor: GraphQL over HTTP, the pages to ask and explore, health and metrics, and
//! all that an endpoint on the open internet needs. Knows no casts.
//!
//! A request passes, from the outside: `server` (connections), `request_context` (id, log line, counters, headers of the
//! answer), CORS, compression, `overload` (places, time, panics), and then a handler: `graphql_endpoint` for the endpoint, which
//! reads it with `graphql_request` and answers with `response`.

mod settings;
mod server;
mod request_context;
mod cors;
mod client;
mod metrics;
mod overload;
mod graphql_endpoint;
mod graphql_request;
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

use async_graphql::Executor;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tokio::sync::Semaphore;
use tower_http::{
    compression::{CompressionLayer, predicate::SizeAbove},
    decompression::RequestDecompressionLayer,
};

pub use server::{Peer, serve, serve_operators};
pub use settings::{Cors, Settings, listen, seconds};
pub use traces::Traces;

use metrics::Metrics;

/// Bytes of an answer that are worth being compressed.
const COMPRESSED: u16 = 1024;

/// What is served: an executor, and what operators want to know about it.
pub trait Backend: Executor {
    /// Whether requests can be answered now.
    fn ready(&self) -> impl Future<Output = bool> + Send;

    /// Numbers of its own for the metrics: their names, what they are, and their values now. A name that ends in
    /// `_total` counts and never falls.
    fn numbers(&self) -> Vec<(&'static str, &'static str, u64)>;
}

/// A server: what it serves, its settings, its counters.
#[derive(Clone)]
pub struct Server<B> {
    backend: B,
    settings: Arc<Settings>,
    metrics: Arc<Metrics>,
    /// Places for requests that are answered at once.
    places: Arc<Semaphore>,
    stopping: Arc<AtomicBool>,
    traces: Option<Traces>,
    strangers: cors::Strangers,
    /// What is served beside the API.
    more: Router,
}

impl<B: Backend> Server<B> {
    /// Makes a server of `backend`.
    pub fn new(backend: B, settings: Settings) -> Self {
        let places = Arc::new(Semaphore::new(settings.max_requests.min(Semaphore::MAX_PERMITS)));
        Self {
            backend,
            settings: Arc::new(settings),
            metrics: Arc::default(),
            places,
            stopping: Arc::default(),
            traces: None,
            strangers: cors::Strangers::default(),
            more: Router::new(),
        }
    }

    /// Serves `more` routes, sheltered as the API is.
    #[must_use]
    pub fn with_routes(self, more: Router) -> Self {
        Self { more, ..self }
    }

    /// Tells `traces` of each GraphQL request.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces: Some(traces), ..self }
    }

    /// All routes.
    pub fn router(&self) -> Router {
        // Every layer has the site, and is made anew for each request.
        let site = Arc::new(self.clone());
        let counters = self.settings.metrics_listen.is_none();
        let sheltered = Router::new()
            .route("/graphql", get(graphql_endpoint::get::<B>).post(graphql_endpoint::post::<B>))
            .merge(self.more.clone().with_state(()))
            .method_not_allowed_fallback(response::wrong_method)
            // The limit on bodies holds for what comes out. Other encodings are refused in our own words.
            .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
            .layer(from_fn_with_state(Arc::clone(&site), overload::protect::<B>));
        let open = Router::new()
            .route("/", get(pages::graphiql))
            .route("/explore", get(pages::explore))
            .route("/explore/documents.json", get(pages::documents))
            .route("/assets/{file}", get(pages::asset))
            .route("/licenses.md", get(pages::licenses))
            .route("/licenses/{file}", get(pages::license))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready::<B>));
        let open = if counters { open.route("/metrics", get(health::metrics::<B>)) } else { open };
        let router = sheltered
            .merge(open)
            .layer(DefaultBodyLimit::max(self.settings.max_body))
            .layer(CompressionLayer::new().compress_when(SizeAbove::new(COMPRESSED)));
        let router = match cors::layer(&self.settings.cors_origins) {
            Some(cors) => router.layer(cors),
            None => router,
        };
        router.layer(from_fn_with_state(Arc::clone(&site), request_context::record::<B>)).with_state(site)
    }

    /// The routes of the separate address for operators.
    pub fn operators_router(&self) -> Router {
        Router::new()
            .route("/metrics", get(health::metrics::<B>))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready::<B>))
            .layer(from_fn(request_context::headers))
            .with_state(Arc::new(self.clone()))
    }

    /// Tells load balancers to send no more requests.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}
