use std::fmt::{self, Debug, Write};

use entity::{PartialDate, name_key};
use sea_orm::Iterable;
use unicode_normalization::UnicodeNormalization;

use super::{Faults, money, table::near};

/// A line of a file with the right number of fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'t> {
    pub(super) file: &'static str,
    pub(super) line: u64,
    /// The place among the rows of its file, from 0.
    pub(super) place: u32,
    /// The names of the columns, which the rows of a file share.
    pub(super) names: &'t [&'static str],
    /// The cells, each on a line of its own.
    pub(super) cells: &'t str,
}

/// Characters that look like nothing or like a space: soft hyphen, zero-width space, word joiner, byte order mark, and
/// spaces of other widths. The joiners of scripts and the marks of direction are not among them.
const INVISIBLE: &[char] = &[
    '\u{A0}', '\u{AD}', '\u{180E}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}',
    '\u{2007}', '\u{2008}', '\u{2009}', '\u{200A}', '\u{200B}', '\u{202F}', '\u{205F}', '\u{2060}', '\u{FEFF}',
];

/// The first invisible character of a text. ASCII has none.
fn invisible(text: &str) -> Option<char> {
    if text.is_ascii() { None } else { text.chars().find(|sign| INVISIBLE.contains(sign)) }
}

/// Adds a text in Unicode normal form C, so that equal texts are equal bytes. ASCII is in it.
fn add_normal(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.push_str(text);
    } else {
        out.extend(text.nfc());
    }
}

impl<'t> Row<'t> {
    /// Adds the cells of a line to `out`, in the form of [`Row::cells`], and checks the rules for all cells.
    pub(super) fn write(
        file: &'static str,
        line: u64,
        names: &[&'static str],
        cells: &[&str],
        out: &mut String,
        faults: &mut Faults,
    ) {
        for (name, cell) in names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            if cell.trim() != *cell {
                faults.add(file, line, name, format!("{cell:?} has spaces around it"));
            } else if cell.contains(char::is_control) {
                faults.add(file, line, name, format!("{cell:?} contains a control character"));
            } else if let Some(sign) = invisible(cell) {
                let number = u32::from(sign);
                faults.add(
                    file,
                    line,
                    name,
                    format!("{cell:?} contains the character U+{number:04X}, which cannot be seen"),
                );
            } else if INDEXED.contains(name) && !is_indexable(cell) {
                faults.add(file, line, name, TOO_LONG);
            }
        }
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                out.push('\n');
            }
            let cell = cell.trim();
            if cell.contains('\n') {
                // Reported as a control character.
                add_normal(&cell.replace('\n', " "), out);
            } else {
                add_normal(cell, out);
            }
        }
    }

    pub(super) fn get(self, column: &str) -> &'t str {
        let place = self.names.iter().position(|name| *name == column);
        place.and_then(|place| self.cells.split('\n').nth(place)).unwrap_or_default()
    }

    /// Whether one of the cells is `text`.
    pub(super) fn has(self, text: &str) -> bool {
        self.cells.split('\n').any(|cell| cell == text)
    }

    pub(super) fn fault(self, faults: &mut Faults, column: &str, reason: impl Into<String>) {
        faults.add(self.file, self.line, column, reason);
    }

    /// Whether a cell has a fault.
    pub(super) fn is_faulty(self, column: &str, faults: &Faults) -> bool {
        faults.in_line(self.line).any(|fault| fault.column == column && fault.file == self.file)
    }

    /// The text of a cell, or `None` if it is empty.
    pub(super) fn text(self, column: &str) -> Option<String> {
        Some(self.get(column)).filter(|cell| !cell.is_empty()).map(ToOwned::to_owned)
    }

    /// The text of a cell, which must not be empty.
    pub(super) fn needed(self, column: &str, faults: &mut Faults) -> String {
        if self.get(column).is_empty() {
            self.fault(faults, column, "must not be empty");
        }
        self.get(column).to_owned()
    }

    /// The number in a cell, or `None` if it is empty.
    pub(super) fn number(self, column: &str, least: i32, most: i32, faults: &mut Faults) -> Option<i32> {
        let cell = self.text(column)?;
        let digits = Some(&cell).filter(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.fault(faults, column, format!("{cell:?} is not a number from {least} to {most}"));
        }
        number
    }

    /// The amount of money in a cell, in the smallest unit of `currency`, or `None` if it is empty.
    pub(super) fn amount(self, column: &str, currency: &str, faults: &mut Faults) -> Option<i64> {
        let cell = self.text(column)?;
        let amount = money::minor_units(&cell, currency);
        if amount.is_none() {
            self.fault(faults, column, format!("{cell:?} is not an amount of {currency}; write it like 5.99"));
        }
        amount
    }

    /// `yes` or `no` in a cell, or `None` if it is empty.
    pub(super) fn yes_or_no(self, column: &str, faults: &mut Faults) -> Option<bool> {
        match self.get(column) {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            cell => {
                self.fault(faults, column, format!("{cell:?} is neither yes nor no"));
                None
            }
        }
    }

    /// The texts in a cell, separated by semicolons.
    pub(super) fn list(self, column: &str) -> Vec<&'t str> {
        self.get(column).split(';').map(str::trim).filter(|text| !text.is_empty()).collect()
    }

    /// The date in a cell, or `None` if it is empty.
    pub(super) fn date(self, column: &str, faults: &mut Faults) -> Option<PartialDate> {
        let cell = self.text(column)?;
        let date = cell.parse();
        if let Err(reason) = &date {
            self.fault(faults, column, format!("{cell:?} {reason}"));
        }
        date.ok()
    }

    /// Two dates, of which the second must not be before the first.
    pub(super) fn dates(self, from: &str, to: &str, faults: &mut Faults) -> (Option<PartialDate>, Option<PartialDate>) {
        let dates = (self.date(from, faults), self.date(to, faults));
        if let (Some(first), Some(last)) = &dates {
            // The first day may be within the year or month of the second date, so compare at its precision.
            let known = first.as_str().get(..last.as_str().len()).unwrap_or(first.as_str());
            if last.as_str() < known {
                self.fault(faults, to, format!("{last} is before {from} {first}"));
            }
        }
        dates
    }

    /// The value of an enumeration in a cell, or `None` if it is empty. `joint` separates the parts of a name.
    pub(super) fn word<E: Iterable + Debug + Copy>(self, column: &str, joint: char, faults: &mut Faults) -> Option<E> {
        self.word_among(column, E::iter(), joint, faults)
    }

    /// The one of `values` that is in a cell, or `None` if it is empty.
    pub(super) fn word_among<E: Debug + Copy>(
        self,
        column: &str,
        values: impl Iterator<Item = E> + Clone,
        joint: char,
        faults: &mut Faults,
    ) -> Option<E> {
        let cell = Some(self.get(column)).filter(|cell| !cell.is_empty())?;
        let word = values.clone().find(|value| is_word(value, joint, cell));
        if word.is_none() {
            let words: Vec<String> = values.map(|value| word_of(&value, joint)).collect();
            let known: Vec<&str> = words.iter().map(String::as_str).collect();
            let hint = near(cell, &known).map_or(String::new(), |near| format!("did you mean {near}? "));
            self.fault(
                faults,
                column,
                format!("{cell:?} is not a known value; {hint}the values are {}", words.join(", ")),
            );
        }
        word
    }
}

