use async_graphql::{Context, Object};
use entity::credit;

use super::{
    character::Character,
    credit::{Billing, Part, Portrayal},
    row::one,
};
use crate::error::Error;

/// What an actor plays in one season or film. All its fields are known for every actor.
pub struct Role {
    character: i32,
    billing: credit::Billing,
    part: credit::Part,
    portrayal: credit::Portrayal,
}

impl Role {
    /// The role of a credit; `None` for jobs other than acting.
    pub(super) fn of(credit: &credit::Model) -> Option<Self> {
        let (character, billing, part) = (credit.character_id?, credit.billing?, credit.part?);
        Some(Self { character, billing, part, portrayal: credit.portrayal })
    }
}

/// What an actor plays in one season or film. All its fields are known for every actor.
#[Object]
impl Role {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.character).await
    }

    /// How prominently the actor is credited.
    async fn billing(&self) -> Billing {
        self.billing.into()
    }

    /// What the actor contributes to the performance.
    async fn part(&self) -> Part {
        self.part.into()
    }

    /// How the performance relates to others of the character, such as a younger self.
    async fn portrayal(&self) -> Portrayal {
        self.portrayal.into()
    }
}
