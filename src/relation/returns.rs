//! Returning characters: those who appeared in an earlier production and appear in this one.
//!
//! A production is earlier if it began before the season; for a whole show, if it began before the character's first
//! season in the show. The parent id `season` is 0 for a whole show. `earlier` is the id of the only show to count as
//! earlier, or 0 for all shows.

use entity::{PartialDate, credit};
use serde::Deserialize;

use super::credit::{CHARACTER, DAY_KEYS, PREFETCHES, credits_by_rank};
use crate::load::{Column, List, Order, Record, SortKey, SortKey::Int, SortKey::Text, Source, columns_of};

/// A returning character.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Return {
    /// The character.
    pub character_id: i32,
    /// The show to which the character returns.
    pub show: i32,
    /// The season in which the character returns, or 0 for the whole show.
    pub season: i32,
    /// The only show to count as earlier, or 0 for all.
    pub earlier: i32,
    /// First date of the character's first credit here.
    pub returned_on: PartialDate,
    /// Last date of the last season or film in which the character was before: in the show `earlier`, or in any
    /// production, this one included.
    pub last_seen_on: PartialDate,
    /// 1 if a person who plays the character here also played it earlier, otherwise 0.
    pub same_performer: i32,
}

impl Record for Return {
    fn columns() -> Vec<Column> {
        columns_of(["character_id", "show", "season", "earlier", "returned_on", "last_seen_on", "same_performer"])
    }
}

/// As in the credits here.
pub static BY_RANK: Order =
    Order { name: "BILLING_ASC", keys: &[Int("t.rank"), Int("t.character_id")], descending: false, join: "" };

/// The reverse of [`BY_RANK`].
pub static BY_RANK_DESC: Order =
    Order { name: "BILLING_DESC", keys: &[Int("t.rank"), Int("t.character_id")], descending: true, join: "" };

/// Shortest absence first.
pub static BY_ABSENCE: Order = Order { name: "DAYS_AWAY_ASC", keys: ABSENCE, descending: false, join: "" };

/// Longest absence first.
pub static BY_ABSENCE_DESC: Order = Order { name: "DAYS_AWAY_DESC", keys: ABSENCE, descending: true, join: "" };

const ABSENCE: &[SortKey] = &[Int(DAYS_AWAY), Int("t.character_id")];

/// Days between the dates of a return or an absence.
const DAYS_AWAY: &str = concat!(day_number!("t.returned_on"), " - ", day_number!("t.last_seen_on"));

/// SQL for the characters who return in the credits `c` that satisfy `$here`; `$again` limits credits `again` of one
/// show to the season, if there is one.
///
/// The earlier credits of a character are read once, and grouped by person before a person is looked for among the credits
/// here: a character can have thousands of credits. `credit_once` begins with the person and the show, and has the same
/// expressions for the season and the character.
macro_rules! returns {
    ($here:literal, $again:literal) => {
        concat!(
            "(SELECT a.character_id, a.rank, a.day AS returned_on, \
                     max(CASE WHEN p.earlier <> 0 THEN a.other_on ELSE a.last_on END) AS last_seen_on, \
                     p.show, p.season, p.earlier, \
                     max(CASE WHEN a.other_on IS NOT NULL \
                               AND EXISTS (SELECT 1 FROM credit AS again WHERE again.person_id = a.person_id \
                                           AND again.show_id = p.show", $again, " \
                                           AND coalesce(again.character_id, 0) = a.character_id) \
                         THEN 1 ELSE 0 END) AS same_performer \
              FROM (SELECT here.character_id, here.rank, here.day, early.person_id, max(early.last_on) AS last_on, \
                      max(CASE WHEN early.show_id <> p.show AND (p.earlier = 0 OR early.show_id = p.earlier) \
                          THEN early.last_on END) AS other_on \
                    FROM (SELECT c.character_id, min(c.rank) AS rank, min(c.first_on) AS day FROM dated_credit AS c \
                          WHERE ", $here, " AND c.character_id IS NOT NULL GROUP BY c.character_id) AS here \
                    JOIN dated_credit AS early ON early.character_id = here.character_id AND early.first_on < here.day \
                    GROUP BY here.character_id, here.rank, here.day, early.person_id) AS a \
              GROUP BY a.character_id, a.rank, a.day HAVING max(a.other_on) IS NOT NULL) AS t"
        )
    };
}

/// The characters who return in a show.
pub static OF_SHOW: List<Return> = List::new(
    Source {
        name: "show.returns",
        parent: &["show", "season", "earlier"],
        from: returns!("c.show_id = p.show", ""),
        condition: "true",
    },
    &BY_RANK,
)
.with(&[CHARACTER]);

