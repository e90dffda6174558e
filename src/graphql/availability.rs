use async_graphql::{Context, ID, Object};
use entity::{availability, subject::Kind};

use super::{
    date::{Date, date},
    filter::Conditions,
    platform::{Platform, name_of},
    row::{Fields, Row, global_id, maybe, one},
    season::Season,
    show::Show,
    sourced::Sourced,
    territory::{CountryCode, Territory},
};
use crate::{edge::watch::IN_COUNTRY, error::Error, load::Condition};

pub type Availability = Row<availability::Entity>;

/// Where a season, or a show as a whole, can be seen from when.
#[Object(name = "Availability")]
impl Fields<availability::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<availability::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `pic-s2-crave-ca`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// The season; null if the show as a whole is meant.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        maybe(ctx, self.0.season_id).await
    }

    /// The platform.
    async fn platform(&self, ctx: &Context<'_>) -> Result<Platform, Error> {
        one(ctx, name_of(ctx, self.0.platform_name_id).await?.platform_id).await
    }

    /// The name under which the source knows the platform.
    async fn platform_name(&self, ctx: &Context<'_>) -> Result<String, Error> {
        Ok(name_of(ctx, self.0.platform_name_id).await?.name.clone())
    }

    /// Where.
    async fn territory(&self, ctx: &Context<'_>) -> Result<Territory, Error> {
        one(ctx, self.0.territory_id).await
    }

    /// The first day; null if it is not known.
    async fn starts_on(&self) -> Option<Date> {
        date(self.0.starts_on.as_ref())
    }

    /// Whether it can be seen nowhere else there; null if that is not known.
    async fn exclusive(&self) -> Option<bool> {
        self.0.exclusive.map(|exclusive| exclusive != 0)
    }

    /// How episodes follow each other, such as `weekly`.
    async fn cadence(&self) -> Option<&str> {
        self.0.cadence.as_deref()
    }

    /// How much later than elsewhere, in words.
    async fn delay(&self) -> Option<&str> {
        self.0.delay.as_deref()
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Availability, self.0.id)
    }
}

pub(super) fn conditions(territory: Option<CountryCode>, on: Option<Date>) -> Vec<Condition> {
    let mut conditions = Conditions::default();
    conditions.country(IN_COUNTRY, territory);
    conditions.until("coalesce(t.starts_on, '9999-99-99') <= ?", on.as_ref());
    conditions.into_vec()
}
