//! GraphiQL, the explorer and the schema page, built from `pages/` and embedded in the binary, so that they work offline.

use axum::{
    extract::Path,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "pages/dist/"]
struct Files;

/// Allows content only from this server and forbids framing.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Like `STRICT`, but allows the inline styles, workers and data-URL images that GraphiQL's editor needs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// GraphiQL.
pub(super) async fn graphiql() -> Response {
    page("index.html", POLICY)
}

/// The explorer, which draws the cast graph.
pub(super) async fn explore() -> Response {
    page("explore.html", STRICT)
}

/// The schema as a drawing.
pub(super) async fn schema() -> Response {
    page("schema.html", STRICT)
}

/// The manifest of the explorer's documents, for servers that run only trusted documents.
pub(super) async fn documents() -> Response {
    file("explore.documents.json", "no-cache")
}

/// An HTML page. `no-cache` makes caches revalidate it; `Vary` separates it from API responses at the same URL.
fn page(name: &str, policy: &'static str) -> Response {
    match Files::get(name) {
        Some(page) => {
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (CONTENT_SECURITY_POLICY, policy),
                (CACHE_CONTROL, "no-cache"),
                (VARY, "accept"),
            ];
            (headers, page.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The licenses of the pages' dependencies.
pub(super) async fn licenses() -> Response {
    file("licenses.md", "no-cache")
}

/// A license text that is not in `licenses.md`.
pub(super) async fn license(Path(name): Path<String>) -> Response {
    file(&format!("licenses/{name}"), "no-cache")
}

/// An asset of the pages. Its name changes with its content, so caches may keep it forever.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    file(&format!("assets/{name}"), "public, max-age=31536000, immutable")
}

fn file(name: &str, keep: &'static str) -> Response {
    match Files::get(name) {
        Some(file) => {
            let headers =
                [(CONTENT_TYPE, file.metadata.mimetype()), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, keep)];
            (headers, file.data).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
