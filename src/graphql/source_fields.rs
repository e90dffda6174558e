use async_graphql::{Context, Object};
use entity::subject::Kind;

use super::{
    citation::Citation,
    claim::{self, Claim, ClaimStatus},
    connection::{Connection, connect_filtered},
    date::Date,
    filter::Conditions,
    get,
    record_fields::RecordFields,
    topic::Topic,
};
use crate::{
    error::Error,
    load::{Many, Window},
    relation::{
        self,
        source::{CITATIONS, CITED_FIELDS, CLAIMS},
    },
};

/// What sources say about a row: fields of every type whose rows can be cited.
pub struct SourceFields {
    kind: Kind,
    number: i32,
}

impl SourceFields {
    /// The fields for the row with primary key `number` in the table of `kind`.
    pub(super) fn of(kind: Kind, number: i32) -> Self {
        Self { kind, number }
    }

    fn parent(&self) -> [i32; 2] {
        [self.kind.into(), self.number]
    }
}

/// What sources say about a row.
#[Object]
impl SourceFields {
    /// Sources that support it or one of its fields, earliest first; those with an unknown date come last.
    async fn citations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only citations of this field or on this topic.")] field: Option<Topic>,
        #[graphql(
            desc = "Only citations whose `field` is this word, for topics that are `OTHER`. A word that no citation has is an error."
        )]
        word: Option<String>,
    ) -> Result<Connection<Citation>, Error> {
        claim::check_word(ctx, &CITED_FIELDS, word.as_deref()).await?;
        let mut filter = Conditions::default();
        filter.equal("t.field = ?", word);
        let topic = field.map(|topic| topic.condition("t.field = ?", "NOT coalesce(t.field, 'name') ?"));
        let filter = filter.into_vec().into_iter().chain(topic).collect();
        connect_filtered(ctx, &CITATIONS, self.parent(), CITATIONS.order, filter)
    }

    /// Claims about it with their outcome, earliest first; those with an unknown date come last.
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
        connect_filtered(ctx, &CLAIMS, self.parent(), CLAIMS.order, filter)
    }

    /// Number of independent sources that support it. Sources from the same publisher count once.
    async fn independent_sources(&self, ctx: &async_graphql::Context<'_>) -> Result<i64, Error> {
        let list = &relation::source::PUBLISHERS;
        let publishers = Many::new(list, self.parent(), Window::all(list.order));
        Ok(get(ctx, publishers.count()).await?.unwrap_or_default())
    }

    /// Its version and its history.
    #[graphql(flatten)]
    async fn recorded(&self) -> RecordFields {
        RecordFields::of(self.kind.into(), self.number)
    }
}
