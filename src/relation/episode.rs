//! Lists of an episode.

use entity::credit;

use super::credit::{PREFETCHES, WithAppearance};
use crate::load::{List, Order, SortKey::Int, Source};

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
                WHERE e.id = p.episode AND c.job = 0 AND c.coverage = 'WHOLE' \
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
