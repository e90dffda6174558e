use async_graphql::{Context, Enum, ID, Object};
use entity::{claim, subject};
use sea_orm::ActiveEnum;

use super::{
    date::{Date, date},
    filter::Conditions,
    get,
    node::{self, Node},
    row::{Fields, Row, global_id, maybe, one},
    source::Source,
};
use crate::{
    error::Error,
    load::{Condition, One},
};

pub type Claim = Row<claim::Entity>;

/// What a source says, and what became of it. Nothing false becomes a fact: it stays a claim.
#[Object(name = "Claim")]
impl Fields<claim::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<claim::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `b27`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What it is about, in a word, such as `premiere_date`.
    async fn about(&self) -> &str {
        &self.0.about
    }

    /// What is said.
    async fn statement(&self) -> &str {
        &self.0.statement
    }

    /// Who says so.
    async fn source(&self, ctx: &Context<'_>) -> Result<Source, Error> {
        one(ctx, self.0.source_id).await
    }

    /// The day on which it was said; null if that is not known. It is never guessed.
    async fn claimed_on(&self) -> Option<Date> {
        date(self.0.claimed_on.as_ref())
    }

    /// What became of it, as is known today.
    async fn status(&self) -> ClaimStatus {
        self.0.status.into()
    }

    /// The claim that took its place, if there is one.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Option<Result<Claim, Error>> {
        maybe(ctx, self.0.superseded_by_id).await
    }

    /// What it is about; null if that is a link of two shows or characters, which show it themselves.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        subject_of(ctx, self.0.subject_id).await
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// The object that a row of `subject` stands for.
pub(super) async fn subject_of(ctx: &Context<'_>, subject: i32) -> Option<Result<Node, Error>> {
    match get(ctx, One::<subject::Entity>::id(subject)).await {
        Ok(Some(subject)) => node::of(ctx, subject.kind, subject.row_id).await,
        Ok(None) => Some(Err(Error::internal(format!("subject {subject} is not there")))),
        Err(error) => Some(Err(error)),
    }
}

pub(super) fn conditions(about: Option<String>, status: Option<ClaimStatus>, as_of: Option<Date>) -> Vec<Condition> {
    let mut conditions = Conditions::default();
    conditions.equal("t.about = ?", about);
    conditions.equal("t.status = ?", status.map(|status| claim::Status::from(status).to_value()));
    conditions.until("coalesce(t.claimed_on, '9999-99-99') <= ?", as_of.as_ref());
    conditions.into_vec()
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "claim::Status")]
pub enum ClaimStatus {
    /// It turned out to be right.
    Confirmed,
    /// It was right or likely when it was made, and something else came.
    Superseded,
    /// Another source says otherwise.
    Contradicted,
    /// Nothing else is known that bears it out.
    Unverified,
    /// It is wrong.
    False,
    /// It is a matter of taste.
    Opinion,
}
