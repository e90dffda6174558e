//! Sort orders of credits, and the episodes of a credit.

use entity::{character, credit, credit::Billing, episode, person, season, show};
use serde::Deserialize;

use crate::load::{Column, List, Order, Prefetch, Record, SortKey, SortKey::Int, SortKey::Text, Source};

/// As in the opening and closing credits: cast by billing and position, then crew by job.
pub static BY_RANK: Order =
    Order { name: "BILLING_ASC", keys: &[Int("t.rank"), Int("t.id")], descending: false, join: "" };

/// The reverse of [`BY_RANK`].
pub static BY_RANK_DESC: Order =
    Order { name: "BILLING_DESC", keys: &[Int("t.rank"), Int("t.id")], descending: true, join: "" };

/// Earliest production first.
pub static BY_DAY: Order =
    Order { name: "DAY_ASC", keys: DAY_KEYS, descending: false, join: " JOIN dated_credit AS d ON d.id = t.id" };

/// Latest production first.
pub static BY_DAY_DESC: Order = Order {
    name: "DAY_DESC",
    keys: &[Text("coalesce(d.first_on, '')"), Int("t.rank"), Int("t.id")],
    descending: true,
    join: " JOIN dated_credit AS d ON d.id = t.id",
};

/// Oldest person first.
pub static BY_BIRTH: Order = Order {
    name: "BORN_ASC",
    keys: &[Text("coalesce(b.born, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: " JOIN person AS b ON b.id = t.person_id",
};

/// Youngest person first.
pub static BY_BIRTH_DESC: Order = Order {
    name: "BORN_DESC",
    keys: &[Text("coalesce(b.born, '')"), Int("t.id")],
    descending: true,
    join: " JOIN person AS b ON b.id = t.person_id",
};

/// The sort keys of [`BY_DAY`], over `t` and its row `d` in `dated_credit`.
pub(super) const DAY_KEYS: &[SortKey] = &[Text("coalesce(d.first_on, '9999-99-99')"), Int("t.rank"), Int("t.id")];

/// The known episodes of a credit, by number.
pub static EPISODES: List<WithAppearance<episode::Model>> = List::new(
    Source {
        name: "credit.episodes",
        parent: &["credit"],
        from: "(SELECT l.*, 1 AS listed FROM appearance AS l) AS a JOIN episode AS t ON t.id = a.episode_id",
        condition: "a.credit_id = p.credit",
    },
    &Order { name: "NUMBER_ASC", keys: &[Int("t.number"), Int("t.id")], descending: false, join: "" },
);

/// A credit of an episode, or an episode of a credit, with the details of the appearance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WithAppearance<M> {
    /// Billing in the episode.
    pub billing: Option<Billing>,
    /// Position in the credits of the episode.
    pub position: Option<i32>,
    /// Name in the credits of the episode, if it differs from the person's name.
    pub credited_as: Option<String>,
    /// 1 if the credit is listed in the episode, 0 if it holds for the whole season.
    pub listed: i32,
    /// The credit or the episode.
    pub model: M,
}

impl<M: Record> Record for WithAppearance<M> {
    fn columns() -> Vec<Column> {
        let own = ["billing", "position", "credited_as", "listed"];
        let own = own.map(|name| Column { sql: format!("a.{name}"), name: format!("a_{name}") });
        own.into_iter().chain(M::columns()).collect()
    }

    fn json() -> String {
        format!("json_array(a_billing, a_position, a_credited_as, a_listed, {})", M::json())
    }
}

/// The date of a credit's first or last known appearance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AppearanceDate {
    /// The credit.
    pub credit_id: i32,
    /// Its show.
    pub show_id: i32,
    /// Its season; `None` for films.
    pub season_id: Option<i32>,
    /// The episode, if known.
    pub episode_id: Option<i32>,
    /// The first air date of the episode or film, or the first or last date of the season.
    pub day: Option<entity::PartialDate>,
    /// 1 if the credit is known to hold in this episode or film and in none that could come before it (or after it),
    /// otherwise 0.
    pub certain: i32,
}

impl Record for AppearanceDate {
    fn columns() -> Vec<Column> {
        crate::load::columns_of(["credit_id", "show_id", "season_id", "episode_id", "day", "certain"])
    }
}

/// The person of a row.
pub(super) const PERSON: Prefetch = Prefetch::one::<person::Entity>("person", "person_id");

/// The character of a row.
pub(super) const CHARACTER: Prefetch = Prefetch::one::<character::Entity>("character", "character_id");

/// The rows that a credit refers to.
pub(super) const PREFETCHES: &[Prefetch] = &[
    PERSON,
    CHARACTER,
    Prefetch::one::<show::Entity>("show", "show_id"),
    Prefetch::one::<season::Entity>("season", "season_id"),
];

/// Declares a list of the credits that satisfy `condition`, by rank.
pub(super) const fn credits_by_rank(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<credit::Model> {
    List::new(Source { name, parent, from: "credit AS t", condition }, &BY_RANK).with(PREFETCHES)
}

/// Declares a list of the credits that satisfy `condition`, by date.
pub(super) const fn credits_by_day(
    name: &'static str,
    parent: &'static [&'static str],
    condition: &'static str,
) -> List<credit::Model> {
    List::new(Source { name, parent, from: "credit AS t", condition }, &BY_DAY).with(PREFETCHES)
}
