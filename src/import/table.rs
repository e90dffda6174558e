use std::{collections::HashMap, fmt::Debug, str::FromStr};

use entity::PartialDate;
use sea_orm::Iterable;

use super::{Faults, Folder};

/// The columns of a file. They may come in any order.
pub(super) struct Columns {
    pub(super) file: &'static str,
    pub(super) required: &'static [&'static str],
    /// Columns of the format that may be absent and are not imported.
    pub(super) ignored: &'static [&'static str],
}

/// The rows of a file that have the right number of fields.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

/// A line of a file.
pub(super) struct Row {
    pub(super) file: &'static str,
    pub(super) line: u64,
    cells: HashMap<&'static str, String>,
}

/// Reads a file and checks its form.
pub(super) fn read(folder: &Folder, columns: &Columns, faults: &mut Faults) -> Table {
    let mut table = Table { rows: Vec::new() };
    let file = columns.file;
    let Some(bytes) = folder.0.get(file) else {
        faults.add(file, 0, "", "is missing; a file that has nothing to say still needs its header line");
        return table;
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let mut header = None;
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(reason) => {
                faults.add(file, 0, "", format!("is no CSV: {reason}"));
                break;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let Ok(cells) = record.iter().map(std::str::from_utf8).collect::<Result<Vec<_>, _>>() else {
            faults.add(file, line, "", "is not UTF-8; save the file as UTF-8");
            continue;
        };
        let Some(names) = &header else {
            let Some(names) = read_header(&cells, columns, faults) else { return table };
            header = Some(names);
            continue;
        };
        if cells.len() != names.len() {
            let reason = format!("has {} fields, the header {}", cells.len(), names.len());
            faults.add(file, line, "", reason);
            continue;
        }
        for (name, cell) in names.iter().zip(&cells) {
            if cell.trim() != *cell {
                faults.add(file, line, name, format!("{cell:?} has blanks around it"));
            }
        }
        let cells = names.iter().zip(cells).map(|(name, cell)| (*name, cell.trim().to_owned())).collect();
        table.rows.push(Row { file, line, cells });
    }
    if header.is_none() {
        faults.add(file, 0, "", format!("has no header; begin it with {}", columns.required.join(",")));
    }
    table
}

/// Matches the names in the header with the columns of the format.
fn read_header(cells: &[&str], columns: &Columns, faults: &mut Faults) -> Option<Vec<&'static str>> {
    let known = || columns.required.iter().chain(columns.ignored).copied();
    let mut right = true;
    let mut names = Vec::new();
    for cell in cells {
        match known().find(|name| name == cell) {
            Some(name) if names.contains(&name) => {
                right = false;
                faults.add(columns.file, 1, cell, "the column stands there twice");
            }
            Some(name) => names.push(name),
            None => {
                right = false;
                let all: Vec<&str> = known().collect();
                faults.add(
                    columns.file,
                    1,
                    cell,
                    format!("is no column of this file; its columns are {}", all.join(", ")),
                );
            }
        }
    }
    for missing in columns.required.iter().filter(|name| !names.contains(name)) {
        right = false;
        faults.add(columns.file, 1, missing, "the column is missing");
    }
    right.then_some(names)
}

impl Table {
    /// The rows by the value of `column`. A value that stands there twice is a fault, and so is one that is no slug.
    pub(super) fn by_slug(&self, column: &str, faults: &mut Faults) -> HashMap<&str, &Row> {
        let mut rows: HashMap<&str, &Row> = HashMap::new();
        for row in &self.rows {
            let slug = row.get(column);
            if !is_slug(slug) {
                let reason =
                    format!("{slug:?} is no slug; use lower case letters, digits and single hyphens between them");
                row.fault(faults, column, reason);
            } else if let Some(first) = rows.get(slug) {
                row.fault(faults, column, format!("{slug:?} stands already in line {}", first.line));
            } else {
                rows.insert(slug, row);
            }
        }
        rows
    }
}

impl Row {
    pub(super) fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    pub(super) fn fault(&self, faults: &mut Faults, column: &str, reason: impl Into<String>) {
        faults.add(self.file, self.line, column, reason);
    }

