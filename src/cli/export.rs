//! `castgraph export`: writes the database to files.

use std::path::Path;

use super::{Database, Outcome, output};
use crate::{export, store::Store};

pub(super) async fn export(database: &Database, format: export::Format, target: &Path) -> Outcome {
    let store = Store::open_existing(&database.database_url).await?;
    let written = export::export(store.read(), format, target).await;
    store.close().await?;
    // On the standard error, because the export may go to the standard output.
    output::notice(written?);
    Ok(())
}
