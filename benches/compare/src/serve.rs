//! The servers of this program: axum, one thread, one path for each question, or one for GraphQL.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use sqlx::PgPool;
use tokio::net::TcpListener;

use crate::{
    Result, contender::Kind, database, handwritten, keys::Keys, memory::World, question::Question, seaography,
};

/// The variable of a question.
#[derive(Debug, Deserialize)]
struct Variables {
    key: String,
}

/// Serves until it is stopped.
pub async fn run(kind: Kind, database_url: &str, address: SocketAddr) -> Result<()> {
    let db = database::open(database_url).await?;
    let mut router = Router::new();
    match kind {
        Kind::Constant => {
            let keys = Keys::read(&db).await?;
            for question in Question::ALL {
                let key = keys.own(question).into_iter().next().ok_or("the database is empty")?;
                let body = Bytes::from(handwritten::answer(&db, question, &key).await?);
                router = router.route(question.path(), post(async move |Json(_): Json<Variables>| json(body)));
            }
        }
        Kind::Memory => {
            let world = Arc::new(World::read(&db).await?);
            for question in Question::ALL {
                let world = Arc::clone(&world);
                let answer = async move |Json(variables): Json<Variables>| {
                    world.answer(question, &variables.key).map_or_else(failed, json)
                };
                router = router.route(question.path(), post(answer));
            }
        }
        Kind::Handwritten => {
            for question in Question::ALL {
                let answer = async move |State(db): State<PgPool>, Json(variables): Json<Variables>| {
                    handwritten::answer(&db, question, &variables.key).await.map_or_else(failed, json)
                };
                router = router.route(question.path(), post(answer));
            }
        }
        Kind::Seaography => router = router.route("/graphql", seaography::answers(&db)?),
        _ => return Err("this program serves no such contender".into()),
    }
    let listener = TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router.with_state(db)).await?)
}

fn json(body: impl IntoResponse) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn failed(reason: impl std::fmt::Display) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, reason.to_string()).into_response()
}
