use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    performer::Performer,
    row::{Derived, one},
};
use crate::{edge, error::Error};

pub type Recast = Derived<edge::recast::Recast>;

/// A character played by more than one person.
#[Object(name = "Recast")]
impl Recast {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// People who play the character, in the order in which they first did, limited to the franchise, show or season of
    /// this result.
    async fn performers(
        &self,
        #[graphql(desc = "Returns the first *n* items (default 20, maximum 100).")] first: Option<i32>,
        #[graphql(desc = "Returns the items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last *n* items (maximum 100).")] last: Option<i32>,
        #[graphql(desc = "Returns the items before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Performer>, Error> {
        connect(
            &edge::recast::PERFORMERS,
            [self.0.character_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }
}
