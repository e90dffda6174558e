//! Finds the account of a request by the key in its header `Authorization`.
//!
//! There are no cookies, so other sites cannot act for somebody who is signed in. A wrong key is refused even where none is
//! needed: whoever sends one expects to be known.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::Response,
};

use super::{Backend, Server, response::ResponseWriter};
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
        None if site.settings.require_key => {
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

/// The key in the header, if there is one.
fn key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let malformed = "the header Authorization must be `Bearer KEY`";
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err("send one header Authorization only");
    }
    let (scheme, key) = header.to_str().map_err(|_| malformed)?.split_once(' ').ok_or(malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || key.trim().is_empty() {
        return Err(malformed);
    }
    Ok(Some(key.trim().to_owned()))
}

fn unauthenticated(request: &Request, reason: &str) -> Response {
    let writer = ResponseWriter::of(request);
    let mut answer = writer.refuse_as(StatusCode::UNAUTHORIZED, Code::Unauthenticated, reason);
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}
