//! Lists of a season.

use entity::{credit, episode, season};

use super::{
    credit::credits_by_rank,
    recast::{MultipleRoles, Recast, multiple_roles, recasts},
    root::EPISODES_BY_NUMBER,
};
use crate::load::{List, Source};

/// Its episodes, by number.
pub static EPISODES: List<episode::Model> = List::new(
    Source { name: "season.episodes", parent: &["season"], from: "episode AS t", condition: "t.season_id = p.season" },
    &EPISODES_BY_NUMBER,
);

/// Its cast.
pub static CAST: List<credit::Model> =
    credits_by_rank("season.cast", &["season"], "t.season_id = p.season AND t.rank < 1000000");

/// Its crew.
pub static CREW: List<credit::Model> =
    credits_by_rank("season.crew", &["season"], "t.season_id = p.season AND t.rank >= 1000000");

/// The season of a show with a given number.
pub static NUMBERED: List<season::Model> = List::new(
    Source {
        name: "season.numbered",
        parent: &["show", "number"],
        from: "season AS t",
        condition: "t.show_id = p.show AND t.number = p.number",
    },
    &super::root::SEASONS_BY_NUMBER,
);

/// Its characters that more than one person plays as they usually are.
pub static RECASTS: List<Recast> = recasts(
    "season.recasts",
    "(SELECT c.character_id, p.franchise, p.show, p.season, CAST(count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) AS integer) AS number FROM credit AS c \
      WHERE c.season_id = p.season AND c.character_id IS NOT NULL \
      GROUP BY c.character_id HAVING count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) > 1) AS t JOIN character AS n ON n.id = t.character_id",
);

/// Its people with more than one character.
pub static MULTIPLE_ROLES: List<MultipleRoles> = multiple_roles(
    "season.multipleRoles",
    "(SELECT c.person_id, p.franchise, p.show, p.season, CAST(count(DISTINCT c.character_id) AS integer) AS number FROM credit AS c \
      WHERE c.season_id = p.season AND c.character_id IS NOT NULL \
      GROUP BY c.person_id HAVING count(DISTINCT c.character_id) > 1) AS t JOIN person AS n ON n.id = t.person_id",
);

/// The seasons of a show after a number, next first.
pub static NEXT: List<season::Model> = List::new(
    Source {
        name: "season.next",
        parent: &["show", "number"],
        from: "season AS t",
        condition: "t.show_id = p.show AND t.number > p.number",
    },
    &super::root::SEASONS_BY_NUMBER,
);

/// The seasons of a show before a number, nearest first.
pub static PREVIOUS: List<season::Model> = List::new(
    Source {
        name: "season.previous",
        parent: &["show", "number"],
        from: "season AS t",
        condition: "t.show_id = p.show AND t.number < p.number",
    },
    &super::root::SEASONS_BY_NUMBER_DESC,
);

/// Its cast other than the main cast.
pub static GUESTS: List<credit::Model> =
    credits_by_rank("season.guests", &["season"], "t.season_id = p.season AND t.rank >= 200000 AND t.rank < 1000000");

/// Its episodes without specials, which have the number 0: those for which a credit for the whole season holds.
pub static REGULAR_EPISODES: List<episode::Model> = List::new(
    Source {
        name: "season.regularEpisodes",
        parent: &["season"],
        from: "episode AS t",
        condition: "t.season_id = p.season AND t.number > 0",
    },
    &EPISODES_BY_NUMBER,
);

/// The credits in the second of two seasons of people who are not in the first as the same character.
pub static JOINED: List<credit::Model> = credits_by_rank(
    "castChanges.joined",
    &["earlier", "later"],
    "t.season_id = p.later AND t.rank < 1000000 AND NOT EXISTS (SELECT 1 FROM credit AS o WHERE o.season_id = p.earlier \
       AND o.person_id = t.person_id AND o.character_id = t.character_id)",
);

/// The credits in the first of two seasons of people who are not in the second as the same character.
pub static LEFT: List<credit::Model> = credits_by_rank(
    "castChanges.left",
    &["earlier", "later"],
    "t.season_id = p.earlier AND t.rank < 1000000 AND NOT EXISTS (SELECT 1 FROM credit AS o WHERE o.season_id = p.later \
       AND o.person_id = t.person_id AND o.character_id = t.character_id)",
);

/// The credits in the second of two seasons of people who are in the first as the same character.
pub static STAYED: List<credit::Model> = credits_by_rank(
    "castChanges.stayed",
    &["earlier", "later"],
    "t.season_id = p.later AND t.rank < 1000000 AND EXISTS (SELECT 1 FROM credit AS o WHERE o.season_id = p.earlier \
       AND o.person_id = t.person_id AND o.character_id = t.character_id)",
);
