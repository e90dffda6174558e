//! `castgraph export`: writes the database to files.

use std::path::Path;

use super::{Database, Outcome, output};
use crate::{
    export,
    source::{Authority, Redistribution},
};

pub(super) async fn export(
    database: &Database,
    format: export::Format,
    target: &Path,
    licences: Option<&[String]>,
) -> Outcome {
    let asked = |source: &Authority| licences.is_some_and(|own| own.iter().any(|own| own == source.licence().name));
    let mut never = Authority::ALL.into_iter().filter(|source| source.redistribution() == Redistribution::Never);
    if let Some(source) = never.find(asked) {
        return Err(format!("--licence: records of {source} may not be passed on under any licence").into());
    }
    let written =
        database.with(async |store| export::export_licensed(store.read(), format, target, licences).await).await?;
    // On the standard error, because the export may go to the standard output.
    output::notice(written);
    Ok(())
}
