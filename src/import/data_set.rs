//! The records of a checked data set. They refer to each other by slug.

use entity::{
    Authority, PartialDate, character_link, claim,
    credit::{Billing, Coverage, Job, Part, Portrayal},
    external_id, funding, media, offer, platform_name,
    season::GuestCast,
    show::{Format, Medium, Status},
    show_link, source, subject, territory,
};

/// A valid data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataSet {
    pub(super) franchises: Vec<Franchise>,
    pub(super) shows: Vec<Show>,
    pub(super) show_links: Vec<Link<show_link::Kind>>,
    pub(super) seasons: Vec<Season>,
    pub(super) episodes: Vec<Episode>,
    pub(super) people: Vec<Person>,
    pub(super) characters: Vec<Character>,
    pub(super) character_links: Vec<Link<character_link::Kind>>,
    pub(super) credits: Vec<Credit>,
    pub(super) territories: Vec<Territory>,
    pub(super) platform_names: Vec<PlatformName>,
    pub(super) homes: Vec<Home>,
    pub(super) availability: Vec<Availability>,
    pub(super) offers: Vec<Offer>,
    pub(super) funding: Vec<Funding>,
    pub(super) media: Vec<Media>,
    pub(super) sources: Vec<Source>,
    pub(super) subjects: Vec<Subject>,
    pub(super) claims: Vec<Claim>,
    pub(super) citations: Vec<Citation>,
    pub(super) episode_records: Vec<EpisodeRecord>,
    pub(super) notes: Vec<Note>,
    pub(super) external_ids: Vec<ExternalId>,
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
            ("citations", self.citations.len()),
            ("external ids", self.external_ids.len()),
        ]
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

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link<K> {
    pub(super) from: String,
    pub(super) kind: K,
    pub(super) to: String,
}

/// The identity of a credit: who, in what, as which character, in which job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CreditKey {
    pub(super) person: String,
    pub(super) show: String,
    pub(super) season: Option<String>,
    pub(super) character: Option<String>,
    pub(super) job: Job,
    pub(super) part: Option<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Credit {
    pub(super) key: CreditKey,
    pub(super) standing: Standing,
    /// Which episodes it holds for, if the data says so.
    pub(super) coverage: Option<Coverage>,
    /// How it relates to other performances of the character, if the data says so.
    pub(super) portrayal: Option<Portrayal>,
    pub(super) appearances: Vec<Appearance>,
}

impl Credit {
    /// Which episodes it holds for. Unless the data says otherwise, the main cast is credited in every episode, the
    /// cast of a film in all of it, and everybody else at least in the listed episodes.
    pub(super) fn coverage(&self) -> Coverage {
        let acted = self.key.job == Job::Actor;
        match self.coverage {
            Some(coverage) => coverage,
            None if acted && self.key.season.is_none() => Coverage::Whole,
            None if acted && self.standing.billing == Some(Billing::Main) => Coverage::Whole,
            None if self.appearances.is_empty() => Coverage::Unknown,
            None => Coverage::AtLeast,
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

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Appearance {
    pub(super) episode: String,
    pub(super) standing: Standing,
}

/// How a person is listed in the credits of a season, a film or an episode.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Standing {
    pub(super) billing: Option<Billing>,
    pub(super) position: Option<i32>,
    pub(super) credited_as: Option<String>,
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

/// The identity of a row of any table, as in the files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum SubjectKey {
    /// A row with a slug.
    Named(subject::Kind, String),
    Credit(CreditKey),
    ShowLink(String, show_link::Kind, String),
    CharacterLink(String, character_link::Kind, String),
}

/// A row that claims and citations can be about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    pub(super) key: SubjectKey,
    pub(super) general: bool,
}

/// What a source says about a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) slug: String,
    pub(super) subject: SubjectKey,
    pub(super) source: String,
    pub(super) about: String,
    pub(super) statement: String,
    pub(super) claimed_on: Option<PartialDate>,
    pub(super) status: claim::Status,
    pub(super) superseded_by: Option<String>,
    pub(super) note: Option<String>,
}

/// A source that supports a row or field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Citation {
    pub(super) subject: SubjectKey,
    pub(super) source: String,
    pub(super) field: Option<String>,
    pub(super) claim: Option<String>,
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
    Subject(SubjectKey),
    /// One episode of a credit.
    Appearance(CreditKey, String),
    /// A platform's change to the name with this slug.
    Renaming(String),
}

/// The note of a row, if it has one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Note {
    pub(super) key: NoteKey,
    pub(super) text: Option<String>,
}

/// The id of a show, season, episode, person or character at another authority.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExternalId {
    /// The table of the object, and its slug.
    pub(super) of: (subject::Kind, String),
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
