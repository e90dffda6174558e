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

const FROM: &str = "appearance AS a JOIN credit AS t ON t.id = a.credit_id";

/// Its known cast.
pub static CAST: List<WithAppearance<credit::Model>> = List::new(
    Source {
        name: "episode.cast",
        parent: &["episode"],
        from: FROM,
        condition: "a.episode_id = p.episode AND t.job = 0",
    },
    &BY_RANK,
)
.with(PREFETCHES);

/// Its known crew.
pub static CREW: List<WithAppearance<credit::Model>> = List::new(
    Source {
        name: "episode.crew",
        parent: &["episode"],
        from: FROM,
        condition: "a.episode_id = p.episode AND t.job <> 0",
    },
    &BY_RANK,
)
.with(PREFETCHES);