/// Columns with a database index.
const INDEXED: &[&str] = &["slug", "key", "name", "title", "species", "field"];

/// Maximum length of such a cell, in bytes. PostgreSQL limits an index entry, which may have two of them, to 2,704.
const LONGEST: usize = 1000;

pub(super) const TOO_LONG: &str = "is longer than 1000 bytes (or its form without case and accents is)";

/// Whether PostgreSQL can index a text and its key.
pub(super) fn is_indexable(text: &str) -> bool {
    text.len() <= LONGEST && name_key(text).len() <= LONGEST
}

/// Whether a value has this name, without allocating it: each row has several.
pub(super) fn is_word(value: &impl Debug, joint: char, name: &str) -> bool {
    let mut rest = Rest { name, joint, begun: false };
    write!(rest, "{value:?}").is_ok() && rest.name.is_empty()
}

/// The part of a name that has not been compared yet.
struct Rest<'n> {
    name: &'n str,
    joint: char,
    begun: bool,
}

impl Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for letter in part.chars() {
            if letter.is_uppercase() && self.begun {
                self.name = self.name.strip_prefix(self.joint).ok_or(fmt::Error)?;
            }
            self.begun = true;
            for letter in letter.to_lowercase() {
                self.name = self.name.strip_prefix(letter).ok_or(fmt::Error)?;
            }
        }
        Ok(())
    }
}

/// The name of a value of an enumeration in the files: in lower case, with `joint` in front of former capitals.
pub(crate) fn word_of(value: &impl Debug, joint: char) -> String {
    let mut word = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push(joint);
        }
        word.extend(letter.to_lowercase());
    }
    word
}

/// Whether `text` consists of lower case letters and digits, with single hyphens between them.
pub(crate) fn is_slug(text: &str) -> bool {
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
        assert!(is_word(&show_link::Kind::HasSpinOff, '_', "has_spin_off"));
        for other in ["has_spin_of", "has_spin_offs", "has-spin-off", "hasspinoff", ""] {
            assert!(!is_word(&show_link::Kind::HasSpinOff, '_', other), "{other}");
        }
    }

    #[test]
    fn slugs_are_lower_case_words_with_hyphens() {
        assert!(["a", "star-trek-2009", "b-4", "0"].into_iter().all(is_slug));
        assert!(!["", "-a", "a-", "a--b", "A", "a_b", "é", "a b"].into_iter().any(is_slug));
    }
}
