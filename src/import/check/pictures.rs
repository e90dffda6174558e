//! Pictures and summaries of objects.

use std::collections::HashMap;

use entity::picture::Kind;

use super::{
    Known,
    external_ids::{FILES, MOST, rows},
};
use crate::import::{
    Faults,
    data_set::{Picture, Subject, Summary},
    row::{Row, TOO_LONG, is_indexable},
    table::Table,
};

/// Maximum length of a summary, in characters.
const LONGEST: usize = 10_000;

pub(super) fn pictures(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Picture> {
    let mut found = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let of = object(row, known, "pictures", faults);
        row.needed("kind", faults);
        let kind: Option<Kind> = row.word("kind", '-', faults);
        row.needed("url", faults);
        let (url, small_url) = (row.address("url", faults), row.address("small_url", faults));
        row.needed("credit", faults);
        let (credit, licence) = (row.line("credit", faults), row.line("licence", faults));
        let position = row.number("order", 1, MOST, faults);
        let (Some(of), Some(kind), Some(url), Some(credit)) = (of, kind, url, credit) else { continue };
        if let Some(line) = seen.line(row, of, [url.clone(), String::new()]) {
            let reason = format!("{url:?} is already a picture of this object, in line {line}");
            row.fault(faults, "url", reason);
            continue;
        }
        let position = seen.position(of, position);
        found.push(Picture { of, kind, url, small_url, credit, licence, position });
    }
    found
}

pub(super) fn summaries(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Summary> {
    let mut found = Vec::new();
    let mut seen = Seen::default();
    for row in table.rows() {
        let of = object(row, known, "summaries", faults);
        let language = row.language("language", faults);
        let text = row.needed("text", faults);
        if text.chars().count() > LONGEST {
            row.fault(faults, "text", format!("is longer than {LONGEST} characters"));
        }
        row.needed("licence", faults);
        let (licence, credit) = (row.line("licence", faults), row.line("credit", faults));
        let position = row.number("order", 1, MOST, faults);
        let (Some(of), Some(licence)) = (of, licence) else { continue };
        let key = [language.clone().unwrap_or_default(), credit.clone().unwrap_or_default()];
        if let Some(line) = seen.line(row, of, key) {
            let reason = format!("line {line} has a summary of this object with the same language and credit");
            row.fault(faults, "language", reason);
            continue;
        }
        let position = seen.position(of, position);
        found.push(Summary { of, language, text, licence, credit, position });
    }
    found
}

/// The object that a row describes.
fn object(row: Row<'_>, known: &Known, what: &str, faults: &mut Faults) -> Option<Subject> {
    let (file, key) = (row.needed("file", faults), row.needed("key", faults));
    let Some((rows, kind)) = rows(known, &file) else {
        if !file.is_empty() {
            row.fault(faults, "file", format!("{file:?} has no {what}; the files are {}", FILES.join(", ")));
        }
        return None;
    };
    if key.is_empty() {
        return None;
    }
    rows.find(row, "key", &key, &file, faults).map(|object| Subject { kind, place: object.place })
}

/// What earlier rows say about the same objects.
#[derive(Default)]
struct Seen {
    lines: HashMap<(Subject, [String; 2]), u64>,
    positions: HashMap<Subject, i32>,
}

impl Seen {
    /// The line of an earlier row with the same key.
    fn line(&mut self, row: Row<'_>, of: Subject, key: [String; 2]) -> Option<u64> {
        self.lines.insert((of, key), row.line)
    }

    /// The given position, or the one behind the last.
    fn position(&mut self, of: Subject, given: Option<i32>) -> i32 {
        let last = self.positions.entry(of).or_default();
        let position = given.unwrap_or(*last + 1);
        *last = position.max(*last);
        position
    }
}

impl Row<'_> {
    /// The web address in a cell, or `None` if it is empty.
    pub(super) fn address(self, column: &str, faults: &mut Faults) -> Option<String> {
        let cell = self.line(column, faults)?;
        if without_scheme(&cell).is_none() {
            self.fault(faults, column, format!("{cell:?} does not begin with https:// or http://"));
            return None;
        }
        if !is_address(&cell) {
            self.fault(faults, column, format!("{cell:?} is not a web address"));
            return None;
        }
        Some(cell)
    }

    /// The language tag (BCP 47) in a cell, or `None` if it is empty.
    pub(super) fn language(self, column: &str, faults: &mut Faults) -> Option<String> {
        let cell = self.text(column)?;
        let Some(expected) = language_tag(&cell) else {
            self.fault(faults, column, format!("{cell:?} is not a language tag, such as en or pt-BR"));
            return None;
        };
        if cell != expected {
            self.fault(faults, column, format!("{cell:?} must be written {expected:?}"));
            return None;
        }
        Some(cell)
    }

    /// The text in a cell, which must not be too long to be indexed, or `None` if it is empty.
    fn line(self, column: &str, faults: &mut Faults) -> Option<String> {
        let cell = self.text(column)?;
        if !is_indexable(&cell) {
            self.fault(faults, column, TOO_LONG);
            return None;
        }
        Some(cell)
    }
}

fn without_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))
}

/// Whether a text is a web address that a cell can hold.
pub(crate) fn is_address(text: &str) -> bool {
    let is_forbidden = |letter: char| letter.is_whitespace() || letter.is_control() || r#"<>"\^`{|}"#.contains(letter);
    let names_host = |rest: &str| !rest.is_empty() && !rest.starts_with(['/', '?', '#']);
    without_scheme(text).is_some_and(names_host) && !text.contains(is_forbidden) && is_indexable(text)
}

/// A language tag in the case that RFC 5646 (2.1.1) recommends; `None` if the text is none. Languages without a code of two
/// or three letters are not accepted, so that names such as `English` are not taken for codes.
pub(crate) fn language_tag(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let first = parts.next()?;
    let is_code = (2..=3).contains(&first.len()) && first.bytes().all(|letter| letter.is_ascii_alphabetic());
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if !is_code || text.len() > 35 || !parts.clone().all(is_part) {
        return None;
    }
    let mut tag = first.to_lowercase();
    let mut is_extension = false;
    for part in parts {
        tag.push('-');
        let is_word = part.bytes().all(|letter| letter.is_ascii_alphabetic());
        match part.len() {
            2 if !is_extension => tag += &part.to_uppercase(),
            4 if !is_extension && is_word => {
                let (initial, rest) = part.split_at(1);
                tag += &initial.to_uppercase();
                tag += &rest.to_lowercase();
            }
            _ => tag += &part.to_lowercase(),
        }
        // What follows a single letter is an extension, which is in lower case.
        is_extension |= part.len() == 1;
    }
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_have_the_recommended_case() {
        for (text, tag) in [
            ("en", Some("en")),
            ("EN", Some("en")),
            ("pt-br", Some("pt-BR")),
            ("zh-hant-TW", Some("zh-Hant-TW")),
            ("es-419", Some("es-419")),
            ("sl-ROZAJ", Some("sl-rozaj")),
            ("en-u-CA-gregory", Some("en-u-ca-gregory")),
            ("gsw", Some("gsw")),
            ("English", None),
            ("e", None),
            ("en_US", None),
            ("en-", None),
            ("", None),
            ("12", None),
        ] {
            assert_eq!(language_tag(text).as_deref(), tag, "{text}");
        }
    }
}
