//! The part of the data set that a few changes concern, as rows of the import format.
//!
//! It holds the changed rows and all rows that the import compares them with: those that they refer to, and their
//! siblings. The import checks and writes this part like any other data set; rows that were only read are written as they
//! were.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{DatabaseTransaction, DbErr, Value};

use super::format::{FORMATS, FieldType, Format, of_file};
use crate::{
    export,
    import::{Rows, is_slug},
};

/// The cells of a row by column.
pub type Cells = BTreeMap<String, String>;

/// A row and the change that made it, if it is not just context.
#[derive(Clone, Debug)]
struct Line {
    cells: Cells,
    change: Option<usize>,
}

/// A part of the data set.
pub struct Composition<'t> {
    tx: &'t DatabaseTransaction,
    lines: BTreeMap<&'static str, Vec<Line>>,
    keys: HashSet<(&'static str, String)>,
    /// What was already read.
    read: HashSet<(&'static str, String, Vec<String>)>,
}

/// Files that are always read whole, because the rows of one platform depend on each other. They are small.
const WHOLE: &[&str] = &["territories.csv", "platforms.csv", "platform_changes.csv"];

/// Columns that are computed for readers of the files, and not read.
const COMPUTED: &[(&str, &str)] = &[("seasons.csv", "entries"), ("media.csv", "precision")];

/// Columns that identify a row also if they are empty, such as the episode of work on a whole season.
const MAY_BE_EMPTY: &[&str] = &["episode", "season", "claim", "language", "credit"];

impl<'t> Composition<'t> {
    pub fn new(tx: &'t DatabaseTransaction) -> Self {
        Self { tx, lines: BTreeMap::new(), keys: HashSet::new(), read: HashSet::new() }
    }

    /// The row of a file with these values in its key columns; an empty value is not compared.
    pub async fn find(&self, format: &'static Format, key: &[String]) -> Result<Option<Cells>, DbErr> {
        let compared = format.key.iter().zip(key).filter(|(column, cell)| {
            // A part may be left out.
            !cell.is_empty() || MAY_BE_EMPTY.contains(column)
        });
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for (column, cell) in compared {
            if cell.is_empty() {
                conditions.push(format!("t.\"{column}\" IS NULL"));
            } else {
                conditions.push(format!("t.\"{column}\" = ?"));
                values.push(cell.clone());
            }
        }
        let found = self.rows(format, &conditions.join(" AND "), values).await?;
        Ok(found.into_iter().next())
    }

    /// Adds a changed row.
    pub fn change(&mut self, format: &'static Format, cells: Cells, change: usize) {
        self.keys.insert((format.file, key(format, &cells)));
        self.lines.entry(format.file).or_default().push(Line { cells, change: Some(change) });
    }

    /// Whether a row with the key of `cells` is among the changed ones.
    pub fn has(&self, format: &'static Format, cells: &Cells) -> bool {
        self.keys.contains(&(format.file, key(format, cells)))
    }

    /// The cells of a changed or read row with this slug.
    pub fn with_slug(&self, file: &str, slug: &str) -> Option<&Cells> {
        let column = of_file(file)?.key.first()?;
        let mut lines = self.lines.get(file)?.iter();
        lines.find(|line| line.cells.get(*column).is_some_and(|cell| cell == slug)).map(|line| &line.cells)
    }

    /// Reads all rows that the changed ones are compared with.
    pub async fn complete(&mut self) -> Result<(), DbErr> {
        let mut done: HashMap<&'static str, usize> = HashMap::new();
        loop {
            let mut pending: Vec<(&'static Format, Line)> = Vec::new();
            for format in FORMATS {
                let lines = self.lines.get(format.file).map_or(&[][..], Vec::as_slice);
                let from = done.insert(format.file, lines.len()).unwrap_or_default();
                pending.extend(lines.iter().skip(from).map(|line| (format, line.clone())));
            }
            if pending.is_empty() {
                return Ok(());
            }
            for (format, line) in pending {
                self.read_references(format, &line.cells).await?;
                if line.change.is_some() {
                    self.read_siblings(format, &line.cells).await?;
                }
            }
        }
    }

    /// Reads the rows that a row refers to.
    async fn read_references(&mut self, format: &'static Format, cells: &Cells) -> Result<(), DbErr> {
        for field in format.fields {
            let cell = cells.get(field.column).cloned().unwrap_or_default();
            let (file, slugs): (_, Vec<String>) = match field.ty {
                FieldType::Slug(file) => (file, vec![cell]),
                FieldType::Slugs(file) => (file, cell.split(';').map(|slug| slug.trim().to_owned()).collect()),
                FieldType::Sources => ("sources.csv", sources(&cell).map(str::to_owned).collect()),
                _ => continue,
            };
            let Some(referred) = of_file(file) else { continue };
            let Some(column) = referred.key.first() else { continue };
            if WHOLE.contains(&file) && slugs.iter().any(|slug| !slug.is_empty()) {
                self.read_whole().await?;
                continue;
            }
            for slug in slugs.into_iter().filter(|slug| is_slug(slug)) {
                self.add(referred, &format!("t.\"{column}\" = ?"), vec![slug]).await?;
            }
        }
        // What a claim or a citation is about.
        for (file, key) in [("subject_file", "subject_key"), ("file", "key")] {
            if let (Some(file), Some(key)) = (cells.get(file), cells.get(key))
                && let Some(referred) = of_file(file)
            {
                let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
                if let Some(found) = self.add_by_key(referred, &parts).await? {
                    // What a row means depends on its siblings: a credit on its episodes, a platform on its other names.
                    self.read_siblings(referred, &found).await?;
                }
            }
        }
        Ok(())
    }

    /// Reads the rows that a changed row must not contradict.
    async fn read_siblings(&mut self, format: &'static Format, cells: &Cells) -> Result<(), DbErr> {
        let cell = |column: &str| cells.get(column).cloned().unwrap_or_default();
        let named = |name: &str| super::format::named(name);
        match format.name {
            "season" => self.add(format, "t.\"production\" = ?", vec![cell("production")]).await,
            "episode" => self.add(format, "t.\"season\" = ?", vec![cell("season")]).await,
            "showLink" | "characterLink" => {
                let between = "t.\"from\" = ? AND t.\"to\" = ?";
                self.add(format, between, vec![cell("from"), cell("to")]).await?;
                self.add(format, between, vec![cell("to"), cell("from")]).await
            }
            "seasonCast" | "episodeCast" => {
                let season = if format.name == "seasonCast" {
                    cell("season")
                } else {
                    if let Some(episodes) = named("episode") {
                        self.add(episodes, "t.\"slug\" = ?", vec![cell("episode")]).await?;
                    }
                    let episode = self.with_slug("episodes.csv", &cell("episode"));
                    episode.and_then(|episode| episode.get("season")).cloned().unwrap_or_default()
                };
                let of = "t.\"season\" = ? AND t.\"person\" = ? AND t.\"character\" = ?";
                if let Some(seasons) = named("seasonCast") {
                    self.add(seasons, of, vec![season.clone(), cell("person"), cell("character")]).await?;
                }
                let of = "t.\"episode\" IN (SELECT e.slug FROM episode AS e JOIN season AS s ON s.id = e.season_id
                    WHERE s.slug = ?) AND t.\"person\" = ? AND t.\"character\" = ?";
                if let Some(episodes) = named("episodeCast") {
                    self.add(episodes, of, vec![season, cell("person"), cell("character")]).await?;
                }
                Ok(())
            }
            "filmCast" => {
                let of = "t.\"production\" = ? AND t.\"person\" = ?";
                self.add(format, of, vec![cell("production"), cell("person")]).await
            }
            "crew" => {
                let of = "t.\"production\" = ? AND t.\"person\" = ? AND t.\"role\" = ?";
                let values = vec![cell("production"), cell("person"), cell("role")];
                self.add(format, of, values).await
            }
            "territory" | "platform" | "platformChange" => self.read_whole().await,
            "claim" => self.add(format, "t.\"superseded_by\" = ?", vec![cell("slug")]).await,
            _ => Ok(()),
        }
    }

    async fn read_whole(&mut self) -> Result<(), DbErr> {
        for file in WHOLE {
            if let Some(format) = of_file(file) {
                self.add(format, "1 = 1", Vec::new()).await?;
            }
        }
        Ok(())
    }

    async fn add_by_key(&mut self, format: &'static Format, key: &[String]) -> Result<Option<Cells>, DbErr> {
        let found = self.find(format, key).await?;
        if let Some(cells) = &found {
            self.keep(format, cells.clone());
        }
        Ok(found)
    }

    /// Adds the rows of a file that satisfy a condition, but for changed ones.
    async fn add(&mut self, format: &'static Format, condition: &str, values: Vec<String>) -> Result<(), DbErr> {
        if !self.read.insert((format.file, condition.to_owned(), values.clone())) {
            return Ok(());
        }
        for cells in self.rows(format, condition, values).await? {
            self.keep(format, cells);
        }
        Ok(())
    }

    fn keep(&mut self, format: &'static Format, mut cells: Cells) {
        if self.keys.insert((format.file, key(format, &cells))) {
            forget_sources(&mut cells);
            self.lines.entry(format.file).or_default().push(Line { cells, change: None });
        }
    }

    async fn rows(&self, format: &'static Format, condition: &str, values: Vec<String>) -> Result<Vec<Cells>, DbErr> {
        let mut bound: Vec<Value> = Vec::with_capacity(values.len() + 1);
        if format.name == "crew" {
            // The person, to whose credits the statement is limited, is the value of its condition.
            let place = condition.split('?').position(|part| part.contains("\"person\""));
            bound.push(place.and_then(|place| values.get(place)).cloned().unwrap_or_default().into());
        }
        bound.extend(values.into_iter().map(Value::from));
        let mut rows = export::rows(self.tx, format.file, condition, bound).await?;
        for (file, column) in COMPUTED {
            if *file == format.file {
                for row in &mut rows {
                    row.remove(*column);
                }
            }
        }
        Ok(rows)
    }

    /// The rows as the import checks them.
    pub fn rows_to_check(&self) -> Rows {
        let cells = |lines: &Vec<Line>| lines.iter().map(|line| line.cells.clone()).collect();
        self.lines.iter().map(|(file, lines)| (*file, cells(lines))).collect()
    }

    /// The change that made the row at a place of a file, from 1.
    pub fn change_at(&self, file: &str, place: u64) -> Option<usize> {
        let place = usize::try_from(place).ok()?.checked_sub(1)?;
        self.lines.get(file)?.get(place)?.change
    }

    /// The key of the row at a place of a file, from 1.
    pub fn key_at(&self, file: &str, place: u64) -> Option<String> {
        let place = usize::try_from(place).ok()?.checked_sub(1)?;
        let format = of_file(file)?;
        Some(key(format, &self.lines.get(file)?.get(place)?.cells))
    }
}

/// The slugs of the sources in a cell of the column `verified`.
pub fn sources(verified: &str) -> impl Iterator<Item = &str> {
    verified.split(';').filter_map(|word| word.trim().strip_prefix("source:"))
}

/// Whether a cell of the column `verified` says that the row is general knowledge.
pub fn is_general(verified: &str) -> bool {
    verified.split(';').any(|word| word.trim() == "general")
}

/// Leaves of the column `verified` only whether the row is general knowledge. The import adds a citation for each source
/// that the column names; those that are there already need none.
pub fn forget_sources(cells: &mut Cells) {
    if let Some(verified) = cells.get_mut("verified") {
        *verified = if is_general(verified) { "general".to_owned() } else { String::new() };
    }
}

/// The cells that identify a row.
pub fn key_cells(format: &Format, cells: &Cells) -> Vec<String> {
    format.key.iter().map(|column| cells.get(*column).cloned().unwrap_or_default()).collect()
}

fn key(format: &Format, cells: &Cells) -> String {
    key_cells(format, cells).join("/")
}
