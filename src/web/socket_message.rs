//! The messages of the WebSocket subprotocol `graphql-transport-ws`.
//!
//! Source: <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

use async_graphql::{Request, ServerError};
use axum::extract::ws::{CloseFrame, Utf8Bytes};
use serde_json::{Map, Value as Json, json};

use super::graphql_request::from_json;

/// A message of a client.
pub(super) enum ClientMessage {
    /// About the connection: `connection_init`, `ping` or `pong`.
    Connection,
    /// Begins an operation.
    Subscribe { id: String, request: Box<Request> },
    /// Ends an operation.
    Complete { id: String },
}

impl ClientMessage {
    /// Parses a message. The error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Ok(Json::Object(mut message)) = serde_json::from_str(text) else {
            return Err("the message is not a JSON object".to_owned());
        };
        let Some(Json::String(kind)) = message.remove("type") else {
            return Err("the message has no `type`".to_owned());
        };
        match kind.as_str() {
            "connection_init" | "ping" | "pong" => match message.get("payload") {
                None | Some(Json::Object(_) | Json::Null) => Ok(Self::Connection),
                Some(_) => Err(format!("the payload of `{kind}` is not an object")),
            },
            "subscribe" => {
                let id = id(&mut message)?;
                let Some(Json::Object(payload)) = message.remove("payload") else {
                    return Err("the payload of `subscribe` is not an object".to_owned());
                };
                Ok(Self::Subscribe { id, request: Box::new(from_json(payload)?) })
            }
            "complete" => Ok(Self::Complete { id: id(&mut message)? }),
            _ => Err("the `type` of the message is unknown".to_owned()),
        }
    }
}

fn id(message: &mut Map<String, Json>) -> Result<String, String> {
    match message.remove("id") {
        Some(Json::String(id)) if !id.is_empty() => Ok(id),
        _ => Err("the message has no `id`, a string that is not empty".to_owned()),
    }
}

/// The message with a response, whose JSON is `body`.
pub(super) fn next(id: &str, body: &str) -> Utf8Bytes {
    format!(r#"{{"id":{},"type":"next","payload":{body}}}"#, Json::from(id)).into()
}

/// The message with the errors of an operation that did not run.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Utf8Bytes {
    json!({ "id": id, "type": "error", "payload": errors }).to_string().into()
}

/// The message that an operation has ended.
pub(super) fn complete(id: &str) -> Utf8Bytes {
    json!({ "id": id, "type": "complete" }).to_string().into()
}

/// Longest reason of a close frame, in bytes.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6455#section-5.5>.
const LONGEST_REASON: usize = 123;

/// A close frame. A reason that is too long is cut.
pub(super) fn close(code: u16, reason: &str) -> CloseFrame {
    let end = (0..=LONGEST_REASON.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
    CloseFrame { code, reason: reason.get(..end.unwrap_or_default()).unwrap_or_default().into() }
}

/// The codes with which sockets are closed.
pub(super) mod code {
    /// The client does not answer.
    pub(in crate::web) const AWAY: u16 = 1001;
    /// The message is too large.
    pub(in crate::web) const TOO_LARGE: u16 = 1009;
    /// The server restarts: come back.
    pub(in crate::web) const RESTART: u16 = 1012;
    /// The client reads too slowly: come back later.
    pub(in crate::web) const TRY_LATER: u16 = 1013;
    pub(in crate::web) const BAD_REQUEST: u16 = 4400;
    pub(in crate::web) const UNAUTHORIZED: u16 = 4401;
    pub(in crate::web) const FORBIDDEN: u16 = 4403;
    pub(in crate::web) const SUBPROTOCOL: u16 = 4406;
    pub(in crate::web) const INIT_TIMEOUT: u16 = 4408;
    pub(in crate::web) const SUBSCRIBER_EXISTS: u16 = 4409;
    pub(in crate::web) const TOO_MANY_INITS: u16 = 4429;
    pub(in crate::web) const INTERNAL: u16 = 4500;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_the_protocol_does_not_know_are_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#,
            r#"{"type":"connection_terminate"}"#,
            r#"{"type":"connection_init","payload":1}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(ClientMessage::parse(text).is_err(), "{text}");
        }
        assert!(matches!(ClientMessage::parse(r#"{"type":"ping"}"#), Ok(ClientMessage::Connection)));
        assert!(matches!(ClientMessage::parse(r#"{"type":"complete","id":"1"}"#), Ok(ClientMessage::Complete { .. })));
    }

    #[test]
    fn a_long_reason_is_cut_between_letters() {
        let frame = close(4400, &"é".repeat(100));
        assert_eq!(frame.reason.as_str(), "é".repeat(61));
    }
}
