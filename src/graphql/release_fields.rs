use async_graphql::{Context, Object};
use entity::{availability, funding, media, platform};

use super::{
    availability::{Availability, conditions},
    connection::{Connection, connect, connect_filtered},
    date::Date,
    funding::Funding,
    media::Media,
    platform::Platform,
    row::{Row, first},
    territory::CountryCode,
};
use crate::{
    error::Error,
    load::List,
    relation::{self, availability::Home},
};

/// Fields shared by shows and seasons: where they are available, their public funding, and publications about them.
pub struct ReleaseFields {
    lists: &'static Lists,
    number: i32,
}

struct Lists {
    home: &'static List<Home>,
    availability: &'static List<availability::Model>,
    funding: &'static List<funding::Model>,
    media: &'static List<media::Model>,
    texts: &'static List<media::Model>,
}

static OF_SHOW: Lists = Lists {
    home: &relation::availability::HOME_OF_SHOW,
    availability: &relation::availability::OF_SHOW,
    funding: &relation::media::FUNDING_OF_SHOW,
    media: &relation::media::MEDIA_OF_SHOW,
    texts: &relation::media::TEXTS_OF_SHOW,
};

static OF_SEASON: Lists = Lists {
    home: &relation::availability::HOME_OF_SEASON,
    availability: &relation::availability::OF_SEASON,
    funding: &relation::media::FUNDING_OF_SEASON,
    media: &relation::media::MEDIA_OF_SEASON,
    texts: &relation::media::TEXTS_OF_SEASON,
};

impl ReleaseFields {
    /// The fields of the show with this id, covering its seasons too.
    pub(super) fn of_show(number: i32) -> Self {
        Self { lists: &OF_SHOW, number }
    }

    /// The fields of the season with this id.
    pub(super) fn of_season(number: i32) -> Self {
        Self { lists: &OF_SEASON, number }
    }
}

/// Where a show or season is available, its public funding, and publications about it.
#[Object]
impl ReleaseFields {
    /// Platform it was made for, under the name that it had then; null if unknown.
    async fn home_platform(&self, ctx: &Context<'_>) -> Option<Result<Platform, Error>> {
        let home = first(ctx, self.lists.home, [self.number], Vec::new()).await.transpose()?;
        Some(home.map(|home| {
            // The first name has no day; the name on the earliest of all days is the first.
            let named_on = home.named_on.clone().or_else(|| "0001".parse().ok());
            Row::new(platform::Model { name_on: named_on, ..home.platform.clone() })
        }))
    }

    /// Where and since when it is available, earliest first. An unknown date is null and comes last.
    async fn availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only in this country (ISO 3166-1 code, such as `CA`), including groups of countries that contain it."
        )]
        territory: Option<CountryCode>,
        #[graphql(
            desc = "Only what was available by this date, or by the end of this month or year; excludes unknown dates."
        )]
        on: Option<Date>,
    ) -> Result<Connection<Availability>, Error> {
        let filter = conditions(territory, on);
        let found = self.lists.availability;
        connect_filtered(ctx, found, [self.number], found.order, filter)
    }

    /// Public funding, earliest first.
    async fn funding(&self, ctx: &Context<'_>) -> Result<Connection<Funding>, Error> {
        connect(ctx, self.lists.funding, [self.number])
    }

    /// Announcements, trailers and posters, earliest first; those with an unknown date come last.
    async fn media(&self, ctx: &Context<'_>) -> Result<Connection<Media>, Error> {
        connect(ctx, self.lists.media, [self.number])
    }

    /// Loglines and plot summaries.
    async fn texts(&self, ctx: &Context<'_>) -> Result<Connection<Media>, Error> {
        connect(ctx, self.lists.texts, [self.number])
    }
}
