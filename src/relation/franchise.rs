//! Lists of a franchise.

use entity::{character, show};

use super::{
    recast::{MultipleRoles, Recast, multiple_roles, recasts},
    root::{CHARACTERS_BY_NAME, SHOWS_BY_PREMIERE},
};
use crate::load::{List, Source};

/// Its shows, earliest first.
pub static SHOWS: List<show::Model> = List::new(
    Source {
        name: "franchise.shows",
        parent: &["franchise"],
        from: "show AS t",
        condition: "t.franchise_id = p.franchise",
    },
    &SHOWS_BY_PREMIERE,
);

/// Its characters, by name.
pub static CHARACTERS: List<character::Model> = List::new(
    Source {
        name: "franchise.characters",
        parent: &["franchise"],
        from: "character AS t",
        condition: "t.id IN (SELECT c.character_id FROM show AS s JOIN credit AS c ON c.show_id = s.id \
                             WHERE s.franchise_id = p.franchise AND c.character_id IS NOT NULL)",
    },
    &CHARACTERS_BY_NAME,
);

/// Its characters that more than one person plays as they usually are.
pub static RECASTS: List<Recast> = recasts(
    "franchise.recasts",
    "(SELECT c.character_id, p.franchise, p.show, p.season, CAST(count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) AS integer) AS number FROM show AS s JOIN credit AS c ON c.show_id = s.id \
      WHERE s.franchise_id = p.franchise AND c.character_id IS NOT NULL \
      GROUP BY c.character_id HAVING count(DISTINCT CASE WHEN c.portrayal = 'REGULAR' THEN c.person_id END) > 1) AS t JOIN character AS n ON n.id = t.character_id",
);

/// Its people with more than one character.
pub static MULTIPLE_ROLES: List<MultipleRoles> = multiple_roles(
    "franchise.multipleRoles",
    "(SELECT c.person_id, p.franchise, p.show, p.season, CAST(count(DISTINCT c.character_id) AS integer) AS number FROM show AS s JOIN credit AS c ON c.show_id = s.id \
      WHERE s.franchise_id = p.franchise AND c.character_id IS NOT NULL \
      GROUP BY c.person_id HAVING count(DISTINCT c.character_id) > 1) AS t JOIN person AS n ON n.id = t.person_id",
);
