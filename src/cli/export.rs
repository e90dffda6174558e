//! `castgraph export`: the database as files.

use std::path::Path;

use super::{Database, Outcome, output};
use crate::{export, store::Store};

pub(super) async fn export(database: &Database, format: export::Format, target: &Path) -> Outcome {
    let store = Store::open_existing(&database.database_url).await?;
    let written = export::export(store.read(), format, target).await;
    store.close().await?;
    // The standard output may be what was written to.
    output::notice(written?);
    Ok(())
}
