//! Finds the account of a request by the key in its header `Authorization`.
//!
//! There are no cookies, so other sites cannot act for somebody who is signed in. A wrong key is refused even where none is
//! needed: whoever sends one expects to be known.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{AUTHORIZATION, UPGRADE, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::Response,
};
use serde_json::Value as Json;
use tokio::time::sleep;

use super::{Backend, GRAPHQL, Server, response::ResponseWriter};
use crate::code::Code;

pub(super) async fn authenticate<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let key = match key(request.headers()) {
        Ok(key) => key,
        Err(reason) => return unauthenticated(&request, reason),
    };
    match key {
        None if site.settings.require_key && !opens_socket(&request) => {
            unauthenticated(&request, "this server needs a key for reading too; send `Authorization: Bearer KEY`")
        }
        None => next.run(request).await,
        Some(key) => match site.backend.open(&key).await {
            Ok(Ok(viewer)) => {
                request.extensions_mut().insert(viewer);
                next.run(request).await
            }
            Ok(Err(refused)) => unauthenticated(&request, refused.message()),
            Err(error) => ResponseWriter::of(&request).refuse(error.code(), &error.to_string()),
        },
    }
}

/// Completes when a key no longer opens its account, with what to tell the client. Looks once in each `interval`.
pub(super) async fn is_refused<B: Backend>(backend: B, key: String, interval: Duration) -> &'static str {
    loop {
        sleep(interval).await;
        // If the database fails, the key may still be good.
        if let Ok(Err(refused)) = backend.open(&key).await {
            return refused.message();
        }
    }
}

/// Whether a request can only open a socket, which checks the key itself: a browser cannot send headers with it, so the key
/// may come in the first message. Any other request could be answered although it asks for an upgrade.
fn opens_socket(request: &Request) -> bool {
    request.method() == Method::GET && request.uri().path() == GRAPHQL && is_socket(request.headers())
}

/// Whether a request asks for a WebSocket.
pub(super) fn is_socket(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The key in the header, if there is one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let malformed = "the header Authorization must be `Bearer KEY`";
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err("send one header Authorization only");
    }
    header.to_str().ok().and_then(bearer).map(Some).ok_or(malformed)
}

/// The key in the payload of `connection_init`, if there is one: in a member `Authorization` as in the header, there or in
/// `headers`, in upper or lower case.
pub(super) fn key_of_payload(payload: &Json) -> Result<Option<String>, &'static str> {
    let given = [Some(payload), payload.get("headers")].into_iter().flatten().filter_map(Json::as_object).flatten();
    let mut given = given.filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value);
    match given.next() {
        None | Some(Json::Null) => Ok(None),
        Some(value) => {
            value.as_str().and_then(bearer).map(Some).ok_or("the payload's `Authorization` must be `Bearer KEY`")
        }
    }
}

/// The key in `Bearer KEY`.
fn bearer(text: &str) -> Option<String> {
    let (scheme, key) = text.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| key.to_owned())
}

fn unauthenticated(request: &Request, reason: &str) -> Response {
    let writer = ResponseWriter::of(request);
    let mut answer = writer.refuse_as(StatusCode::UNAUTHORIZED, Code::Unauthenticated, reason);
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}
