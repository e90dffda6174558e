use std::{collections::BTreeSet, error::Error, fmt};

/// Something wrong in a data set, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: u64,
    /// The column, by its name in the header; empty if the whole line is meant.
    pub column: String,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, ": {}", self.column)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// All that is wrong in a data set, in the order of files, lines and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults.
    pub fn list(&self) -> &[Fault] {
        &self.0
    }

    pub(super) fn add(&mut self, file: &str, line: u64, column: &str, reason: impl Into<String>) {
        self.0.push(Fault { file: file.to_owned(), line, column: column.to_owned(), reason: reason.into() });
    }

    /// Whether there are so few that it is worth the time to look for what was meant: what thousands of rows have in
    /// common is no slip.
    pub(super) fn are_few(&self) -> bool {
        self.0.len() < 100
    }

    /// Gives `value` if there are no faults.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort();
        self.0.dedup();
        Err(self)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}")?;
        }
        let files = self.0.iter().map(|fault| &fault.file).collect::<BTreeSet<_>>().len();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let count = self.0.len();
        write!(f, "{count} fault{} in {files} file{}; nothing was imported", plural(count), plural(files))
    }
}

impl Error for Faults {}
