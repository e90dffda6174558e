use async_graphql::{Context, Object};

use super::{
    connection::{Connection, connect},
    credit::Credit,
    person::Person,
    row::{Derived, one},
};
use crate::{error::Error, relation};

pub type CoStar = Derived<relation::person::CoStar>;

/// A person who acted in the same seasons and films as another.
#[Object(name = "CoStar")]
impl CoStar {
    /// The co-star.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.other_id).await
    }

    /// Number of seasons and films in which both acted.
    async fn together(&self) -> i32 {
        self.0.together
    }

    /// The co-star's credits in those seasons and films, earliest first.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Connection<Credit>, Error> {
        connect(ctx, &relation::person::CO_STAR_CREDITS, [self.0.person_id, self.0.other_id])
    }
}
