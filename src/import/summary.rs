use std::fmt;

/// What to do with credits, appearances, links, homes and citations that the database has of the rows of a data set, but
/// the set has not. Rows that have a slug always stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leftovers {
    /// They stay, and are counted.
    #[default]
    Keep,
    /// They are removed.
    Remove,
}

/// What an import did to the rows of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were added.
    pub added: usize,
    /// Rows that were changed.
    pub changed: usize,
    /// Rows that were there already.
    pub unchanged: usize,
    /// Rows that the set does not have.
    pub left_over: usize,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub(super) tallies: Vec<(&'static str, Tally)>,
    pub(super) leftovers: Leftovers,
}

impl Summary {
    /// What was done to each table, in the order of writing.
    pub fn tallies(&self) -> &[(&'static str, Tally)] {
        &self.tallies
    }

    /// Whether the database is as it was before.
    pub fn is_unchanged(&self) -> bool {
        let removed = if self.leftovers == Leftovers::Remove { self.sum(|tally| tally.left_over) } else { 0 };
        self.sum(|tally| tally.added + tally.changed) + removed == 0
    }

    fn sum(&self, count: impl Fn(&Tally) -> usize) -> usize {
        self.tallies.iter().map(|(_, tally)| count(tally)).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, tally)) in self.tallies.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            let count = tally.added + tally.changed + tally.unchanged;
            let name = if count == 1 { singular(name) } else { name };
            write!(f, "{comma}{count} {name}")?;
        }
        write!(f, ": {} rows added, {} changed", self.sum(|tally| tally.added), self.sum(|tally| tally.changed))?;
        match (self.sum(|tally| tally.left_over), self.leftovers) {
            (0, _) => Ok(()),
            (count, Leftovers::Remove) => write!(f, ", {count} removed"),
            (count, Leftovers::Keep) => {
                write!(f, "; {count} that the set does not have were kept, --remove-leftovers removes them")
            }
        }
    }
}

fn singular(name: &str) -> &str {
    match name {
        "people" => "person",
        "aliases" => "alias",
        name => name.trim_end_matches('s'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let one = Tally { added: 1, ..Tally::default() };
        let tallies = ["people", "aliases", "franchises", "availability rows", "homes"].map(|name| (name, one));
        let summary = Summary { tallies: tallies.into(), leftovers: Leftovers::Keep };
        let text = "1 person, 1 alias, 1 franchise, 1 availability row, 1 home: 5 rows added, 0 changed";
        assert_eq!(summary.to_string(), text);
    }
}
