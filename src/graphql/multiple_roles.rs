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

    /// Characters the person plays, in the order in which the person first played them, limited to the franchise, show
    /// or season of this result.
    async fn characters(
        &self,
        #[graphql(desc = "Returns the first *n* items (default 20, maximum 100).")] first: Option<i32>,
        #[graphql(desc = "Returns the items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last *n* items (maximum 100).")] last: Option<i32>,
        #[graphql(desc = "Returns the items before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Character>, Error> {
        connect(
            &edge::recast::ROLES,
            [self.0.person_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }

    /// The person's acting credits, earliest first, limited to the franchise, show or season of this result.
    async fn credits(
        &self,
        #[graphql(desc = "Returns the first *n* items (default 20, maximum 100).")] first: Option<i32>,
        #[graphql(desc = "Returns the items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last *n* items (maximum 100).")] last: Option<i32>,
        #[graphql(desc = "Returns the items before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(
            &edge::recast::ROLE_CREDITS,
            [self.0.person_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }
}
