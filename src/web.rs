//! The HTTP server: the GraphQL endpoint and the page to explore it. Knows nothing of casts.

mod graphql;
mod page;
mod server;
mod settings;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    middleware,
    routing::get,
};

pub use server::serve;
pub use settings::Settings;

use crate::graphql::Api;

/// All routes.
pub fn router(api: Api, settings: &Settings) -> Router {
    Router::new()
        .route("/", get(page::graphiql))
        .route("/assets/{file}", get(page::asset))
        .route("/graphql", get(graphql::get).post(graphql::post))
        .method_not_allowed_fallback(graphql::wrong_method)
        .layer(middleware::from_fn_with_state(settings.request_timeout(), graphql::within_time))
        .layer(DefaultBodyLimit::max(settings.max_body))
        .route("/livez", get(|| async { "castgraph is there\n" }))
        .route("/readyz", get(ready))
        .with_state(api)
}

/// Whether the database answers.
async fn ready(State(api): State<Api>) -> (StatusCode, &'static str) {
    match api.ping().await {
        Ok(()) => (StatusCode::OK, "castgraph is ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
