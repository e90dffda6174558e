use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    credit::Credit,
    date::{Date, date},
    person::Person,
    row::{Derived, one},
};
use crate::{edge, error::Error};

pub type Performer = Derived<edge::recast::Performer>;

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

    /// First day of the first season or film in which the person plays the character.
    async fn first_on(&self) -> Option<Date> {
        date(self.0.first_on.as_ref())
    }

    /// Last day of the last season or film in which the person plays the character; its first day where no
    /// more is known.
    async fn last_on(&self) -> Option<Date> {
        date(self.0.last_on.as_ref())
    }

    /// The credits of the person as the character, the earliest first; within the show, season or franchise that was
    /// asked about.
    async fn credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(
            &edge::recast::PERFORMER_CREDITS,
            [self.0.character_id, self.0.person_id, self.0.franchise, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }
}
