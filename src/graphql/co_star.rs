use async_graphql::{Context, Object};

use super::{
    connection::{Connection, Paging, connect},
    credit::Credit,
    person::Person,
    row::{Derived, one},
};
use crate::{edge, error::Error};

pub type CoStar = Derived<edge::person::CoStar>;

/// Somebody who acted in the same seasons and films as a person.
#[Object(name = "CoStar")]
impl CoStar {
    /// The co-star.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.other_id).await
    }

    /// In how many seasons and films both acted.
    async fn together(&self) -> i32 {
        self.0.together
    }

    /// The co-star's credits in those seasons and films, the earliest first.
    async fn credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(
            &edge::person::CO_STAR_CREDITS,
            [self.0.person_id, self.0.other_id],
            Paging { first, after, last, before },
        )
    }
}
