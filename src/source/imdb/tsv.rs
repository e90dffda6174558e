use std::{
    cell::Cell,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    rc::Rc,
};

use super::Progress;
use crate::source::{SourceError, document::decompressed, record::Remarks};

/// A file of tab-separated values, read row by row.
pub(super) struct Table<'a> {
    file: String,
    reader: Box<dyn BufRead>,
    read: Rc<Cell<u64>>,
    size: u64,
    header: Vec<String>,
    line: u64,
    remarks: &'a mut Remarks,
    progress: &'a mut dyn FnMut(Progress<'_>),
}

/// A row: the values of the columns that were asked for.
pub(super) struct Row<'a> {
    values: Vec<&'a [u8]>,
}

/// Longest row, in bytes. Rows of IMDb have fewer than 10,000.
const LONGEST: u64 = 1 << 20;

/// Rows between two calls of `progress`.
const STEP: u64 = 20_000;

impl<'a> Table<'a> {
    pub(super) fn open(
        path: &Path,
        remarks: &'a mut Remarks,
        progress: &'a mut dyn FnMut(Progress<'_>),
    ) -> Result<Self, SourceError> {
        let name = path.display().to_string();
        let failed = |error| SourceError::File { file: name.clone(), error };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let read = Rc::new(Cell::new(0));
        let mut raw = BufReader::with_capacity(1 << 16, Counted { file, read: read.clone() });
        raw.fill_buf().map_err(failed)?;
        let reader = decompressed(raw);
        let mut table = Self { file: name, reader, read, size, header: Vec::new(), line: 0, remarks, progress };
        let mut line = Vec::new();
        if table.next_line(&mut line) {
            let text = String::from_utf8_lossy(&line);
            let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
            table.header = text.split('\t').map(|column| column.trim().to_owned()).collect();
        }
        Ok(table)
    }

    /// Calls `each` with the rows whose first value in `columns` passes `keep`.
    pub(super) fn rows(
        &mut self,
        columns: &[&str],
        keep: impl Fn(&[u8]) -> bool,
        mut each: impl FnMut(&Row<'_>, &mut Note<'_>),
    ) {
        let places: Vec<Option<usize>> =
            columns.iter().map(|name| self.header.iter().position(|column| column == name)).collect();
        if let Some((name, _)) = columns.iter().zip(&places).find(|(_, place)| place.is_none()) {
            let reason = format!("skipped: the file has no column {name}; the first line must name the columns");
            return self.remarks.skip(&self.file, 1, reason);
        }
        let places: Vec<usize> = places.into_iter().flatten().collect();
        let (first, width) = (places.first().copied().unwrap_or_default(), self.header.len());
        let mut line = Vec::new();
        while self.next_line(&mut line) {
            if line.is_empty() {
                continue;
            }
            if !line.split(|b| *b == b'\t').nth(first).is_some_and(&keep) {
                // A row that is cut short may have been meant to pass.
                if line.split(|b| *b == b'\t').count() < width {
                    self.short(&line, width);
                }
                continue;
            }
            let cells: Vec<&[u8]> = line.split(|b| *b == b'\t').collect();
            if cells.len() != width {
                self.short(&line, width);
                continue;
            }
            let values = places.iter().filter_map(|place| cells.get(*place).copied()).collect();
            let mut note = Note { file: &self.file, line: self.line, remarks: self.remarks };
            each(&Row { values }, &mut note);
        }
        self.report();
    }

    fn short(&mut self, line: &[u8], width: usize) {
        let cells = line.split(|b| *b == b'\t').count();
        let reason = format!("skipped: the row has {cells} values; the header has {width}");
        self.remarks.skip(&self.file, self.line, reason);
    }

    /// Reads a line without its end; false at the end of the file, or where it cannot be read.
    fn next_line(&mut self, line: &mut Vec<u8>) -> bool {
        line.clear();
        self.line += 1;
        if self.line.is_multiple_of(STEP) {
            self.report();
        }
        let read = self.reader.by_ref().take(LONGEST).read_until(b'\n', line);
        match read {
            Err(error) => {
                let reason = format!("the file ends early or is damaged ({error}); rows before this line were read");
                self.remarks.skip(&self.file, self.line, reason);
                return false;
            }
            Ok(0) => return false,
            Ok(_) => {}
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        } else if line.len() as u64 == LONGEST {
            self.remarks.skip(&self.file, self.line, format_args!("skipped: the row is longer than {LONGEST} bytes"));
            line.clear();
            return self.reader.skip_until(b'\n').is_ok();
        }
        true
    }

    fn report(&mut self) {
        let rows = self.line.saturating_sub(2);
        (self.progress)(Progress { file: &self.file, rows, bytes: self.read.get(), of_bytes: self.size });
    }
}

impl<'a> Row<'a> {
    /// The value of a column by its place in those asked for; none for `\N` and the empty text.
    pub(super) fn text(&self, column: usize, note: &mut Note<'_>) -> Option<String> {
        let bytes = self.raw(column);
        if bytes.is_empty() || bytes == b"\\N" {
            return None;
        }
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            note.skip("the row is not UTF-8; invalid characters were replaced");
        }
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A number; none for `\N`. Something else becomes a remark.
    pub(super) fn number(&self, column: usize, what: &str, note: &mut Note<'_>) -> Option<u32> {
        let text = self.text(column, note)?;
        let number = text.parse().ok();
        if number.is_none() {
            note.skip(format_args!("ignored the {what} {text:?}; expected a whole number"));
        }
        number
    }

    pub(super) fn raw(&self, column: usize) -> &'a [u8] {
        self.values.get(column).copied().unwrap_or_default()
    }
}

/// Where remarks about a row go.
pub(super) struct Note<'a> {
    file: &'a str,
    line: u64,
    pub(super) remarks: &'a mut Remarks,
}

impl Note<'_> {
    pub(super) fn skip(&mut self, reason: impl std::fmt::Display) {
        self.remarks.skip(self.file, self.line, reason);
    }
}

/// The number in an id such as `tt0000001`.
pub(super) fn id(prefix: &[u8], bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(prefix)?;
    let plain = (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))).filter(|id| *id > 0)
}

/// Counts the bytes that were read from a file.
struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}
