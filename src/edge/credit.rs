//! Orders of credits, and the episodes of a credit.

use entity::{character, credit, credit::Billing, episode, person, season, show};
use serde::Deserialize;

use crate::load::{Column, List, Order, Record, Reference, SortKey, SortKey::Int, SortKey::Text, Source};

/// As in the opening and closing credits: the cast by billing and place, then the crew by job.
pub static BY_RANK: Order =
    Order { name: "BILLING_ASC", keys: &[Int("t.rank"), Int("t.id")], descending: false, join: "" };

/// From the end of the credits to their beginning.
pub static BY_RANK_BACKWARDS: Order =
    Order { name: "BILLING_DESC", keys: &[Int("t.rank"), Int("t.id")], descending: true, join: "" };

/// The earliest production first.
pub static BY_DAY: Order =
    Order { name: "DAY_ASC", keys: DAY_KEYS, descending: false, join: " JOIN dated_credit AS d ON d.id = t.id" };

/// What [`BY_DAY`] sorts by, of `t` and its row `d` in `dated_credit`.
pub(super) const DAY_KEYS: &[SortKey] = &[Text("coalesce(d.first_on, '9999-99-99')"), Int("t.rank"), Int("t.id")];

/// The episodes that a credit is known to cover, in their order.
pub static EPISODES: List<Appearing<episode::Model>> = List::new(
    Source {
        name: "credit.episodes",
        parent: &["credit"],
        from: "appearance AS a JOIN episode AS t ON t.id = a.episode_id",
        condition: "a.credit_id = p.credit",
    },
    &Order { name: "NUMBER_ASC", keys: &[Int("t.number"), Int("t.id")], descending: false, join: "" },
);

/// A credit or an episode, with what the other of the two says of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Appearing<M> {
    /// Billing in the episode.
    pub billing: Option<Billing>,
    /// Place in the credits of the episode.
    pub position: Option<i32>,
    /// Name in the credits of the episode, where it differs.
    pub credited_as: Option<String>,
    /// The credit or the episode.
    pub model: M,
}

impl<M: Record> Record for Appearing<M> {
    fn columns() -> Vec<Column> {
        let own = ["billing", "position", "credited_as"];
        let own = own.map(|name| Column { sql: format!("a.{name}"), name: format!("a_{name}") });
        own.into_iter().chain(M::columns()).collect()
    }

    fn json() -> String {
        format!("json_array(a_billing, a_position, a_credited_as, {})", M::json())
    }
}

/// The day of a credit's first or last known appearance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Appeared {
    /// The credit.
    pub credit_id: i32,
    /// Its show.
    pub show_id: i32,
    /// Its season, if it has one.
    pub season_id: Option<i32>,
    /// The episode, if it is known.
    pub episode_id: Option<i32>,
    /// The day on which the episode, or the first or last of the season, or the film was first shown.
    pub day: Option<entity::PartialDate>,
}

impl Record for Appeared {
    fn columns() -> Vec<Column> {
        crate::load::columns_of(["credit_id", "show_id", "season_id", "episode_id", "day"])
    }
}

/// Who played.
pub(super) const PERSON: Reference = Reference::to::<person::Entity>("person", "person_id");

/// As whom.
pub(super) const CHARACTER: Reference = Reference::to::<character::Entity>("character", "character_id");

/// What a credit names.
pub(super) const REFERENCES: &[Reference] = &[
    PERSON,
    CHARACTER,
    Reference::to::<show::Entity>("show", "show_id"),
    Reference::to::<season::Entity>("season", "season_id"),
];

/// The list of credits called `name` under which all those lie for which `condition` holds, by rank.
pub(super) const fn ranked(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<credit::Model> {
    List::new(Source { name, parent, from: "credit AS t", condition }, &BY_RANK).with(REFERENCES)
}

/// The list of credits called `name` under which all those lie for which `condition` holds, by day.
pub(super) const fn dated(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<credit::Model> {
    List::new(Source { name, parent, from: "credit AS t", condition }, &BY_DAY).with(REFERENCES)
}
