use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, connect},
    credit::Credit,
    date::{Date, DateSpan, date, span},
    person::Person,
    row::{Derived, one},
};
use crate::{error::Error, relation};

pub type Performer = Derived<relation::recast::Performer>;

/// A person who plays a character.
#[Object(name = "Performer")]
impl Performer {
    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.person_id).await
    }

    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Whether the person plays the character as it usually is in at least one credit. If not, only as a younger or older
    /// self, a double, a voice and the like: `credits` say which.
    async fn regular(&self) -> bool {
        self.0.regular != 0
    }

    /// First date of the first season or film in which the person plays the character.
    async fn first_on(&self) -> Option<Date> {
        date(self.0.first_on.as_ref())
    }

    /// Days that `firstOn` can mean.
    async fn first_on_span(&self) -> Option<DateSpan> {
        span(self.0.first_on.as_ref())
    }

    /// Last date of the last season or film in which the person plays the character, or its first date if the last is
    /// unknown.
    async fn last_on(&self) -> Option<Date> {
        date(self.0.last_on.as_ref())
    }

    /// Days that `lastOn` can mean.
    async fn last_on_span(&self) -> Option<DateSpan> {
        span(self.0.last_on.as_ref())
    }

    /// The person's credits as the character, earliest first, limited to the franchise, show or season of this result,
    /// if any.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Connection<Credit>, Error> {
        connect(
            ctx,
            &relation::recast::PERFORMER_CREDITS,
            [self.0.character_id, self.0.person_id, self.0.franchise, self.0.show, self.0.season],
        )
    }
}
