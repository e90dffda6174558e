use async_graphql::{Context, Object};

use super::{
    character::Character,
    credit::Credit,
    date::{Date, DateSpan, span},
    row::{Derived, Row, first, one},
};
use crate::{error::Error, relation};

pub type Absence = Derived<relation::returns::Absence>;

/// A time between two seasons or films in which a character was not seen.
#[Object(name = "Absence")]
impl Absence {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Last date of the last recorded season or film before.
    async fn last_seen_on(&self) -> Date {
        Date(self.0.last_seen_on.clone())
    }

    /// Days that `lastSeenOn` can mean.
    async fn last_seen_on_span(&self) -> Option<DateSpan> {
        span(Some(&self.0.last_seen_on))
    }

    /// First date of the season or film in which the character returned.
    async fn returned_on(&self) -> Date {
        Date(self.0.returned_on.clone())
    }

    /// Days that `returnedOn` can mean.
    async fn returned_on_span(&self) -> Option<DateSpan> {
        span(Some(&self.0.returned_on))
    }

    /// Days between `lastSeenOn` and `returnedOn`; null if one of them is not known to the day.
    async fn days_away(&self) -> Option<i64> {
        super::returns::days_between(&self.0.last_seen_on, &self.0.returned_on)
    }

    /// The character's last credit before.
    async fn before(&self, ctx: &Context<'_>) -> Result<Credit, Error> {
        match first(ctx, &relation::returns::SEEN_BEFORE, [self.0.credit_id], Vec::new()).await? {
            Some(credit) => Ok(Row::new(credit)),
            None => Err(Error::internal("an absence has no credit before it")),
        }
    }

    /// A credit of the character in the season or film of the return.
    async fn after(&self, ctx: &Context<'_>) -> Result<Credit, Error> {
        one(ctx, self.0.credit_id).await
    }
}
