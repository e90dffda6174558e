use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{offer, subject::Kind};

use super::{
    date::{Date, DateSpan, date, span},
    money::Money,
    platform::{Platform, name_of},
    row::{Fields, Row, by, global_id, one},
    source_fields::SourceFields,
    territory::Territory,
};
use crate::error::Error;

pub type Offer = Row<offer::Entity>;

/// A price of a platform at a given date.
#[Object(name = "Offer")]
impl Fields<offer::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<offer::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `cbs-all-access-2019`.
    async fn slug(&self) -> &str {
        &self.0.slug
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

    /// Name of the plan, if any.
    async fn plan(&self) -> Option<&str> {
        self.0.plan.as_deref()
    }

    /// Price.
    async fn price(&self) -> Money {
        Money::new(self.0.price, &self.0.currency)
    }

    /// Billing period, if known.
    async fn period(&self) -> Option<OfferPeriod> {
        self.0.period.map(Into::into)
    }

    /// Free trial, in words.
    async fn trial(&self) -> Option<&str> {
        self.0.trial.as_deref()
    }

    /// Date for which the price is recorded.
    async fn as_of(&self) -> Option<Date> {
        date(self.0.as_of.as_ref())
    }

    /// Days that `asOf` can mean.
    async fn as_of_span(&self) -> Option<DateSpan> {
        span(self.0.as_of.as_ref())
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Offer, self.0.id)
    }
}

/// Billing period of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "offer::Period")]
pub enum OfferPeriod {
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
    /// One year.
    Year,
}

/// Identifies one price. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum OfferBy {
    /// Slug, such as `cbs-all-access-2019`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(OfferBy, offer);
