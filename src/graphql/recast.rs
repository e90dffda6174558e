use async_graphql::{Context, Enum, InputObject, Object};

use super::order::Direction;
use super::{
    character::Character,
    connection::{Connection, connect},
    performer::Performer,
    row::{Derived, one},
};
use crate::{
    error::Error,
    load::Order,
    relation::{
        self,
        recast::{BY_COUNT, BY_COUNT_DESC, BY_NAME, BY_NAME_DESC},
    },
};

pub type Recast = Derived<relation::recast::Recast>;

/// A character that more than one person plays as it usually is: not counting younger or older selves, doubles and the
/// like.
#[Object(name = "Recast")]
impl Recast {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Number of people who play the character as it usually is, limited to the franchise, show or season of this result.
    async fn performer_count(&self) -> i32 {
        self.0.number
    }

    /// People who play the character in any way, in the order in which they first did, limited to the franchise, show or season of
    /// this result.
    async fn performers(&self, ctx: &Context<'_>) -> Result<Connection<Performer>, Error> {
        connect(ctx, &relation::recast::PERFORMERS, [self.0.character_id, self.0.franchise, self.0.show, self.0.season])
    }
}

/// Sort order of recasts and of people with several characters. Ties are broken by name.
#[derive(Debug, InputObject)]
pub struct CountOrder {
    /// What to sort by.
    field: CountOrderField,
    /// Direction.
    #[graphql(default)]
    direction: Direction,
}

/// What recasts and people with several characters can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CountOrderField {
    /// Name of the character or the person.
    Name,
    /// Number of performers or characters.
    Count,
}

impl CountOrder {
    /// The order of the list; by name if none is given.
    pub(super) fn of(order: Option<&Self>) -> &'static Order {
        match order.map(|order| (order.field, order.direction)) {
            None | Some((CountOrderField::Name, Direction::Asc)) => &BY_NAME,
            Some((CountOrderField::Name, Direction::Desc)) => &BY_NAME_DESC,
            Some((CountOrderField::Count, Direction::Asc)) => &BY_COUNT,
            Some((CountOrderField::Count, Direction::Desc)) => &BY_COUNT_DESC,
        }
    }
}
