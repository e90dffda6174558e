use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, connect},
    credit::Credit,
    person::Person,
    row::{Derived, one},
};
use crate::{error::Error, relation};

pub type MultipleRoles = Derived<relation::recast::MultipleRoles>;

/// A person who plays more than one character.
#[Object(name = "MultipleRoles")]
impl MultipleRoles {
    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.person_id).await
    }

    /// Number of characters the person plays, limited to the franchise, show or season of this result.
    async fn character_count(&self) -> i32 {
        self.0.number
    }

    /// Characters the person plays, in the order in which the person first played them, limited to the franchise, show
    /// or season of this result.
    async fn characters(&self, ctx: &Context<'_>) -> Result<Connection<Character>, Error> {
        connect(ctx, &relation::recast::ROLES, [self.0.person_id, self.0.franchise, self.0.show, self.0.season])
    }

    /// The person's acting credits, earliest first, limited to the franchise, show or season of this result.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Connection<Credit>, Error> {
        connect(ctx, &relation::recast::ROLE_CREDITS, [self.0.person_id, self.0.franchise, self.0.show, self.0.season])
    }
}
