//! Lists of a person.

use entity::{alias, credit, person, show};
use serde::Deserialize;

use super::credit::credits_by_day;
use crate::load::{Column, List, Order, Prefetch, Record, SortKey::Int, SortKey::Text, Source, columns_of};

/// The person's other names, by position.
pub static ALIASES: List<alias::Model> = List::new(
    Source { name: "person.aliases", parent: &["person"], from: "alias AS t", condition: "t.person_id = p.person" },
    &super::character::ALIASES_BY_POSITION,
);

/// The person's credits, earliest first.
pub static CREDITS: List<credit::Model> = credits_by_day("person.credits", &["person"], "t.person_id = p.person");

/// A person who acted in the same season or film.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CoStar {
    /// The person whose co-stars are listed.
    pub person_id: i32,
    /// The co-star.
    pub other_id: i32,
    /// Number of seasons and films in which both acted.
    pub together: i32,
}

impl Record for CoStar {
    fn columns() -> Vec<Column> {
        columns_of(["person_id", "other_id", "together"])
    }
}

/// The people who acted in the same seasons and films, most frequent first.
///
/// A credit of a film has no season. The condition uses `coalesce` because for `IS NULL`, SQLite would use the index on
/// the season, where the credits of all films are under one key, and would read all of them for each person.
pub static CO_STARS: List<CoStar> = List::new(
    Source {
        name: "person.coStars",
        parent: &["person"],
        from: "(SELECT w.person_id, w.other_id, CAST(count(DISTINCT w.work) AS integer) AS together FROM \
                 (SELECT mine.person_id, o.person_id AS other_id, o.season_id AS work \
                  FROM credit AS mine JOIN credit AS o ON o.season_id = mine.season_id \
                  WHERE mine.person_id = p.person AND mine.job = 0 AND o.rank < 1000000 AND o.person_id <> mine.person_id \
                  UNION ALL \
                  SELECT mine.person_id, o.person_id, -o.show_id \
                  FROM credit AS mine JOIN credit AS o ON o.show_id = mine.show_id \
                  WHERE mine.person_id = p.person AND mine.job = 0 AND coalesce(mine.season_id, 0) = 0 \
                    AND coalesce(o.season_id, 0) = 0 AND o.rank < 1000000 AND o.person_id <> mine.person_id) AS w \
               GROUP BY w.person_id, w.other_id) AS t",
        condition: "true",
    },
    &Order { name: "TOGETHER_DESC", keys: &[Int("-t.together"), Int("t.other_id")], descending: false, join: "" },
).with(&[Prefetch::one::<person::Entity>("person", "other_id")]);

/// The credits of a co-star in the seasons and films shared with the person, earliest first.
pub static CO_STAR_CREDITS: List<credit::Model> = credits_by_day(
    "coStar.credits",
    &["person", "other"],
    "t.person_id = p.other AND t.job = 0 AND EXISTS (SELECT 1 FROM credit AS mine \
       WHERE mine.person_id = p.person AND mine.job = 0 AND mine.show_id = t.show_id \
         AND coalesce(mine.season_id, 0) = coalesce(t.season_id, 0))",
);

/// The shows with a credit of the person, by the first date of the first credit in each.
pub static SHOWS: List<show::Model> = List::new(
    Source {
        name: "person.shows",
        parent: &["person"],
        from: "(SELECT c.show_id, min(coalesce(c.first_on, '9999-99-99')) AS first_on FROM dated_credit AS c \
                WHERE c.person_id = p.person GROUP BY c.show_id) AS r JOIN show AS t ON t.id = r.show_id",
        condition: "true",
    },
    &Order { name: "DAY_ASC", keys: &[Text("r.first_on"), Int("t.id")], descending: false, join: "" },
);
