//! Exports a database as a folder that [`crate::import`] reads, as JSON lines, or as a graph. Does not change it.
//!
//! Each file of the format is the result of one statement, which returns the cells as text under the names of the
//! columns. All statements run in one snapshot transaction, and their rows are streamed, so that no table is held in
//! memory. The output appears at its target complete or not at all.

mod statement;
mod cast_tables;
mod release_tables;
mod source_tables;
mod data_package;
mod licence;
mod snapshot;
mod target;
mod csv_folder;
mod json_lines;
mod graphml;
mod rows;

use std::{fmt, io, path::Path};

use sea_orm::{DatabaseConnection, DbErr};
use thiserror::Error;

use crate::import::Faults;
pub(crate) use rows::{numbered, rows};

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A folder of CSV files and a datapackage.json, which `import` can read
    #[default]
    Csv,
    /// A file of JSON lines: one object per row of the CSV files, and the cursor of `changes`
    Jsonl,
    /// A file for graph tools: people, characters, shows and seasons, connected by credits and links
    Graphml,
}

/// Why an export failed. Nothing was written.
#[derive(Debug, Error)]
pub enum NotExported {
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] DbErr),
    /// Writing failed.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// The target already exists, or its parent folder does not.
    #[error("{0}")]
    Place(String),
    /// The database contains data that the CSV files cannot represent.
    #[error(
        "the database contains data that CSV files cannot represent; nothing was written (use --format jsonl)\n{0}"
    )]
    Format(Faults),
}

impl From<csv::Error> for NotExported {
    fn from(reason: csv::Error) -> Self {
        Self::Write(reason.into())
    }
}

/// The result of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The number of rows of each file, or of elements of each kind, in the order of writing.
    pub counts: Vec<(String, usize)>,
    /// The cursor of `changes` behind everything that was exported; `None` for graphs.
    pub cursor: Option<String>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, count)) in self.counts.iter().enumerate() {
            write!(f, "{}{count} {name}", if place > 0 { ", " } else { "" })?;
        }
        match &self.cursor {
            Some(cursor) => write!(f, "\ncursor of changes: {cursor}"),
            None => Ok(()),
        }
    }
}

/// Writes the database to `target`: a new or empty folder for CSV, and a new file for the other formats, for which `-`
/// is the standard output.
///
/// # Errors
///
/// If the target exists, or reading or writing fails. Then nothing is left behind.
pub async fn export(db: &DatabaseConnection, format: Format, target: &Path) -> Result<Written, NotExported> {
    export_licensed(db, format, target, None).await
}

/// Like [`export()`]. With `allowed`, leaves out facts whose sources have other licences than these.
///
/// # Errors
///
/// Like [`export()`], and for graphs with `allowed`.
pub async fn export_licensed(
    db: &DatabaseConnection,
    format: Format,
    target: &Path,
    allowed: Option<&[String]>,
) -> Result<Written, NotExported> {
    match (format, allowed) {
        (Format::Csv, _) => csv_folder::write(db, target, allowed).await,
        (Format::Jsonl, _) => json_lines::write(db, target, allowed).await,
        (Format::Graphml, None) => graphml::write(db, target).await,
        (Format::Graphml, Some(_)) => {
            Err(NotExported::Place("graphs cannot be cut by licence; use --format csv or jsonl".to_owned()))
        }
    }
}
