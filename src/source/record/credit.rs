use entity::{
    PartialDate,
    credit::{Billing, Coverage, Job, Part, Portrayal},
};

use super::{Cited, Key};

/// One person's work in a show or season: acting as one character, or a crew job.
///
/// What a source says of single episodes is one credit of their season with an [`Appearance`] for each. A list of names
/// that belongs to a whole series, such as TVmaze's cast, is a credit without a season.
#[derive(Clone, Debug, PartialEq)]
pub struct Credit {
    /// The show.
    pub show: Key,
    /// The season; none if the source says it of the whole show, or of a film.
    pub season: Option<Key>,
    /// The person.
    pub person: Key,
    /// The character; none for crew, and for actors whose character the source does not name.
    pub character: Option<Key>,
    /// What the person did.
    pub job: Job,
    /// The part of the performance, for actors.
    pub part: Option<Part>,
    /// How the performance relates to others of the character, if the source says so.
    pub portrayal: Option<Portrayal>,
    /// How prominently an actor is credited.
    pub billing: Option<Billing>,
    /// Position in the source's list, from 1.
    pub position: Option<u32>,
    /// The name in the credits, if it differs from the person's.
    pub credited_as: Option<String>,
    /// Whether the person worked without a credit on the screen.
    pub uncredited: bool,
    /// Whether only older recordings of the person were used: not a performance for this season.
    pub archive: bool,
    /// Which episodes of the season it holds for, if the source says so.
    pub coverage: Option<Coverage>,
    /// In how many episodes the source counts it, if it does not list them.
    pub episode_count: Option<u32>,
    /// The episodes that the source lists.
    pub appearances: Vec<Appearance>,
    /// When it began and ended, if the source says so.
    pub span: (Option<PartialDate>, Option<PartialDate>),
    /// What the source cites for it.
    pub cited: Vec<Cited>,
}

impl Credit {
    /// A person's job in a show or season, and nothing more yet.
    pub fn new(show: Key, season: Option<Key>, person: Key, job: Job) -> Self {
        Self {
            show,
            season,
            person,
            character: None,
            job,
            part: (job == Job::Actor).then_some(Part::Screen),
            portrayal: None,
            billing: None,
            position: None,
            credited_as: None,
            uncredited: false,
            archive: false,
            coverage: None,
            episode_count: None,
            appearances: Vec::new(),
            span: (None, None),
            cited: Vec::new(),
        }
    }
}

/// A credit in one episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// The episode.
    pub episode: Key,
    /// How prominently an actor is credited there.
    pub billing: Option<Billing>,
    /// Position in the source's list of that episode, from 1.
    pub position: Option<u32>,
    /// The name in the credits, if it differs from the person's.
    pub credited_as: Option<String>,
    /// Whether the person worked without a credit on the screen.
    pub uncredited: bool,
}
