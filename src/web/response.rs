//! Writes answers: media types, statuses, caching.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/#sec-Response>.

use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    body::Bytes,
    extract::Request,
    http::{
        HeaderMap, Method, StatusCode,
        header::{
            ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, RETRY_AFTER, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{overload::RETRY, request_context::RequestRecord};
use crate::{code::Code, written};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

/// What of a request decides the form of its answer.
#[derive(Clone, Debug)]
pub(super) struct ResponseWriter {
    media_type: &'static str,
    /// The answer may be kept by caches.
    is_get: bool,
    known: Vec<HeaderValue>,
    record: std::sync::Arc<RequestRecord>,
}

impl ResponseWriter {
    pub(super) fn of(request: &Request) -> Self {
        let record = request.extensions().get().cloned().unwrap_or_default();
        Self::new(request.method(), request.headers(), record)
    }

    pub(super) fn new(method: &Method, headers: &HeaderMap, record: std::sync::Arc<RequestRecord>) -> Self {
        Self {
            media_type: if prefers_graphql(headers) { GRAPHQL } else { JSON },
            is_get: matches!(*method, Method::GET | Method::HEAD),
            known: headers.get_all(IF_NONE_MATCH).iter().cloned().collect(),
            record,
        }
    }

    /// The answer to one request.
    pub(super) fn one(&self, answer: Answer, max_age: u32) -> Response {
        let gone = answer.errors.iter().find(|error| Code::of(error) == Some(Code::Unavailable));
        if let Some(gone) = gone {
            return self.refuse(Code::Unavailable, &gone.message);
        }
        self.note(&answer.errors);
        if was_not_run(&answer) {
            let code = answer.errors.first().and_then(Code::of);
            let retry = retry_after(&answer.errors);
            return self.failed(code, retry, &without_data(&answer.errors));
        }
        let clean = answer.errors.is_empty();
        match written::body(&answer) {
            Ok(body) if self.is_get && clean => self.cached(body, max_age),
            Ok(body) => (self.kind(), [(CACHE_CONTROL, "no-store"), (VARY, "accept")], body).into_response(),
            Err(reason) => unwritable(&reason),
        }
    }

    /// The answers to a list of requests.
    pub(super) fn many(&self, answers: &[Answer]) -> Response {
        let errors: Vec<_> = answers.iter().flat_map(|answer| &answer.errors).cloned().collect();
        self.note(&errors);
        let one = |answer: &Answer| {
            if was_not_run(answer) {
                return Ok(without_data(&answer.errors).to_string().into());
            }
            written::body(answer)
        };
        match answers.iter().map(one).collect::<Result<Vec<Bytes>, _>>() {
            Ok(bodies) => (self.kind(), [b"[", &*bodies.join(&b","[..]), b"]"].concat()).into_response(),
            Err(reason) => unwritable(&reason),
        }
    }

    /// Refuses a request in the form of a GraphQL error.
    pub(super) fn refuse(&self, code: Code, reason: &str) -> Response {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        self.refuse_as(status, code, reason)
    }

    /// Whether all of the request has come. Only a body can be late: what has none is whole.
    pub(super) fn is_whole(&self) -> bool {
        self.is_get || self.record.whole.get().is_some()
    }

    /// Refuses a request that has not come whole, and ends its connection, which would go on in the middle of it.
    pub(super) fn give_up(&self, reason: &str) -> Response {
        let mut answer = self.refuse(Code::RequestTimeout, reason);
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        answer
    }

    /// Refuses with another status than that of the code.
    pub(super) fn refuse_as(&self, status: StatusCode, code: Code, reason: &str) -> Response {
        let error = code.error(reason);
        self.note(std::slice::from_ref(&error));
        let retry = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY);
        self.with_status(status, retry, &without_data(&[error]))
    }

    /// A request that was not run. The older media type says so with the status only where a proxy must know.
    fn failed(&self, code: Option<Code>, retry: Option<u64>, body: &serde_json::Value) -> Response {
        let status = code.map_or(400, Code::status);
        let told = self.media_type == GRAPHQL || !matches!(status, 200 | 400) || code == Some(Code::BadRequest);
        let status =
            if told { StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST) } else { StatusCode::OK };
        let mut answer = self.with_status(status, retry, body);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        answer
    }

    fn with_status(&self, status: StatusCode, retry: Option<u64>, body: &serde_json::Value) -> Response {
        let mut answer = (status, self.kind(), body.to_string()).into_response();
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }

    /// An answer that caches may keep, or that this cache has already.
    fn cached(&self, body: Bytes, max_age: u32) -> Response {
        let digest = hex::encode(Sha256::digest(&body).get(..16).unwrap_or_default());
        // Weak, since the answer may be compressed on its way.
        let tag = format!("W/\"{digest}\"");
        let keep = if max_age > 0 { format!("public, max-age={max_age}") } else { "no-cache".to_owned() };
        let headers = [(ETAG, tag), (CACHE_CONTROL, keep), (VARY, "accept, accept-encoding".to_owned())];
        let is_known = |known: &HeaderValue| {
            let mut tags = known.to_str().unwrap_or_default().split(',').map(|tag| tag.trim().trim_start_matches("W/"));
            tags.any(|tag| tag == "*" || tag.trim_matches('"') == digest)
        };
        if self.known.iter().any(is_known) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (self.kind(), headers, body).into_response()
    }

    fn kind(&self) -> [(axum::http::HeaderName, &'static str); 1] {
        [(CONTENT_TYPE, self.media_type)]
    }

    /// Writes down the first error.
    fn note(&self, errors: &[ServerError]) {
        if let Some(code) = errors.first().and_then(Code::of) {
            // The first request of a list is told.
            let _ = self.record.code.set(code);
        }
    }
}

/// Refuses a method that the address does not have; the header `Allow` says which it has.
pub(super) async fn wrong_method(request: Request) -> Response {
    let reason = "this address does not take this method; the header Allow names those that it takes";
    ResponseWriter::of(&request).refuse_as(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, reason)
}

/// Whether the client takes a media type by its name.
pub(super) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    weight(headers, media_type).is_some_and(|weight| weight > 0.0)
}

