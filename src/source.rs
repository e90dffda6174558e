//! Foreign sources: turns the records of TVmaze, TMDB, IMDb and Wikidata into [`Records`], under the sources' own keys.
//!
//! Nothing here uses the database, decides who is who, or knows the CSV format. A parser reads what its source says and
//! reports what it could not use as [`Remarks`]; it never stops at a bad record and never panics.

//!
//! [`read()`] takes files that people have saved, [`fetch`] asks the services. Both end in the same parsers.

pub mod record;
pub mod tvmaze;
pub mod tmdb;
pub mod imdb;
pub mod wikidata;
pub mod fetch;
mod document;
mod json;
mod gather;
mod cast;
mod role;
mod text;
mod date;
mod path;
mod vocabulary;
mod error;

use std::path::Path;

use chrono::NaiveDate;

pub use document::{Document, document, documents};
pub use error::SourceError;
pub use imdb::Progress;
pub use record::{
    About, Alias, Appearance, Authority, Character, Cited, Credit, Episode, ExternalId, Franchise, IdKind, Image,
    ImageKind, Key, Licence, Merged, Origin, Person, Platform, PlatformKind, Records, Redistribution, Reference,
    Remarks, Season, Show, Skipped, Summary,
};
#[cfg(test)]
pub(crate) use vocabulary::LANGUAGES;
pub(crate) use vocabulary::language;

/// Reads a file or folder of a source. `titles` selects titles of IMDb's files and items of a dump of Wikidata; without
/// any, everything is read. `progress` is called now and then while large files are read.
pub fn read(
    authority: Authority,
    path: &Path,
    titles: &[String],
    fetched_on: NaiveDate,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Records, SourceError> {
    let parse = match authority {
        Authority::Tvmaze => tvmaze::read,
        Authority::Tmdb => tmdb::read,
        Authority::Imdb => {
            let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
            return imdb::read(folder, titles, fetched_on, progress);
        }
        Authority::Wikidata if wikidata::is_dump(path) => {
            return wikidata::read_dump(path, titles, fetched_on, progress);
        }
        Authority::Wikidata => wikidata::read,
        Authority::Tvdb | Authority::Tvrage => {
            return Err(SourceError::Request(format!("castgraph does not read files of {authority}")));
        }
    };
    let (documents, remarks) = documents(path)?;
    Ok(parse(&documents, fetched_on).after(remarks))
}
