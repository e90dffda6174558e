use std::collections::{HashMap, HashSet};

use super::{
    Faults,
    row::{Row, is_slug},
    table::Table,
};
use crate::nearest::nearest;

/// The rows of a file by slug.
///
/// What refers to a row that is there, but faulty, is not called faulty as well: such slugs are known or excused.
pub(super) struct Index<'t> {
    table: &'t Table,
    rows: HashMap<&'t str, &'t Row>,
    excused: HashSet<String>,
}

impl<'t> Index<'t> {
    /// Finds slugs that are none, and slugs that stand there twice.
    pub(super) fn of(table: &'t Table, faults: &mut Faults) -> Self {
        Self::by("slug", table, faults)
    }

    /// The same, for a file that calls its slugs `column`.
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

    /// Lets what refers to `slug` pass, because a fault elsewhere is told already.
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

    /// The row that a cell refers to, if it is there. The cell may be empty.
    pub(super) fn optional(&self, row: &Row, column: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        let slug = row.get(column);
        if slug.is_empty() {
            return None;
        }
        self.find(row, column, slug, file, faults)
    }

    /// The row called `slug`, one of several in a cell, if it is there.
    pub(super) fn find(&self, row: &Row, column: &str, slug: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        let found = self.get(slug);
        if found.is_none() && !self.is_excused(slug) {
            let near = if faults.are_few() { self.near(slug) } else { None };
            let hint = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            row.fault(faults, column, format!("{slug:?} is not in {file}{hint}"));
        }
        found
    }

    /// The row that a cell refers to, if it is there. The cell must not be empty.
    pub(super) fn needed(&self, row: &Row, column: &str, file: &str, faults: &mut Faults) -> Option<&'t Row> {
        row.needed(column, faults);
        self.optional(row, column, file, faults)
    }

    /// Whether what refers to `slug` passes although it is not there.
    pub(super) fn is_excused(&self, slug: &str) -> bool {
        self.table.cut || self.excused.contains(slug) || self.table.unread.contains(slug)
    }

    /// The most similar slug, if at most every fourth letter and three in all must change.
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
