//! The HTTP server: the GraphQL endpoint and the page to explore it. Knows nothing of casts.

mod graphql;
mod page;

use axum::{Router, routing::get};

use crate::graphql::Api;

/// All routes.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/", get(page::graphiql))
        .route("/assets/{file}", get(page::asset))
        .route("/graphql", get(graphql::get).post(graphql::post))
        .with_state(api)
}
