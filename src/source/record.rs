//! What every source produces: records that refer to each other by the source's own keys.
//!
//! A record holds what the source says, cleaned of its markup but not interpreted: texts are plain, dates are valid and
//! as precise as the source has them, words of other vocabularies are mapped or left out with a remark. Every list is in
//! the source's order.

mod about;
mod authority;
mod credit;
mod external_id;
mod remark;

use std::{fmt, sync::Arc};

use chrono::NaiveDate;
use entity::{
    PartialDate,
    show::{Format, Medium, Status},
};

pub use about::{About, Alias, Cited, Image, ImageKind, Reference, Summary};
pub use authority::{Authority, Licence, Redistribution};
pub use credit::{Appearance, Credit};
pub use external_id::{ExternalId, IdKind};
pub use remark::{Remarks, Skipped};

/// Everything that one run read from one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// The source, and the day.
    pub origin: Origin,
    /// Franchises that shows belong to, if the source has them.
    pub franchises: Vec<Franchise>,
    /// Series and films.
    pub shows: Vec<Show>,
    /// Seasons. The one with the number 0 holds the specials.
    pub seasons: Vec<Season>,
    /// Episodes that have a season and a number.
    pub episodes: Vec<Episode>,
    /// People who are credited.
    pub people: Vec<Person>,
    /// Characters, each within one show.
    pub characters: Vec<Character>,
    /// Cast and crew: at most one for each show, season, person, character, job and part.
    pub credits: Vec<Credit>,
    /// Ids that the source has merged into others.
    pub merged: Vec<Merged>,
    /// What could not be used, and why.
    pub remarks: Remarks,
}

impl Records {
    /// No records yet, of a source on a day.
    pub fn new(authority: Authority, fetched_on: NaiveDate) -> Self {
        Self {
            origin: Origin { authority, fetched_on },
            franchises: Vec::new(),
            shows: Vec::new(),
            seasons: Vec::new(),
            episodes: Vec::new(),
            people: Vec::new(),
            characters: Vec::new(),
            credits: Vec::new(),
            merged: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// These records, with the remarks of an earlier step before their own.
    pub(super) fn after(mut self, mut earlier: Remarks) -> Self {
        earlier.extend(std::mem::take(&mut self.remarks));
        self.remarks = earlier;
        self
    }
}

/// Where records come from, and when they were fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The source.
    pub authority: Authority,
    /// The day on which the records were fetched.
    pub fetched_on: NaiveDate,
}

/// The identity of a record in its source: `tvmaze:216`, `imdb:tt3230854`. Keys are unique among records of one kind:
/// the show and the person `tvmaze:216` are different records. A record without an id of its own has a key that begins
/// with that of its parent: `imdb:tt3230854/s01`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key of the record with an id in a source.
    pub fn new(authority: Authority, id: impl fmt::Display) -> Self {
        Self(format!("{}:{id}", authority.word()).into())
    }

    /// The key of a record inside another.
    #[must_use]
    pub fn within(&self, part: impl fmt::Display) -> Self {
        Self(format!("{self}/{part}").into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A franchise, such as a collection of films.
#[derive(Clone, Debug, PartialEq)]
pub struct Franchise {
    /// Its identity.
    pub key: Key,
    /// Its name.
    pub name: String,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// A series or film.
#[derive(Clone, Debug, PartialEq)]
pub struct Show {
    /// Its identity.
    pub key: Key,
    /// Its title.
    pub title: String,
    /// Titles in other languages or regions.
    pub aliases: Vec<Alias>,
    /// The franchise that it belongs to, if the source says so.
    pub franchise: Option<Key>,
    /// The kind of production.
    pub format: Format,
    /// How it was made.
    pub medium: Option<Medium>,
    /// Production status; none for films.
    pub status: Option<Status>,
    /// The day on which it was first shown.
    pub premiered_on: Option<PartialDate>,
    /// The day of its last episode, if it has ended.
    pub ended_on: Option<PartialDate>,
    /// Genres, in the words of the source.
    pub genres: Vec<String>,
    /// The language in which it was made, as a code (BCP 47, such as `en`) or, if the source has no codes, in English.
    pub language: Option<String>,
    /// Length of an episode or of the film, in minutes.
    pub runtime_minutes: Option<u32>,
    /// The official web site.
    pub official_site: Option<String>,
    /// Networks, channels and streaming services that it was made for, the first one first.
    pub platforms: Vec<Platform>,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// A season of a show.
#[derive(Clone, Debug, PartialEq)]
pub struct Season {
    /// Its identity.
    pub key: Key,
    /// The show.
    pub show: Key,
    /// Its number in the show; 0 for specials.
    pub number: u32,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The day of its first episode.
    pub premiered_on: Option<PartialDate>,
    /// The day of its last episode.
    pub finale_on: Option<PartialDate>,
    /// The number of episodes that the source announces.
    pub episode_count: Option<u32>,
    /// The platform that it was made for, if the source says so for the season.
    pub platform: Option<Platform>,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// An episode of a season.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Its identity.
    pub key: Key,
    /// The show.
    pub show: Key,
    /// The season.
    pub season: Key,
    /// Its number in the season.
    pub number: u32,
    /// The last number of a double-length episode.
    pub number_end: Option<u32>,
    /// Whether `number` is only its place among the specials, because the source does not number them. Such a number
    /// does not identify the episode.
    pub unnumbered: bool,
    /// Its title.
    pub title: String,
    /// Titles in other languages or regions.
    pub aliases: Vec<Alias>,
    /// The day of the first showing, where it was shown.
    pub aired_on: Option<PartialDate>,
    /// Length in minutes.
    pub runtime_minutes: Option<u32>,
    /// The production number.
    pub production_number: Option<String>,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Their identity.
    pub key: Key,
    /// Their name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// Date of birth.
    pub born: Option<PartialDate>,
    /// Date of death.
    pub died: Option<PartialDate>,
    /// Whether the source has only named them in a credit: their own record was not read or no longer exists.
    pub partial: bool,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// A character of one show, as the source writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Character {
    /// Its identity: the source's id, or the name within the show.
    pub key: Key,
    /// The show; none if the source knows characters across shows, as Wikidata does.
    pub show: Option<Key>,
    /// Its name, without remarks such as `(voice)`.
    pub name: String,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// The person, if someone appears as themselves. The name is then that of the person.
    pub as_self: Option<Key>,
    /// Ids, page, pictures and texts.
    pub about: About,
}

/// A network, channel or streaming service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Its identity, if the source has one.
    pub key: Option<Key>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PlatformKind,
    /// Its country (ISO 3166-1 alpha-2); none if unknown or worldwide.
    pub country: Option<String>,
}

/// What a platform is, as far as the sources say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlatformKind {
    /// A network or channel.
    Network,
    /// A streaming service or web channel.
    Web,
    /// The source does not say.
    Unknown,
}

/// An id that the source has merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The id that no longer has a record.
    pub from: ExternalId,
    /// The id that has its facts now.
    pub into: ExternalId,
}
