use std::{collections::HashSet, sync::Arc};

use super::{Faults, Folder, row::Row};

/// The columns of a file, in any order.
pub(super) struct Columns {
    pub(super) file: &'static str,
    pub(super) required: &'static [&'static str],
    /// Columns that may be missing.
    pub(super) optional: &'static [&'static str],
    /// Whether the file may be missing, which is the same as having no rows.
    pub(super) may_be_absent: bool,
}

/// The readable part of a file.
#[derive(Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The cells of unreadable lines, so that references to them are not reported as faults.
    pub(super) unread: HashSet<String>,
    /// Whether the file, or the rest of it, could not be read.
    pub(super) cut: bool,
}

/// Reads a file and checks its format.
pub(super) fn read(folder: &Folder, columns: &Columns, faults: &mut Faults) -> Table {
    let mut table = Table::default();
    if read_into(&mut table, folder, columns, faults).is_none() {
        table.cut = true;
    }
    table
}

/// Returns `None` if it stopped before the end of the file.
fn read_into(table: &mut Table, folder: &Folder, columns: &Columns, faults: &mut Faults) -> Option<()> {
    let file = columns.file;
    let Some(bytes) = folder.0.get(file) else {
        if columns.may_be_absent {
            return Some(());
        }
        faults.add(file, 0, "", "is missing; a file without rows still needs its header line");
        return None;
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(reason) = form(bytes, columns) {
        faults.add_form(file, reason);
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let mut lines = Lines { bytes, counted: 0, line: 1 };
    let mut header: Option<Arc<[&'static str]>> = None;
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(reason) => {
                faults.add(file, 0, "", format!("is not valid CSV: {reason}"));
                return None;
            }
        };
        let line = lines.of(&record);
        if record.iter().any(|cell| cell.contains(&b'\n')) {
            let reason = "has a quotation mark that is not closed on its line; the rest of the file was not read";
            faults.add(file, line, "", reason);
            return None;
        }
        let Ok(cells) = record.iter().map(std::str::from_utf8).collect::<Result<Vec<_>, _>>() else {
            faults.add(file, line, "", "is not UTF-8; save the file as UTF-8");
            header.as_ref()?;
            table.unread.extend(record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()));
            continue;
        };
        let Some(names) = &header else {
            header = Some(Arc::from(read_header(&cells, line, columns, faults)?));
            continue;
        };
        if cells.len() != names.len() {
            let reason = format!("has {} fields where the header has {}", cells.len(), names.len());
            faults.add(file, line, "", reason);
            table.unread.extend(cells.iter().map(|cell| cell.trim().to_owned()));
            continue;
        }
        table.rows.push(Row::read(file, line, names, &cells, faults));
    }
    if header.is_none() {
        faults.add(file, 0, "", format!("has no header; begin it with {}", columns.required.join(",")));
    }
    header.map(drop)
}

/// Matches the names in the header with the columns of the format.
fn read_header(cells: &[&str], line: u64, columns: &Columns, faults: &mut Faults) -> Option<Vec<&'static str>> {
    let known = || columns.required.iter().chain(columns.optional).copied();
    let mut right = true;
    let mut names = Vec::new();
    for cell in cells {
        match known().find(|name| name == cell) {
            Some(name) if names.contains(&name) => {
                right = false;
                faults.add(columns.file, line, cell, "the column appears twice");
            }
            Some(name) => names.push(name),
            None => {
                right = false;
                let all: Vec<&str> = known().collect();
                let reason = match near(cell, &all) {
                    _ if cell.is_empty() => format!("a column has no name; the columns are {}", all.join(", ")),
                    Some(near) => format!("is not a column of this file; did you mean {near}?"),
                    None => format!("is not a column of this file; its columns are {}", all.join(", ")),
                };
                faults.add(columns.file, line, cell, reason);
            }
        }
    }
    for missing in columns.required.iter().filter(|name| !names.contains(name)) {
        right = false;
        faults.add(columns.file, line, missing, "the column is missing");
    }
    right.then_some(names)
}

/// The known name that is most similar to `text`, if one is similar enough.
pub(super) fn near<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
    let folded = text.trim().to_lowercase().replace([' ', '-'], "_");
    let distance = |name: &&&str| strsim::damerau_levenshtein(&name.replace('-', "_"), &folded);
    let near = known.iter().min_by_key(distance)?;
    (distance(&near) <= (folded.chars().count() / 3).clamp(1, 3)).then_some(*near)
}

/// The fault in the format of a whole file, which would otherwise be reported for every line.
fn form(bytes: &[u8], columns: &Columns) -> Option<String> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some("is UTF-16 text; save it as UTF-8".to_owned());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Some("is a renamed spreadsheet; export it as comma-separated CSV in UTF-8".to_owned());
    }
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty())?;
    let header = std::str::from_utf8(line).ok()?;
    let known = |cell: &str| {
        let cell = cell.trim().trim_matches('"');
        columns.required.iter().chain(columns.optional).any(|name| *name == cell)
    };
    let parted =
        |separator: char| header.contains(separator) && header.split(separator).filter(|cell| known(cell)).count() >= 2;
    if known(header.split(',').next().unwrap_or_default()) {
        return None;
    }
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")] {
        if parted(separator) {
            return Some(format!("is separated by {name}; save it with commas"));
        }
    }
    // Some programs quote whole lines.
    let unquoted = header.strip_prefix('"').and_then(|header| header.strip_suffix('"'))?;
    (unquoted.split(',').count() > 1 && unquoted.split(',').all(known))
        .then(|| "has quotation marks around whole lines; remove them".to_owned())
}

/// Counts lines. The CSV reader's own count is off after CRLF and blank lines.
struct Lines<'b> {
    bytes: &'b [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line in which a record begins. Must be called for the records in their order.
    fn of(&mut self, record: &csv::ByteRecord) -> u64 {
        let from = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let ends = self.bytes.iter().skip(from).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.bytes.get(self.counted..from + ends).unwrap_or_default();
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.counted = from + ends;
        self.line
    }
}
