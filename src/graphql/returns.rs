use async_graphql::{Context, Enum, InputObject, Object};
use entity::{PartialDate, Precision, credit};

use super::{
    character::Character,
    connection::{Connection, connect},
    credit::Credit,
    date::{Date, DateSpan, span},
    order::Direction,
    row::{Derived, end, named, one},
    show::{Show, ShowBy},
};
use crate::{
    error::Error,
    load::{List, Order},
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

    /// Production the character returns from: the one given as `from`, or else the earlier production that began last.
    async fn from(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        self.edge_of(ctx, &relation::returns::EARLIER_CREDITS, true).await
    }

    /// Production in which the character first appeared; the one given as `from`, if there is one.
    async fn first_from(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        self.edge_of(ctx, &relation::returns::EARLIER_CREDITS, false).await
    }

    /// Production in which the character was last seen before: the one given as `from`, or else any, which can be an
    /// earlier season of this show.
    async fn last_seen_in(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        self.edge_of(ctx, &relation::returns::SEEN_CREDITS, true).await
    }

    /// Last date of the character's last season or film in `lastSeenIn` before this one.
    async fn last_seen_on(&self) -> Date {
        Date(self.0.last_seen_on.clone())
    }

    /// Days that `lastSeenOn` can mean.
    async fn last_seen_on_span(&self) -> Option<DateSpan> {
        span(Some(&self.0.last_seen_on))
    }

    /// First date of the character's first season here, or of the film.
    async fn returned_on(&self) -> Date {
        Date(self.0.returned_on.clone())
    }

    /// Days that `returnedOn` can mean.
    async fn returned_on_span(&self) -> Option<DateSpan> {
        span(Some(&self.0.returned_on))
    }

    /// Full years between `lastSeenOn` and `returnedOn`; 0 if they overlap.
    async fn years_away(&self) -> u32 {
        let (seen, here) = (self.0.last_seen_on.earliest(), self.0.returned_on.earliest());
        here.years_since(seen).unwrap_or_default()
    }

    /// Days between `lastSeenOn` and `returnedOn`; 0 if they overlap, null if one of them is not known to the day.
    async fn days_away(&self) -> Option<i64> {
        days_between(&self.0.last_seen_on, &self.0.returned_on)
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
    /// The show of the first or the last credit of a list of earlier ones.
    async fn edge_of(
        &self,
        ctx: &Context<'_>,
        list: &'static List<credit::Model>,
        from_end: bool,
    ) -> Result<Show, Error> {
        match end(ctx, list, self.earlier(), from_end).await? {
            Some(credit) => one(ctx, credit.show_id).await,
            None => Err(Error::internal("a returning character has no earlier credit")),
        }
    }

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

/// Days from one date to another; 0 if they overlap, `None` if one of them is not known to the day.
pub(super) fn days_between(from: &PartialDate, to: &PartialDate) -> Option<i64> {
    let day = |date: &PartialDate| (date.precision() == Precision::Day).then(|| date.earliest());
    Some((day(to)? - day(from)?).num_days().max(0))
}

/// Sort order of returns. Ties are sorted by the internal id of the character, in the same direction.
#[derive(Debug, InputObject)]
pub struct ReturnOrder {
    /// Field to sort by.
    field: ReturnOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which returns can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ReturnOrderField {
    /// Billing here.
    Billing,
    /// Days between `lastSeenOn` and `returnedOn`. A month or a year counts as its first day.
    DaysAway,
}

impl ReturnOrder {
    /// The order of the list; by billing if none is given.
    pub(super) fn of(order: Option<&Self>) -> &'static Order {
        use relation::returns::{BY_ABSENCE, BY_ABSENCE_DESC, BY_RANK, BY_RANK_DESC};
        match order.map(|order| (order.field, order.direction)) {
            None | Some((ReturnOrderField::Billing, Direction::Asc)) => &BY_RANK,
            Some((ReturnOrderField::Billing, Direction::Desc)) => &BY_RANK_DESC,
            Some((ReturnOrderField::DaysAway, Direction::Asc)) => &BY_ABSENCE,
            Some((ReturnOrderField::DaysAway, Direction::Desc)) => &BY_ABSENCE_DESC,
        }
    }
}
