use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, Paging, connect},
    credit::Credit,
    get,
    row::{Derived, named, one},
    show::{Show, ShowBy},
};
use crate::{
    edge,
    error::Error,
    load::{Many, Window},
};

pub type Return = Derived<edge::returns::Return>;

/// A character who was in an earlier production and comes back.
#[Object(name = "Return")]
impl Return {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Whether somebody who plays the character here played it before.
    async fn same_performer(&self) -> bool {
        self.0.same_performer != 0
    }

    /// The production that the character comes from: the one asked about, or else the earliest.
    async fn from(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        let list = &edge::returns::EARLIER_CREDITS;
        let window = Window { limit: Some(1), ..Window::all(list.order) };
        let found = get(ctx, Many::new(list, self.earlier(), window)).await?.unwrap_or_default();
        match found.first() {
            Some(earliest) => one(ctx, earliest.row.show_id).await,
            None => Err(Error::internal("a character who comes back has no earlier credit")),
        }
    }

    /// Whole years from the last day of the last earlier season or film to the first day here; 0 if they overlap.
    async fn years_away(&self) -> u32 {
        let (seen, here) = (self.0.seen_on.earliest(), self.0.here_on.earliest());
        here.years_since(seen).unwrap_or_default()
    }

    /// The credits of the character here, as in the credits.
    async fn credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(
            &edge::returns::CREDITS,
            [self.0.character_id, self.0.show, self.0.season],
            Paging { first, after, last, before },
        )
    }

    /// The credits of the character in the earlier productions, the earliest first.
    async fn earlier_credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Credit>, Error> {
        connect(&edge::returns::EARLIER_CREDITS, self.earlier(), Paging { first, after, last, before })
    }
}

impl Return {
    fn earlier(&self) -> [i32; 4] {
        [self.0.character_id, self.0.show, self.0.season, self.0.earlier]
    }
}

/// The number of the one show that counts as earlier, or 0 for all.
pub(super) async fn earlier(ctx: &Context<'_>, from: Option<ShowBy>) -> Result<i32, Error> {
    match from {
        Some(show) => named(ctx, show).await,
        None => Ok(0),
    }
}
