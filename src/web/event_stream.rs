//! Operations over server-sent events, one on each connection.
//!
//! Source: "Distinct connections mode" of
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md>. Errors in the document are events too,
//! so that an `EventSource`, which cannot read other responses, can show them.

use std::{sync::Arc, time::Duration};

use async_graphql::Response as Answer;
use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{
    future::ready,
    stream::{self, BoxStream, StreamExt},
};
use serde_json::json;

use super::{
    metrics::{Metrics, Transport},
    open_streams::OpenStream,
    response::event_body,
};

/// Keeps nginx from buffering the events.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// The response that sends each of `answers` as an event. It ends without `complete` when the server stops, so that clients
/// come back.
pub(super) fn respond(
    answers: BoxStream<'static, Answer>,
    place: OpenStream,
    ping: Duration,
    metrics: Arc<Metrics>,
) -> Response {
    let open = metrics.open(Transport::EventStream);
    let end = OpenStream::turn(place.all());
    let counted = Arc::clone(&metrics);
    let events = answers.map(move |answer| {
        counted.sent(Transport::EventStream);
        let body = event_body(&answer).unwrap_or_else(|error| json!({ "errors": [error] }).to_string());
        Event::default().event("next").data(body)
    });
    // Browsers ignore an event without a line of data.
    let events = events.chain(stream::once(ready(Event::default().event("complete").data("\n"))));
    // The place and the gauge live as long as the stream.
    let events = events.map(move |event| {
        let _held = (&place, &open);
        Ok::<_, std::convert::Infallible>(event)
    });
    let events = events.take_until(Box::pin(end));
    ([UNBUFFERED], Sse::new(events).keep_alive(KeepAlive::new().interval(ping))).into_response()
}
