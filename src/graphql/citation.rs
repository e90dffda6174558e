use async_graphql::{Context, Object};
use entity::citation;

use super::{
    claim::{Claim, subject_of},
    node::Node,
    row::{Derived, maybe, one},
    source::Source,
};
use crate::error::Error;

pub type Citation = Derived<citation::Model>;

/// That a source stands behind a row, or behind one field of it.
#[Object(name = "Citation")]
impl Citation {
    /// The source.
    async fn source(&self, ctx: &Context<'_>) -> Result<Source, Error> {
        one(ctx, self.0.source_id).await
    }

    /// The field; null if the row as a whole is meant.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What the source says in its own way, where that was written down.
    async fn claim(&self, ctx: &Context<'_>) -> Option<Result<Claim, Error>> {
        maybe(ctx, self.0.claim_id).await
    }

    /// What it stands behind; null if that is a link of two shows or characters, which show it themselves.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        subject_of(ctx, self.0.subject_id).await
    }
}
