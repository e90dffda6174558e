use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    credit::Credit,
    person::Person,
    row::{Derived, one},
};
use crate::{edge, error::Error};

pub type MultipleRoles = Derived<edge::recast::MultipleRoles>;

/// A person who plays more than one character.
#[Object(name = "MultipleRoles")]
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
