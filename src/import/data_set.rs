//! The records of a checked data set.
//!
//! Shows, seasons, episodes, people and characters stay as the text of their rows, and become records one at a time
//! ([`Records`]). Credits and appearances, which are most of a set, are a few bytes each: they name these records by their
//! places. All other records refer to each other by slug.

use std::{collections::BTreeMap, marker::PhantomData};

use entity::{
    Authority, PartialDate, character_link, claim,
    credit::{Billing, Coverage, Job, Part, Portrayal},
    external_id, funding, media, offer, picture, platform_name,
    season::GuestCast,
    show::{Format, Medium, Status},
    show_link, source, subject, territory,
};

use super::{Faults, index::Places, row::Row, table::Table};

/// A valid data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataSet {
    pub(super) franchises: Records<Franchise>,
    pub(super) shows: Records<Show>,
    pub(super) show_links: Vec<Link<show_link::Kind>>,
    pub(super) seasons: Records<Season>,
    pub(super) episodes: Records<Episode>,
    pub(super) people: Records<Person>,
    pub(super) characters: Records<Character>,
    pub(super) character_links: Vec<Link<character_link::Kind>>,
    pub(super) credits: Vec<Credit>,
    /// Sorted by credit, and the episodes of a credit by number.
    pub(super) appearances: Vec<Appearance>,
    pub(super) names_in_credits: Texts,
    pub(super) territories: Vec<Territory>,
    pub(super) platform_names: Vec<PlatformName>,
    /// The slugs of the first names of all platforms.
    pub(super) platforms: Vec<String>,
    pub(super) homes: Vec<Home>,
    pub(super) availability: Vec<Availability>,
    pub(super) offers: Vec<Offer>,
    pub(super) funding: Vec<Funding>,
    pub(super) media: Vec<Media>,
    pub(super) sources: Vec<Source>,
    /// Whether each record is general knowledge.
    pub(super) general: BTreeMap<i32, Vec<bool>>,
    pub(super) claims: Vec<Claim>,
    pub(super) citations: Vec<Citation>,
    /// Sorted by record.
    pub(super) supports: Vec<Support>,
    pub(super) notes: Vec<Note>,
    pub(super) external_ids: Vec<ExternalId>,
    pub(super) pictures: Vec<Picture>,
    pub(super) summaries: Vec<Summary>,
}

impl DataSet {
    /// The number of records of each kind, with the same names as in a summary.
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("franchises", self.franchises.len()),
            ("shows", self.shows.len()),
            ("seasons", self.seasons.len()),
            ("episodes", self.episodes.len()),
            ("people", self.people.len()),
            ("characters", self.characters.len()),
            ("show links", self.show_links.len()),
            ("character links", self.character_links.len()),
            ("credits", self.credits.len()),
            ("territory rows", self.territories.len()),
            ("platform names", self.platform_names.len()),
            ("homes", self.homes.len()),
            ("availability rows", self.availability.len()),
            ("offers", self.offers.len()),
            ("funding rows", self.funding.len()),
            ("media rows", self.media.len()),
            ("sources", self.sources.len()),
            ("claims", self.claims.len()),
            ("citations", self.citations.len() + self.supports.len()),
            ("external ids", self.external_ids.len()),
            ("pictures", self.pictures.len()),
            ("summaries", self.summaries.len()),
        ]
    }
}

impl DataSet {
    /// The number of all records. Most of them are appearances.
    pub fn rows(&self) -> u64 {
        let records: usize = self.counts().iter().map(|(_, count)| count).sum();
        (records + self.appearances.len()) as u64
    }
}

/// Records that are read from the rows of a file when they are needed.
#[derive(Clone, Debug)]
pub(super) struct Records<R> {
    rows: Table,
    places: Places,
    record: PhantomData<R>,
}

