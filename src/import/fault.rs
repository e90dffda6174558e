use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt,
};

use serde_json::{Value, json};

/// An error in a data set, with its location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 for a fault of the whole file.
    pub line: u64,
    /// The name of the column in the header; empty for a fault of the whole line.
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

/// Maximum number of faults that are kept with their reasons. Later ones are only counted.
const KEPT: usize = 10_000;

/// Maximum number of faults that are printed.
const PRINTED: usize = 1000;

/// All faults in a data set, sorted by file, line and column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    list: Vec<Fault>,
    /// The number of faults that are not in `list`, and their files.
    more: usize,
    files_of_more: BTreeSet<String>,
    /// The places in `list` of the faults of a line, in any file.
    places: BTreeMap<u64, Vec<usize>>,
    /// Faults in the format of whole files, by reason: a program that saves one file wrong saves all of them wrong.
    of_form: BTreeMap<String, Vec<String>>,
}

impl Faults {
    /// The first 10,000 faults.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// The number of faults, as a sentence.
    pub fn count(&self) -> String {
        let mut files: BTreeSet<&str> = self.list.iter().flat_map(|fault| fault.file.split(", ")).collect();
        files.extend(self.files_of_more.iter().map(String::as_str));
        let files = files.len();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let count = self.number();
        format!("{count} fault{} in {files} file{}; nothing was imported", plural(count), plural(files))
    }

    /// The number of all faults, including those that are only counted.
    pub fn number(&self) -> usize {
        self.list.len() + self.more
    }

    /// The first 1,000 faults as JSON: an array of objects with file, line, column and reason.
    pub fn json(&self) -> Value {
        let fault = |fault: &Fault| json!({ "file": fault.file, "line": fault.line, "column": fault.column, "reason": fault.reason });
        self.list.iter().take(PRINTED).map(fault).collect()
    }

    /// Adds a fault in the format of a whole file. Files with the same reason become one fault.
    pub(super) fn add_form(&mut self, file: &str, reason: String) {
        self.of_form.entry(reason).or_default().push(file.to_owned());
    }

    pub(super) fn add(&mut self, file: &str, line: u64, column: &str, reason: impl Into<String>) {
        if !self.are_kept() {
            self.more += 1;
            if !self.files_of_more.contains(file) {
                self.files_of_more.insert(file.to_owned());
            }
            return;
        }
        self.places.entry(line).or_default().push(self.list.len());
        self.list.push(Fault { file: file.to_owned(), line, column: column.to_owned(), reason: reason.into() });
    }

    /// The faults of a line, in any file.
    pub(super) fn in_line(&self, line: u64) -> impl Iterator<Item = &Fault> {
        self.places.get(&line).into_iter().flatten().filter_map(|place| self.list.get(*place))
    }

    /// Whether there are few enough faults to search for similar names, which is slow. Thousands of them are no typos.
    pub(super) fn are_few(&self) -> bool {
        self.list.len() < 100
    }

    /// Whether faults are still kept with their reasons.
    pub(super) fn are_kept(&self) -> bool {
        self.list.len() < KEPT
    }

    /// Returns `value` if there are no faults.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Self> {
        for (reason, mut files) in std::mem::take(&mut self.of_form) {
            files.sort();
            self.add(&files.join(", "), 0, "", reason);
        }
        if self.list.is_empty() {
            return Ok(value);
        }
        self.places.clear();
        self.list.sort();
        self.list.dedup();
        Err(self)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in self.list.iter().take(PRINTED) {
            writeln!(f, "{fault}")?;
        }
        if self.number() > PRINTED {
            writeln!(f, "and {} more", self.number() - PRINTED)?;
        }
        f.write_str(&self.count())
    }
}

impl Error for Faults {}
