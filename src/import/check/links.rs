//! Links between shows and between characters.

use std::{collections::HashMap, fmt::Debug, hash::Hash};

use entity::{character_link, show_link};
use sea_orm::Iterable;

use super::Known;
use crate::import::{Faults, data_set::Link, index::Index, table::Table};

pub(super) fn show_links(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Link<show_link::Kind>> {
    links(table, "productions.csv", &known.shows, show_link::Kind::inverse, faults)
}

pub(super) fn character_links(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Link<character_link::Kind>> {
    links(table, "characters.csv", &known.characters, character_link::Kind::inverse, faults)
}

fn links<K: Iterable + Debug + Copy + Eq + Hash>(
    table: &Table,
    file: &str,
    known: &Index,
    inverse: impl Fn(K) -> K,
    faults: &mut Faults,
) -> Vec<Link<K>> {
    let mut links = Vec::new();
    let mut stated: HashMap<(&str, K, &str), u64> = HashMap::new();
    for row in table.rows() {
        let ends = (known.needed(row, "from", file, faults), known.needed(row, "to", file, faults));
        row.needed("relation", faults);
        let (from, to) = (row.get("from"), row.get("to"));
        if from == to && !from.is_empty() {
            row.fault(faults, "to", format!("{to:?} is linked to itself"));
        }
        let Some(kind) = row.word("relation", '_', faults) else { continue };
        let same = stated.get(&(from, kind, to)).or_else(|| stated.get(&(to, inverse(kind), from)));
        match same {
            Some(line) => {
                row.fault(
                    faults,
                    "relation",
                    format!("line {line} states the same link; state it once, from one side"),
                );
            }
            None => drop(stated.insert((from, kind, to), row.line)),
        }
        if let (Some(from), Some(to)) = ends {
            links.push(Link { from: from.place, kind, to: to.place });
        }
    }
    links
}