/// A record that is read from a row.
pub(super) trait Record {
    /// Reads a row, and reports the faults that can be seen without other rows.
    fn read(row: Row<'_>, faults: &mut Faults) -> Self;
}

impl<R: Record> Records<R> {
    /// The rows of a file, with their places by slug.
    pub(super) fn new(rows: Table, places: Places) -> Self {
        Self { rows, places, record: PhantomData }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The record at a place.
    pub(super) fn get(&self, place: u32) -> Option<R> {
        // The rows were checked, so that there are no faults.
        self.rows.row(place).map(|row| R::read(row, &mut Faults::default()))
    }

    /// The rows as other records.
    pub(super) fn read<O: Record>(&self) -> impl Iterator<Item = O> {
        self.rows.rows().map(|row| O::read(row, &mut Faults::default()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = R> {
        self.rows.rows().map(|row| R::read(row, &mut Faults::default()))
    }

    /// The slugs, in the order of the places.
    pub(super) fn slugs(&self) -> impl Iterator<Item = &str> {
        self.rows.rows().map(|row| row.get("slug"))
    }

    pub(super) fn slug(&self, place: u32) -> Option<&str> {
        self.rows.row(place).map(|row| row.get("slug"))
    }

    pub(super) fn place(&self, slug: &str) -> Option<u32> {
        self.places.get(&slug, |place| self.rows.cell(place, "slug"))
    }
}

impl<R> Default for Records<R> {
    fn default() -> Self {
        Self { rows: Table::default(), places: Places::default(), record: PhantomData }
    }
}

/// Lines and the order of columns do not matter.
impl<R: Record + PartialEq> PartialEq for Records<R> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Texts in one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts(String);

/// A text among [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextId(std::num::NonZeroU32);

impl Texts {
    /// Adds a text without line breaks. Returns `None` if it is empty or there are too many.
    pub(super) fn add(&mut self, text: &str) -> Option<TextId> {
        if text.is_empty() {
            return None;
        }
        let id = u32::try_from(self.0.len() + 1).ok().and_then(std::num::NonZeroU32::new)?;
        self.0.push_str(text);
        self.0.push('\n');
        Some(TextId(id))
    }

    pub(super) fn get(&self, id: TextId) -> Option<&str> {
        let from = usize::try_from(id.0.get() - 1).ok()?;
        self.0.get(from..)?.split('\n').next()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Franchise {
    pub(super) slug: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Show {
    pub(super) slug: String,
    pub(super) franchise: Option<String>,
    pub(super) code: Option<String>,
    pub(super) title: String,
    pub(super) format: Format,
    pub(super) medium: Option<Medium>,
    pub(super) status: Option<Status>,
    pub(super) premiered_on: Option<PartialDate>,
    pub(super) ended_on: Option<PartialDate>,
    pub(super) genres: Vec<String>,
    pub(super) language: Option<String>,
    pub(super) runtime_minutes: Option<i32>,
    pub(super) official_site: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Season {
    pub(super) slug: String,
    pub(super) show: String,
    pub(super) number: i32,
    pub(super) premiered_on: Option<PartialDate>,
    pub(super) finale_on: Option<PartialDate>,
    pub(super) planned_episode_count: Option<i32>,
    pub(super) guest_cast: Option<GuestCast>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Episode {
    pub(super) slug: String,
    pub(super) show: String,
    pub(super) season: String,
    pub(super) number: i32,
    pub(super) number_end: Option<i32>,
    pub(super) title: String,
    pub(super) aired_on: Option<PartialDate>,
    pub(super) guest_cast: Option<GuestCast>,
    pub(super) runtime_minutes: Option<i32>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) born: Option<PartialDate>,
    pub(super) died: Option<PartialDate>,
    pub(super) aliases: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Character {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) species: Option<String>,
    pub(super) aliases: Vec<String>,
}

/// A link between two shows or characters, by their places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link<K> {
    pub(super) from: u32,
    pub(super) kind: K,
    pub(super) to: u32,
}

/// The identity of a credit: who, in what, as which character, in which job. Records are named by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CreditKey {
    pub(super) person: u32,
    pub(super) show: u32,
    pub(super) season: Option<Place>,
    pub(super) character: Option<Place>,
    pub(super) job: Job,
    pub(super) part: Option<Part>,
}

/// A place that takes no more memory if it is optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(std::num::NonZeroU32);

impl Place {
    pub(super) fn new(place: u32) -> Option<Self> {
        place.checked_add(1).and_then(std::num::NonZeroU32::new).map(Self)
    }

    pub(super) fn get(self) -> u32 {
        self.0.get() - 1
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Credit {
    pub(super) key: CreditKey,
    pub(super) standing: Standing,
    /// Which episodes it holds for, if the data says so.
    pub(super) coverage: Option<Coverage>,
    /// How it relates to other performances of the character, if the data says so.
    pub(super) portrayal: Option<Portrayal>,
    /// Whether a row is about the credit, and not only about one of its episodes.
    pub(super) has_row: bool,
}

impl Credit {
    /// Which episodes it holds for. Unless the data says otherwise, the main cast is credited in every episode, the
    /// cast of a film in all of it, and everybody else at least in the listed episodes.
    pub(super) fn coverage(&self, has_appearances: bool) -> Coverage {
        let acted = self.key.job == Job::Actor;
        match self.coverage {
            Some(coverage) => coverage,
            None if acted && self.key.season.is_none() => Coverage::Whole,
            None if acted && self.standing.billing == Some(Billing::Main) => Coverage::Whole,
            None if has_appearances => Coverage::AtLeast,
            None => Coverage::Unknown,
        }
    }

    /// How it relates to other performances of the character: as the character usually is, unless the data says
    /// otherwise or it is only a body.
    pub(super) fn portrayal(&self) -> Portrayal {
        match (self.portrayal, self.key.part) {
            (Some(portrayal), _) => portrayal,
            (None, Some(Part::Body)) => Portrayal::Body,
            (None, _) => Portrayal::Regular,
        }
    }
}

/// A credit in one episode, by their places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Appearance {
    pub(super) credit: u32,
    pub(super) episode: u32,
    pub(super) standing: Standing,
}

/// How a person is listed in the credits of a season, a film or an episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Standing {
    pub(super) credited_as: Option<TextId>,
    position: u16,
    pub(super) billing: Option<Billing>,
}

impl Standing {
    pub(super) fn new(billing: Option<Billing>, position: Option<i32>, credited_as: Option<TextId>) -> Self {
        Self { credited_as, position: position.and_then(|position| u16::try_from(position).ok()).unwrap_or(0), billing }
    }

    pub(super) fn position(self) -> Option<i32> {
        Some(i32::from(self.position)).filter(|position| *position > 0)
    }

    pub(super) fn without_position(self) -> Self {
        Self { position: 0, ..self }
    }
}

/// A country or a set of countries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Territory {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) kind: territory::Kind,
    pub(super) iso_3166: Option<String>,
    pub(super) everywhere: bool,
    pub(super) includes: Vec<String>,
    pub(super) excludes: Vec<String>,
    pub(super) note: Option<String>,
}

/// A name of a platform; `platform` is the slug of its first name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlatformName {
    pub(super) slug: String,
    pub(super) platform: String,
    pub(super) name: String,
    pub(super) kind: platform_name::Kind,
    pub(super) territory: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) launched_on: Option<PartialDate>,
    pub(super) named_on: Option<PartialDate>,
    pub(super) note: Option<String>,
}

/// The platform that a show or season was made for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Home {
    pub(super) show: String,
    pub(super) season: Option<String>,
    pub(super) platform_name: String,
}

/// Where a season or show can be watched.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Availability {
    pub(super) slug: String,
    pub(super) show: String,
    pub(super) season: Option<String>,
    pub(super) platform_name: String,
    pub(super) territory: String,
    pub(super) starts_on: Option<PartialDate>,
    pub(super) exclusive: Option<bool>,
    pub(super) cadence: Option<String>,
    pub(super) delay: Option<String>,
    pub(super) note: Option<String>,
}

/// What a platform costs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    pub(super) slug: String,
    pub(super) platform_name: String,
    pub(super) territory: String,
    pub(super) plan: Option<String>,
    pub(super) price: i64,
    pub(super) currency: String,
    pub(super) period: Option<offer::Period>,
    pub(super) trial: Option<String>,
    pub(super) as_of: Option<PartialDate>,
    pub(super) note: Option<String>,
}

/// Public money.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Funding {
    pub(super) slug: String,
    pub(super) show: String,
    pub(super) season: Option<String>,
    pub(super) kind: funding::Kind,
    pub(super) grantor: Option<String>,
    pub(super) programme: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) awarded_on: Option<PartialDate>,
    pub(super) reported_on: Option<PartialDate>,
    pub(super) note: Option<String>,
}

