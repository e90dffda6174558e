use std::sync::Arc;

use async_graphql::{Context, Object, connection::EmptyFields};

use super::{
    character::Character,
    connection::{Connection, Item, Paging, connect},
    credit::Credit,
    person::Person,
    row::one,
};
use crate::{edge, error::Error};

/// A person who plays more than one character.
pub struct MultipleRoles(Arc<edge::recast::MultipleRoles>);

impl Item for MultipleRoles {
    type Row = edge::recast::MultipleRoles;
    type Node = Self;
    type Fields = EmptyFields;

    const NAME: &'static str = "MultipleRoles";

    fn node(row: &Arc<Self::Row>) -> Self {
        Self(Arc::clone(row))
    }

    fn fields(_: &Arc<Self::Row>) -> EmptyFields {
        EmptyFields
    }
}

/// A person who plays more than one character.
#[Object]
impl MultipleRoles {
    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.person_id).await
    }

    /// The characters that the person plays, in the order in which that began; within the show, season or franchise
    /// that was asked about.
    async fn characters(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Character>, Error> {
        connect(
            &edge::recast::ROLES,
            [self.0.person_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }

    /// The credits of the person as an actor, the earliest first; within the show, season or franchise that was asked
    /// about.
    async fn credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(
            &edge::recast::ROLE_CREDITS,
            [self.0.person_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }
}
