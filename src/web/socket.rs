//! Operations over WebSocket, with the subprotocol `graphql-transport-ws`.
//!
//! `async-graphql-axum` runs the part of the protocol about the connection: `connection_init` with its one acknowledgement,
//! and `ping`. Around it, this module does what it does differently or not at all:
//!
//! - Messages are checked first. The library closes with 1002 where the protocol says 4400, accepts binary messages and those
//!   of the older protocol, and runs an operation with an id that is in use instead of closing with 4409.
//! - A rejected `connection_init` closes with 4403, not with 1002, and a missing one with 4408.
//! - An operation before the acknowledgement closes with 4401, not with 1011.
//! - An operation that did not run ends with `error`, not with `next` and `complete`, and one that the client completes is
//!   not completed again.
//! - Other subprotocols close with 4406. The library prefers the older one if a client offers both.
//!
//! Source: <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_graphql::{Data, Error as Rejected};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    body::Bytes,
    extract::{
        FromRequestParts,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, HeaderValue, Request, header::SEC_WEBSOCKET_PROTOCOL},
    response::Response,
};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, Fuse},
};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    Backend, Server, authenticate,
    metrics::Transport,
    open_streams::OpenStream,
    socket_message::{ClientMessage, close, code},
    socket_operations::{Operations, Sent},
};
use crate::{code::Code, guard::Client};

/// The subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// Size of the buffer for reading. Larger messages are read in parts.
const READ_BUFFER: usize = 4 << 10;

/// How long to wait for a client to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(1);

/// The upgrade to a socket, for a client with these headers and perhaps this key.
pub(super) fn upgrade<B: Backend>(
    site: Arc<Server<B>>,
    upgrade: WebSocketUpgrade,
    place: OpenStream,
    client: Client,
    headers: &HeaderMap,
) -> Response {
    let most = site.settings.max_message;
    let key = authenticate::key(headers).ok().flatten();
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(most)
        .max_frame_size(most)
        .on_upgrade(move |socket| async move {
            let open = site.metrics.open(Transport::WebSocket);
            serve(site, socket, client, key).await;
            drop((open, place));
        })
}

async fn serve<B: Backend>(site: Arc<Server<B>>, mut socket: WebSocket, client: Client, key: Option<String>) {
    let protocol = match socket.protocol() {
        Some(agreed) => library_protocol(agreed.clone()).await,
        None => None,
    };
    let end = if let Some(protocol) = protocol {
        Box::pin(Session::new(Arc::clone(&site), socket, client, key, protocol).run()).await
    } else {
        let refusal = close(code::SUBPROTOCOL, "Subprotocol not acceptable");
        let _ = timeout(FAREWELL, socket.send(Message::Close(Some(refusal)))).await;
        Some(code::SUBPROTOCOL)
    };
    site.metrics.closed(end);
}

/// The agreed protocol, for the library. Its extractor reads the header of a request, and takes the first protocol there that
/// it knows.
async fn library_protocol(agreed: HeaderValue) -> Option<GraphQLProtocol> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers.insert(SEC_WEBSOCKET_PROTOCOL, agreed);
    GraphQLProtocol::from_request_parts(&mut parts, &()).await.ok()
}

/// What `connection_init` has brought.
type Init = Arc<OnceLock<Result<Option<String>, Code>>>;

struct Session<B> {
    site: Arc<Server<B>>,
    socket: WebSocket,
    client: Client,
    init: Init,
    /// The library's part of the session. It ends before the session only if it has sent a close frame.
    connection: Fuse<BoxFuture<'static, ()>>,
    to_connection: UnboundedSender<Result<Message, axum::Error>>,
    from_connection: UnboundedReceiver<Message>,
    acknowledged: bool,
    operations: Operations,
    /// When the client last sent something.
    heard: Instant,
    /// When to look at the times again.
    due: Instant,
}

/// Why a session ends: with a close frame, or because the client has gone.
enum End {
    Close(CloseFrame),
    Gone,
}

