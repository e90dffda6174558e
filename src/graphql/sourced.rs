use async_graphql::Object;
use entity::subject::Kind;

use super::{
    citation::Citation,
    claim::{self, Claim, ClaimStatus},
    connection::{Connection, Paging, connect_by},
    date::Date,
    filter::Conditions,
    get,
};
use crate::{
    edge::{
        self,
        source::{CITATIONS, CLAIMS},
    },
    error::Error,
    load::{Many, Window},
};

/// What sources say about a row: fields that every type has whose rows come from sources.
pub struct Sourced {
    kind: Kind,
    number: i32,
}

impl Sourced {
    /// What sources say about the row of a table with a number.
    pub(super) fn of(kind: Kind, number: i32) -> Self {
        Self { kind, number }
    }

    fn parent(&self) -> [i32; 2] {
        [self.kind.into(), self.number]
    }
}

/// What sources say about a row.
#[Object]
impl Sourced {
    /// Which sources stand behind it or one of its fields, the earliest first.
    async fn citations(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only of this field, such as `premiere_date`.")] field: Option<String>,
    ) -> Result<Connection<Citation>, Error> {
        let mut filter = Conditions::default();
        filter.equal("t.field = ?", field);
        let paging = Paging { first, after, last, before };
        connect_by(&CITATIONS, self.parent(), paging, CITATIONS.order, filter.into_vec())
    }

    /// What was said about it and what became of that, the earliest first; with an unknown day last.
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
        connect_by(&CLAIMS, self.parent(), Paging { first, after, last, before }, CLAIMS.order, filter)
    }

    /// How many independent sources stand behind it: those of one publisher count once.
    async fn independent_sources(&self, ctx: &async_graphql::Context<'_>) -> Result<i64, Error> {
        let list = &edge::source::PUBLISHERS;
        let publishers = Many::new(list, self.parent(), Window::all(list.order));
        Ok(get(ctx, publishers.count()).await?.unwrap_or_default())
    }
}
