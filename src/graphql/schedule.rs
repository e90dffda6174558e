use async_graphql::{Context, Object};

use super::{
    availability::Availability,
    connection::{Connection, connect_filtered},
    date::{Date, DatePrecision, DateSpan, span},
    episode::Episode,
    filter::{Conditions, DateRange},
    row::{Derived, one, optional_row},
    show::ShowBy,
    territory::CountryCode,
};
use crate::{
    error::Error,
    relation::{
        self,
        availability::IN_COUNTRY,
        schedule::{FIRST, IN_A_COUNTRY},
    },
};

pub type Showing = Derived<relation::schedule::Showing>;

/// An episode on a date.
#[Object(name = "Showing")]
impl Showing {
    /// Date, or its month or year if no more is known.
    async fn date(&self) -> Date {
        Date(self.0.day.clone())
    }

    /// How precisely the date is known.
    async fn precision(&self) -> DatePrecision {
        self.0.day.precision().into()
    }

    /// Days that `date` can mean.
    async fn date_span(&self) -> Option<DateSpan> {
        span(Some(&self.0.day))
    }

    /// Episode.
    async fn episode(&self, ctx: &Context<'_>) -> Result<Episode, Error> {
        one(ctx, self.0.episode_id).await
    }

    /// Where it is available; null for the first airing.
    async fn availability(&self, ctx: &Context<'_>) -> Option<Result<Availability, Error>> {
        optional_row(ctx, self.0.availability_id).await
    }
}

/// The release schedule: first airings, or availability in a country.
pub(super) async fn schedule(
    ctx: &Context<'_>,
    range: DateRange,
    territory: Option<CountryCode>,
    show: Option<ShowBy>,
) -> Result<Connection<Showing>, Error> {
    let list = if territory.is_some() { &IN_A_COUNTRY } else { &FIRST };
    let mut filter = Conditions::default();
    filter.days_of("t.day >= ?", "t.day <= ?", range);
    filter.country(IN_COUNTRY, territory);
    filter.named(ctx, "t.season_id IN (SELECT s.id FROM season AS s WHERE s.show_id = ?)", show).await?;
    connect_filtered(ctx, list, [], list.order, filter.into_vec())
}
