use std::collections::{HashMap, HashSet};

use super::{
    Faults,
    row::{Row, is_slug},
    table::Table,
};
use crate::nearest::nearest;

/// The rows of a file by slug.
///
/// A reference to a row that exists but has a fault is not a second fault: such slugs are in the index or excused.
pub(super) struct Index<'t> {
    table: &'t Table,
    rows: HashMap<&'t str, &'t Row>,
    excused: HashSet<String>,
}

impl<'t> Index<'t> {
    /// Indexes a file by the column `slug`. Reports invalid and duplicate slugs.
    pub(super) fn of(table: &'t Table, faults: &mut Faults) -> Self {
        Self::by("slug", table, faults)
    }

    /// Indexes a file by another column.
    pub(super) fn by(column: &'static str, table: &'t Table, faults: &mut Faults) -> Self {
        let mut index = Self { table, rows: HashMap::new(), excused: HashSet::new() };
        for row in &table.rows {
            let slug = row.get(column);
            if !is_slug(slug) {
                let reason =
                    format!("{slug:?} is not a slug; use lower case letters, digits and single hyphens between them");
                row.fault(faults, column, reason);
                index.excuse(likely_slug(slug));
            } else if let Some(first) = index.rows.get(slug) {
                row.fault(faults, column, format!("{slug:?} is already used in line {}", first.line));
                continue;
            }
            index.rows.insert(slug, row);
        }
        index
    }

    /// Accepts references to `slug`, because the fault behind them is already reported.
    pub(super) fn excuse(&mut self, slug: String) {
        self.excused.insert(slug);
    }

    /// The row with this slug.
    pub(super) fn get(&self, slug: &str) -> Option<&'t Row> {
        self.rows.get(slug).copied()
    }

    /// Whether `row` is the first with its slug.
    pub(super) fn has(&self, row: &Row) -> bool {
        self.get(row.get("slug")).is_some_and(|first| first.line == row.line)
    }

    /// The row that a cell refers to, if it exists. The cell may be empty.
    pub(super) fn optional(&self, row: &Row, column: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        let slug = row.get(column);
        if slug.is_empty() {
            return None;
        }
        self.find(row, column, slug, file, faults)
    }

    /// The row `slug`, if it exists. For cells with several slugs.
    pub(super) fn find(&self, row: &Row, column: &str, slug: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        let found = self.get(slug);
        if found.is_none() && !self.is_excused(slug) {
            let near = if faults.are_few() { self.near(slug) } else { None };
            let hint = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            row.fault(faults, column, format!("{slug:?} is not in {file}{hint}"));
        }
        found
    }

    /// The row that a cell refers to, if it exists. The cell must not be empty.
    pub(super) fn needed(&self, row: &Row, column: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        row.needed(column, faults);
        self.optional(row, column, file, faults)
    }

    /// Whether references to `slug` are accepted although it has no row.
    pub(super) fn is_excused(&self, slug: &str) -> bool {
        self.table.cut || self.excused.contains(slug) || self.table.unread.contains(slug)
    }

    /// The most similar slug, within an edit distance of a quarter of the length and at most 3.
    fn near(&self, slug: &str) -> Option<&'t str> {
        let most = (slug.len() / 4).min(3);
        nearest(slug, self.rows.keys().copied()).filter(|(distance, _)| *distance <= most).map(|(_, near)| near)
    }
}

/// The slug that was probably meant.
fn likely_slug(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
