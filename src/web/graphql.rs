//! GraphQL over HTTP: queries by POST with a JSON body, or by GET with parameters.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/>.

use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use async_graphql::{Request, Response, ServerError, Value, Variables};
use axum::{
    body::Bytes,
    extract::{
        Query, Request as HttpRequest, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse, Response as HttpResponse},
};
use futures_util::FutureExt;
use serde_json::{Map, Value as Json, json};
use tokio::time::timeout;

use super::page;
use crate::{error::Error, graphql::Api};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

/// Answers a query in the address, or shows the page to a browser that comes without one.
pub(super) async fn get(
    State(api): State<Api>,
    headers: HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> HttpResponse {
    let Ok(Query(parameters)) = parameters else {
        return refuse(StatusCode::BAD_REQUEST, &headers, "the parameters of the address are not well-formed");
    };
    if !parameters.contains_key("query") && accepts(&headers, "text/html") {
        return page::graphiql().await;
    }
    let request = from_parameters(parameters).and_then(request);
    match request {
        Ok(request) => answer(&api, &headers, request).await,
        Err(reason) => refuse(StatusCode::BAD_REQUEST, &headers, &reason),
    }
}

/// Answers a request in the body.
pub(super) async fn post(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> HttpResponse {
    let content = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content.split(';').next().unwrap_or_default().trim() != "application/json" {
        let reason = "the body must be JSON and say so: `Content-Type: application/json`";
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, &headers, reason);
    }
    let body = match body {
        Ok(body) => body,
        Err(reason) if reason.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refuse(reason.status(), &headers, "the body is too large; --max-body says how large it may be");
        }
        Err(reason) => return refuse(reason.status(), &headers, "the body did not come whole"),
    };
    let request = match serde_json::from_slice(&body) {
        Ok(Json::Object(parameters)) => request(parameters),
        Ok(Json::Array(_)) => Err("the body is a list; send one request at a time".to_owned()),
        Ok(_) => Err("the body is no JSON object; give one with `query`".to_owned()),
        Err(reason) => Err(format!("the body is no JSON: line {}, column {}", reason.line(), reason.column())),
    };
    match request {
        Ok(request) => answer(&api, &headers, request).await,
        Err(reason) => refuse(StatusCode::BAD_REQUEST, &headers, &reason),
    }
}

/// Refuses a method that the address does not have; the header `Allow` says which it has.
pub(super) async fn wrong_method(headers: HeaderMap) -> HttpResponse {
    refuse(StatusCode::METHOD_NOT_ALLOWED, &headers, "this address does not take this method")
}

/// Gives a request up that takes too long, and turns a panic into one failed answer.
pub(super) async fn within_time(State(limit): State<Duration>, request: HttpRequest, next: Next) -> HttpResponse {
    let headers = request.headers().clone();
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    match timeout(limit, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => {
            tracing::error!("a panic ended a request");
            let error = Error::Internal;
            refuse_as(StatusCode::INTERNAL_SERVER_ERROR, &headers, error.code(), &error.to_string())
        }
        Err(_) => {
            let reason = "the request took too long and was given up; ask for less, or try again";
            refuse_as(StatusCode::SERVICE_UNAVAILABLE, &headers, "TIMEOUT", reason)
        }
    }
}

/// In the address, `variables` and `extensions` are JSON texts.
fn from_parameters(parameters: HashMap<String, String>) -> Result<Map<String, Json>, String> {
    let value = |(name, text): (String, String)| {
        let value = match name.as_str() {
            "variables" | "extensions" if !text.is_empty() => {
                serde_json::from_str(&text).map_err(|_| format!("the parameter `{name}` is no JSON"))?
            }
            "query" | "operationName" if !text.is_empty() => Json::String(text),
            _ => Json::Null,
        };
        Ok((name, value))
    };
    parameters.into_iter().map(value).collect()
}

/// Reads the parameters of a request. Those that GraphQL over HTTP does not know are left alone.
fn request(mut parameters: Map<String, Json>) -> Result<Request, String> {
    let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
    let mut request = match take("query") {
        Json::String(query) => Request::new(query),
        Json::Null => return Err("`query` is missing; it must be the text of a document".to_owned()),
        _ => return Err("`query` is no string; it must be the text of a document".to_owned()),
    };
    request.operation_name = match take("operationName") {
        Json::String(name) => Some(name),
        Json::Null => None,
        _ => return Err("`operationName` is no string".to_owned()),
    };
    request.variables = match take("variables") {
        object @ Json::Object(_) => Variables::from_json(object),
        Json::Null => Variables::default(),
        _ => return Err("`variables` is no JSON object".to_owned()),
    };
    match take("extensions") {
        Json::Object(_) | Json::Null => Ok(request),
        _ => Err("`extensions` is no JSON object".to_owned()),
    }
}

async fn answer(api: &Api, headers: &HeaderMap, request: Request) -> HttpResponse {
    let response = api.execute(request).await.response;
    // A request that was not run has no data, and its errors have no path.
    if response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty()) {
        let status = if media_type(headers) == GRAPHQL { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        return reply(status, headers, &without_data(&response));
    }
    reply(StatusCode::OK, headers, &response)
}

/// Refuses what is no request in the form of a GraphQL error.
fn refuse(status: StatusCode, headers: &HeaderMap, reason: &str) -> HttpResponse {
    refuse_as(status, headers, "BAD_REQUEST", reason)
}

fn refuse_as(status: StatusCode, headers: &HeaderMap, code: &str, reason: &str) -> HttpResponse {
    let mut error = ServerError::new(reason, None);
    error.extensions.get_or_insert_default().set("code", code);
    reply(status, headers, &without_data(&Response::from_errors(vec![error])))
}

/// The answer to a request that was not run has no entry `data`, not even null.
fn without_data(response: &Response) -> Json {
    json!({ "errors": response.errors })
}

fn reply(status: StatusCode, headers: &HeaderMap, response: &impl serde::Serialize) -> HttpResponse {
    match serde_json::to_vec(response) {
        Ok(body) => (status, [(CONTENT_TYPE, media_type(headers))], body).into_response(),
        Err(reason) => {
            tracing::error!(%reason, "an answer has no JSON form");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn media_type(headers: &HeaderMap) -> &'static str {
    if accepts(headers, "application/graphql-response+json") { GRAPHQL } else { JSON }
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let named =
        |value: &str| value.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == media_type);
    headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(named)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, body::to_bytes, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: &Router, path: &str) -> (u16, String) {
        let request = HttpRequest::get(path).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn fails() -> &'static str {
        panic!("secret")
    }

    #[tokio::test]
    async fn a_panic_and_a_request_without_end_are_one_failed_answer_each() {
        let router = Router::new()
            .route("/panic", get(fails))
            .route("/endless", get(std::future::pending::<()>))
            .route("/well", get(|| async { "well" }))
            .layer(middleware::from_fn_with_state(Duration::from_millis(50), within_time));
        let (status, body) = ask(&router, "/panic").await;
        assert_eq!(status, 500);
        assert!(body.contains("\"INTERNAL\"") && !body.contains("secret"), "{body}");
        let (status, body) = ask(&router, "/endless").await;
        assert_eq!(status, 503);
        assert!(body.contains("\"TIMEOUT\""), "{body}");
        assert_eq!(ask(&router, "/well").await, (200, "well".to_owned()));
    }
}
