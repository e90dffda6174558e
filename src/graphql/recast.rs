use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    performer::Performer,
    row::{Derived, one},
};
use crate::{edge, error::Error};

pub type Recast = Derived<edge::recast::Recast>;

/// A character who is played by more than one person.
#[Object(name = "Recast")]
impl Recast {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Who plays the character, in the order in which they first did; within the show, season or franchise that was
    /// asked about.
    async fn performers(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Performer>, Error> {
        connect(
            &edge::recast::PERFORMERS,
            [self.0.character_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }
}
