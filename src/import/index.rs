use std::{
    collections::HashSet,
    hash::{BuildHasher, Hash},
};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{
    Faults,
    row::{Row, is_slug},
    table::Table,
};
use crate::nearest::nearest;

/// Places of records by key, in four bytes a record: the keys stay in the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    places: HashTable<u32>,
    hasher: RandomState,
}

impl Places {
    /// The place of the record with this key. `key_at` is the key of the record at a place.
    pub(super) fn get<K: Eq + Hash>(&self, key: &K, key_at: impl Fn(u32) -> K) -> Option<u32> {
        self.places.find(self.hasher.hash_one(key), |place| key_at(*place) == *key).copied()
    }

    /// Adds a place, unless there is one with the same key, which is returned.
    pub(super) fn insert<K: Eq + Hash>(&mut self, place: u32, key_at: impl Fn(u32) -> K) -> Option<u32> {
        let key = key_at(place);
        let hash = self.hasher.hash_one(&key);
        if let Some(first) = self.places.find(hash, |place| key_at(*place) == key) {
            return Some(*first);
        }
        self.places.insert_unique(hash, place, |place| self.hasher.hash_one(key_at(*place)));
        None
    }
}

/// The rows of a file by slug.
///
/// A reference to a row that exists but has a fault is not a second fault: such slugs are in the index or excused.
pub(super) struct Index<'t> {
    table: &'t Table,
    column: &'static str,
    places: Places,
    excused: HashSet<String>,
}

impl<'t> Index<'t> {
    /// Indexes a file by the column `slug`. Reports invalid and duplicate slugs.
    pub(super) fn of(table: &'t Table, faults: &mut Faults) -> Self {
        Self::by("slug", table, faults)
    }

    /// Indexes a file by another column.
    pub(super) fn by(column: &'static str, table: &'t Table, faults: &mut Faults) -> Self {
        let mut index = Self { table, column, places: Places::default(), excused: HashSet::new() };
        for row in table.rows() {
            let slug = row.get(column);
            let first = index.places.insert(row.place, |place| table.cell(place, column));
            if !is_slug(slug) {
                let reason =
                    format!("{slug:?} is not a slug; use lower case letters, digits and single hyphens between them");
                row.fault(faults, column, reason);
                index.excuse(likely_slug(slug));
            } else if let Some(first) = first.and_then(|first| table.row(first)) {
                row.fault(faults, column, format!("{slug:?} is already used in line {}", first.line));
            }
        }
        index
    }

    /// The places of the rows, without the table.
    pub(super) fn into_places(self) -> Places {
        self.places
    }

    /// Accepts references to `slug`, because the fault behind them is already reported.
    pub(super) fn excuse(&mut self, slug: String) {
        self.excused.insert(slug);
    }

    /// The row with this slug.
    pub(super) fn get(&self, slug: &str) -> Option<Row<'t>> {
        self.table.row(self.places.get(&slug, |place| self.table.cell(place, self.column))?)
    }

    /// Whether `row` is the first with its slug.
    pub(super) fn has(&self, row: Row<'_>) -> bool {
        self.get(row.get("slug")).is_some_and(|first| first.line == row.line)
    }

    /// The row that a cell refers to, if it exists. The cell may be empty.
    pub(super) fn optional(&self, row: Row<'_>, column: &str, file: &str, faults: &mut Faults) -> Option<Row<'t>> {
        let slug = row.get(column);
        if slug.is_empty() {
            return None;
        }
        self.find(row, column, slug, file, faults)
    }

    /// The row `slug`, if it exists. For cells with several slugs.
    pub(super) fn find(
        &self,
        row: Row<'_>,
        column: &str,
        slug: &str,
        file: &str,
        faults: &mut Faults,
    ) -> Option<Row<'t>> {
        let found = self.get(slug);
        if found.is_none() && !self.is_excused(slug) {
            let near = if faults.are_few() { self.near(slug) } else { None };
            let hint = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            row.fault(faults, column, format!("{slug:?} is not in {file}{hint}"));
        }
        found
    }

    /// The row that a cell refers to, if it exists. The cell must not be empty.
    pub(super) fn needed(&self, row: Row<'_>, column: &str, file: &str, faults: &mut Faults) -> Option<Row<'t>> {
        if row.get(column).is_empty() {
            row.needed(column, faults);
        }
        self.optional(row, column, file, faults)
    }

    /// Whether references to `slug` are accepted although it has no row.
    pub(super) fn is_excused(&self, slug: &str) -> bool {
        self.table.unread.cut || self.excused.contains(slug) || self.table.unread.cells.contains(slug)
    }

    /// The most similar slug, within an edit distance of a quarter of the length and at most 3.
    fn near(&self, slug: &str) -> Option<&'t str> {
        let most = (slug.len() / 4).min(3);
        let slugs = self.table.rows().map(|row| row.get(self.column));
        nearest(slug, slugs).filter(|(distance, _)| *distance <= most).map(|(_, near)| near)
    }
}

/// The slug that was probably meant.
fn likely_slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
