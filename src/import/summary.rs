use std::fmt;

use serde_json::{Map, Value, json};

/// What to do with credits, appearances, links, homes and citations in the database that are missing from the data set.
/// Applies only to those of rows in the set. Rows with a slug are never removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leftovers {
    /// Keeps and counts them.
    #[default]
    Keep,
    /// Removes them.
    Remove,
}

/// Counts of the rows of one table in an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableCounts {
    /// Rows that were added.
    pub added: usize,
    /// Rows that were changed.
    pub changed: usize,
    /// Rows that were already up to date.
    pub unchanged: usize,
    /// Rows that are missing from the set.
    pub left_over: usize,
}

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub(super) tallies: Vec<(&'static str, TableCounts)>,
    pub(super) leftovers: Leftovers,
    /// Locked fields that differ from the set and were left as they are, with their objects.
    pub locked: Vec<String>,
}

impl Summary {
    /// The counts of each table, in the order of writing.
    pub fn tallies(&self) -> &[(&'static str, TableCounts)] {
        &self.tallies
    }

    /// Whether the import changed nothing.
    pub fn is_unchanged(&self) -> bool {
        let removed = if self.leftovers == Leftovers::Remove { self.sum(|tally| tally.left_over) } else { 0 };
        self.sum(|tally| tally.added + tally.changed) + removed == 0
    }

    /// The summary of an import that does not say what else the objects have: nothing is left over.
    #[must_use]
    pub fn without_left_over(mut self) -> Self {
        for (_, tally) in &mut self.tallies {
            tally.left_over = 0;
        }
        self
    }

    /// The number of rows that were added or changed.
    pub fn written(&self) -> usize {
        self.sum(|tally| tally.added + tally.changed)
    }

    fn sum(&self, count: impl Fn(&TableCounts) -> usize) -> usize {
        self.tallies.iter().map(|(_, tally)| count(tally)).sum()
    }
}

impl Summary {
    /// One line, for logs.
    pub fn line(&self) -> String {
        let rows = self.sum(|tally| tally.added + tally.changed + tally.unchanged);
        format!(
            "{rows} rows: {} added, {} changed, {} unchanged, {} {}",
            self.sum(|tally| tally.added),
            self.sum(|tally| tally.changed),
            self.sum(|tally| tally.unchanged),
            self.sum(|tally| tally.left_over),
            self.left_over()
        )
    }

    /// What happened to the rows that are missing from the set, in a word.
    fn left_over(&self) -> &'static str {
        match self.leftovers {
            Leftovers::Keep => "kept",
            Leftovers::Remove => "removed",
        }
    }

    /// The summary as JSON: `tables` with the counts of each, `unchanged`, and `leftovers`, which is what happened to
    /// rows that are missing from the set.
    pub fn json(&self) -> Value {
        let counts = |tally: &TableCounts| {
            json!({
                "added": tally.added,
                "changed": tally.changed,
                "unchanged": tally.unchanged,
                "leftOver": tally.left_over,
            })
        };
        let tables: Map<String, Value> =
            self.tallies.iter().map(|(name, tally)| ((*name).replace(' ', "_"), counts(tally))).collect();
        json!({
            "tables": tables,
            "unchanged": self.is_unchanged(),
            "leftovers": self.left_over(),
            "locked": self.locked,
        })
    }
}

impl fmt::Display for Summary {
    /// One line per table with rows, and the totals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.left_over();
        writeln!(f, "{:<18}{:>10}{:>10}{:>11}{:>10}", "", "added", "changed", "unchanged", last)?;
        let mut line = |name: &str, tally: TableCounts| {
            let TableCounts { added, changed, unchanged, left_over } = tally;
            writeln!(f, "{name:<18}{added:>10}{changed:>10}{unchanged:>11}{left_over:>10}")
        };
        for (name, tally) in self.tallies.iter().filter(|(_, tally)| *tally != TableCounts::default()) {
            line(name, *tally)?;
        }
        let all = TableCounts {
            added: self.sum(|tally| tally.added),
            changed: self.sum(|tally| tally.changed),
            unchanged: self.sum(|tally| tally.unchanged),
            left_over: self.sum(|tally| tally.left_over),
        };
        line("all", all)?;
        if all.left_over > 0 && self.leftovers == Leftovers::Keep {
            writeln!(f, "kept: rows in the database that are not in the folder; --remove-leftovers removes them")?;
        }
        if !self.locked.is_empty() {
            writeln!(f, "left as they are: {} locked fields that differ", self.locked.len())?;
        }
        for locked in &self.locked {
            writeln!(f, "  {locked}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_a_table() {
        let people = TableCounts { added: 1, unchanged: 300, ..TableCounts::default() };
        let credits = TableCounts { changed: 2, left_over: 4, ..TableCounts::default() };
        let tallies = vec![("people", people), ("show links", TableCounts::default()), ("credits", credits)];
        let summary = Summary { tallies, leftovers: Leftovers::Keep, locked: Vec::new() };
        let text = "                       added   changed  unchanged      kept\n\
                    people                     1         0        300         0\n\
                    credits                    0         2          0         4\n\
                    all                        1         2        300         4\n\
                    kept: rows in the database that are not in the folder; --remove-leftovers removes them\n";
        assert_eq!(summary.to_string(), text);
        assert_eq!(summary.json()["tables"]["show_links"]["added"], 0);
        assert_eq!(summary.json()["tables"]["credits"]["leftOver"], 4);
        assert_eq!(summary.line(), "303 rows: 1 added, 2 changed, 300 unchanged, 4 kept");
    }
}
