use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{PartialDate, platform, platform_name, subject::Kind};

use super::{
    connection::{Connection, Paging, connect, connect_by},
    date::{Date, date},
    filter::{Conditions, end_of},
    get,
    offer::Offer,
    row::{Derived, Fields, Row, global_id, local_id, maybe},
    season::Season,
    show::Show,
    sourced::Sourced,
    territory::{CountryCode, Territory},
};
use crate::{
    edge::watch::{HAS_NAME, IN_COUNTRY, NAMED, NAMES, OFFERS, SEASONS, SHOWS},
    error::Error,
    load::{Condition, Entry, Many, One, Window},
};

pub type Platform = Row<platform::Entity>;

/// A channel, network or service that shows seasons, the same under all its names.
#[Object(name = "Platform")]
impl Fields<platform::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<platform::Entity>(self.0.id)
    }

    /// Stable name in addresses: that of the first name. Look-ups take the slugs of all names.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its latest name, or that of a day.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; a month or a year means its last day.")] on: Option<Date>,
    ) -> Result<String, Error> {
        Ok(self.named(ctx, on).await?.name.clone())
    }

    /// Who owns it, under its latest name or that of a day; null if that is not known.
    async fn owner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; a month or a year means its last day.")] on: Option<Date>,
    ) -> Option<Result<String, Error>> {
        self.named(ctx, on).await.map(|name| name.owner.clone()).transpose()
    }

    /// What kind of platform it is, under its latest name.
    async fn kind(&self, ctx: &Context<'_>) -> Result<PlatformKind, Error> {
        Ok(self.named(ctx, None).await?.kind.into())
    }

    /// Where it is at home, under its latest name; null if that is not known.
    async fn territory(&self, ctx: &Context<'_>) -> Option<Result<Territory, Error>> {
        match self.named(ctx, None).await {
            Ok(name) => maybe(ctx, name.territory_id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// Its names with what goes with them, the first one first.
    async fn names(&self, ctx: &Context<'_>) -> Result<Vec<PlatformName>, Error> {
        Ok(names(ctx, self.0.id).await?.iter().map(|name| Derived(Arc::clone(&name.row))).collect())
    }

    /// The seasons that were made for it or could be seen on it, under any of its names; the earliest first.
    async fn seasons(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Season>, Error> {
        connect(&SEASONS, [self.0.id], Paging { first, after, last, before })
    }

    /// The shows and films that it is the home of, under any of its names; the earliest first.
    async fn shows(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Show>, Error> {
        connect(&SHOWS, [self.0.id], Paging { first, after, last, before })
    }

    /// What it costs, the earliest day first.
    async fn offers(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only in this country, alone or in a set of countries: its code (ISO 3166-1), such as `CA`.")]
        territory: Option<CountryCode>,
        #[graphql(
            desc = "Only what was known by this day, or by the end of this month or year; never an unknown day."
        )]
        on: Option<Date>,
    ) -> Result<Connection<Offer>, Error> {
        let mut filter = Conditions::default();
        filter.country(IN_COUNTRY, territory);
        filter.until("coalesce(t.as_of, '9999-99-99') <= ?", on.as_ref());
        let page = Paging { first, after, last, before };
        connect_by(&OFFERS, [self.0.id], page, OFFERS.order, filter.into_vec())
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Platform, self.0.id)
    }
}

impl Fields<platform::Entity> {
    /// Its name on a day, or the last of all.
    async fn named(&self, ctx: &Context<'_>, on: Option<Date>) -> Result<Arc<platform_name::Model>, Error> {
        let names = names(ctx, self.0.id).await?;
        let end = on.map(|on| end_of(on.0.as_str()));
        let before = |day: Option<&PartialDate>| match (day, &end) {
            (Some(day), Some(end)) => day.as_str() <= end.as_str(),
            _ => true,
        };
        let found = names.iter().rev().find(|name| before(name.row.named_on.as_ref()));
        match found.or(names.first()) {
            Some(name) => Ok(Arc::clone(&name.row)),
            None => Err(Error::internal(format!("platform {} has no name", self.0.id))),
        }
    }
}

async fn names(ctx: &Context<'_>, platform: i32) -> Result<Arc<[Entry<platform_name::Model>]>, Error> {
    Ok(get(ctx, Many::new(&NAMES, [platform], Window::all(NAMES.order))).await?.unwrap_or_default())
}

/// The name of a platform that another row promises.
pub(super) async fn name_of(ctx: &Context<'_>, id: i32) -> Result<Arc<platform_name::Model>, Error> {
    match get(ctx, One::<platform_name::Entity>::id(id)).await? {
        Some(name) => Ok(name),
        None => Err(Error::internal(format!("platform name {id} is named by another row, but is not there"))),
    }
}

pub type PlatformName = Derived<platform_name::Model>;

/// A name of a platform, with what goes with it, from a day on.
#[Object(name = "PlatformName")]
impl PlatformName {
    /// Stable name in addresses and look-ups, such as `paramount-plus`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Who owned it under this name, if known.
    async fn owner(&self) -> Option<&str> {
        self.0.owner.as_deref()
    }

    /// The day from which it has this name; null for its first name.
    async fn named_on(&self) -> Option<Date> {
        date(self.0.named_on.as_ref())
    }

    /// The day on which it was first there under this name, if known.
    async fn launched_on(&self) -> Option<Date> {
        date(self.0.launched_on.as_ref())
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// Names one platform: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum PlatformBy {
    /// The slug of one of its names, such as `cbs-all-access` or `paramount-plus`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

/// The platform that is named, or nothing if there is none.
pub(super) async fn platform(ctx: &Context<'_>, by: PlatformBy) -> Option<Result<Platform, Error>> {
    match by {
        PlatformBy::Id(id) => match local_id::<platform::Entity>(&id) {
            Ok(id) => get(ctx, One::<platform::Entity>::id(id)).await.map(|row| row.map(Row::new)).transpose(),
            Err(error) => Some(Err(error)),
        },
        PlatformBy::Slug(slug) => {
            let filter = [Condition::new(HAS_NAME, [slug.into()])];
            let window = Window { filter: filter.into(), ..Window::all(NAMED.order) };
            let found = get(ctx, Many::new(&NAMED, [], window)).await.transpose()?;
            found.map(|found| found.first().map(|platform| Row::new(Arc::clone(&platform.row)))).transpose()
        }
    }
}

/// What kind of platform it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "platform_name::Kind")]
pub enum PlatformKind {
    /// A network of stations.
    BroadcastNetwork,
    /// Sold to single stations.
    Syndication,
    /// A channel that is sent by cable or satellite.
    CableChannel,
    /// A streaming service.
    Streaming,
    /// Cinemas.
    Cinema,
}