/// Whether the answer is sent as `application/graphql-response+json`: if the client names it, and does not prefer the
/// older media type or excludes that one.
fn prefers_graphql(headers: &HeaderMap) -> bool {
    let graphql = weight(headers, "application/graphql-response+json");
    let json = weight(headers, "application/json");
    match (graphql, json) {
        (Some(graphql), json) => graphql > 0.0 && graphql >= json.unwrap_or_default(),
        (None, Some(json)) => json == 0.0 && ["application/*", "*/*"].iter().any(|range| accepts(headers, range)),
        (None, None) => false,
    }
}

/// The weight that the client gives a media type or a range of them by its name, from 0 to 1.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>.
fn weight(headers: &HeaderMap, media_type: &str) -> Option<f32> {
    let ranges =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let named = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(media_type) {
            return None;
        }
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(weight.and_then(|weight| weight.parse().ok()).unwrap_or(1.0))
    };
    ranges.filter_map(named).reduce(f32::max)
}

/// A request that was not run has no data, and its errors have no path.
fn was_not_run(answer: &Answer) -> bool {
    answer.data == Value::Null && answer.errors.iter().any(|error| error.path.is_empty())
}

/// The answer to a request that was not run has no entry `data`, not even null.
fn without_data(errors: &[ServerError]) -> serde_json::Value {
    json!({ "errors": errors })
}

fn retry_after(errors: &[ServerError]) -> Option<u64> {
    errors.iter().find_map(|error| match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    })
}

fn unwritable(reason: &serde_json::Error) -> Response {
    tracing::error!(%reason, "an answer has no JSON form");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
