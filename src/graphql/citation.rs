use async_graphql::{Context, Object};
use entity::citation;

use super::{
    claim::{Claim, subject_of},
    node::Node,
    row::{Derived, one, optional_row},
    source::Source,
    topic::Topic,
};
use crate::error::Error;

pub type Citation = Derived<citation::Model>;

/// A source that supports an object, or one field of it.
#[Object(name = "Citation")]
impl Citation {
    /// The source.
    async fn source(&self, ctx: &Context<'_>) -> Result<Source, Error> {
        one(ctx, self.0.source_id).await
    }

    /// The field or topic; null if the source supports the object as a whole.
    async fn topic(&self) -> Option<Topic> {
        self.0.field.as_deref().map(Topic::of)
    }

    /// The field in the data set's own word, such as `premiere_date`; null if the source supports the object as a whole.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The source's own statement, if it was recorded.
    async fn claim(&self, ctx: &Context<'_>) -> Option<Result<Claim, Error>> {
        optional_row(ctx, self.0.claim_id).await
    }

    /// What the source supports; null for a link between two shows or characters, which has no global id.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Node, Error>> {
        subject_of(ctx, self.0.subject_id).await
    }
}
