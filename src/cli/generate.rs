//! `castgraph generate`: fills a database with invented shows.

use std::{
    error::Error,
    io::{IsTerminal, Write, stderr},
};

use super::{Database, Outcome, output};
use crate::{
    generate::{self, Step, World},
    store::Store,
};

pub(super) async fn generate(database: &Database, shows: u32, seed: u64) -> Outcome {
    let store = database.open().await?;
    let watched = stderr().is_terminal();
    let fill = async |store: &Store| -> Result<(), Box<dyn Error>> {
        store.migrate().await?;
        let progress = |step| {
            if watched {
                let step = match step {
                    Step::Shows(done) => format!("{done} of {shows} shows"),
                    Step::Search => "names for search".to_owned(),
                    Step::Index(place, all) => format!("index {place} of {all}"),
                    Step::Count => "statistics".to_owned(),
                };
                // Padded to overwrite the longest text before it.
                let _ = write!(stderr().lock(), "\r{step:<32}");
            }
        };
        Ok(generate::fill(store, World::new(shows, seed), progress).await?)
    };
    let outcome = store.alone(fill).await;
    if watched {
        output::notice("");
    }
    store.close().await?;
    outcome?;
    Ok(output::print(format_args!("generated {shows} shows from seed {seed}\n"))?)
}
