//! GraphQL over HTTP: queries by POST with a JSON body, or by GET with parameters.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/>. No other site can make a browser change anything here:
//! a POST must say that it is JSON, which browsers ask leave for, and a GET runs queries only.

use std::{collections::HashMap, sync::Arc};

use async_graphql::Request;
use axum::{
    Extension,
    body::Bytes,
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use futures_util::future::join_all;

use super::{
    Backend, Site,
    answer::{Head, accepts},
    front::Record,
    page,
    request::{Asked, from_body, from_parameters},
};
use crate::{
    code::Code,
    guard::{Client, QueriesOnly},
    written::Welcome,
};

/// Answers a query in the address, or shows the page to a browser that comes without one.
pub(super) async fn get<B: Backend>(
    State(site): State<Arc<Site<B>>>,
    Extension(record): Extension<Arc<Record>>,
    Extension(client): Extension<Client>,
    method: Method,
    headers: HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let head = Head::new(&method, &headers, Arc::clone(&record));
    let Ok(Query(parameters)) = parameters else {
        return head.refuse(Code::BadRequest, "the parameters of the address are not well-formed");
    };
    if parameters.is_empty() && accepts(&headers, "text/html") {
        return page::graphiql().await;
    }
    match from_parameters(parameters) {
        Ok(request) => {
            let answer = site.run(request.data(QueriesOnly), &record, client).await;
            head.one(answer, site.settings.cache_max_age)
        }
        Err(reason) => head.refuse(Code::BadRequest, &reason),
    }
}

/// Answers a request in the body, or a list of them.
pub(super) async fn post<B: Backend>(
    State(site): State<Arc<Site<B>>>,
    Extension(record): Extension<Arc<Record>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let head = Head::new(&Method::POST, &headers, Arc::clone(&record));
    // It can be set once only.
    let _ = record.whole.set(());
    let content = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        let reason = "the body must be JSON and say so: `Content-Type: application/json`";
        return head.refuse_as(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, reason);
    }
    let body = match body {
        Ok(body) => body,
        Err(reason) if reason.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let reason = "the body is too large; --max-body says how large it may be";
            return head.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, reason);
        }
        Err(_) => return head.refuse(Code::BadRequest, "the body did not come whole"),
    };
    match from_body(&body, site.settings.max_batch) {
        Ok(Asked::One(request)) => head.one(site.run(*request, &record, client).await, 0),
        Ok(Asked::Many(requests)) => {
            let answers = requests.into_iter().map(|request| site.run(request, &record, client));
            head.many(&join_all(answers).await)
        }
        Err(reason) => head.refuse(Code::BadRequest, &reason),
    }
}

/// Characters of the name of an operation that are logged.
const LONGEST_NAME: usize = 64;

impl<B: Backend> Site<B> {
    async fn run(&self, request: Request, record: &Arc<Record>, client: Client) -> async_graphql::Response {
        if let Some(name) = &request.operation_name {
            // The first request of a list is told.
            let _ = record.operation.set(name.chars().take(LONGEST_NAME).collect());
        }
        let request = request.data(client).data(Arc::clone(&record.tally)).data(Welcome);
        self.backend.execute(request).await
    }
}
