use async_graphql::{Context, ID, Object, OneofObject};
use entity::{availability, subject::Kind};

use super::{
    date::{Date, DateSpan, date, span},
    filter::Conditions,
    platform::{Platform, PlatformBy, name_of},
    row::{Fields, Row, by, global_id, one, optional_row},
    season::Season,
    show::{Show, ShowBy},
    source_fields::SourceFields,
    territory::{CountryCode, Territory},
};
use crate::{error::Error, load::Condition, relation::availability::IN_COUNTRY};

pub type Availability = Row<availability::Entity>;

/// Where and since when a season, or a show as a whole, is available.
#[Object(name = "Availability")]
impl Fields<availability::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<availability::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `pic-s2-crave-ca`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Season; null if this applies to the show as a whole.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        optional_row(ctx, self.0.season_id).await
    }

    /// The platform.
    async fn platform(&self, ctx: &Context<'_>) -> Result<Platform, Error> {
        one(ctx, name_of(ctx, self.0.platform_name_id).await?.platform_id).await
    }

    /// Name the source uses for the platform.
    async fn platform_name(&self, ctx: &Context<'_>) -> Result<String, Error> {
        Ok(name_of(ctx, self.0.platform_name_id).await?.name.clone())
    }

    /// Territory.
    async fn territory(&self, ctx: &Context<'_>) -> Result<Territory, Error> {
        one(ctx, self.0.territory_id).await
    }

    /// First day of availability; null if unknown.
    async fn starts_on(&self) -> Option<Date> {
        date(self.0.starts_on.as_ref())
    }

    /// Days that `startsOn` can mean.
    async fn starts_on_span(&self) -> Option<DateSpan> {
        span(self.0.starts_on.as_ref())
    }

    /// Whether this is the only platform in the territory that has it; null if unknown.
    async fn exclusive(&self) -> Option<bool> {
        self.0.exclusive.map(|exclusive| exclusive != 0)
    }

    /// Release pattern of the episodes, such as `weekly`.
    async fn cadence(&self) -> Option<&str> {
        self.0.cadence.as_deref()
    }

    /// Delay compared to other territories, in words.
    async fn delay(&self) -> Option<&str> {
        self.0.delay.as_deref()
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Availability, self.0.id)
    }
}

/// The conditions of the list of all availability.
pub(super) async fn filtered(
    ctx: &Context<'_>,
    territory: Option<CountryCode>,
    on: Option<Date>,
    platform: Option<PlatformBy>,
    show: Option<ShowBy>,
) -> Result<Vec<Condition>, Error> {
    const ON_PLATFORM: &str = "t.platform_name_id IN (SELECT n.id FROM platform_name AS n WHERE n.platform_id = ?)";
    let mut more = Conditions::default();
    more.named(ctx, ON_PLATFORM, platform).await?;
    more.named(ctx, "t.show_id = ?", show).await?;
    Ok(conditions(territory, on).into_iter().chain(more.into_vec()).collect())
}

pub(super) fn conditions(territory: Option<CountryCode>, on: Option<Date>) -> Vec<Condition> {
    let mut conditions = Conditions::default();
    conditions.country(IN_COUNTRY, territory);
    conditions.until("coalesce(t.starts_on, '9999-99-99') <= ?", on.as_ref());
    conditions.into_vec()
}

/// Identifies one availability. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum AvailabilityBy {
    /// Slug, such as `pic-s2-crave-ca`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(AvailabilityBy, availability);
