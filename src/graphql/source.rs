use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::source;

use super::{
    citation::Citation,
    claim::{self, Claim, ClaimStatus},
    connection::{Connection, connect, connect_filtered},
    date::{Date, DateSpan, date, span},
    record_fields::RecordFields,
    row::{Fields, Row, by, global_id},
    topic::Topic,
};
use crate::{
    error::Error,
    relation::source::{CITATIONS_OF_SOURCE, CLAIMS_OF_SOURCE},
};

pub type Source = Row<source::Entity>;

/// A source of information, such as an article, a page or a data set.
#[Object(name = "Source")]
impl Fields<source::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<source::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `whattowatch-2022-02-02`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Kind of source.
    async fn source_kind(&self) -> SourceKind {
        self.0.kind.into()
    }

    /// Kind of source.
    #[graphql(deprecation = "Use `sourceKind`, which no other type has with another meaning.")]
    async fn kind(&self) -> SourceKind {
        self.0.kind.into()
    }

    /// Publisher, if known.
    async fn publisher(&self) -> Option<&str> {
        self.0.publisher.as_deref()
    }

    /// Title, if known.
    async fn document_title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Title, if known.
    #[graphql(deprecation = "Use `documentTitle`, which no other type has with another meaning.")]
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Author, if known.
    async fn author(&self) -> Option<&str> {
        self.0.author.as_deref()
    }

    /// Date of publication; null if unknown. Dates are never guessed.
    async fn published_on(&self) -> Option<Date> {
        date(self.0.published_on.as_ref())
    }

    /// Days that `publishedOn` can mean.
    async fn published_on_span(&self) -> Option<DateSpan> {
        span(self.0.published_on.as_ref())
    }

    /// Web address.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// Its version and its history.
    #[graphql(flatten)]
    async fn recorded(&self) -> RecordFields {
        RecordFields::of(21, self.0.id)
    }

    /// Licence under which its facts may be passed on, such as `CC-BY-SA-4.0`; null if unknown.
    async fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }

    /// Date on which castgraph fetched it; null for sources that do not change.
    async fn fetched_on(&self) -> Option<Date> {
        date(self.0.fetched_on.as_ref())
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Claims it makes, earliest first; those with an unknown date come last.
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only claims on this topic.")] about: Option<Topic>,
        #[graphql(
            desc = "Only claims whose `about` is this word, for topics that are `OTHER`. A word that no claim has is an error."
        )]
        word: Option<String>,
        #[graphql(desc = "Only claims with this outcome.")] status: Option<ClaimStatus>,
        #[graphql(
            desc = "Only claims made by this date, or by the end of this month or year; excludes unknown dates."
        )]
        as_of: Option<Date>,
    ) -> Result<Connection<Claim>, Error> {
        let filter = claim::conditions(ctx, (about, word), status, as_of).await?;
        let claims = &CLAIMS_OF_SOURCE;
        connect_filtered(ctx, claims, [self.0.id], claims.order, filter)
    }

    /// The rows and fields it supports, by internal id.
    async fn citations(&self, ctx: &Context<'_>) -> Result<Connection<Citation>, Error> {
        connect(ctx, &CITATIONS_OF_SOURCE, [self.0.id])
    }
}

/// Identifies one source. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum SourceBy {
    /// Slug, such as `whattowatch-2022-02-02`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(SourceBy, source);

/// Kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::Kind")]
pub enum SourceKind {
    /// One of the three articles that the data set started from.
    Briefing,
    /// An article.
    Article,
    /// A review.
    Review,
    /// An episode guide.
    EpisodeGuide,
    /// A wiki.
    Wiki,
    /// A data set.
    Data,
    /// A forum.
    Forum,
}
