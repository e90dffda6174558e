//! GraphQL over HTTP: POST with a JSON body, or GET with query parameters.
//!
//! Source: <https://graphql.github.io/graphql-over-http/draft/>. Cross-site request forgery is not possible: a POST
//! must have the content type JSON, for which browsers send a preflight request, and a GET runs no mutations. Sockets need no
//! preflight request, so their origin is checked.

use std::{collections::HashMap, sync::Arc};

use async_graphql::Request;
use axum::{
    Extension,
    body::Bytes,
    extract::{
        FromRequestParts, Query, State, WebSocketUpgrade,
        rejection::{BytesRejection, QueryRejection},
        ws::rejection::WebSocketUpgradeRejection,
    },
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE},
        request::Parts,
    },
    response::Response,
};
use futures_util::{future::join_all, stream::BoxStream};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Backend, Server,
    authenticate::{is_refused, is_socket, key},
    cors::stranger,
    event_stream,
    graphql_request::{Asked, from_body, from_parameters},
    open_streams::{Full, OpenStream},
    pages,
    request_context::RequestRecord,
    response::{ResponseWriter, accepts},
    server::ConnectionPlace,
    socket,
};
use crate::{
    account::Viewer,
    code::Code,
    error::shown,
    guard::{Answers, Client, QueriesOnly},
    written::Welcome,
};

/// Opens a socket, runs the query in the URL, or returns GraphiQL to a browser if there is none.
pub(super) async fn get<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    method: Method,
    headers: HeaderMap,
    parameters: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let head = ResponseWriter::new(&method, &headers, Arc::clone(&caller.record));
    if is_socket(&headers) {
        return match (upgrade, site.open_stream(caller.client, &head)) {
            (_, Err(refused)) => refused,
            (Err(reason), _) => head.refuse(Code::BadRequest, &reason.body_text()),
            (Ok(_), _) if stranger(&headers, &site.settings.cors_origins).is_some() => {
                let reason = "the origin of this page is not allowed (the operator can allow it with --cors-origins)";
                head.refuse(Code::Forbidden, reason)
            }
            (Ok(upgrade), Ok(place)) => socket::upgrade(site, upgrade, place, caller.client, &headers),
        };
    }
    let Ok(Query(parameters)) = parameters else {
        return head.refuse(Code::BadRequest, "the query parameters of the URL are malformed");
    };
    if parameters.is_empty() && accepts(&headers, "text/html") {
        return pages::graphiql().await;
    }
    match from_parameters(parameters) {
        Ok(request) => {
            let max_age = site.settings.cache_max_age;
            site.respond(request.data(QueriesOnly), &caller, (&head, &headers, max_age)).await
        }
        Err(reason) => head.refuse(Code::BadRequest, &reason),
    }
}

/// Runs the request or batch in the body.
pub(super) async fn post<B: Backend>(
    State(site): State<Arc<Server<B>>>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let head = ResponseWriter::new(&Method::POST, &headers, Arc::clone(&caller.record));
    // Setting it twice changes nothing.
    let _ = caller.record.whole.set(());
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
        Ok(Asked::One(request)) => site.respond(*request, &caller, (&head, &headers, 0)).await,
        Ok(Asked::Many(requests)) => {
            let answers = requests.into_iter().map(|request| site.backend.execute(caller.prepare(request)));
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

/// The part of an operation name that is logged.
pub(super) fn logged_name(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

/// What the layers have found out about a request.
pub(super) struct Caller {
    record: Arc<RequestRecord>,
    client: Client,
    viewer: Option<Viewer>,
    connection: Option<ConnectionPlace>,
}

type CallerExtensions =
    (Extension<Arc<RequestRecord>>, Extension<Client>, Option<Extension<Viewer>>, Option<Extension<ConnectionPlace>>);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = <CallerExtensions as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let (Extension(record), Extension(client), viewer, connection) =
            CallerExtensions::from_request_parts(parts, state).await?;
        Ok(Self { record, client, viewer: viewer.map(|known| known.0), connection: connection.map(|known| known.0) })
    }
}

impl Caller {
    /// A request with what the executor needs to know of its client.
    fn prepare(&self, request: Request) -> Request {
        if let Some(name) = &request.operation_name {
            // For a batch, the first name is logged.
            let _ = self.record.operation.set(logged_name(name));
        }
        let request = request.data(self.client).data(Arc::clone(&self.record.tally)).data(Welcome);
        match &self.viewer {
            Some(viewer) => request.data(viewer.clone()),
            None => request,
        }
    }
}

/// Whether a client that accepts events accepts JSON too.
fn accepts_json(headers: &HeaderMap) -> bool {
    ["application/json", "application/graphql-response+json"].iter().any(|kind| accepts(headers, kind))
}

/// Whether a request did not run for a reason that has a status of its own, such as 429.
fn is_http_error(refused: &async_graphql::Response) -> bool {
    let code = refused.errors.first().and_then(Code::of);
    code.is_some_and(|code| !matches!(code.status(), 200 | 400))
}

impl<B: Backend> Server<B> {
    /// Runs a request and sends its response, or its events if the client wants them.
    async fn respond(
        self: &Arc<Self>,
        request: Request,
        caller: &Caller,
        (head, headers, max_age): (&ResponseWriter, &HeaderMap, u32),
    ) -> Response {
        let request = caller.prepare(request);
        if !accepts(headers, "text/event-stream") {
            return head.one(self.backend.execute(request).await, max_age);
        }
        // There is one answer to a query or mutation, and to an operation that may not run.
        let answer = match self.backend.begin(request).await {
            Ok(Answers::Subscription(answers)) => {
                return match self.open_stream(caller.client, head) {
                    Ok(place) => self.events(answers, place, caller, headers),
                    Err(refused) => refused,
                };
            }
            Ok(Answers::Single(answer)) => answer.await,
            Err(refused) if is_http_error(&refused) => return head.one(refused, max_age),
            Err(refused) => refused,
        };
        if accepts_json(headers) {
            return head.one(answer, max_age);
        }
        event_stream::single(answer, Arc::clone(&self.metrics))
    }

    /// Sends the events of a subscription for as long as the key opens its account.
    fn events(
        &self,
        answers: BoxStream<'static, async_graphql::Response>,
        place: OpenStream,
        caller: &Caller,
        headers: &HeaderMap,
    ) -> Response {
        let ping = self.settings.ping_interval();
        // A task of its own does not keep a database connection while the client does not read.
        let refused = key(headers)
            .ok()
            .flatten()
            .map(|key| AbortOnDropHandle::new(tokio::spawn(is_refused(self.backend.clone(), key, ping))));
        let connection = caller.connection.as_ref().map(ConnectionPlace::lend);
        event_stream::respond(answers, refused, (place, connection), ping, Arc::clone(&self.metrics))
    }

    /// Makes room for a socket or an event stream, or refuses the request.
    #[expect(clippy::result_large_err, reason = "it is sent at once")]
    fn open_stream(&self, client: Client, head: &ResponseWriter) -> Result<OpenStream, Response> {
        self.streams.open(client).map_err(|full| match full {
            Full::Server => head.refuse(Code::Overloaded, "the server has no room for more streams; try again later"),
            Full::Stopping => head.refuse(Code::Overloaded, "the server is shutting down; try again in a second"),
            Full::Client => {
                let most = self.settings.max_client_streams;
                let reason = format!("this client has {most} open streams; close one (the operator can raise the limit with --max-client-streams)");
                head.refuse(Code::RateLimited, &reason)
            }
        })
    }
}