/// The characters who return in a season.
pub static OF_SEASON: List<Return> = List::new(
    Source {
        name: "season.returns",
        parent: &["show", "season", "earlier"],
        from: returns!("c.season_id = p.season", " AND coalesce(again.season_id, 0) = p.season"),
        condition: "true",
    },
    &BY_RANK,
)
.with(&[CHARACTER]);

/// The credits of a returning character in this show or season.
pub static CREDITS: List<credit::Model> = credits_by_rank(
    "return.credits",
    &["character", "show", "season"],
    "t.character_id = p.character AND t.show_id = p.show AND (p.season = 0 OR t.season_id = p.season)",
);

/// Credits `t` with their dates `d`, and the first date of the character `here`. Each engine looks the
/// date up once: PostgreSQL because it is in a subquery, SQLite because it is in the FROM clause.
const EARLIER: &str = "(SELECT (SELECT min(h.first_on) FROM dated_credit AS h WHERE h.character_id = p.character \
                          AND h.show_id = p.show AND (p.season = 0 OR h.season_id = p.season)) AS day) AS here \
                       CROSS JOIN credit AS t JOIN dated_credit AS d ON d.id = t.id";

/// All earlier credits of a returning character, also in earlier seasons of the same show, earliest first.
pub static SEEN_CREDITS: List<credit::Model> = List::new(
    Source {
        name: "return.seenCredits",
        parent: &["character", "show", "season", "earlier"],
        from: EARLIER,
        condition: "t.character_id = p.character AND (p.earlier = 0 OR t.show_id = p.earlier) AND d.first_on < here.day",
    },
    // Without a join for the dates, because the source already has one for its condition.
    &Order { name: "LAST_DAY_ASC", keys: LAST_DAY_KEYS, descending: false, join: "" },
)
.with(PREFETCHES);

/// The sort keys of the last days of credits.
const LAST_DAY_KEYS: &[SortKey] = &[Text("coalesce(d.last_on, '')"), Int("t.rank"), Int("t.id")];

/// The credits of a returning character in earlier productions, earliest first.
pub static EARLIER_CREDITS: List<credit::Model> = List::new(
    Source {
        name: "return.earlierCredits",
        parent: &["character", "show", "season", "earlier"],
        from: EARLIER,
        condition: "t.character_id = p.character AND t.show_id <> p.show AND (p.earlier = 0 OR t.show_id = p.earlier) \
                    AND d.first_on < here.day",
    },
    // Without a join for the dates, because the source already has one for its condition.
    &Order { name: "DAY_ASC", keys: DAY_KEYS, descending: false, join: "" },
)
.with(PREFETCHES);

/// A time in which a character of a franchise was not seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Absence {
    /// The character.
    pub character_id: i32,
    /// Last date of the last season or film before.
    pub last_seen_on: PartialDate,
    /// First date of the season or film in which the character returned.
    pub returned_on: PartialDate,
    /// A credit of the character in that season or film.
    pub credit_id: i32,
}

impl Record for Absence {
    fn columns() -> Vec<Column> {
        columns_of(["character_id", "last_seen_on", "returned_on", "credit_id"])
    }
}

/// The absences of the characters of a franchise between seasons and films, longest first.
pub static ABSENCES: List<Absence> = List::new(
    Source {
        name: "franchise.absences",
        parent: &["franchise"],
        from: "(SELECT g.character_id, g.credit_id, g.returned_on, \
                  max(g.last_on) OVER (PARTITION BY g.character_id ORDER BY g.returned_on \
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_seen_on \
                FROM (SELECT c.character_id, c.first_on AS returned_on, max(c.last_on) AS last_on, min(c.id) AS credit_id \
                      FROM show AS s JOIN credit AS k ON k.show_id = s.id JOIN dated_credit AS c ON c.id = k.id \
                      WHERE s.franchise_id = p.franchise AND c.character_id IS NOT NULL AND c.first_on IS NOT NULL \
                      GROUP BY c.character_id, c.first_on) AS g) AS t",
        condition: "t.last_seen_on < t.returned_on",
    },
    &Order {
        name: "DAYS_AWAY_DESC",
        keys: &[Int(DAYS_AWAY), Int("t.credit_id")],
        descending: true,
        join: "",
    },
)
.with(&[CHARACTER]);

/// The credits of the same character in seasons and films that began before that of a credit, latest end first.
pub static SEEN_BEFORE: List<credit::Model> = List::new(
    Source {
        name: "absence.seenBefore",
        parent: &["credit"],
        from: "dated_credit AS h JOIN dated_credit AS d ON d.character_id = h.character_id JOIN credit AS t ON t.id = d.id",
        condition: "h.id = p.credit AND d.first_on < h.first_on",
    },
    &Order { name: "LAST_DAY_DESC", keys: LAST_DAY_KEYS, descending: true, join: "" },
)
.with(PREFETCHES);
