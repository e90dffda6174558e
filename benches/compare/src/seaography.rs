//! Seaography on the same tables.
//!
//! The entities are in SeaORM's dense format, as `sea-orm-cli generate entity --entity-format dense` writes them: the macro
//! makes their joins, and Seaography's fields of these. They are without what only makes tables, and have two changes: ids
//! come last, since lists are ordered by columns as they follow each other in an entity and not in a request; and a credit
//! is joined to its season by the season's id alone, where the foreign key has the show too.

use std::sync::LazyLock;

use axum::{
    Json,
    routing::{MethodRouter, post},
};
use sea_orm::SqlxPostgresConnector;
use seaography::{Builder, BuilderContext, async_graphql::Request};
use sqlx::PgPool;

use crate::Result;

mod character;
mod credit;
mod person;
mod season;
mod show;

static CONTEXT: LazyLock<BuilderContext> = LazyLock::new(BuilderContext::default);

/// Answers GraphQL from the schema that Seaography makes of the entities.
pub fn answers(db: &PgPool) -> Result<MethodRouter<PgPool>> {
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(db.clone());
    let mut builder = Builder::new(&CONTEXT, db.clone());
    seaography::register_entity!(builder, show, mutation: false);
    seaography::register_entity!(builder, season, mutation: false);
    seaography::register_entity!(builder, credit, mutation: false);
    seaography::register_entity!(builder, person, mutation: false);
    seaography::register_entity!(builder, character, mutation: false);
    let schema = builder.schema_builder().data(db).finish()?;
    Ok(post(async move |Json(request): Json<Request>| Json(schema.execute(request).await)))
}
