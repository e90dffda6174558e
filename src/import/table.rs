use std::{cell::Cell, collections::HashSet, io::BufRead};

use super::{Faults, Folder, Watch, check::Rows, row::Row};

/// The columns of a file, in any order.
pub(super) struct Columns {
    pub(super) file: &'static str,
    pub(super) required: &'static [&'static str],
    /// Columns that may be missing.
    pub(super) optional: &'static [&'static str],
    /// Whether the file may be missing, which is the same as having no rows.
    pub(super) may_be_absent: bool,
}

/// Where rows come from.
#[derive(Clone, Copy)]
pub(super) enum Files<'f> {
    Folder(&'f Folder, &'f Count<'f>),
    Rows(&'f Rows),
}

/// Counts the rows that are read.
pub(super) struct Count<'f> {
    pub(super) read: &'f Cell<u64>,
    pub(super) watch: Watch<'f>,
}

impl Count<'_> {
    fn add(&self) {
        self.read.set(self.read.get() + 1);
        if self.read.get().is_multiple_of(1000) {
            (self.watch)(self.read.get());
        }
    }
}

/// The rows of a file in memory: their cells in one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) file: &'static str,
    names: Vec<&'static str>,
    cells: String,
    starts: Vec<Start>,
    pub(super) unread: Unread,
}

/// Where the cells of a row begin, and its line in the file.
#[derive(Clone, Copy, Debug)]
struct Start {
    cells: u32,
    line: u32,
}

/// What is wrong with a file, as far as references to its rows are concerned.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    /// The cells of unreadable lines, so that references to them are not reported as faults.
    pub(super) cells: HashSet<String>,
    /// The cells of rows with faults.
    pub(super) faulty: HashSet<String>,
    /// Whether the file, or the rest of it, could not be read.
    pub(super) cut: bool,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn row(&self, place: u32) -> Option<Row<'_>> {
        let at = usize::try_from(place).ok()?;
        let (start, next) = (self.starts.get(at)?, self.starts.get(at + 1));
        let end = next.map_or(self.cells.len(), |next| next.cells as usize);
        let cells = self.cells.get(start.cells as usize..end)?;
        Some(Row { file: self.file, line: u64::from(start.line), place, names: &self.names, cells })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        (0..).map_while(|place| self.row(place))
    }

    /// The row at a line of the file.
    pub(super) fn row_at(&self, line: u64) -> Option<Row<'_>> {
        let place = self.starts.binary_search_by_key(&line, |start| u64::from(start.line)).ok()?;
        self.row(u32::try_from(place).ok()?)
    }

    /// A cell of the row at a place.
    pub(super) fn cell(&self, place: u32, column: &str) -> &str {
        self.row(place).map_or("", |row| row.get(column))
    }

    /// Returns `None` if the file is too large.
    fn push(&mut self, row: Row<'_>) -> Option<()> {
        let cells = u32::try_from(self.cells.len()).ok()?;
        u32::try_from(self.cells.len() + row.cells.len()).ok()?;
        self.starts.push(Start { cells, line: u32::try_from(row.line).unwrap_or(u32::MAX) });
        self.cells.push_str(row.cells);
        Some(())
    }
}

impl Files<'_> {
    /// Reads a file and checks its format.
    pub(super) fn read(self, columns: &Columns, faults: &mut Faults) -> Table {
        let mut table = Table { file: columns.file, ..Table::default() };
        let mut is_too_large = false;
        let unread = self.visit(columns, faults, |row, _| {
            if table.names.is_empty() {
                table.names = row.names.to_vec();
            }
            is_too_large |= table.push(row).is_none();
        });
        if is_too_large {
            faults.add(columns.file, 0, "", "is larger than 4 GiB; split the data set");
        }
        table.cells.shrink_to_fit();
        table.starts.shrink_to_fit();
        table.unread = unread;
        table
    }

    /// Reads a file and checks its format, and shows each row to `each`, without keeping it.
    pub(super) fn visit(
        self,
        columns: &Columns,
        faults: &mut Faults,
        mut each: impl FnMut(Row<'_>, &mut Faults),
    ) -> Unread {
        let mut visit = Visit::default();
        let whole = match self {
            Self::Folder(folder, count) => visit.file(folder, columns, faults, &mut |row, faults| {
                count.add();
                each(row, faults);
            }),
            Self::Rows(rows) => {
                let names: Vec<&str> = columns.required.iter().chain(columns.optional).copied().collect();
                for (line, row) in (1..).zip(rows.get(columns.file).into_iter().flatten()) {
                    let cells: Vec<&str> = names.iter().map(|name| row.get(*name).map_or("", String::as_str)).collect();
                    visit.row(columns.file, line, &names, &cells, faults, &mut each);
                }
                Some(())
            }
        };
        visit.unread.cut = whole.is_none();
        visit.unread
    }
}

