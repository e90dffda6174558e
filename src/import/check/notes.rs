//! Episode records.

use super::Known;
use crate::import::{
    Faults,
    data_set::{EpisodeRecord, Record},
    row::Row,
    table::Table,
};

pub(super) fn episode_records(table: &Table, known: &Known, faults: &mut Faults) {
    for row in table.rows() {
        known.sources.optional(row, "alt_source", "sources.csv", faults);
        EpisodeRecord::read(row, faults);
        if row.get("alt_air_date").is_empty() && !row.get("alt_source").is_empty() {
            row.fault(faults, "alt_source", "must be empty without an alt_air_date");
        }
    }
}

impl Record for EpisodeRecord {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        Self {
            episode: row.get("slug").to_owned(),
            production_number: row.text("production_number"),
            other_aired_on: row.date("alt_air_date", faults),
            other_source: row.text("alt_source"),
        }
    }
}
