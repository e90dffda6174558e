//! Builds HTTP responses: media types, statuses, caching.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/#sec-Response>.

use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    body::Bytes,
    extract::Request,
    http::{
        HeaderMap, Method, StatusCode,
        header::{
            ACCEPT, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
            RETRY_AFTER, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{overload::RETRY, request_context::RequestRecord};
use crate::{code::Code, error::Error, written};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

/// The parts of a request that determine the form of its response.
#[derive(Clone, Debug)]
pub(super) struct ResponseWriter {
    media_type: &'static str,
    /// Whether the method is GET or HEAD, so that the response is cacheable.
    is_get: bool,
    known: Vec<HeaderValue>,
    /// Whether the request has a key, so that its response is for this client only.
    is_private: bool,
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
            is_private: headers.contains_key(AUTHORIZATION),
            record,
        }
    }

    /// The response to a single request.
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

    /// The response to a batch.
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

    /// Rejects a request with a GraphQL error.
    pub(super) fn refuse(&self, code: Code, reason: &str) -> Response {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        self.refuse_as(status, code, reason)
    }

    /// Whether the whole request has been received. A GET request has no body, so it is always whole.
    pub(super) fn is_whole(&self) -> bool {
        self.is_get || self.record.whole.get().is_some()
    }

    /// Rejects an incomplete request and closes its connection, where the rest of the body could still arrive.
    pub(super) fn give_up(&self, reason: &str) -> Response {
        let mut answer = self.refuse(Code::RequestTimeout, reason);
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        answer
    }

    /// Rejects a request with a status other than the default of the code.
    pub(super) fn refuse_as(&self, status: StatusCode, code: Code, reason: &str) -> Response {
        let error = code.error(reason);
        self.note(std::slice::from_ref(&error));
        let retry = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY);
        self.with_status(status, retry, &without_data(&[error]))
    }

    /// The response to a request that did not run. With `application/json`, GraphQL errors get status 200; only
    /// malformed requests and errors that proxies must see get an error status.
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

    /// A cacheable response, or 304 if the client's copy is current.
    fn cached(&self, body: Bytes, max_age: u32) -> Response {
        let digest = hex::encode(Sha256::digest(&body).get(..16).unwrap_or_default());
        // Weak, since the response may be compressed later.
        let tag = format!("W/\"{digest}\"");
        let keep = match (self.is_private, max_age) {
            (true, _) => "private, no-cache".to_owned(),
            (false, 0) => "no-cache".to_owned(),
            (false, max_age) => format!("public, max-age={max_age}"),
        };
        let vary = "accept, accept-encoding, authorization".to_owned();
        let headers = [(ETAG, tag), (CACHE_CONTROL, keep), (VARY, vary)];
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

    /// Records the code of the first error.
    fn note(&self, errors: &[ServerError]) {
        if let Some(code) = errors.first().and_then(Code::of) {
            // For a batch, the first code is kept.
            let _ = self.record.code.set(code);
        }
    }
}

/// Rejects an unsupported method; the header `Allow` lists the supported ones.
pub(super) async fn wrong_method(request: Request) -> Response {
    let reason = "this URL does not support this method; use one from the header Allow";
    ResponseWriter::of(&request).refuse_as(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, reason)
}

/// Whether the client accepts a media type by its exact name.
pub(super) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    weight(headers, media_type).is_some_and(|weight| weight > 0.0)
}

/// Whether to send `application/graphql-response+json`: if the client names it and does not prefer `application/json`,
/// or if the client excludes `application/json` and accepts others.
fn prefers_graphql(headers: &HeaderMap) -> bool {
    let graphql = weight(headers, "application/graphql-response+json");
    let json = weight(headers, "application/json");
    match (graphql, json) {
        (Some(graphql), json) => graphql > 0.0 && graphql >= json.unwrap_or_default(),
        (None, Some(json)) => json == 0.0 && ["application/*", "*/*"].iter().any(|range| accepts(headers, range)),
        (None, None) => false,
    }
}

/// The weight (0 to 1) in the `Accept` header of a media type or range with this exact name.
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

/// Whether a request did not run: then it has no data and its errors have no path.
pub(super) fn was_not_run(answer: &Answer) -> bool {
    answer.data == Value::Null && answer.errors.iter().any(|error| error.path.is_empty())
}

/// A response as the JSON of an event.
pub(super) fn event_body(answer: &Answer) -> Result<String, ServerError> {
    if was_not_run(answer) {
        return Ok(without_data(&answer.errors).to_string());
    }
    let body = written::body(answer).map_err(|reason| reason.to_string());
    body.and_then(|body| String::from_utf8(body.into()).map_err(|reason| reason.to_string())).map_err(|reason| {
        tracing::error!(%reason, "failed to serialize a response");
        Code::Internal.error(Error::Internal.to_string())
    })
}

/// The body for a request that did not run: it has no entry `data`, not even null.
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
    tracing::error!(%reason, "failed to serialize a response");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
