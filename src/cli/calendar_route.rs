//! `/schedule.ics`: the schedule for calendar apps.

use axum::{
    Extension, Router,
    extract::{Query, State, rejection::QueryRejection},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    graphql::{Api, Feed},
    guard::Client,
};

/// One hour; calendar apps poll rarely anyway.
const KEEP: &str = "public, max-age=3600";

pub(super) fn routes(api: Api) -> Router {
    Router::new().route("/schedule.ics", get(schedule)).with_state(api)
}

/// The cost of a calendar for the rate limit, in objects: it has up to a thousand episodes.
const COST: u64 = 2_000;

async fn schedule(
    State(api): State<Api>,
    Extension(client): Extension<Client>,
    feed: Result<Query<Feed>, QueryRejection>,
) -> Response {
    if let Err(refused) = api.charge(client, COST) {
        return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "60")], format!("{}\n", refused.message))
            .into_response();
    }
    let Ok(Query(feed)) = feed else {
        let reason = "the query parameters are from, to, territory and show, each at most once, such as \
                      /schedule.ics?from=2022-03-01&territory=US&show=star-trek-picard\n";
        return (StatusCode::BAD_REQUEST, reason).into_response();
    };
    match api.calendar(&feed).await {
        Ok(text) => ([(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, KEEP)], text).into_response(),
        Err(reason) => {
            let status = StatusCode::from_u16(reason.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let status = if status.is_success() { StatusCode::NOT_FOUND } else { status };
            (status, [(RETRY_AFTER, "1")], format!("{reason}\n")).into_response()
        }
    }
}
