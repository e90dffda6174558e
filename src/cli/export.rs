//! `castgraph export`: writes the database to files.

use std::path::Path;

use super::{Database, Outcome, output};
use crate::export;

pub(super) async fn export(database: &Database, format: export::Format, target: &Path) -> Outcome {
    let written = database.with(async |store| export::export(store.read(), format, target).await).await?;
    // On the standard error, because the export may go to the standard output.
    output::notice(written);
    Ok(())
}
