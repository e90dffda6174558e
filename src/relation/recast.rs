//! Characters with several performers, and people with several characters.
//!
//! Both are limited to a franchise, a show or a season, which the parent ids `franchise`, `show` and `season` select:
//! at most one of them is not 0. If all three are 0, there is no limit.

use entity::{PartialDate, character, credit};
use serde::Deserialize;

use super::credit::{BY_DAY, CHARACTER, PERSON, PREFETCHES};
use crate::load::{Column, List, Order, Record, SortKey, SortKey::Int, SortKey::Text, Source, columns_of};

/// A character played by more than one person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Recast {
    /// The character.
    pub character_id: i32,
    /// Number of people who play it.
    pub number: i32,
    /// The franchise to which the row is limited, or 0.
    pub franchise: i32,
    /// The show to which the row is limited, or 0.
    pub show: i32,
    /// The season to which the row is limited, or 0.
    pub season: i32,
}

impl Record for Recast {
    fn columns() -> Vec<Column> {
        columns_of(["character_id", "number", "franchise", "show", "season"])
    }
}

/// A person who plays more than one character.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MultipleRoles {
    /// The person.
    pub person_id: i32,
    /// Number of characters.
    pub number: i32,
    /// The franchise to which the row is limited, or 0.
    pub franchise: i32,
    /// The show to which the row is limited, or 0.
    pub show: i32,
    /// The season to which the row is limited, or 0.
    pub season: i32,
}

impl Record for MultipleRoles {
    fn columns() -> Vec<Column> {
        columns_of(["person_id", "number", "franchise", "show", "season"])
    }
}

/// A person who plays a character.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Performer {
    /// The character.
    pub character_id: i32,
    /// The person.
    pub person_id: i32,
    /// First date of the first season or film in which the person plays the character.
    pub first_on: Option<PartialDate>,
    /// Last date of the last season or film in which the person plays the character.
    pub last_on: Option<PartialDate>,
    /// 1 if the person plays the character as it usually is in at least one credit, otherwise 0.
    pub regular: i32,
    /// The franchise to which the row is limited, or 0.
    pub franchise: i32,
    /// The show to which the row is limited, or 0.
    pub show: i32,
    /// The season to which the row is limited, or 0.
    pub season: i32,
}

impl Record for Performer {
    fn columns() -> Vec<Column> {
        columns_of(["character_id", "person_id", "first_on", "last_on", "regular", "franchise", "show", "season"])
    }
}

const SCOPE: &[&str] = &["franchise", "show", "season"];

/// By the name of the character or the person.
pub static BY_NAME: Order =
    Order { name: "NAME_ASC", keys: &[Text("n.name_key"), Int("n.id")], descending: false, join: "" };

/// The reverse of [`BY_NAME`].
pub static BY_NAME_DESC: Order =
    Order { name: "NAME_DESC", keys: &[Text("n.name_key"), Int("n.id")], descending: true, join: "" };

/// By the number of performers or characters, fewest first, then by name.
pub static BY_COUNT: Order = Order { name: "COUNT_ASC", keys: COUNT_KEYS, descending: false, join: "" };

/// By the number of performers or characters, most first, then by name.
pub static BY_COUNT_DESC: Order = Order {
    name: "COUNT_DESC",
    keys: &[Int("-t.number"), Text("n.name_key"), Int("n.id")],
    descending: false,
    join: "",
};

const COUNT_KEYS: &[SortKey] = &[Int("t.number"), Text("n.name_key"), Int("n.id")];

pub(super) const fn recasts(name: &'static str, from: &'static str) -> List<Recast> {
    List::new(Source { name, parent: SCOPE, from, condition: "true" }, &BY_NAME).with(&[CHARACTER])
}

pub(super) const fn multiple_roles(name: &'static str, from: &'static str) -> List<MultipleRoles> {
    List::new(Source { name, parent: SCOPE, from, condition: "true" }, &BY_NAME).with(&[PERSON])
}

/// The performers of a character, in the order of their first appearances.
pub static PERFORMERS: List<Performer> = List::new(
    Source {
        name: "character.performers",
        parent: &["character", "franchise", "show", "season"],
        from: "(SELECT c.character_id, c.person_id, min(c.first_on) AS first_on, max(c.last_on) AS last_on, \
                       min(c.rank) AS rank, \
                       max(CASE WHEN c.portrayal = 'REGULAR' THEN 1 ELSE 0 END) AS regular, p.franchise, p.show, p.season \
                FROM dated_credit AS c \
                WHERE c.character_id = p.character \
                  AND (p.season = 0 OR c.season_id = p.season) \
                  AND (p.show = 0 OR c.show_id = p.show) \
                  AND (p.franchise = 0 OR EXISTS (SELECT 1 FROM show AS s WHERE s.id = c.show_id AND s.franchise_id = p.franchise)) \
                GROUP BY c.character_id, c.person_id) AS t",
        condition: "true",
    },
    &Order {
        name: "DAY_ASC",
        keys: &[Text("coalesce(t.first_on, '9999-99-99')"), Int("t.rank"), Int("t.person_id")],
        descending: false,
        join: "",
    },
).with(&[PERSON, CHARACTER]);

/// Limits credits `t` to the parent's franchise, show or season.
macro_rules! within {
    ($condition:literal) => {
        concat!(
            $condition,
            " AND (p.season = 0 OR t.season_id = p.season)",
            " AND (p.show = 0 OR t.show_id = p.show)",
            " AND (p.franchise = 0 OR EXISTS (SELECT 1 FROM show AS s WHERE s.id = t.show_id AND s.franchise_id = p.franchise))"
        )
    };
}

/// The credits of a person as one character, earliest first.
pub static PERFORMER_CREDITS: List<credit::Model> = List::new(
    Source {
        name: "performer.credits",
        parent: &["character", "person", "franchise", "show", "season"],
        from: "credit AS t",
        condition: within!("t.character_id = p.character AND t.person_id = p.person"),
    },
    &BY_DAY,
)
.with(PREFETCHES);

/// The credits of a person as any character, earliest first.
pub static ROLE_CREDITS: List<credit::Model> = List::new(
    Source {
        name: "multipleRoles.credits",
        parent: &["person", "franchise", "show", "season"],
        from: "credit AS t",
        condition: within!("t.person_id = p.person AND t.character_id IS NOT NULL"),
    },
    &BY_DAY,
)
.with(PREFETCHES);

/// The characters of a person, in the order of the person's first appearances.
pub static ROLES: List<character::Model> = List::new(
    Source {
        name: "person.characters",
        parent: &["person", "franchise", "show", "season"],
        from: "(SELECT c.character_id, min(coalesce(c.first_on, '9999-99-99')) AS first_on \
                FROM dated_credit AS c \
                WHERE c.person_id = p.person AND c.character_id IS NOT NULL \
                  AND (p.season = 0 OR c.season_id = p.season) \
                  AND (p.show = 0 OR c.show_id = p.show) \
                  AND (p.franchise = 0 OR EXISTS (SELECT 1 FROM show AS s WHERE s.id = c.show_id AND s.franchise_id = p.franchise)) \
                GROUP BY c.character_id) AS r JOIN character AS t ON t.id = r.character_id",
        condition: "true",
    },
    &Order { name: "DAY_ASC", keys: &[Text("r.first_on"), Int("t.id")], descending: false, join: "" },
);