/// Reads the rows of one file.
#[derive(Default)]
struct Visit {
    unread: Unread,
    cells: String,
    place: u32,
}

impl Visit {
    fn row(
        &mut self,
        file: &'static str,
        line: u64,
        names: &[&'static str],
        cells: &[&str],
        faults: &mut Faults,
        each: &mut impl FnMut(Row<'_>, &mut Faults),
    ) {
        let before = faults.number();
        self.cells.clear();
        Row::write(file, line, names, cells, &mut self.cells, faults);
        each(Row { file, line, place: self.place, names, cells: &self.cells }, faults);
        self.place = self.place.saturating_add(1);
        if faults.number() > before && faults.are_kept() {
            self.unread.faulty.extend(self.cells.split('\n').map(ToOwned::to_owned));
        }
    }

    /// Returns `None` if it stopped before the end of the file.
    fn file(
        &mut self,
        folder: &Folder,
        columns: &Columns,
        faults: &mut Faults,
        each: &mut impl FnMut(Row<'_>, &mut Faults),
    ) -> Option<()> {
        let file = columns.file;
        let Some(content) = folder.0.get(file) else {
            if columns.may_be_absent {
                return Some(());
            }
            faults.add(file, 0, "", "is missing; a file without rows still needs its header line");
            return None;
        };
        let mut unreadable = |reason| faults.add(file, 0, "", format!("cannot be read: {reason}"));
        let mut content = content.open().map_err(&mut unreadable).ok()?;
        let mut names: Option<Vec<&'static str>> = None;
        let (mut bytes, mut line) = (Vec::new(), 0);
        let mut begun = false;
        loop {
            bytes.clear();
            let read = content.read_until(b'\n', &mut bytes);
            match read {
                Ok(0) => break,
                Ok(_) => line += 1,
                Err(reason) => {
                    faults.add(file, 0, "", format!("cannot be read: {reason}"));
                    return None;
                }
            }
            let mut text = &bytes[..];
            if line == 1 {
                text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            }
            if text.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                continue;
            }
            if !std::mem::replace(&mut begun, true)
                && let Some(reason) = form(text, columns)
            {
                faults.add_form(file, reason);
                return None;
            }
            let mut go_on = Some(());
            records(text, |cells| {
                go_on = go_on.and_then(|()| self.record(&mut names, line, cells, columns, faults, each));
            });
            go_on?;
        }
        if names.is_none() {
            faults.add(file, 0, "", format!("has no header; begin it with {}", columns.required.join(",")));
        }
        names.map(drop)
    }

    /// Returns `None` if the rest of the file cannot be read.
    fn record(
        &mut self,
        names: &mut Option<Vec<&'static str>>,
        line: u64,
        cells: &[&[u8]],
        columns: &Columns,
        faults: &mut Faults,
        each: &mut impl FnMut(Row<'_>, &mut Faults),
    ) -> Option<()> {
        let file = columns.file;
        if cells.iter().any(|cell| cell.contains(&b'\n')) {
            let reason = "has a quotation mark that is not closed on its line; the rest of the file was not read";
            faults.add(file, line, "", reason);
            return None;
        }
        let Ok(cells) = cells.iter().map(|cell| std::str::from_utf8(cell)).collect::<Result<Vec<_>, _>>() else {
            faults.add(file, line, "", "is not UTF-8; save the file as UTF-8");
            names.as_ref()?;
            self.unread.cells.extend(cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()));
            return Some(());
        };
        let Some(names) = names else {
            *names = Some(read_header(&cells, line, columns, faults)?);
            return Some(());
        };
        if cells.len() != names.len() {
            let reason = format!("has {} fields where the header has {}", cells.len(), names.len());
            faults.add(file, line, "", reason);
            self.unread.cells.extend(cells.iter().map(|cell| cell.trim().to_owned()));
            return Some(());
        }
        self.row(file, line, names, &cells, faults, each);
        Some(())
    }
}

/// Splits a line into its records: one, unless it has carriage returns. A record does not go on in the next line.
fn records(line: &[u8], mut each: impl FnMut(&[&[u8]])) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if !text.iter().any(|byte| matches!(byte, b'"' | b'\r')) {
        return each(&text.split(|byte| *byte == b',').collect::<Vec<_>>());
    }
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.flexible(true).has_headers(false).buffer_capacity(line.len()).from_reader(line);
    let mut record = csv::ByteRecord::new();
    // Bytes in memory are always readable, and rows may have any number of cells.
    while reader.read_byte_record(&mut record).is_ok_and(|is_there| is_there) {
        each(&record.iter().collect::<Vec<_>>());
    }
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

/// The fault in the format of a whole file, which would otherwise be reported for every line. `bytes` are its first line.
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
