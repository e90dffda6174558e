use async_graphql::{Enum, ID, Object, OneofObject};
use entity::source;

use super::{
    citation::Citation,
    claim::{self, Claim, ClaimStatus},
    connection::{Connection, Paging, connect, connect_by},
    date::{Date, date},
    row::{By, Fields, Row, global_id, local_id},
};
use crate::{
    edge::source::{CITATIONS_OF_SOURCE, CLAIMS_OF_SOURCE},
    error::Error,
    load::LookUp,
};

pub type Source = Row<source::Entity>;

/// Something that was read: an article, a page, a collection of data.
#[Object(name = "Source")]
impl Fields<source::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<source::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `whattowatch-2022-02-02`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What kind of source it is.
    async fn kind(&self) -> SourceKind {
        self.0.kind.into()
    }

    /// Who published it, if known.
    async fn publisher(&self) -> Option<&str> {
        self.0.publisher.as_deref()
    }

    /// Its title, if known.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Who wrote it, if known.
    async fn author(&self) -> Option<&str> {
        self.0.author.as_deref()
    }

    /// The day of publication; null if it is not known. It is never guessed.
    async fn published_on(&self) -> Option<Date> {
        date(self.0.published_on.as_ref())
    }

    /// Where it can be read.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What it says, the earliest first; with an unknown day last.
    #[expect(clippy::too_many_arguments, reason = "they are those of the API")]
    async fn claims(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only claims about this, such as `premiere_date`.")] about: Option<String>,
        #[graphql(desc = "Only claims of which this became.")] status: Option<ClaimStatus>,
        #[graphql(desc = "Only what was said by this day, or by the end of this month or year; never an unknown day.")]
        as_of: Option<Date>,
    ) -> Result<Connection<Claim>, Error> {
        let filter = claim::conditions(about, status, as_of);
        let claims = &CLAIMS_OF_SOURCE;
        connect_by(claims, [self.0.id], Paging { first, after, last, before }, claims.order, filter)
    }

    /// What it stands behind, in the order in which castgraph got to know it.
    async fn citations(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Citation>, Error> {
        connect(&CITATIONS_OF_SOURCE, [self.0.id], Paging { first, after, last, before })
    }
}

/// Names one source: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum SourceBy {
    /// Its slug, such as `whattowatch-2022-02-02`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for SourceBy {
    type Entity = source::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<source::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// What kind of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::Kind")]
pub enum SourceKind {
    /// One of the articles that the data set was made to answer.
    Briefing,
    /// An article.
    Article,
    /// A review.
    Review,
    /// A guide to episodes.
    EpisodeGuide,
    /// An encyclopedia that readers write.
    Wiki,
    /// A collection of data.
    Data,
    /// A forum.
    Forum,
}
