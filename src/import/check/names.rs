//! People, characters and their aliases.

use std::collections::HashSet;

use crate::import::{
    Faults,
    data_set::{Character, Person, Record},
    row::{Row, TOO_LONG, is_indexable},
};

impl Record for Person {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        let (born, died) = row.dates("born", "died", faults);
        Self {
            slug: row.get("slug").to_owned(),
            name: row.needed("name", faults),
            born,
            died,
            aliases: names(row, "also_known_as", faults),
        }
    }
}

impl Record for Character {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        Self {
            slug: row.get("slug").to_owned(),
            name: row.needed("name", faults),
            species: row.text("species"),
            aliases: names(row, "aliases", faults),
        }
    }
}

/// The names in a cell, separated by semicolons.
pub(super) fn names(row: Row<'_>, column: &str, faults: &mut Faults) -> Vec<String> {
    if row.get(column).is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = row.get(column).split(';').map(|name| name.trim().to_owned()).collect();
    let mut seen = HashSet::new();
    for name in &names {
        if name.is_empty() {
            row.fault(faults, column, "contains an empty name; put one semicolon between two names");
        } else if !is_indexable(name) {
            row.fault(faults, column, TOO_LONG);
        } else if !seen.insert(name) {
            row.fault(faults, column, format!("{name:?} appears twice"));
        }
    }
    names
}
