//! The GraphQL API: one public type a file, with thin resolvers that name a column, a relation or a function.
//!
//! A type of the API is a `row::Row` with hand-written fields. Relations are the lists of [`crate::edge`], read
//! through the [`Loader`] of the request; no resolver sees the database.

mod query;
mod franchise;
mod show;
mod show_link;
mod season;
mod episode;
mod person;
mod character;
mod character_link;
mod credit;
mod appearance;
mod performer;
mod recast;
mod multiple_roles;
mod returns;
mod co_star;
mod node;
mod row;
mod connection;
mod page_info;
mod cursor;
mod filter;
mod order;
mod date;

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Request, Response, SDLExportOptions, Schema, parser};
use sea_orm::DatabaseConnection;

use crate::{
    error::{self, Error},
    guard::{Guard, Limits},
    load::{Key, Loader, Reader, drive},
};
use query::Query;

/// The schema, its guard and the database that it is answered from.
#[derive(Clone)]
pub struct Api {
    schema: Schema<Query, EmptyMutation, EmptySubscription>,
    guard: Arc<Guard>,
    db: DatabaseConnection,
}

/// An answer, and what it took.
#[derive(Debug)]
pub struct Answer {
    /// The answer.
    pub response: Response,
    /// How many statements were sent to the database for it.
    pub statements: usize,
}

impl Api {
    /// Makes the API that reads from `db` and runs documents within `limits`.
    pub fn new(db: DatabaseConnection, limits: Limits) -> Result<Self, parser::Error> {
        let guard = Arc::new(Guard::new(limits, &sdl())?);
        Ok(Self { schema: schema(), guard, db })
    }

    /// Answers one request. A document beyond the limits is neither validated nor run.
    pub async fn execute(&self, mut request: Request) -> Answer {
        let loader = Arc::new(Loader::new(Reader::new(self.db.clone())));
        let mut response = match self.guard.admit(&request.query, &request.variables) {
            Ok(admitted) => {
                request.set_parsed_query(Arc::unwrap_or_clone(admitted.document));
                let request = request.data(Arc::clone(&loader));
                drive(Arc::clone(&loader), self.schema.execute(request)).await
            }
            Err(refused) => Response::from_errors(vec![refused]),
        };
        response.errors.iter_mut().for_each(error::add_code);
        Answer { response, statements: loader.statements() }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.db.ping().await?)
    }
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    schema().sdl_with_options(
        SDLExportOptions::new().include_specified_by().use_space_ident().prefer_single_line_descriptions(),
    )
}

fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

/// Reads what is found under `key`, or nothing.
async fn get<K: Key>(ctx: &Context<'_>, key: K) -> Result<Option<K::Value>, Error> {
    loader(ctx)?.get(key).await
}

/// The reads of this request.
fn loader<'a>(ctx: &Context<'a>) -> Result<&'a Loader, Error> {
    match ctx.data::<Arc<Loader>>() {
        Ok(loader) => Ok(loader),
        Err(_) => Err(Error::internal("the request has no loader")),
    }
}
