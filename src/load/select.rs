use std::sync::Arc;

use super::{Reader, Record, entry, statement::Sql};
use crate::error::Error;

/// Rows that are no list of a parent. `from` writes what follows FROM, with the rows called `t`.
pub async fn select<R: Record>(reader: &Reader, from: impl FnOnce(&mut Sql)) -> Result<Vec<Arc<R>>, Error> {
    Ok(entry::read::<R>(reader, &[], from).await?.into_iter().map(|entry| entry.row).collect())
}
