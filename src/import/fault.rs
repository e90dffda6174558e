use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt,
};

use serde_json::{Value, json};

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
pub struct Faults {
    list: Vec<Fault>,
    /// Faults of whole files, by what is wrong with them: a program that saves one file wrong saves all so.
    of_form: BTreeMap<String, Vec<String>>,
}

impl Faults {
    /// The faults.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// How many there are, as a sentence.
    pub fn count(&self) -> String {
        let files = self.list.iter().flat_map(|fault| fault.file.split(", ")).collect::<BTreeSet<_>>().len();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let count = self.list.len();
        format!("{count} fault{} in {files} file{}; nothing was imported", plural(count), plural(files))
    }

    /// The same as JSON: an array of objects with file, line, column and reason.
    pub fn json(&self) -> Value {
        let fault = |fault: &Fault| json!({ "file": fault.file, "line": fault.line, "column": fault.column, "reason": fault.reason });
        self.list.iter().map(fault).collect()
    }

    /// Says what is wrong with the form of a whole file; files with the same fault become one.
    pub(super) fn add_form(&mut self, file: &str, reason: String) {
        self.of_form.entry(reason).or_default().push(file.to_owned());
    }

    pub(super) fn add(&mut self, file: &str, line: u64, column: &str, reason: impl Into<String>) {
        self.list.push(Fault { file: file.to_owned(), line, column: column.to_owned(), reason: reason.into() });
    }

    /// Whether there are so few that it is worth the time to look for what was meant: what thousands of rows have in
    /// common is no slip.
    pub(super) fn are_few(&self) -> bool {
        self.list.len() < 100
    }

    /// Gives `value` if there are no faults.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Self> {
        for (reason, mut files) in std::mem::take(&mut self.of_form) {
            files.sort();
            self.add(&files.join(", "), 0, "", reason);
        }
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort();
        self.list.dedup();
        Err(self)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.list {
            writeln!(f, "{fault}")?;
        }
        f.write_str(&self.count())
    }
}

impl Error for Faults {}
