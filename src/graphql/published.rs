use async_graphql::{Context, Object};
use entity::{availability, funding, media, platform};

use super::{
    availability::{Availability, conditions},
    connection::{Connection, Paging, connect, connect_by},
    date::Date,
    funding::Funding,
    get,
    media::Media,
    platform::Platform,
    row::Row,
    territory::CountryCode,
};
use crate::{
    edge,
    error::Error,
    load::{List, Many, Window},
};

/// Where a show or a season can be seen, its public money, and what was published about it: fields that both have.
pub struct Published {
    lists: &'static Lists,
    number: i32,
}

struct Lists {
    home: &'static List<platform::Model>,
    availability: &'static List<availability::Model>,
    funding: &'static List<funding::Model>,
    media: &'static List<media::Model>,
    texts: &'static List<media::Model>,
}

static OF_SHOW: Lists = Lists {
    home: &edge::watch::HOME_OF_SHOW,
    availability: &edge::watch::OF_SHOW,
    funding: &edge::media::FUNDING_OF_SHOW,
    media: &edge::media::MEDIA_OF_SHOW,
    texts: &edge::media::TEXTS_OF_SHOW,
};

static OF_SEASON: Lists = Lists {
    home: &edge::watch::HOME_OF_SEASON,
    availability: &edge::watch::OF_SEASON,
    funding: &edge::media::FUNDING_OF_SEASON,
    media: &edge::media::MEDIA_OF_SEASON,
    texts: &edge::media::TEXTS_OF_SEASON,
};

impl Published {
    /// What hangs on the show with this number, and on its seasons.
    pub(super) fn of_show(number: i32) -> Self {
        Self { lists: &OF_SHOW, number }
    }

    /// What hangs on the season with this number.
    pub(super) fn of_season(number: i32) -> Self {
        Self { lists: &OF_SEASON, number }
    }
}

/// Where a show or a season can be seen, its public money, and what was published about it.
#[Object]
impl Published {
    /// The platform that it was made for; null if that is not known.
    async fn home_platform(&self, ctx: &Context<'_>) -> Option<Result<Platform, Error>> {
        let list = self.lists.home;
        let found = get(ctx, Many::new(list, [self.number], Window::all(list.order))).await.transpose()?;
        found.map(|found| found.first().map(|home| Row::new(home.row.clone()))).transpose()
    }

    /// Where it can be seen from when, the earliest first. A day that is not known is null, and comes last.
    async fn availability(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only in this country, alone or in a set of countries: its code (ISO 3166-1), such as `CA`.")]
        territory: Option<CountryCode>,
        #[graphql(
            desc = "Only what began by this day, or by the end of this month or year; never an unknown day."
        )]
        on: Option<Date>,
    ) -> Result<Connection<Availability>, Error> {
        let filter = conditions(territory, on);
        let found = self.lists.availability;
        connect_by(found, [self.number], Paging { first, after, last, before }, found.order, filter)
    }

    /// Public money for it, the earliest first.
    async fn funding(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Funding>, Error> {
        connect(self.lists.funding, [self.number], Paging { first, after, last, before })
    }

    /// Announcements, trailers and posters, the earliest first; with an unknown day last.
    async fn media(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Media>, Error> {
        connect(self.lists.media, [self.number], Paging { first, after, last, before })
    }

    /// Loglines and summaries.
    async fn texts(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Media>, Error> {
        connect(self.lists.texts, [self.number], Paging { first, after, last, before })
    }
}
