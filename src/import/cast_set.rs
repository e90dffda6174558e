//! The records of a data set that was checked. They name each other by slugs.

use entity::{
    PartialDate, character_link,
    credit::{Billing, Job, Part},
    show::{Format, Medium, Status},
    show_link,
};

/// A data set in which nothing is wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CastSet {
    pub(super) franchises: Vec<Franchise>,
    pub(super) shows: Vec<Show>,
    pub(super) show_links: Vec<Link<show_link::Kind>>,
    pub(super) seasons: Vec<Season>,
    pub(super) episodes: Vec<Episode>,
    pub(super) people: Vec<Person>,
    pub(super) characters: Vec<Character>,
    pub(super) character_links: Vec<Link<character_link::Kind>>,
    pub(super) credits: Vec<Credit>,
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

/// What makes a credit one: who, where, as whom, doing what.
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
    pub(super) appearances: Vec<Appearance>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Appearance {
    pub(super) episode: String,
    pub(super) standing: Standing,
}

/// How somebody stands in the credits of a season, a film or an episode.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Standing {
    pub(super) billing: Option<Billing>,
    pub(super) position: Option<i32>,
    pub(super) credited_as: Option<String>,
}
