//! Pictures and summaries of objects.

use entity::{picture, summary};

use crate::load::{List, Order, SortKey::Int, Source};

static BY_POSITION: Order =
    Order { name: "POSITION_ASC", keys: &[Int("t.position"), Int("t.id")], descending: false, join: "" };

/// The pictures of a show.
pub static PICTURES_OF_SHOW: List<picture::Model> = pictures("show.pictures", &["show"], "t.show_id = p.show");

/// The pictures of a season.
pub static PICTURES_OF_SEASON: List<picture::Model> =
    pictures("season.pictures", &["season"], "t.season_id = p.season");

/// The pictures of an episode.
pub static PICTURES_OF_EPISODE: List<picture::Model> =
    pictures("episode.pictures", &["episode"], "t.episode_id = p.episode");

/// The pictures of a person.
pub static PICTURES_OF_PERSON: List<picture::Model> =
    pictures("person.pictures", &["person"], "t.person_id = p.person");

/// The pictures of a character.
pub static PICTURES_OF_CHARACTER: List<picture::Model> =
    pictures("character.pictures", &["character"], "t.character_id = p.character");

/// The summaries of a show.
pub static SUMMARIES_OF_SHOW: List<summary::Model> = summaries("show.summaries", &["show"], "t.show_id = p.show");

/// The summaries of a season.
pub static SUMMARIES_OF_SEASON: List<summary::Model> =
    summaries("season.summaries", &["season"], "t.season_id = p.season");

/// The summaries of an episode.
pub static SUMMARIES_OF_EPISODE: List<summary::Model> =
    summaries("episode.summaries", &["episode"], "t.episode_id = p.episode");

/// The summaries of a person.
pub static SUMMARIES_OF_PERSON: List<summary::Model> =
    summaries("person.summaries", &["person"], "t.person_id = p.person");

/// The summaries of a character.
pub static SUMMARIES_OF_CHARACTER: List<summary::Model> =
    summaries("character.summaries", &["character"], "t.character_id = p.character");

const fn pictures(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<picture::Model> {
    List::new(Source { name, parent, from: "picture AS t", condition }, &BY_POSITION)
}

const fn summaries(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<summary::Model> {
    List::new(Source { name, parent, from: "summary AS t", condition }, &BY_POSITION)
}
