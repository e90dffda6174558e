use std::sync::Arc;

use async_graphql::{Context, Object, connection::EmptyFields};

use super::{
    character::Character,
    connection::{Connection, Item, Paging, connect},
    performer::Performer,
    row::one,
};
use crate::{edge, error::Error};

/// A character who is played by more than one person.
pub struct Recast(Arc<edge::recast::Recast>);

impl Item for Recast {
    type Row = edge::recast::Recast;
    type Node = Self;
    type Fields = EmptyFields;

    const NAME: &'static str = "Recast";

    fn node(row: &Arc<Self::Row>) -> Self {
        Self(Arc::clone(row))
    }

    fn fields(_: &Arc<Self::Row>) -> EmptyFields {
        EmptyFields
    }
}

/// A character who is played by more than one person.
#[Object]
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