/// Something published about a show or season.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Media {
    pub(super) slug: String,
    pub(super) kind: media::Kind,
    pub(super) show: String,
    pub(super) season: Option<String>,
    pub(super) released_on: Option<PartialDate>,
    pub(super) issuer: Option<String>,
    pub(super) text: Option<String>,
    pub(super) note: Option<String>,
}

/// A source, such as an article.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) slug: String,
    pub(super) publisher: Option<String>,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) published_on: Option<PartialDate>,
    pub(super) address: Option<String>,
    pub(super) kind: source::Kind,
    pub(super) note: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) fetched_on: Option<PartialDate>,
}

/// A record of any table that claims, citations and notes can be about: its table, and its place in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    pub(super) kind: subject::Kind,
    pub(super) place: u32,
}

/// What a source says about a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) slug: String,
    pub(super) subject: Subject,
    pub(super) source: String,
    pub(super) about: String,
    pub(super) statement: String,
    pub(super) claimed_on: Option<PartialDate>,
    pub(super) status: claim::Status,
    pub(super) superseded_by: Option<String>,
    pub(super) note: Option<String>,
}

/// A source that supports a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Citation {
    pub(super) subject: Subject,
    pub(super) source: String,
    pub(super) field: String,
    pub(super) claim: Option<String>,
}

