use async_graphql::{Context, Object};

use super::{
    character::Character,
    connection::{Connection, connect},
    credit::Credit,
    get,
    row::{Derived, named, one},
    show::{Show, ShowBy},
};
use crate::{
    error::Error,
    load::{Many, Window},
    relation,
};

pub type Return = Derived<relation::returns::Return>;

/// A character from an earlier production who returns in this one.
#[Object(name = "Return")]
impl Return {
    /// The character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.character_id).await
    }

    /// Whether someone who plays the character here also played it before.
    async fn same_performer(&self) -> bool {
        self.0.same_performer != 0
    }

    /// Production the character returns from: the one given as `from`, or else the earliest.
    async fn from(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        let list = &relation::returns::EARLIER_CREDITS;
        let window = Window { limit: Some(1), ..Window::all(list.order) };
        let found = get(ctx, Many::new(list, self.earlier(), window)).await?.unwrap_or_default();
        match found.first() {
            Some(earliest) => one(ctx, earliest.row.show_id).await,
            None => Err(Error::internal("a returning character has no earlier credit")),
        }
    }

    /// Full years between the last date of the last earlier season or film and the first date here; 0 if they overlap.
    async fn years_away(&self) -> u32 {
        let (seen, here) = (self.0.last_seen_on.earliest(), self.0.returned_on.earliest());
        here.years_since(seen).unwrap_or_default()
    }

    /// The character's credits here, in billing order.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Connection<Credit>, Error> {
        connect(ctx, &relation::returns::CREDITS, [self.0.character_id, self.0.show, self.0.season])
    }

    /// The character's credits in the earlier productions, earliest first.
    async fn earlier_credits(&self, ctx: &Context<'_>) -> Result<Connection<Credit>, Error> {
        connect(ctx, &relation::returns::EARLIER_CREDITS, self.earlier())
    }
}

impl Return {
    fn earlier(&self) -> [i32; 4] {
        [self.0.character_id, self.0.show, self.0.season, self.0.earlier]
    }
}

/// The id of the only show that counts as earlier, or 0 for all.
pub(super) async fn earlier(ctx: &Context<'_>, from: Option<ShowBy>) -> Result<i32, Error> {
    match from {
        Some(show) => named(ctx, show).await,
        None => Ok(0),
    }
}