    /// The text of a cell, or nothing if it is empty.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        Some(self.get(column)).filter(|cell| !cell.is_empty()).map(ToOwned::to_owned)
    }

    /// The text of a cell that must not be empty.
    pub(super) fn needed(&self, column: &str, faults: &mut Faults) -> String {
        if self.get(column).is_empty() {
            self.fault(faults, column, "must not be empty");
        }
        self.get(column).to_owned()
    }

    /// The number in a cell, or nothing if it is empty.
    pub(super) fn number(&self, column: &str, least: i32, most: i32, faults: &mut Faults) -> Option<i32> {
        let cell = self.text(column)?;
        let number = i32::from_str(&cell).ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.fault(faults, column, format!("{cell:?} is no number from {least} to {most}"));
        }
        number
    }

    /// The date in a cell, or nothing if it is empty.
    pub(super) fn date(&self, column: &str, faults: &mut Faults) -> Option<PartialDate> {
        let cell = self.text(column)?;
        let date = cell.parse();
        if let Err(reason) = &date {
            self.fault(faults, column, format!("{cell:?} {reason}"));
        }
        date.ok()
    }

    /// Two dates, the second of which must not lie before the first.
    pub(super) fn dates(
        &self,
        from: &str,
        to: &str,
        faults: &mut Faults,
    ) -> (Option<PartialDate>, Option<PartialDate>) {
        let dates = (self.date(from, faults), self.date(to, faults));
        if let (Some(first), Some(last)) = &dates {
            // A year or month may hold the first day, so that only what both say is compared.
            let known = first.as_str().get(..last.as_str().len()).unwrap_or(first.as_str());
            if last.as_str() < known {
                self.fault(faults, to, format!("{last} is before {from} {first}"));
            }
        }
        dates
    }

    /// The word of an enumeration in a cell, or nothing if it is empty. `joint` stands between the parts of a word.
    pub(super) fn word<E: Iterable + Debug + Copy>(&self, column: &str, joint: char, faults: &mut Faults) -> Option<E> {
        let cell = self.text(column)?;
        let word = E::iter().find(|value| word_of(value, joint) == cell);
        if word.is_none() {
            let words: Vec<String> = E::iter().map(|value| word_of(&value, joint)).collect();
            self.fault(faults, column, format!("{cell:?} is none of {}", words.join(", ")));
        }
        word
    }

    /// The slug in a cell, which must be that of a row of `file`.
    pub(super) fn reference<'t>(
        &self,
        column: &str,
        file: &str,
        known: &HashMap<&'t str, &'t Row>,
        faults: &mut Faults,
    ) -> Option<&'t Row> {
        let slug = self.get(column);
        if slug.is_empty() {
            self.fault(faults, column, "must not be empty");
            return None;
        }
        let found = known.get(slug).copied();
        if found.is_none() {
            let near = known.keys().map(|key| (strsim::damerau_levenshtein(slug, key), *key)).min();
            let hint = near.filter(|(distance, _)| *distance <= 3);
            let hint = hint.map_or(String::new(), |(_, near)| format!("; did you mean {near:?}?"));
            self.fault(faults, column, format!("{slug:?} is not in {file}{hint}"));
        }
        found
    }
}

/// The word for a value of an enumeration: its name in lower case, parted where it has capitals.
fn word_of(value: &impl Debug, joint: char) -> String {
    let mut word = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push(joint);
        }
        word.extend(letter.to_lowercase());
    }
    word
}

fn is_slug(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split('-').all(part)
}

#[cfg(test)]
mod tests {
    use entity::{credit, show_link};

    use super::*;

    #[test]
    fn words_come_from_the_names_of_values() {
        assert_eq!(word_of(&credit::Billing::SpecialGuest, '-'), "special-guest");
        assert_eq!(word_of(&show_link::Kind::HasSpinOff, '_'), "has_spin_off");
        assert_eq!(word_of(&credit::Job::ExecutiveProducer, '-'), "executive-producer");
    }

    #[test]
    fn slugs_are_lower_case_words_with_hyphens() {
        assert!(["a", "star-trek-2009", "b-4", "0"].into_iter().all(is_slug));
        assert!(!["", "-a", "a-", "a--b", "A", "a_b", "é", "a b"].into_iter().any(is_slug));
    }
}
