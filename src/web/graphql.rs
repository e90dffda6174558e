//! GraphQL over HTTP: queries by POST with a JSON body, or by GET with parameters.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/>.

use async_graphql::{Request, Response, ServerError, Value};
use axum::{
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse, Response as HttpResponse},
};
use serde::Deserialize;

use super::page;
use crate::graphql::Api;

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

/// The parameters of a GET.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// Answers a query in the address, or shows the page to a browser that comes without one.
pub(super) async fn get(
    State(api): State<Api>,
    headers: HeaderMap,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> HttpResponse {
    let Ok(Query(parameters)) = parameters else {
        return refuse(&headers, "the parameters of the address are not well-formed");
    };
    let Some(query) = parameters.query else {
        if accepts(&headers, "text/html") {
            return page::graphiql().await;
        }
        return refuse(&headers, "the parameter `query` is missing");
    };
    let mut request = Request::new(query);
    request.operation_name = parameters.operation_name;
    if let Some(variables) = parameters.variables {
        match serde_json::from_str(&variables) {
            Ok(variables) => request.variables = variables,
            Err(_) => return refuse(&headers, "the parameter `variables` is not a JSON object"),
        }
    }
    answer(&api, &headers, request).await
}

/// Answers a request in the body.
pub(super) async fn post(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> HttpResponse {
    let content = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content.split(';').next().unwrap_or_default().trim() != "application/json" {
        let reason = "the body must be JSON and say so: `Content-Type: application/json`";
        return refuse_with(StatusCode::UNSUPPORTED_MEDIA_TYPE, &headers, reason);
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => answer(&api, &headers, request).await,
        Err(_) => {
            refuse(&headers, "the body is not a JSON object with `query`, and perhaps `variables` and `operationName`")
        }
    }
}

async fn answer(api: &Api, headers: &HeaderMap, request: Request) -> HttpResponse {
    let response = api.execute(request).await.response;
    // A request that was not executed has no data, and its errors have no path.
    let refused = response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty());
    let status = if refused && media_type(headers) == GRAPHQL { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    reply(status, headers, &response)
}

fn refuse(headers: &HeaderMap, reason: &str) -> HttpResponse {
    refuse_with(StatusCode::BAD_REQUEST, headers, reason)
}

fn refuse_with(status: StatusCode, headers: &HeaderMap, reason: &str) -> HttpResponse {
    reply(status, headers, &Response::from_errors(vec![ServerError::new(reason, None)]))
}

fn reply(status: StatusCode, headers: &HeaderMap, response: &Response) -> HttpResponse {
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
