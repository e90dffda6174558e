//! `castgraph import`: a folder of CSV files into the database.

use std::{error::Error, path::Path};

use super::{Database, Outcome, output};
use crate::{
    import::{self, Leftovers},
    store::Store,
};

pub(super) async fn import(database: &Database, folder: &Path, leftovers: Leftovers) -> Outcome {
    let set = import::check(&import::folder(folder)?)?;
    let store = database.open().await?;
    let read_in = async |store: &Store| -> Result<_, Box<dyn Error>> {
        store.migrate().await?;
        let summary = import::apply(store.write(), &set, leftovers).await?;
        store.analyze().await?;
        Ok(summary)
    };
    let summary = store.alone(read_in).await;
    store.close().await?;
    Ok(output::print(format_args!("{}\n", summary?))?)
}
