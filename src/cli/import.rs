//! `castgraph import`: imports a folder of CSV files, or the records of a foreign source, into the database.

mod foreign;
mod progress;

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use clap::Args;
use entity::changeset::Origin;
use serde_json::{Map, Value, json};

use self::progress::Pace;
use super::{Database, Outcome, output};
use crate::{
    account,
    change::{self, Heading},
    import::{self, DataSet, Faults, Leftovers},
    store::Store,
};

/// The arguments of `castgraph import`.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Import {
    #[command(flatten)]
    database: Database,
    /// Only check the folder; needs no database
    #[arg(long, conflicts_with = "from")]
    check: bool,
    /// Remove parts of objects that the folder no longer has
    ///
    /// These are credits, appearances, links, home platforms and citations.
    #[arg(long, conflicts_with = "from")]
    remove_leftovers: bool,
    /// Account that the changes are recorded under
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    account: Option<String>,
    /// Title of the changeset
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    title: Option<String>,
    /// Print nothing unless there is an error
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Print the summary or the faults as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    foreign: foreign::Foreign,
    /// The folder; data/README.md describes its files. With --from, files of the source
    #[arg(value_name = "FOLDER", required_unless_present_any = ["fetch", "search"])]
    folder: Option<PathBuf>,
}

/// The number of written rows from which an import is large.
const LARGE: usize = 10_000;

pub(super) async fn import(import: Import) -> Outcome {
    if let Some(from) = import.foreign.from {
        return foreign::import(&import, from).await;
    }
    let path = import.folder.clone().unwrap_or_default();
    let quiet = import.quiet || import.json;
    let reading = Pace::new("read", None, quiet);
    let set = import::folder(&path).and_then(|folder| import::check_watched(&folder, &|rows| reading.show(rows)));
    drop(reading);
    let set = match set {
        Ok(set) => set,
        Err(faults) => return Err(report(&import, faults)),
    };
    if import.check {
        return import.print(&checked(&import, &path, &set));
    }
    let leftovers = if import.remove_leftovers { Leftovers::Remove } else { Leftovers::Keep };
    let store = import.database.open().await?;
    let read_in = async |store: &Store| -> Result<_, Box<dyn Error>> {
        store.migrate().await?;
        let heading = import.heading(store, || format!("Import of {}", path.display())).await?;
        let writing = Pace::new("wrote", Some(set.rows()), quiet);
        let watch = |rows| writing.show(rows);
        let summary = change::import_watched(store.write(), &set, leftovers, heading, &watch).await?;
        drop(writing);
        if summary.written() >= LARGE {
            store.vacuum().await?;
        } else {
            store.analyze().await?;
        }
        Ok(summary)
    };
    let summary = store.alone(read_in).await;
    store.close().await?;
    let summary = summary?;
    import.print(&if import.json { format!("{}\n", summary.json()) } else { summary.to_string() })
}

impl Import {
    /// The heading of the changeset. Without a title of its own it gets the `usual` one.
    async fn heading(&self, store: &Store, usual: impl FnOnce() -> String) -> Result<Heading, Box<dyn Error>> {
        let author = match &self.account {
            Some(name) => Some(account::named(store.write(), name).await?),
            None => None,
        };
        let title = self.title.clone().unwrap_or_else(usual);
        Ok(Heading::new(Origin::Import, author.as_ref(), title, account::now()))
    }

    fn print(&self, text: &str) -> Outcome {
        if self.quiet { Ok(()) } else { Ok(output::print(text)?) }
    }
}

/// Prints the faults if they are to be JSON, and returns the error of the command.
fn report(import: &Import, faults: Faults) -> Box<dyn Error> {
    if !import.json {
        return faults.into();
    }
    match output::print(format_args!("{}\n", json!({ "faults": faults.json(), "faultCount": faults.number() }))) {
        Ok(()) => faults.count().into(),
        Err(reason) => reason.into(),
    }
}

/// The number of records in a folder, as a table or as JSON.
fn checked(import: &Import, folder: &Path, set: &DataSet) -> String {
    let counts = set.counts();
    if import.json {
        let tables: Map<String, Value> =
            counts.iter().map(|(name, count)| (name.replace(' ', "_"), json!(count))).collect();
        return format!("{}\n", json!({ "tables": tables, "faults": [] }));
    }
    let rows = counts.iter().filter(|(_, count)| *count > 0);
    let rows: Vec<String> = rows.map(|(name, count)| format!("{name:<18}{count:>10}\n")).collect();
    format!("{}{} can be imported\n", rows.concat(), folder.display())
}
