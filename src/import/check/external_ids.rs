//! The ids of objects at other authorities.

use std::collections::HashMap;

use entity::{Authority, external_id::Kind, show::Format, subject};
use sea_orm::Iterable;

use super::Known;
use crate::import::{
    Faults,
    data_set::{ExternalId, Subject},
    index::Index,
    row::{Row, word_of},
    table::Table,
};

/// The files whose rows have such ids.
pub(super) const FILES: &[&str] = &["productions.csv", "seasons.csv", "episodes.csv", "people.csv", "characters.csv"];

/// Maximum position among the ids, pictures or summaries of an object.
pub(super) const MOST: i32 = 9998;

pub(super) fn external_ids(table: &Table, known: &Known, faults: &mut Faults) -> Vec<ExternalId> {
    let mut found: Vec<ExternalId> = Vec::new();
    let mut lines = HashMap::new();
    let mut positions: HashMap<Subject, i32> = HashMap::new();
    for row in table.rows() {
        let (file, key) = (row.needed("file", faults), row.needed("key", faults));
        row.needed("authority", faults);
        let authority: Option<Authority> = row.word("authority", '-', faults);
        let kind: Option<Kind> = row.word("kind", '-', faults);
        let position = row.number("order", 1, MOST, faults);
        let value = row.needed("value", faults);
        let source = row.text("source");
        if let Some(source) = &source {
            known.sources.find(row, "source", source, "sources.csv", faults);
        }
        let Some((rows, of)) = rows(known, &file) else {
            if !file.is_empty() {
                let reason = format!("{file:?} has no external ids; the files are {}", FILES.join(", "));
                row.fault(faults, "file", reason);
            }
            continue;
        };
        let object = if key.is_empty() { None } else { rows.find(row, "key", &key, &file, faults) };
        let Some(authority) = authority else { continue };
        let kind = match kind {
            Some(kind) if kind.table() != of => {
                let fitting: Vec<String> =
                    Kind::iter().filter(|kind| kind.table() == of).map(|kind| word_of(&kind, '-')).collect();
                let reason = format!("must be {} for a row of {file}", fitting.join(" or "));
                row.fault(faults, "kind", reason);
                continue;
            }
            Some(kind) => kind,
            None if row.get("kind").is_empty() => usual(of, authority, object),
            None => continue,
        };
        if value.is_empty() || !has_shape(row, authority, kind, &value, faults) {
            continue;
        }
        let of = Subject { kind: of, place: object.map_or(u32::MAX, |object| object.place) };
        let last = positions.entry(of).or_default();
        let position = position.unwrap_or(*last + 1);
        *last = position.max(*last);
        let id = ExternalId { of, authority, kind, value, position, source };
        let (authority, namespace, value) = id.key();
        if let Some(line) = lines.insert((authority, namespace, value.to_owned()), row.line) {
            row.fault(
                faults,
                "value",
                format!("{value:?} is already used in line {line}; an id identifies one object"),
            );
            continue;
        }
        found.push(id);
    }
    found
}

/// The rows of a file with external ids, and their table.
pub(super) fn rows<'k, 't>(known: &'k Known<'t>, file: &str) -> Option<(&'k Index<'t>, subject::Kind)> {
    Some(match file {
        "productions.csv" => (&known.shows, subject::Kind::Show),
        "seasons.csv" => (&known.seasons, subject::Kind::Season),
        "episodes.csv" => (&known.episodes, subject::Kind::Episode),
        "people.csv" => (&known.people, subject::Kind::Person),
        "characters.csv" => (&known.characters, subject::Kind::Character),
        _ => return None,
    })
}

/// The kind of an id whose kind is not given: that of its object. A film has the id of a series where the authority knows
/// no films.
fn usual(of: subject::Kind, authority: Authority, object: Option<Row<'_>>) -> Kind {
    let film = word_of(&Format::Film, '-');
    let kinds = Kind::iter().filter(|kind| kind.table() == of && authority.shape(*kind).is_some());
    let kinds: Vec<Kind> = kinds.collect();
    match (of, object) {
        (subject::Kind::Show, Some(show)) if show.get("kind") == film && kinds.contains(&Kind::Film) => Kind::Film,
        (subject::Kind::Season, _) => Kind::Season,
        (subject::Kind::Episode, _) => Kind::Episode,
        (subject::Kind::Person, _) => Kind::Person,
        (subject::Kind::Character, _) => Kind::Character,
        _ => Kind::Series,
    }
}

fn has_shape(row: Row<'_>, authority: Authority, kind: Kind, value: &str, faults: &mut Faults) -> bool {
    let what = word_of(&kind, '-');
    let Some(shape) = authority.shape(kind) else {
        let authority = row.get("authority");
        row.fault(faults, "authority", format!("{authority} has no ids of the kind {what}"));
        return false;
    };
    if !authority.admits(kind, value) {
        let authority = row.get("authority");
        row.fault(faults, "value", format!("{value:?} is no {authority} id of the kind {what}; it is {shape}"));
        return false;
    }
    true
}
