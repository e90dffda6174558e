//! GraphQL over HTTP: POST with a JSON body, or GET with query parameters.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/>. Cross-site request forgery is not possible: a POST
//! must have the content type JSON, for which browsers send a preflight request, and a GET runs queries only.

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
    account::Viewer,
    code::Code,
    error::shown,
    guard::{Client, QueriesOnly},
    written::Welcome,
};

/// Runs the query in the URL, or returns GraphiQL to a browser if there is none.
pub(super) async fn get<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    Extension(record): Extension<Arc<RequestRecord>>,
    Extension(client): Extension<Client>,
    viewer: Option<Extension<Viewer>>,
    method: Method,
    headers: HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let head = ResponseWriter::new(&method, &headers, Arc::clone(&record));
    let Ok(Query(parameters)) = parameters else {
        return head.refuse(Code::BadRequest, "the query parameters of the URL are malformed");
    };
    if parameters.is_empty() && accepts(&headers, "text/html") {
        return pages::graphiql().await;
    }
    match from_parameters(parameters) {
        Ok(request) => {
            let answer = site.run(request.data(QueriesOnly), &record, client, viewer).await;
            head.one(answer, site.settings.cache_max_age)
        }
        Err(reason) => head.refuse(Code::BadRequest, &reason),
    }
}

/// Runs the request or batch in the body.
pub(super) async fn post<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    Extension(record): Extension<Arc<RequestRecord>>,
    Extension(client): Extension<Client>,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let head = ResponseWriter::new(&Method::POST, &headers, Arc::clone(&record));
    // Setting it twice changes nothing.
    let _ = record.whole.set(());
    if let Err(reason) = check_form(&headers) {
        let mut answer = head.refuse_as(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, &reason);
        answer.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        return answer;
    }
    let body = match body {
        Ok(body) => body,
        Err(reason) if reason.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let reason = "the body is too large (the operator can raise the limit with --max-body)";
            return head.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, reason);
        }
        Err(_) => {
            return head
                .refuse(Code::BadRequest, "the body cannot be read: it is incomplete or does not match its encoding");
        }
    };
    match from_body(&body, site.settings.max_batch) {
        Ok(Asked::One(request)) => head.one(site.run(*request, &record, client, viewer).await, 0),
        Ok(Asked::Many(requests)) => {
            let answers = requests.into_iter().map(|request| site.run(request, &record, client, viewer.clone()));
            head.many(&join_all(answers).await)
        }
        Err(reason) => head.refuse(Code::BadRequest, &reason),
    }
}

/// Writes the other names of gzip as `gzip`, the only one that the decompression layer knows.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3>; names of codings are case-insensitive.
pub(super) async fn name_gzip(mut request: axum::extract::Request) -> axum::extract::Request {
    if let Some(encoding) = request.headers_mut().get_mut(CONTENT_ENCODING)
        && ["gzip", "x-gzip"].iter().any(|name| encoding.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
    {
        *encoding = HeaderValue::from_static("gzip");
    }
    request
}

/// Checks that a body is JSON in UTF-8. Gzip has already been decoded.
fn check_form(headers: &HeaderMap) -> Result<(), String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut content = text(CONTENT_TYPE).split(';').map(str::trim);
    if !content.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return Err("the body must be JSON with the header `Content-Type: application/json`".to_owned());
    }
    let charset =
        content.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if let Some((_, charset)) = charset
        && !["utf-8", "utf8"].iter().any(|known| charset.trim_matches('"').eq_ignore_ascii_case(known))
    {
        return Err(format!("the charset {} is not supported; use UTF-8", shown(charset)));
    }
    let encoding = text(CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(format!("the content encoding {} is not supported; use gzip or none", shown(encoding)));
    }
    Ok(())
}

/// Maximum characters of an operation name to log.
const LONGEST_NAME: usize = 64;

impl<B: Backend> Server<B> {
    async fn run(
        &self,
        request: Request,
        record: &Arc<RequestRecord>,
        client: Client,
        viewer: Option<Extension<Viewer>>,
    ) -> async_graphql::Response {
        if let Some(name) = &request.operation_name {
            // For a batch, the first name is logged.
            let _ = record.operation.set(name.chars().take(LONGEST_NAME).collect());
        }
        let mut request = request.data(client).data(Arc::clone(&record.tally)).data(Welcome);
        if let Some(Extension(viewer)) = viewer {
            request = request.data(viewer);
        }
        self.backend.execute(request).await
    }
}
