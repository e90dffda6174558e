use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{funding, subject::Kind};

use super::{
    date::{Date, DateSpan, date, span},
    money::Money,
    row::{Fields, Row, by, global_id, one, optional_row},
    season::Season,
    show::Show,
    source_fields::SourceFields,
};
use crate::error::Error;

pub type Funding = Row<funding::Entity>;

/// Public funding of a season, or of a show as a whole.
#[Object(name = "Funding")]
impl Fields<funding::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<funding::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `pic-s2-california-tax-credit`.
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

    /// Kind of funding.
    async fn funding_kind(&self) -> FundingKind {
        self.0.kind.into()
    }

    /// Kind of funding.
    #[graphql(deprecation = "Use `fundingKind`, which no other type has with another meaning.")]
    async fn kind(&self) -> FundingKind {
        self.0.kind.into()
    }

    /// Organisation that grants it.
    async fn grantor(&self) -> Option<&str> {
        self.0.grantor.as_deref()
    }

    /// Funding programme.
    async fn programme(&self) -> Option<&str> {
        self.0.programme.as_deref()
    }

    /// Amount.
    async fn amount(&self) -> Money {
        Money::new(self.0.amount, &self.0.currency)
    }

    /// Date of the award.
    async fn awarded_on(&self) -> Option<Date> {
        date(self.0.awarded_on.as_ref())
    }

    /// Days that `awardedOn` can mean.
    async fn awarded_on_span(&self) -> Option<DateSpan> {
        span(self.0.awarded_on.as_ref())
    }

    /// Date of the report.
    async fn reported_on(&self) -> Option<Date> {
        date(self.0.reported_on.as_ref())
    }

    /// Days that `reportedOn` can mean.
    async fn reported_on_span(&self) -> Option<DateSpan> {
        span(self.0.reported_on.as_ref())
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Funding, self.0.id)
    }
}

/// Kind of public funding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "funding::Kind")]
pub enum FundingKind {
    /// A tax credit.
    TaxCredit,
    /// A grant.
    Grant,
    /// A loan.
    Loan,
}

/// Identifies one award of public funding. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum FundingBy {
    /// Slug, such as `pic-s2-california-tax-credit`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(FundingBy, funding);
