//! The pages, GraphiQL and the explorer, built from `pages/` into the binary, so that they work without the internet.

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

/// The pages take everything from this server, and nobody may frame them.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// As `STRICT`, but that GraphiQL's editor sets styles of its own, has workers, and pictures in its styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// GraphiQL.
pub(super) async fn graphiql() -> Response {
    page("index.html", POLICY)
}

/// The page that draws the cast graph.
pub(super) async fn explore() -> Response {
    page("explore.html", STRICT)
}

/// The documents that the page at `/explore` runs, for servers that run trusted documents only.
pub(super) async fn documents() -> Response {
    file("explore.documents.json", "no-cache")
}

/// A page itself. A cache must ask again, and keep it apart from the answers at the same address.
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

/// The licences of what the pages are made of.
pub(super) async fn licenses() -> Response {
    file("licenses.md", "no-cache")
}

/// One licence that is not in the list of all.
pub(super) async fn license(Path(name): Path<String>) -> Response {
    file(&format!("licenses/{name}"), "no-cache")
}

/// What the pages need. The names change with the content.
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
