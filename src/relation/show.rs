//! Lists of a show.

use entity::{character, credit, episode, person, season, show_link};

use super::{
    credit::credits_by_rank,
    link::{BY_KIND, Link},
    recast::{MultipleRoles, Recast, multiple_roles, recasts},
};
use crate::load::{List, Order, Prefetch, SortKey::Int, Source};

/// Its seasons, by number.
pub static SEASONS: List<season::Model> = List::new(
    Source { name: "show.seasons", parent: &["show"], from: "season AS t", condition: "t.show_id = p.show" },
    &super::root::SEASONS_BY_NUMBER,
)
.with(&[
    Prefetch::count("episodes", &super::season::EPISODES.source),
    Prefetch::count("cast", &super::season::CAST.source),
    Prefetch::count("crew", &super::season::CREW.source),
]);

/// Its episodes, by season number and episode number.
pub static EPISODES: List<episode::Model> = List::new(
    Source {
        name: "show.episodes",
        parent: &["show"],
        from: "season AS s JOIN episode AS t ON t.season_id = s.id",
        condition: "s.show_id = p.show",
    },
    &Order { name: "NUMBER_ASC", keys: &[Int("s.number"), Int("t.number"), Int("t.id")], descending: false, join: "" },
);

/// Its cast, in all seasons.
pub static CAST: List<credit::Model> =
    credits_by_rank("show.cast", &["show"], "t.show_id = p.show AND t.rank < 1000000");

/// Its crew, in all seasons.
pub static CREW: List<credit::Model> =
    credits_by_rank("show.crew", &["show"], "t.show_id = p.show AND t.rank >= 1000000");

/// Its characters, most prominent first.
pub static CHARACTERS: List<character::Model> = List::new(
    Source {
        name: "show.characters",
        parent: &["show"],
        from: "(SELECT c.character_id, min(c.rank) AS rank FROM credit AS c \
                WHERE c.show_id = p.show AND c.character_id IS NOT NULL GROUP BY c.character_id) AS r \
               JOIN character AS t ON t.id = r.character_id",
        condition: "true",
    },
    &Order { name: "BILLING_ASC", keys: &[Int("r.rank"), Int("t.id")], descending: false, join: "" },
);

/// Its links to other shows; those stated from this show come first.
pub static LINKS: List<Link<show_link::Kind>> = List::new(
    Source {
        name: "show.links",
        parent: &["show"],
        from: "(SELECT l.id, l.kind, 0 AS inverse, l.to_id AS other_id FROM show_link AS l WHERE l.from_id = p.show \
                UNION ALL \
                SELECT l.id, l.kind, 1 AS inverse, l.from_id AS other_id FROM show_link AS l WHERE l.to_id = p.show) AS t",
        condition: "true",
    },
    &BY_KIND,
);

/// Its characters that more than one person plays as they usually are.
pub static RECASTS: List<Recast> = recasts(
    "show.recasts",
    "(SELECT c.character_id, p.franchise, p.show, p.season, CAST(count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) AS integer) AS number FROM credit AS c \
      WHERE c.show_id = p.show AND c.character_id IS NOT NULL \
      GROUP BY c.character_id HAVING count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) > 1) AS t JOIN character AS n ON n.id = t.character_id",
);

/// Its people with more than one character.
pub static MULTIPLE_ROLES: List<MultipleRoles> = multiple_roles(
    "show.multipleRoles",
    "(SELECT c.person_id, p.franchise, p.show, p.season, CAST(count(DISTINCT c.character_id) AS integer) AS number FROM credit AS c \
      WHERE c.show_id = p.show AND c.character_id IS NOT NULL \
      GROUP BY c.person_id HAVING count(DISTINCT c.character_id) > 1) AS t JOIN person AS n ON n.id = t.person_id",
);

/// The people with main billing in every season, or in the film.
pub static MAIN_IN_EVERY_SEASON: List<person::Model> = List::new(
    Source {
        name: "show.mainInEverySeason",
        parent: &["show"],
        from: "person AS t",
        condition: "t.id IN (SELECT c.person_id FROM credit AS c WHERE c.show_id = p.show AND c.job = 0 AND c.billing = 10 \
                    GROUP BY c.person_id \
                    HAVING count(DISTINCT c.season_id) = (SELECT count(*) FROM season AS s WHERE s.show_id = p.show))",
    },
    &super::root::PEOPLE_BY_NAME,
);
