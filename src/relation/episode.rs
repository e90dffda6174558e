//! Lists of an episode.

use entity::{credit, episode};

use super::credit::{PREFETCHES, WithAppearance, credits_by_rank};
use crate::load::{List, Order, SortKey, SortKey::Int, Source};

/// As in the credits of the episode.
static BY_RANK: Order = Order {
    name: "BILLING_ASC",
    keys: &[Int("t.job"), Int("coalesce(a.billing, 99)"), Int("coalesce(a.position, 9999)"), Int("t.id")],
    descending: false,
    join: "",
};

/// Its known cast: those who are listed in it, and those who are credited for the whole season.
pub static CAST: List<WithAppearance<credit::Model>> = List::new(
    Source {
        name: "episode.cast",
        parent: &["episode"],
        from: "(SELECT l.credit_id, l.billing, l.position, l.credited_as, 1 AS listed FROM appearance AS l \
                WHERE l.episode_id = p.episode \
                UNION ALL \
                SELECT c.id, c.billing, c.position, c.credited_as, 0 FROM episode AS e \
                JOIN credit AS c ON c.season_id = e.season_id \
                WHERE e.id = p.episode AND e.number > 0 AND c.job = 0 AND c.coverage = 'WHOLE' \
                  AND NOT EXISTS (SELECT 1 FROM appearance AS o WHERE o.credit_id = c.id AND o.episode_id = e.id)) AS a \
               JOIN credit AS t ON t.id = a.credit_id",
        condition: "t.job = 0",
    },
    &BY_RANK,
)
.with(PREFETCHES);

/// Its known crew.
pub static CREW: List<WithAppearance<credit::Model>> = List::new(
    Source {
        name: "episode.crew",
        parent: &["episode"],
        from: "(SELECT l.*, 1 AS listed FROM appearance AS l) AS a JOIN credit AS t ON t.id = a.credit_id",
        condition: "a.episode_id = p.episode AND t.job <> 0",
    },
    &BY_RANK,
)
.with(PREFETCHES);

/// The episode of a season with a given number, or the double-length episode that covers it.
pub static NUMBERED: List<episode::Model> = List::new(
    Source {
        name: "episode.numbered",
        parent: &["season", "number"],
        from: "episode AS t",
        condition: "t.season_id = p.season AND t.number <= p.number AND coalesce(t.number_end, t.number) >= p.number",
    },
    &super::root::EPISODES_BY_NUMBER,
);

/// The episodes of the same show after an episode, next first.
pub static NEXT: List<episode::Model> = List::new(
    Source {
        name: "episode.next",
        parent: &["episode"],
        from: "episode AS e JOIN season AS s ON s.id = e.season_id JOIN season AS o ON o.show_id = s.show_id \
               JOIN episode AS t ON t.season_id = o.id",
        condition: "e.id = p.episode AND (o.number > s.number OR o.id = s.id AND t.number > e.number)",
    },
    &Order { name: "NUMBER_ASC", keys: NUMBERS, descending: false, join: "" },
);

/// The episodes of the same show before an episode, nearest first.
pub static PREVIOUS: List<episode::Model> = List::new(
    Source {
        name: "episode.previous",
        parent: &["episode"],
        from: "episode AS e JOIN season AS s ON s.id = e.season_id JOIN season AS o ON o.show_id = s.show_id \
               JOIN episode AS t ON t.season_id = o.id",
        condition: "e.id = p.episode AND (o.number < s.number OR o.id = s.id AND t.number < e.number)",
    },
    &Order { name: "NUMBER_DESC", keys: NUMBERS, descending: true, join: "" },
);

const NUMBERS: &[SortKey] = &[Int("o.number"), Int("t.number"), Int("t.id")];

/// The cast listed in it, other than the main cast of the season.
pub static GUESTS: List<credit::Model> = credits_by_rank(
    "episode.guests",
    &["episode"],
    "t.rank >= 200000 AND t.rank < 1000000 AND t.id IN (SELECT a.credit_id FROM appearance AS a WHERE a.episode_id = p.episode)",
);

/// Whether a character is known to be in the episode. Takes the id of the character twice.
pub const WITH_CHARACTER: &str = concat!("t.id IN ", known_episodes!("c.character_id = ?"));

/// Whether any of several characters is known to be in the episode. Takes the ids twice.
pub const WITH_CHARACTERS: &str = concat!("t.id IN ", known_episodes!("c.character_id ?"));

/// Whether none of several characters is known to be in the episode. Takes the ids twice.
pub const WITHOUT_CHARACTERS: &str = concat!("t.id NOT IN ", known_episodes!("c.character_id ?"));

/// Whether a person is known to have worked on the episode. Takes the id of the person twice.
pub const WITH_PERSON: &str = concat!("t.id IN ", known_episodes!("c.person_id = ?"));

/// Whether any of several people is known to have worked on the episode. Takes the ids twice.
pub const WITH_PEOPLE: &str = concat!("t.id IN ", known_episodes!("c.person_id ?"));

/// Whether none of several people is known to have worked on the episode. Takes the ids twice.
pub const WITHOUT_PEOPLE: &str = concat!("t.id NOT IN ", known_episodes!("c.person_id ?"));
