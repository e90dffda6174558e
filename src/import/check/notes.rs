//! Notes of rows whose tables have no column for notes, and episode records.

use super::{Known, subjects::Subjects};
use crate::import::{
    Faults,
    data_set::{EpisodeRecord, Note, NoteKey, SubjectKey},
    table::Table,
};

/// Files whose tables have a column for notes.
const KEPT_BY_THEIR_TABLES: &[&str] =
    &["territories.csv", "platforms.csv", "availability.csv", "offers.csv", "funding.csv", "media.csv"];

/// The notes of all other rows, including empty ones.
pub(super) fn notes(subjects: &Subjects) -> Vec<Note> {
    let rows = subjects.iter().filter(|referred| !KEPT_BY_THEIR_TABLES.contains(&referred.row.file));
    let note = rows.filter_map(|referred| {
        let row = referred.row;
        let key = match referred.subject.clone()? {
            SubjectKey::Credit(credit) if !row.get("episode").is_empty() => {
                NoteKey::Appearance(credit, row.get("episode").to_owned())
            }
            _ if row.file == "platform_changes.csv" => NoteKey::Renaming(row.get("to").to_owned()),
            subject => NoteKey::Subject(subject),
        };
        Some(Note { key, text: row.text("note") })
    });
    note.collect()
}

pub(super) fn episode_records(table: &Table, known: &Known, faults: &mut Faults) -> Vec<EpisodeRecord> {
    let mut records = Vec::new();
    for row in &table.rows {
        known.sources.optional(row, "alt_source", "sources.csv", faults);
        let other_aired_on = row.date("alt_air_date", faults);
        if row.get("alt_air_date").is_empty() && !row.get("alt_source").is_empty() {
            row.fault(faults, "alt_source", "must be empty without an alt_air_date");
        }
        records.push(EpisodeRecord {
            episode: row.get("slug").to_owned(),
            production_number: row.text("production_number"),
            other_aired_on,
            other_source: row.text("alt_source"),
        });
    }
    records
}
