use async_graphql::{Context, Enum, ID, Object};
use entity::{offer, subject::Kind};

use super::{
    date::{Date, date},
    money::Money,
    platform::{Platform, name_of},
    row::{Fields, Row, global_id, one},
    sourced::Sourced,
    territory::Territory,
};
use crate::error::Error;

pub type Offer = Row<offer::Entity>;

/// What a platform costs at a day.
#[Object(name = "Offer")]
impl Fields<offer::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<offer::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `cbs-all-access-2019`.
    async fn slug(&self) -> &str {
        &self.0.slug
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

    /// Name of the plan, if it has one.
    async fn plan(&self) -> Option<&str> {
        self.0.plan.as_deref()
    }

    /// The price.
    async fn price(&self) -> Money {
        Money::new(self.0.price, &self.0.currency)
    }

    /// For how long the price is, if known.
    async fn period(&self) -> Option<OfferPeriod> {
        self.0.period.map(Into::into)
    }

    /// What can be tried for nothing, in words.
    async fn trial(&self) -> Option<&str> {
        self.0.trial.as_deref()
    }

    /// The day on which it was so.
    async fn as_of(&self) -> Option<Date> {
        date(self.0.as_of.as_ref())
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Offer, self.0.id)
    }
}

/// For how long a price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "offer::Period")]
pub enum OfferPeriod {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}