impl From<(u16, &str)> for End {
    fn from((code, reason): (u16, &str)) -> Self {
        Self::Close(close(code, reason))
    }
}

impl<B: Backend> Session<B> {
    fn new(
        site: Arc<Server<B>>,
        socket: WebSocket,
        client: Client,
        key: Option<String>,
        protocol: GraphQLProtocol,
    ) -> Self {
        let (to_connection, messages) = unbounded();
        let (replies, from_connection) = unbounded();
        let init = Init::default();
        let (backend, known, is_needed) = (site.backend.clone(), Arc::clone(&init), site.settings.require_key);
        let connection = GraphQLWebSocket::new_with_pair(replies, messages, site.backend.clone(), protocol)
            .on_connection_init(move |payload| async move {
                let admitted = admit(&backend, authenticate::key_of_payload(&payload), key, is_needed).await;
                let (outcome, answer) = match admitted {
                    Ok(key) => (Ok(key), Ok(Data::default())),
                    Err((code, reason)) => (Err(code), Err(Rejected::new(reason))),
                };
                // It is called once.
                let _ = known.set(outcome);
                answer
            })
            .serve();
        let now = Instant::now();
        Self {
            due: now + Duration::from_secs_f64(site.settings.init_timeout),
            operations: Operations::new(site.settings.max_socket_operations),
            site,
            socket,
            client,
            init,
            connection: connection.boxed().fuse(),
            to_connection,
            from_connection,
            acknowledged: false,
            heard: now,
        }
    }

    /// Runs the session. Returns the code of the close frame, if there was one.
    async fn run(mut self) -> Option<u16> {
        let mut turn: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(OpenStream::turn(Arc::clone(&self.site.streams)));
        loop {
            let step = tokio::select! {
                received = self.socket.recv() => self.receive(received),
                Some(reply) = self.from_connection.next() => self.relay(reply).await,
                () = &mut self.connection => Ok(()),
                Some(sent) = self.operations.next() => self.send_event(sent).await,
                () = sleep_until(self.due) => self.check_times().await,
                () = &mut turn => Err((code::RESTART, "the server restarts; connect again").into()),
            };
            match step {
                Ok(()) => {}
                Err(End::Gone) => {
                    // Lets tungstenite answer the close frame of the client.
                    let _ = timeout(FAREWELL, self.socket.recv()).await;
                    return None;
                }
                Err(End::Close(frame)) => return Some(self.close(frame).await),
            }
        }
    }

    fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match received {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(reason)) => Err(unreadable(&reason)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err((code::BAD_REQUEST, "the message is binary; send text").into()),
            Some(Ok(Message::Text(text))) => match ClientMessage::parse(&text) {
                Err(reason) => Err((code::BAD_REQUEST, reason.as_str()).into()),
                Ok(ClientMessage::Connection) => {
                    // Fails only if the library's part has ended, after which the session ends.
                    let _ = self.to_connection.unbounded_send(Ok(Message::Text(text)));
                    Ok(())
                }
                Ok(ClientMessage::Subscribe { .. }) if !self.acknowledged => {
                    Err((code::UNAUTHORIZED, "Unauthorized").into())
                }
                Ok(ClientMessage::Subscribe { id, .. }) if self.operations.contains(&id) => {
                    let reason = format!("Subscriber for {id} already exists");
                    Err((code::SUBSCRIBER_EXISTS, reason.as_str()).into())
                }
                Ok(ClientMessage::Subscribe { id, request }) => {
                    let key = self.init.get().and_then(|init| init.as_ref().ok()).cloned().flatten();
                    self.operations.begin(&self.site, id, *request, self.client, key);
                    Ok(())
                }
                Ok(ClientMessage::Complete { id }) => {
                    self.operations.cancel(&id);
                    Ok(())
                }
            },
        }
    }

    /// Sends what the library's part replies, with the close codes of the protocol.
    async fn relay(&mut self, reply: Message) -> Result<(), End> {
        match (reply, self.init.get()) {
            (Message::Close(_), Some(Err(Code::Unauthenticated))) => Err((code::FORBIDDEN, "Forbidden").into()),
            (Message::Close(_), Some(Err(_))) => Err((code::INTERNAL, "Internal server error").into()),
            (Message::Close(Some(frame)), _) if frame.code == code::TOO_MANY_INITS => {
                Err((code::TOO_MANY_INITS, "Too many initialisation requests").into())
            }
            (Message::Close(_), _) => Err((code::INTERNAL, "Internal server error").into()),
            (Message::Text(text), Some(Ok(_))) if text.contains("connection_ack") => {
                self.acknowledged = true;
                self.due = Instant::now() + self.site.settings.ping_interval();
                self.send(Message::Text(text)).await
            }
            (reply, _) => self.send(reply).await,
        }
    }

    async fn send_event(&mut self, sent: Sent) -> Result<(), End> {
        self.site.metrics.sent(Transport::WebSocket);
        self.send(Message::Text(sent.into_text())).await
    }

    /// Closes a session that was not initialised in time or whose client has gone, and pings an idle client.
    async fn check_times(&mut self) -> Result<(), End> {
        let interval = self.site.settings.ping_interval();
        let silence = self.heard.elapsed();
        if !self.acknowledged {
            return Err((code::INIT_TIMEOUT, "Connection initialisation timeout").into());
        }
        if silence >= 2 * interval {
            return Err((code::AWAY, "the client does not answer pings").into());
        }
        self.due = Instant::now() + interval.saturating_sub(silence).max(interval / 2);
        if let Some(Ok(Some(key))) = self.init.get()
            && let Ok(Err(_)) = self.site.backend.open(key).await
        {
            return Err((code::FORBIDDEN, "Forbidden").into());
        }
        if silence < interval / 2 {
            return Ok(());
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Sends a message, which a client must take in time. Nothing else is sent or read in the meantime, so that only this message
    /// and the responses of a few operations wait for a slow client.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let limit = Duration::from_secs_f64(self.site.settings.send_timeout);
        match timeout(limit, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err((code::TRY_LATER, "the client reads too slowly; connect again").into()),
        }
    }

    async fn close(mut self, frame: CloseFrame) -> u16 {
        let code = frame.code;
        tracing::debug!(client = %self.client.0, code, reason = %frame.reason, "closed a socket");
        // A slow client may still read what it has got, and then the reason.
        let limit = FAREWELL.max(Duration::from_secs_f64(self.site.settings.send_timeout));
        if let Ok(Ok(())) = timeout(limit, self.socket.send(Message::Close(Some(frame)))).await {
            // Without waiting for the answer, unread input would reset the connection, and the client would not see the code.
            let answered = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            let _ = timeout(FAREWELL, answered).await;
        }
        code
    }
}

/// Finds the account of a socket: by the key in the payload of `connection_init`, or else by that in the request's header.
async fn admit<B: Backend>(
    backend: &B,
    in_payload: Result<Option<String>, &'static str>,
    in_header: Option<String>,
    is_needed: bool,
) -> Result<Option<String>, (Code, String)> {
    let refused = |reason: &str| (Code::Unauthenticated, reason.to_owned());
    let key = in_payload.map_err(refused)?.or(in_header);
    let Some(key) = key else {
        return if is_needed { Err(refused("this server needs a key")) } else { Ok(None) };
    };
    match backend.open(&key).await {
        Ok(Ok(_)) => Ok(Some(key)),
        Ok(Err(reason)) => Err(refused(reason.message())),
        Err(reason) => Err((Code::Internal, reason.to_string())),
    }
}

/// Why a message cannot be read.
fn unreadable(reason: &axum::Error) -> End {
    let text = reason.to_string();
    if text.contains("too long") || text.contains("too big") || text.contains("Space limit") {
        return (code::TOO_LARGE, "the message is too large").into();
    }
    if text.contains("UTF-8") || text.contains("utf-8") {
        return (1007, "the message is not UTF-8").into();
    }
    End::Gone
}
