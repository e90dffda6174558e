use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{PartialDate, platform, platform_name, subject::Kind};

use super::{
    connection::{Connection, connect, connect_filtered, connect_sorted},
    date::{Date, DateSpan, date, span},
    executor::ObjectList,
    filter::{Conditions, end_of},
    get,
    offer::Offer,
    row::{By, Derived, Fields, Key, Row, first, global_id, optional_row},
    season::Season,
    show::{Show, ShowOrder},
    source_fields::SourceFields,
    territory::{CountryCode, Territory},
};
use crate::{
    error::Error,
    load::{Condition, Entry, Many, One, Window},
    relation::availability::{HAS_NAME, IN_COUNTRY, NAMED, NAMES, OFFERS, SEASONS, SHOWS},
};

pub type Platform = Row<platform::Entity>;

/// A channel, network or service that shows films and series. It stays the same platform when it is renamed.
#[Object(name = "Platform")]
impl Fields<platform::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<platform::Entity>(self.0.id)
    }

    /// Stable identifier for URLs: the slug of its first name. Lookups accept the slug of any of its names.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name on a given date. By default the latest name or, of a home platform, the name that it had then.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; a month or year stands for its last day.")] on: Option<Date>,
    ) -> Result<String, Error> {
        Ok(self.named(ctx, on).await?.name.clone())
    }

    /// Owner under the name on a given date, by default as for `name`; null if unknown.
    async fn owner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; a month or year stands for its last day.")] on: Option<Date>,
    ) -> Option<Result<String, Error>> {
        self.named(ctx, on).await.map(|name| name.owner.clone()).transpose()
    }

    /// Kind of platform, under the default name.
    async fn platform_kind(&self, ctx: &Context<'_>) -> Result<PlatformKind, Error> {
        Ok(self.named(ctx, None).await?.kind.into())
    }

    /// Kind of platform, under the default name.
    #[graphql(deprecation = "Use `platformKind`, which no other type has with another meaning.")]
    async fn kind(&self, ctx: &Context<'_>) -> Result<PlatformKind, Error> {
        Ok(self.named(ctx, None).await?.kind.into())
    }

    /// Home territory under the default name; null if unknown.
    async fn home_territory(&self, ctx: &Context<'_>) -> Option<Result<Territory, Error>> {
        match self.named(ctx, None).await {
            Ok(name) => optional_row(ctx, name.territory_id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// Home territory under the default name; null if unknown.
    #[graphql(deprecation = "Use `homeTerritory`, which no other type has with another meaning.")]
    async fn territory(&self, ctx: &Context<'_>) -> Option<Result<Territory, Error>> {
        match self.named(ctx, None).await {
            Ok(name) => optional_row(ctx, name.territory_id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// All names with their details, oldest first.
    async fn names(&self, ctx: &Context<'_>) -> Result<ObjectList<PlatformName>, Error> {
        Ok(names(ctx, self.0.id).await?.iter().map(|name| Derived(Arc::clone(&name.row))).collect())
    }

    /// Seasons made for it or available on it, under any of its names, earliest first.
    async fn seasons(&self, ctx: &Context<'_>) -> Result<Connection<Season>, Error> {
        connect(ctx, &SEASONS, [self.0.id])
    }

    /// Shows and films made for it, under any of its names, earliest first.
    async fn shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        connect_sorted(ctx, &SHOWS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Prices, earliest date first.
    async fn offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only in this country (ISO 3166-1 code, such as `CA`), including groups of countries that contain it."
        )]
        territory: Option<CountryCode>,
        #[graphql(
            desc = "Only prices recorded by this date, or by the end of this month or year; excludes unknown dates."
        )]
        on: Option<Date>,
    ) -> Result<Connection<Offer>, Error> {
        let mut filter = Conditions::default();
        filter.country(IN_COUNTRY, territory);
        filter.until("coalesce(t.as_of, '9999-99-99') <= ?", on.as_ref());
        connect_filtered(ctx, &OFFERS, [self.0.id], OFFERS.order, filter.into_vec())
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Platform, self.0.id)
    }
}

impl Fields<platform::Entity> {
    /// The name on a date; by default the one that is meant, or the latest.
    async fn named(&self, ctx: &Context<'_>, on: Option<Date>) -> Result<Arc<platform_name::Model>, Error> {
        let names = names(ctx, self.0.id).await?;
        let on = on.map(|on| on.0).or_else(|| self.0.name_on.clone());
        let end = on.map(|on| end_of(on.as_str()));
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

/// The platform name with this id, which another row references.
pub(super) async fn name_of(ctx: &Context<'_>, id: i32) -> Result<Arc<platform_name::Model>, Error> {
    match get(ctx, One::<platform_name::Entity>::id(id)).await? {
        Some(name) => Ok(name),
        None => Err(Error::internal(format!("platform name {id} is referenced by another row but does not exist"))),
    }
}

pub type PlatformName = Derived<platform_name::Model>;

/// A name of a platform, used from a certain date on, with the details of that time.
#[Object(name = "PlatformName")]
impl PlatformName {
    /// Stable identifier for URLs and lookups, such as `paramount-plus`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Owner under this name, if known.
    async fn owner(&self) -> Option<&str> {
        self.0.owner.as_deref()
    }

    /// Date from which the platform has this name; null for its first name.
    async fn named_on(&self) -> Option<Date> {
        date(self.0.named_on.as_ref())
    }

    /// Days that `namedOn` can mean.
    async fn named_on_span(&self) -> Option<DateSpan> {
        span(self.0.named_on.as_ref())
    }

    /// Launch date under this name, if known.
    async fn launched_on(&self) -> Option<Date> {
        date(self.0.launched_on.as_ref())
    }

    /// Days that `launchedOn` can mean.
    async fn launched_on_span(&self) -> Option<DateSpan> {
        span(self.0.launched_on.as_ref())
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// Identifies one platform. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum PlatformBy {
    /// Slug of any of its names, such as `cbs-all-access` or `paramount-plus`.
    Slug(String),
    /// Global id.
    Id(ID),
}

impl By for PlatformBy {
    type Entity = platform::Entity;

    fn describe(&self) -> String {
        match self {
            Self::Slug(slug) => Key::Slug(slug).describe(),
            Self::Id(id) => Key::Id(id).describe(),
        }
    }

    async fn find(self, ctx: &Context<'_>) -> Result<Option<Arc<platform::Model>>, Error> {
        match self {
            Self::Slug(slug) => first(ctx, &NAMED, [], vec![Condition::new(HAS_NAME, [slug.into()])]).await,
            Self::Id(id) => Key::Id(&id).find::<platform::Entity>(ctx).await,
        }
    }
}

/// Kind of platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "platform_name::Kind")]
pub enum PlatformKind {
    /// A network of broadcast stations.
    BroadcastNetwork,
    /// Sold to individual stations.
    Syndication,
    /// A cable or satellite channel.
    CableChannel,
    /// A streaming service.
    Streaming,
    /// Cinemas.
    Cinema,
}
