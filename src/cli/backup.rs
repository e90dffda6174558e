//! `castgraph backup`: copies a database that is in use.

use std::path::Path;

use super::{Database, Outcome, output};
use crate::store::Store;

pub(super) async fn backup(database: &Database, target: &Path) -> Outcome {
    let store = Store::open_there(&database.database_url).await?;
    let copied = store.back_up(target).await;
    store.close().await?;
    copied?;
    Ok(output::print(format_args!("wrote the backup {}\n", target.display()))?)
}
