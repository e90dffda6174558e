//! Lists of a character.

use entity::{alias, character_link, credit, show};

use super::{
    credit::{AppearanceDate, credits_by_day},
    link::{BY_KIND, Link},
};
use crate::load::{List, Order, SortKey::Int, SortKey::Text, Source};

pub(super) static ALIASES_BY_POSITION: Order =
    Order { name: "POSITION_ASC", keys: &[Int("t.position"), Int("t.id")], descending: false, join: "" };

/// The character's other names, by position.
pub static ALIASES: List<alias::Model> = List::new(
    Source {
        name: "character.aliases",
        parent: &["character"],
        from: "alias AS t",
        condition: "t.character_id = p.character",
    },
    &ALIASES_BY_POSITION,
);

/// The character's credits, earliest first.
pub static CREDITS: List<credit::Model> =
    credits_by_day("character.credits", &["character"], "t.character_id = p.character");

/// The appearances of a character with their dates: in the episodes in which a credit is listed; for a credit for the
/// whole season, in its `$end` episode; or in the season, if no episode is known, with the season's `$day`.
///
/// An episode with an unknown date has none, and is sorted by the date of its season. `certain` says whether the credit
/// holds in no other episode that could come before it (or after it).
///
/// A character can have thousands of credits, so the listed episodes are not looked for among all episodes of the season.
macro_rules! appearances {
    ($day:literal, $end:literal) => {
        concat!(
            "(SELECT k.id AS credit_id, k.show_id, k.season_id, e.id AS episode_id, k.rank, \
               CASE WHEN e.id IS NULL THEN k.", $day, " ELSE e.aired_on END AS day, \
               coalesce(e.aired_on, k.", $day, ") AS near, coalesce(e.number, 0) AS number, \
               CASE WHEN k.season_id IS NULL OR e.id IS NOT NULL AND k.coverage IN ('WHOLE', 'LISTED') THEN 1 ELSE 0 END \
                 AS certain \
             FROM (SELECT c.id, c.show_id, c.season_id, c.rank, c.coverage, c.", $day, ", a.episode_id \
                   FROM dated_credit AS c JOIN appearance AS a ON a.credit_id = c.id \
                   WHERE c.character_id = p.character \
                   UNION \
                   SELECT c.id, c.show_id, c.season_id, c.rank, c.coverage, c.", $day, ", \
                     CASE WHEN c.coverage = 'WHOLE' THEN \
                       (SELECT o.id FROM episode AS o WHERE o.season_id = c.season_id AND o.number > 0 \
                        ORDER BY o.number", $end, " LIMIT 1) END \
                   FROM dated_credit AS c \
                   WHERE c.character_id = p.character \
                     AND (c.coverage = 'WHOLE' AND EXISTS (SELECT 1 FROM episode AS o \
                                                           WHERE o.season_id = c.season_id AND o.number > 0) \
                       OR NOT EXISTS (SELECT 1 FROM appearance AS a WHERE a.credit_id = c.id))) AS k \
             LEFT JOIN episode AS e ON e.id = k.episode_id) AS t"
        )
    };
}

const APPEARED_FIRST: &str = appearances!("first_on", "");
const APPEARED_LAST: &str = appearances!("last_on", " DESC");

/// The character's appearances, earliest first.
pub static FIRST_APPEARANCES: List<AppearanceDate> = List::new(
    Source { name: "character.firstAppearance", parent: &["character"], from: APPEARED_FIRST, condition: "true" },
    &Order {
        name: "DAY_ASC",
        keys: &[
            Text("coalesce(t.near, '9999-99-99')"),
            Int("t.number"),
            Int("t.rank"),
            Int("t.credit_id"),
            Int("coalesce(t.episode_id, 0)"),
        ],
        descending: false,
        join: "",
    },
);

/// The character's appearances, latest first.
pub static LAST_APPEARANCES: List<AppearanceDate> = List::new(
    Source { name: "character.lastAppearance", parent: &["character"], from: APPEARED_LAST, condition: "true" },
    &Order {
        name: "DAY_DESC",
        keys: &[
            Text("coalesce(t.near, '')"),
            Int("t.number"),
            Int("-t.rank"),
            Int("-t.credit_id"),
            Int("coalesce(t.episode_id, 0)"),
        ],
        descending: true,
        join: "",
    },
);

/// Links to other characters; those stated from this one come first.
pub static LINKS: List<Link<character_link::Kind>> = List::new(
    Source {
        name: "character.links",
        parent: &["character"],
        from: "(SELECT l.id, l.kind, 0 AS inverse, l.to_id AS other_id FROM character_link AS l WHERE l.from_id = p.character \
                UNION ALL \
                SELECT l.id, l.kind, 1 AS inverse, l.from_id AS other_id FROM character_link AS l WHERE l.to_id = p.character) AS t",
        condition: "true",
    },
    &BY_KIND,
);

/// The shows with a credit of the character, by the first date of the first credit in each.
pub static SHOWS: List<show::Model> = List::new(
    Source {
        name: "character.shows",
        parent: &["character"],
        from: "(SELECT c.show_id, min(coalesce(c.first_on, '9999-99-99')) AS first_on FROM dated_credit AS c \
                WHERE c.character_id = p.character GROUP BY c.show_id) AS r JOIN show AS t ON t.id = r.show_id",
        condition: "true",
    },
    &Order { name: "DAY_ASC", keys: &[Text("r.first_on"), Int("t.id")], descending: false, join: "" },
);
