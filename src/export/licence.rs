//! Leaves out of an export what its licence does not allow to be passed on.
//!
//! A row is left out if all sources that support it have a licence, and none of these is allowed. A cell whose value only
//! such sources gave gets the value of another source, or is emptied. Rows that refer to what is left out go too. What people
//! wrote, and sources without a licence, are kept. Pictures and summaries have licences of their own: those with another, or
//! with none, are left out.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

use super::data_package::{Field, Package};

/// Columns with the sources of a row.
const VERIFIED: &str = "verified";

/// The files whose rows have a licence of their own, in the column `licence`.
const OWN_LICENCE: &[&str] = &["pictures", "summaries"];

/// The files whose rows have values of sources, by the number of their table in `source_value.of_kind`.
const DESCRIBED: &[(i32, &str, &str)] = &[
    (2, "show", "productions"),
    (3, "season", "seasons"),
    (4, "episode", "episodes"),
    (5, "person", "people"),
    (6, "character", "characters"),
];

/// What sources gave for an object, by column: the value, and whether it may be passed on.
type Given = HashMap<String, Vec<(String, bool)>>;

/// What may be passed on, and what was left out so far.
#[derive(Default)]
pub(super) struct Terms {
    /// The licences under which something may be passed on.
    allowed: Vec<String>,
    /// Slugs of sources whose facts are left out.
    refused_sources: HashSet<String>,
    /// What sources gave, by file and slug.
    given: HashMap<(&'static str, String), Given>,
    /// The keys of rows that were left out, by file.
    gone: HashMap<String, HashSet<String>>,
    /// The seasons of episodes.
    seasons: HashMap<String, String>,
}

impl Terms {
    /// Reads the sources. `allowed` are the licences under which facts may be passed on; none if all may.
    pub(super) async fn read(tx: &DatabaseTransaction, allowed: Option<&[String]>) -> Result<Option<Self>, DbErr> {
        let Some(allowed) = allowed else { return Ok(None) };
        let mut terms = Self { allowed: allowed.to_vec(), ..Self::default() };
        let read = async |sql: &str| tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await;
        for row in read("SELECT slug, licence FROM source WHERE licence IS NOT NULL").await? {
            let (slug, licence): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if !allowed.contains(&licence) {
                terms.refused_sources.insert(slug);
            }
        }
        for (kind, table, file) in DESCRIBED {
            let sql = format!(
                "SELECT t.slug, v.field, v.value, v.source FROM source_value AS v JOIN {table} AS t ON t.id = v.of_id
                 WHERE v.of_kind = {kind} ORDER BY v.id"
            );
            for row in read(&sql).await? {
                let (slug, field): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let (value, source): (String, String) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
                let is_free = !terms.refused_sources.contains(&source);
                terms.given.entry((*file, slug)).or_default().entry(field).or_default().push((value, is_free));
            }
        }
        Ok(Some(terms))
    }

    /// Whether a row may be passed on. Empties cells that may not.
    pub(super) fn admit(&mut self, package: &Package, file: &str, fields: &[Field], cells: &mut [String]) -> bool {
        let place = |name: &str| fields.iter().position(|field| field.name == name);
        let cell =
            |cells: &[String], name: &str| place(name).and_then(|place| cells.get(place)).cloned().unwrap_or_default();
        let row =
            |cells: &[String], names: &[&str]| names.iter().map(|name| cell(cells, name)).collect::<Vec<_>>().join("/");
        if file == "episodes" {
            self.seasons.insert(cell(cells, "slug"), cell(cells, "season"));
        }
        let mut keys = match file {
            "sources" => return true,
            "cast_seasons" => vec![
                row(cells, &["season", "person", "character"]),
                row(cells, &["season", "person", "character", "part"]),
            ],
            "cast_films" => vec![
                row(cells, &["production", "person", "character"]),
                row(cells, &["production", "person", "character", "part"]),
            ],
            "crew" => vec![
                row(cells, &["production", "season", "person", "role"]),
                row(cells, &["production", "season", "episode", "person", "role"]),
            ],
            "production_links" | "character_links" => vec![row(cells, &["from", "relation", "to"])],
            _ => vec![cell(cells, "slug")],
        };
        keys.retain(|key| !key.is_empty());
        let is_gone = |terms: &Self, file: &str, key: &str| terms.gone.get(file).is_some_and(|gone| gone.contains(key));
        let mut refused = self.is_refused(&cell(cells, VERIFIED));
        // The sources of a credit stand in its first row.
        if file == "crew" && cell(cells, VERIFIED).is_empty() {
            refused |= keys.first().is_some_and(|key| is_gone(self, "crew", key));
        }
        if file == "cast_episodes" {
            let season = self.seasons.get(&cell(cells, "episode")).cloned().unwrap_or_default();
            let credit = format!("{season}/{}", row(cells, &["person", "character", "part"]));
            refused |= is_gone(self, "cast_seasons", &credit);
        }
        for (column, other) in package.references(file) {
            refused |= is_gone(self, other, &cell(cells, column));
        }
        for (of, key) in [("subject_file", "subject_key"), ("file", "key")] {
            let of = cell(cells, of);
            refused |= !of.is_empty() && is_gone(self, of.trim_end_matches(".csv"), &cell(cells, key));
        }
        if OWN_LICENCE.contains(&file) {
            refused |= !self.allowed.contains(&cell(cells, "licence"));
        }
        if ["claims", "citations", "external_ids"].contains(&file) {
            refused |= self.refused_sources.contains(&cell(cells, "source"));
        }
        if refused {
            self.gone.entry(file.to_owned()).or_default().extend(keys);
            return false;
        }
        self.replace(file, fields, cells);
        true
    }

    /// Whether all sources in a cell have licences that are not allowed.
    fn is_refused(&self, verified: &str) -> bool {
        let mut words = verified.split(';').map(str::trim).filter(|word| !word.is_empty()).peekable();
        words.peek().is_some()
            && words.all(|word| word.strip_prefix("source:").is_some_and(|slug| self.refused_sources.contains(slug)))
    }

    /// Replaces values that only sources with other licences gave, and leaves these sources out of the row.
    fn replace(&self, file: &str, fields: &[Field], cells: &mut [String]) {
        let slug = fields.iter().position(|field| field.name == "slug").and_then(|place| cells.get(place)).cloned();
        let described = DESCRIBED.iter().find(|(.., name)| *name == file);
        let given = described.zip(slug).and_then(|((.., name), slug)| self.given.get(&(*name, slug)));
        for (field, cell) in fields.iter().zip(cells.iter_mut()) {
            if field.name == VERIFIED {
                let kept = cell.split(';').map(str::trim);
                let kept = kept.filter(|word| {
                    !word.strip_prefix("source:").is_some_and(|slug| self.refused_sources.contains(slug))
                });
                *cell = kept.collect::<Vec<_>>().join(";");
            } else if let Some(values) = given.and_then(|given| given.get(&field.name)) {
                let is_free = |value: &str| values.iter().any(|(other, is_free)| *is_free && other == value);
                let is_given = values.iter().any(|(value, _)| value == cell);
                if is_given && !is_free(cell) {
                    let other = values.iter().find(|(value, is_free)| *is_free && !value.is_empty());
                    *cell = other.map(|(value, _)| value.clone()).unwrap_or_default();
                }
            }
        }
    }
}
