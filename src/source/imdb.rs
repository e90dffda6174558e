//! IMDb: the TSV files of <https://datasets.imdbws.com>, documented at
//! <https://developer.imdb.com/non-commercial-datasets/>.
//!
//! The files have gigabytes. Each is read once, row by row, and only rows about the titles asked for, their episodes and
//! the people in them stay in memory.

mod build;
mod rows;
mod tsv;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;

use self::{build::build, rows::Rows, tsv::Table};
use super::{
    SourceError,
    record::{Authority, ExternalId, IdKind, Records},
};

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file that is being read.
    pub file: &'a str,
    /// Rows of it that were read.
    pub rows: u64,
    /// Bytes of it that were read, compressed ones if it is compressed.
    pub bytes: u64,
    /// Its size in bytes.
    pub of_bytes: u64,
}

/// Reads the files of a folder: what they say about the titles with these ids, or about all titles if there are none.
/// `progress` is called now and then.
pub fn read(
    folder: &Path,
    titles: &[String],
    fetched_on: NaiveDate,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Records, SourceError> {
    let mut records = Records::new(Authority::Imdb, fetched_on);
    let wanted = wanted(titles)?;
    let mut rows = Rows::new(wanted);
    for (name, needed) in FILES {
        let Some(path) = find(folder, name) else {
            if *needed {
                let folder = folder.display().to_string();
                return Err(SourceError::NoFiles { folder, wanted: format!("{name}.tsv or {name}.tsv.gz") });
            }
            records.remarks.note(format_args!("{name}.tsv: not in the folder, so nothing was read from it"));
            continue;
        };
        let mut table = Table::open(&path, &mut records.remarks, progress)?;
        match *name {
            "title.episode" => rows.episodes(&mut table),
            "title.basics" => rows.titles(&mut table),
            "title.principals" => rows.principals(&mut table),
            "title.crew" => rows.crew(&mut table),
            "title.akas" => rows.other_titles(&mut table),
            _ => rows.people(&mut table),
        }
    }
    Ok(build(rows, records))
}

/// The files in the order in which they are read, and whether there must be one. Episodes tell which titles are of
/// interest, these tell which people are.
const FILES: &[(&str, bool)] = &[
    ("title.episode", false),
    ("title.basics", true),
    ("title.principals", false),
    ("title.crew", false),
    ("title.akas", false),
    ("name.basics", false),
];

/// The numbers of the titles that are asked for; none for all.
fn wanted(titles: &[String]) -> Result<Option<HashSet<u32>>, SourceError> {
    let number = |title: &String| {
        let id = title.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let id = ExternalId::new(Authority::Imdb, IdKind::Show, id);
        let number = id.and_then(|id| id.value.strip_prefix("tt")?.parse().ok());
        number.ok_or_else(|| {
            SourceError::Request(format!("{title:?} is no id of a title at IMDb; they look like tt3230854"))
        })
    };
    let numbers = titles.iter().map(number).collect::<Result<HashSet<u32>, _>>()?;
    Ok((!numbers.is_empty()).then_some(numbers))
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let files = ["tsv", "tsv.gz"].map(|end| folder.join(format!("{name}.{end}")));
    files.into_iter().find(|file| file.is_file())
}
