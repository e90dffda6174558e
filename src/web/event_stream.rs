//! Operations over server-sent events, one on each connection.
//!
//! Source: "Distinct connections mode" of
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md>. Errors in the document are events too,
//! so that an `EventSource`, which cannot read other responses, can show them.

use std::{convert::Infallible, sync::Arc, time::Duration};

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
    stream::{self, BoxStream, Stream, StreamExt},
};
use serde_json::json;
use tokio_util::task::AbortOnDropHandle;

use super::{
    metrics::{Metrics, Transport},
    open_streams::OpenStream,
    response::event_body,
    server::LentPlace,
};
use crate::code::Code;

/// Keeps nginx from buffering the events.
const UNBUFFERED: [(HeaderName, HeaderValue); 1] =
    [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];

/// The response that sends one answer as an event.
pub(super) fn single(answer: Answer, metrics: Arc<Metrics>) -> Response {
    (UNBUFFERED, Sse::new(events(stream::once(ready(answer)), metrics))).into_response()
}

/// The response that sends each of `answers` as an event. It ends when the client's key is `refused`, and without `complete`
/// when the server stops, so that clients come back.
pub(super) fn respond(
    answers: BoxStream<'static, Answer>,
    refused: Option<AbortOnDropHandle<&'static str>>,
    (place, connection): (OpenStream, Option<LentPlace>),
    ping: Duration,
    metrics: Arc<Metrics>,
) -> Response {
    let open = metrics.open(Transport::EventStream);
    let end = OpenStream::turn(place.all());
    let answers = match refused {
        Some(refused) => until(answers, refused).boxed(),
        None => answers,
    };
    // What is held lives as long as the stream.
    let events = events(answers, metrics).map(move |event| {
        let _held = (&place, &connection, &open);
        event
    });
    let events = events.take_until(Box::pin(end));
    (UNBUFFERED, Sse::new(events).keep_alive(KeepAlive::new().interval(ping))).into_response()
}

/// The answers until the key is refused, and then why.
fn until(
    answers: BoxStream<'static, Answer>,
    refused: AbortOnDropHandle<&'static str>,
) -> impl Stream<Item = Answer> + Send + 'static {
    stream::unfold((answers, Some(refused)), async |(mut answers, refused)| {
        let mut refused = refused?;
        tokio::select! {
            biased;
            reason = &mut refused => {
                let reason = reason.unwrap_or("the key could not be checked; connect again");
                let last = Answer::from_errors(vec![Code::Unauthenticated.error(reason)]);
                Some((last, (answers, None)))
            }
            answer = answers.next() => Some((answer?, (answers, Some(refused)))),
        }
    })
}

/// An event for each answer, and the last one.
fn events(
    answers: impl Stream<Item = Answer> + Send + 'static,
    metrics: Arc<Metrics>,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let events = answers.map(move |answer| {
        metrics.sent(Transport::EventStream);
        let body = event_body(&answer).unwrap_or_else(|error| json!({ "errors": [error] }).to_string());
        Event::default().event("next").data(body)
    });
    // Browsers ignore an event without a line of data.
    events.chain(stream::once(ready(Event::default().event("complete").data("\n")))).map(Ok)
}