/// A source that supports a whole record; the source by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Support {
    pub(super) subject: Subject,
    pub(super) source: u32,
}

/// Further facts about an episode: its production number, and another air date.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EpisodeRecord {
    pub(super) episode: String,
    pub(super) production_number: Option<String>,
    pub(super) other_aired_on: Option<PartialDate>,
    pub(super) other_source: Option<String>,
}

/// The identity of a row whose note is not a column of its own table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum NoteKey {
    Subject(Subject),
    /// One episode of a credit, by their places.
    Appearance(u32, u32),
    /// A platform's change to the name with this slug.
    Renaming(String),
}

/// The note of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Note {
    pub(super) key: NoteKey,
    pub(super) text: String,
}

/// The id of a show, season, episode, person or character at another authority.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExternalId {
    pub(super) of: Subject,
    pub(super) authority: Authority,
    pub(super) kind: external_id::Kind,
    pub(super) value: String,
    pub(super) position: i32,
    /// The source that it came from.
    pub(super) source: Option<String>,
}

impl ExternalId {
    /// What no two ids have in common: the kind counts only where the authority numbers each kind on its own.
    pub(super) fn key(&self) -> (Authority, Option<external_id::Kind>, &str) {
        external_id::key(self.authority, self.kind, &self.value)
    }
}

/// A picture of a show, season, episode, person or character.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    /// The object.
    pub(super) of: Subject,
    pub(super) kind: picture::Kind,
    pub(super) url: String,
    pub(super) small_url: Option<String>,
    pub(super) credit: String,
    pub(super) licence: Option<String>,
    pub(super) position: i32,
}

/// A summary of a show, season, episode, person or character.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Summary {
    /// The object.
    pub(super) of: Subject,
    pub(super) language: Option<String>,
    pub(super) text: String,
    pub(super) licence: String,
    pub(super) credit: Option<String>,
    pub(super) position: i32,
}
