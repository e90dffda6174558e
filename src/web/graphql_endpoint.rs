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
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE},
    },
    response::Response,
};
use futures_util::future::join_all;

use super::{
    Backend, Server,
    graphql_request::{Asked, from_body, from_parameters},
    pages,
    request_context::RequestRecord,
    response::{ResponseWriter, accepts},
};
use crate::{
    code::Code,
    error::shown,
    guard::{Client, QueriesOnly},
    written::Welcome,
};

/// Answers a query in the address, or shows the page to a browser that comes without one.
pub(super) async fn get<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    Extension(record): Extension<Arc<RequestRecord>>,
    Extension(client): Extension<Client>,
    method: Method,
    headers: HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let head = ResponseWriter::new(&method, &headers, Arc::clone(&record));
    let Ok(Query(parameters)) = parameters else {
        return head.refuse(Code::BadRequest, "the parameters of the address are not well-formed");
    };
    if parameters.is_empty() && accepts(&headers, "text/html") {
        return pages::graphiql().await;
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
    State(site): State<Arc<Server<B>>>,
    Extension(record): Extension<Arc<RequestRecord>>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let head = ResponseWriter::new(&Method::POST, &headers, Arc::clone(&record));
    // It can be set once only.
    let _ = record.whole.set(());
    if let Err(reason) = check_form(&headers) {
        let mut answer = head.refuse_as(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, &reason);
        answer.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        return answer;
    }
    let body = match body {
        Ok(body) => body,
        Err(reason) if reason.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let reason = "the body is too large; --max-body says how large it may be";
            return head.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, reason);
        }
        Err(_) => {
            return head
                .refuse(Code::BadRequest, "the body cannot be read: it is incomplete, or not what its encoding says");
        }
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

/// Checks that a body is JSON in UTF-8. What comes compressed by gzip has been decoded before.
fn check_form(headers: &HeaderMap) -> Result<(), String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut content = text(CONTENT_TYPE).split(';').map(str::trim);
    if !content.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return Err("the body must be JSON and say so: `Content-Type: application/json`".to_owned());
    }
    let charset =
        content.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if let Some((_, charset)) = charset
        && !["utf-8", "utf8"].iter().any(|known| charset.trim_matches('"').eq_ignore_ascii_case(known))
    {
        return Err(format!("the charset {} is not supported; JSON is sent in UTF-8", shown(charset)));
    }
    let encoding = text(CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(format!("the content encoding {} is not supported; use gzip or none", shown(encoding)));
    }
    Ok(())
}

/// Characters of the name of an operation that are logged.
const LONGEST_NAME: usize = 64;

impl<B: Backend> Server<B> {
    async fn run(&self, request: Request, record: &Arc<RequestRecord>, client: Client) -> async_graphql::Response {
        if let Some(name) = &request.operation_name {
            // The first request of a list is told.
            let _ = record.operation.set(name.chars().take(LONGEST_NAME).collect());
        }
        let request = request.data(client).data(Arc::clone(&record.tally)).data(Welcome);
        self.backend.execute(request).await
    }
}
