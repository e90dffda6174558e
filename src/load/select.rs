use std::sync::Arc;

use super::{Reader, Record, entry, statement::Sql};
use crate::error::Error;

/// Reads rows that are not a list of a parent. `from` appends the text after FROM; the alias of the rows must be `t`.
pub async fn select<R: Record>(reader: &Reader, from: impl FnOnce(&mut Sql)) -> Result<Vec<Arc<R>>, Error> {
    Ok(entry::read::<R>(reader, &[], from).await?.into_iter().map(|entry| entry.row).collect())
}
