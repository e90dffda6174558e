use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, connect},
    performer::Performer,
    row::{Derived, one},
};
use crate::{error::Error, relation};

pub type Recast = Derived<relation::recast::Recast>;

/// A character played by more than one person.
#[Object(name = "Recast")]
impl Recast {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// People who play the character, in the order in which they first did, limited to the franchise, show or season of
    /// this result.
    async fn performers(&self, ctx: &Context<'_>) -> Result<Connection<Performer>, Error> {
        connect(ctx, &relation::recast::PERFORMERS, [self.0.character_id, self.0.franchise, self.0.show, self.0.season])
    }
}
