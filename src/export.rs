//! Writes a database back: as the folder that [`crate::import`] reads, as JSON lines, or as a graph. It only reads.
//!
//! Every file of the format is one statement, which gives the cells as texts under the names of the columns. All of
//! them run in one transaction that sees one state of the database, row by row, so that no table is held in memory.
//! What is written appears at its place when it is whole, or not at all.

mod statement;
mod casts;
mod facts;
mod sourced;
mod package;
mod snapshot;
mod place;
mod folder;
mod lines;
mod graph;

use std::{fmt, io, path::Path};

use sea_orm::{DatabaseConnection, DbErr};
use thiserror::Error;

use crate::import::Faults;

/// What a database can be written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A folder of CSV files with their datapackage.json, as `import` reads it
    #[default]
    Csv,
    /// A file of JSON lines: one object for each row of those files
    Jsonl,
    /// A file for graph tools: people, characters, shows and seasons, tied by credits and links
    Graphml,
}

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum NotExported {
    /// The database failed.
    #[error("the database cannot be read: {0}")]
    Database(#[from] DbErr),
    /// The place cannot be written to.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// Something is in the way, or there is no such place.
    #[error("{0}")]
    Place(String),
    /// The database holds what the files cannot say.
    #[error(
        "the database holds what the CSV files cannot say, so they were not written; --format jsonl takes anything\n{0}"
    )]
    Format(Faults),
}

impl From<csv::Error> for NotExported {
    fn from(reason: csv::Error) -> Self {
        Self::Write(reason.into())
    }
}

/// How much was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// What was counted, in the order of writing: rows by file, or elements by kind.
    pub counts: Vec<(String, usize)>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, count)) in self.counts.iter().enumerate() {
            write!(f, "{}{count} {name}", if place > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// Writes the database to `target`, which must not be there: a folder (it may be there if it is empty), or a file. For
/// the formats of one file `-` is the standard output.
///
/// # Errors
///
/// If something is in the way, or reading or writing fails. Then nothing is left behind.
pub async fn export(db: &DatabaseConnection, format: Format, target: &Path) -> Result<Written, NotExported> {
    match format {
        Format::Csv => folder::write(db, target).await,
        Format::Jsonl => lines::write(db, target).await,
        Format::Graphml => graph::write(db, target).await,
    }
}
