//! The HTTP server around a GraphQL executor: GraphQL over HTTP, the pages to ask and explore, health and metrics, and
//! all that an endpoint on the open internet needs. Knows no casts.
//!
//! A request passes, from the outside: `server` (connections), `front` (id, log line, counters, headers of the
//! answer), CORS, compression, `shelter` (places, time, panics), and then a handler: `graphql` for the endpoint, which
//! reads it with `request` and answers with `answer`.

mod settings;
mod server;
mod front;
mod cors;
mod client;
mod metrics;
mod shelter;
mod graphql;
mod request;
mod answer;
mod health;
mod traces;
mod page;

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
pub struct Site<B> {
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

impl<B: Backend> Site<B> {
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
            .route("/graphql", get(graphql::get::<B>).post(graphql::post::<B>))
            .merge(self.more.clone().with_state(()))
            .method_not_allowed_fallback(answer::wrong_method)
            // The limit on bodies holds for what comes out. Other encodings are refused in our own words.
            .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
            .layer(from_fn_with_state(Arc::clone(&site), shelter::shelter::<B>));
        let open = Router::new()
            .route("/", get(page::graphiql))
            .route("/explore", get(page::explore))
            .route("/explore/documents.json", get(page::documents))
            .route("/assets/{file}", get(page::asset))
            .route("/licenses.md", get(page::licenses))
            .route("/licenses/{file}", get(page::license))
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
        router.layer(from_fn_with_state(Arc::clone(&site), front::front::<B>)).with_state(site)
    }

    /// The routes of the separate address for operators.
    pub fn operators_router(&self) -> Router {
        Router::new()
            .route("/metrics", get(health::metrics::<B>))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready::<B>))
            .layer(from_fn(front::headers))
            .with_state(Arc::new(self.clone()))
    }

    /// Tells load balancers to send no more requests.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}
