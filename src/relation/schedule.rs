//! Air dates of episodes: first airings, and availability in one country.

use entity::PartialDate;
use serde::Deserialize;

use crate::load::{Column, List, Order, Record, SortKey::Int, SortKey::Text, Source, Tally, columns_of};

/// An episode on a date.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Showing {
    /// The episode.
    pub episode_id: i32,
    /// The availability that covers the showing; `None` for the first airing anywhere.
    pub availability_id: Option<i32>,
    /// The date.
    pub day: PartialDate,
}

impl Record for Showing {
    fn columns() -> Vec<Column> {
        columns_of(["episode_id", "availability_id", "day"])
    }
}

/// Episodes, by first air date.
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
)
.tallied(&Tally { from: "(SELECT e.aired_on AS day, e.total FROM episode_tally AS e) AS t", columns: &["day"] });

/// Episodes, by the dates on which they are shown where their season is available. A filter selects one country.
pub static IN_A_COUNTRY: List<Showing> = List::new(
    Source { name: "schedule of a country", parent: &[], from: "showing AS t", condition: "t.day IS NOT NULL" },
    &Order {
        name: "DAY_ASC",
        keys: &[Text("t.day"), Int("t.season_id"), Int("t.number"), Int("t.episode_id"), Int("t.availability_id")],
        descending: false,
        join: "",
    },
);
