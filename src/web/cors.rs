//! Cross-origin requests: CORS headers for allowed origins, and an explanation for all others.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HOST, ORIGIN},
    },
    response::{IntoResponse, Response},
};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

use super::{Cors, Server, request_context};

/// Maximum rejected origins to log, each once, so that forged origins cannot fill the log.
const LOGGED: usize = 100;

/// Rejected origins.
pub(super) type Strangers = Arc<Mutex<HashSet<String>>>;

/// The CORS layer for the allowed origins, if there are any.
pub(super) fn layer(origins: &[Cors]) -> Option<CorsLayer> {
    let cors = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST])
        // Mirrored, since `*` does not cover `Authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(["etag", "retry-after", request_context::REQUEST_ID].map(HeaderName::from_static))
        .max_age(Duration::from_hours(24));
    match origins {
        [] => None,
        origins if origins.contains(&Cors::All) => Some(cors.allow_origin(Any)),
        origins => {
            let named = origins.iter().filter_map(|origin| match origin {
                Cors::All => None,
                Cors::Origin(origin) => Some(origin.clone()),
            });
            Some(cors.allow_origin(AllowOrigin::list(named)))
        }
    }
}

/// The response to a preflight request from an origin that is not allowed. It names the setting to change, and so does
/// the log line for the first request from such an origin.
pub(super) fn refuse<B>(site: &Server<B>, request: &Request) -> Option<Response> {
    let origin = stranger(request.headers(), &site.settings.cors_origins)?;
    let allow = if origin == "null" { "*" } else { &origin };
    if is_new(&site.strangers, &origin) {
        tracing::warn!(origin, "rejected a cross-origin request; allow the origin with --cors-origins {allow}");
    }
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    is_preflight.then(|| {
        let text = format!("the origin {origin} is not allowed; start castgraph with --cors-origins {allow}\n");
        (StatusCode::FORBIDDEN, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
    })
}

/// Whether to log an origin.
fn is_new(strangers: &Strangers, origin: &str) -> bool {
    let mut known = strangers.lock().unwrap_or_else(PoisonError::into_inner);
    known.len() < LOGGED && known.insert(origin.to_owned())
}

/// The origin of a cross-origin request, if it is not allowed.
pub(super) fn stranger(headers: &HeaderMap, allowed: &[Cors]) -> Option<String> {
    let origin = headers.get(ORIGIN)?;
    let is_allowed = |cors: &Cors| match cors {
        Cors::All => true,
        Cors::Origin(known) => known == origin,
    };
    let text = origin.to_str().ok()?;
    // Behind a proxy the scheme is unknown, so compare only the hosts.
    let is_own = || {
        let host = text.split_once("://").map(|(_, host)| host);
        host.is_some() && host == headers.get(HOST).map(HeaderValue::to_str).and_then(Result::ok)
    };
    (!allowed.iter().any(is_allowed) && !is_own()).then(|| text.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_server_and_of_allowed_origins_are_no_strangers() {
        let allowed = [Cors::Origin(HeaderValue::from_static("https://example.org"))];
        let of = |origin: &'static str, allowed: &[Cors]| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("graph.example.org"));
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
            stranger(&headers, allowed)
        };
        assert_eq!(of("https://graph.example.org", &[]), None);
        assert_eq!(of("https://example.org", &allowed), None);
        assert_eq!(of("https://other.example", &[Cors::All]), None);
        assert_eq!(of("https://other.example", &allowed).as_deref(), Some("https://other.example"));
        assert_eq!(of("null", &[]).as_deref(), Some("null"));
        assert_eq!(stranger(&HeaderMap::new(), &[]), None);
    }
}
