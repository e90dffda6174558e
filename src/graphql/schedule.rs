use async_graphql::{Context, Enum, Object};

use super::{
    availability::Availability,
    connection::{Connection, Paging, connect_by},
    date::Date,
    episode::Episode,
    filter::{Conditions, DateRange},
    row::{Derived, maybe, one},
    show::ShowBy,
    territory::CountryCode,
};
use crate::{
    edge::{
        self,
        schedule::{FIRST, IN_A_COUNTRY},
        watch::IN_COUNTRY,
    },
    error::Error,
};

pub type Showing = Derived<edge::schedule::Showing>;

/// An episode on a day.
#[Object(name = "Showing")]
impl Showing {
    /// The day, or its month or year where no more is known.
    async fn date(&self) -> Date {
        Date(self.0.day.clone())
    }

    /// How much is known of the day.
    async fn precision(&self) -> DatePrecision {
        match self.0.day.as_str().len() {
            4 => DatePrecision::Year,
            7 => DatePrecision::Month,
            _ => DatePrecision::Day,
        }
    }

    /// The episode.
    async fn episode(&self, ctx: &Context<'_>) -> Result<Episode, Error> {
        one(ctx, self.0.episode_id).await
    }

    /// Where it is shown; null for the first showing of all.
    async fn availability(&self, ctx: &Context<'_>) -> Option<Result<Availability, Error>> {
        maybe(ctx, self.0.availability_id).await
    }
}

/// What is shown when: for the first time, or in a country.
pub(super) async fn schedule(
    ctx: &Context<'_>,
    paging: Paging,
    range: DateRange,
    territory: Option<CountryCode>,
    show: Option<ShowBy>,
) -> Result<Connection<Showing>, Error> {
    let list = if territory.is_some() { &IN_A_COUNTRY } else { &FIRST };
    let mut filter = Conditions::default();
    filter.days("t.day >= ?", "t.day <= ?", Some(range));
    filter.country(IN_COUNTRY, territory);
    filter.named(ctx, "t.season_id IN (SELECT s.id FROM season AS s WHERE s.show_id = ?)", show).await?;
    connect_by(list, [], paging, list.order, filter.into_vec())
}

/// How much is known of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DatePrecision {
    /// The day.
    Day,
    /// The month, not the day. It counts as the first day of the month.
    Month,
    /// Only the year. It counts as the first day of the year.
    Year,
}
