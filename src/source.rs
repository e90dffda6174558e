//! Foreign sources: turns the records of TVmaze, TMDB, IMDb and Wikidata into [`Records`], under the sources' own keys.
//!
//! Nothing here uses the database, decides who is who, or knows the CSV format. A parser reads what its source says and
//! reports what it could not use as [`Remarks`]; it never stops at a bad record and never panics.

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

pub use document::{Document, document, documents};
pub use error::SourceError;
pub use record::{
    About, Alias, Appearance, Authority, Character, Cited, Credit, Episode, ExternalId, Franchise, IdKind, Image,
    ImageKind, Key, Licence, Merged, Origin, Person, Platform, PlatformKind, Records, Redistribution, Reference,
    Remarks, Season, Show, Skipped, Summary,
};
