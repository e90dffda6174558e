//! What is shown when: first, or in one country.

use entity::PartialDate;
use serde::Deserialize;

use crate::load::{Column, List, Order, Record, SortKey::Int, SortKey::Text, Source, columns_of};

/// An episode on a day.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Showing {
    /// The episode.
    pub episode_id: i32,
    /// Where it is shown; empty for the first showing of all.
    pub availability_id: Option<i32>,
    /// When.
    pub day: PartialDate,
}

impl Record for Showing {
    fn columns() -> Vec<Column> {
        columns_of(["episode_id", "availability_id", "day"])
    }
}

/// Episodes by the days on which they were first shown.
pub static FIRST: List<Showing> = List::new(
    Source {
        name: "schedule",
        parent: &[],
        from: "(SELECT e.id AS episode_id, CAST(NULL AS integer) AS availability_id, e.aired_on AS day, \
                       e.season_id, e.number FROM episode AS e) AS t",
        condition: "t.day IS NOT NULL",
    },
    &Order {
        name: "DAY_ASC",
        keys: &[Text("t.day"), Int("t.season_id"), Int("t.number"), Int("t.episode_id")],
        descending: false,
        join: "",
    },
);

/// Episodes by the days on which they are shown where a season is available; a filter takes one country.
pub static IN_A_COUNTRY: List<Showing> = List::new(
    Source { name: "schedule of a country", parent: &[], from: "showing AS t", condition: "t.day IS NOT NULL" },
    &Order {
        name: "DAY_ASC",
        keys: &[Text("t.day"), Int("t.season_id"), Int("t.number"), Int("t.episode_id"), Int("t.availability_id")],
        descending: false,
        join: "",
    },
);
