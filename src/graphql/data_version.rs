use async_graphql::{Context, SimpleObject};

use super::{
    date::{Moment, moment},
    read_position::ReadPosition,
    row::first,
};
use crate::{
    error::Error,
    relation::change::{self, LAST},
};

/// The state of the data. As long as `version` stays the same, no answer changes.
#[derive(SimpleObject)]
pub struct DataVersion {
    /// Number of the last change; 0 if none is recorded. It grows with every change.
    version: i32,
    /// When the data was last changed; null if that was not recorded.
    updated_at: Option<Moment>,
    /// Cursor of the last change: pass it to `changes(after:)` later to get the changes made since.
    changes_cursor: String,
}

impl DataVersion {
    pub(super) async fn read(ctx: &Context<'_>) -> Result<Self, Error> {
        let last = first(ctx, &LAST, [], Vec::new()).await?;
        let recorded = last.as_ref().map_or(0, |last| last.version);
        let version = ctx.data_opt::<ReadPosition>().map_or(recorded, |position| position.limit(recorded));
        Ok(Self {
            version,
            updated_at: last.and_then(|last| last.changed_at.as_deref().map(moment)),
            changes_cursor: change::cursor(version),
        })
    }
}
