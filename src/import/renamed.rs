//! Objects that were renamed or merged since a data set was written.
//!
//! A set names objects by slug. If an object has another slug in the database now, or was merged into another, the set means
//! the object that has taken its place: its row is read with the present slug, and other rows find the object by its place in
//! the set. Of two rows that mean one object, the one with the present slug counts.

use std::collections::{HashMap, HashSet};

use entity::redirect;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait};

use super::data_set::DataSet;

/// The number of sources in `redirect.kind`, as in `change.kind`.
const SOURCE: i32 = 21;

/// The tables whose objects sets refer to, with their numbers in `redirect.kind`.
const TABLES: &[(i32, &str)] = &[
    (1, "franchise"),
    (2, "show"),
    (3, "season"),
    (4, "episode"),
    (5, "person"),
    (6, "character"),
    (SOURCE, "source"),
];

/// What was renamed or merged.
#[derive(Default)]
pub(super) struct Renamed {
    /// The present slugs by kind and former slug.
    slugs: HashMap<(i32, String), String>,
    /// The present season, if it has one, and number of renamed seasons and episodes, by present slug: their slugs are made
    /// of these.
    numbers: HashMap<String, (Option<String>, i32)>,
    /// The present codes of shows with renamed episodes, by present slug.
    codes: HashMap<String, Option<String>>,
}

impl Renamed {
    /// What concerns a set; nothing if it has only present slugs.
    pub(super) async fn read(tx: &DatabaseTransaction, set: &DataSet) -> Result<Self, DbErr> {
        let mut renamed = Self::default();
        if redirect::Entity::find().one(tx).await?.is_none() {
            return Ok(renamed);
        }
        let read =
            async |sql: &str| tx.query_all_raw(sea_orm::Statement::from_string(tx.get_database_backend(), sql)).await;
        for (kind, table) in TABLES {
            let sql = format!(
                "SELECT r.slug, t.slug FROM redirect AS r JOIN {table} AS t ON t.id = r.target_id
                 WHERE r.kind = {kind} AND r.slug IS NOT NULL"
            );
            for row in read(&sql).await? {
                renamed.slugs.insert((*kind, row.try_get_by_index(0)?), row.try_get_by_index(1)?);
            }
        }
        if !renamed.concerns(set) {
            return Ok(Self::default());
        }
        let numbers =
            "SELECT t.slug, NULL AS season, t.number FROM redirect AS r JOIN season AS t ON t.id = r.target_id
            WHERE r.kind = 3
            UNION ALL
            SELECT t.slug, s.slug, t.number FROM redirect AS r JOIN episode AS t ON t.id = r.target_id
            JOIN season AS s ON s.id = t.season_id WHERE r.kind = 4";
        for row in read(numbers).await? {
            let place = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            renamed.numbers.insert(row.try_get_by_index(0)?, place);
        }
        let codes = "SELECT DISTINCT w.slug, w.code FROM redirect AS r JOIN episode AS t ON t.id = r.target_id
            JOIN show AS w ON w.id = t.show_id WHERE r.kind = 4";
        for row in read(codes).await? {
            renamed.codes.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
        Ok(renamed)
    }

    /// Whether a set has former slugs.
    fn concerns(&self, set: &DataSet) -> bool {
        let is_former = |kind: i32, slug: &str| self.slugs.contains_key(&(kind, slug.to_owned()));
        set.people.slugs().any(|slug| is_former(5, slug))
            || set.characters.slugs().any(|slug| is_former(6, slug))
            || set.shows.slugs().any(|slug| is_former(2, slug))
            || set.seasons.slugs().any(|slug| is_former(3, slug))
            || set.episodes.slugs().any(|slug| is_former(4, slug))
            || set.franchises.slugs().any(|slug| is_former(1, slug))
            || set.sources.iter().any(|row| is_former(SOURCE, &row.slug))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slugs.is_empty()
    }

    /// The present slug of an object.
    pub(super) fn present(&self, kind: i32, slug: &str) -> Option<&String> {
        if self.is_empty() { None } else { self.slugs.get(&(kind, slug.to_owned())) }
    }

    /// The former slugs of an object.
    pub(super) fn former(&self, kind: i32, present: &str) -> impl Iterator<Item = &str> {
        let own = self.slugs.iter().filter(move |((of, _), to)| *of == kind && *to == present);
        own.map(|((_, slug), _)| slug.as_str())
    }

    /// The places of the records that do not count: those with a former slug, if another has the present one.
    pub(super) fn dropped(&self, kind: Option<i32>, slugs: impl Iterator<Item = String>) -> Vec<u32> {
        let Some(kind) = kind.filter(|_| !self.is_empty()) else { return Vec::new() };
        let slugs: Vec<String> = slugs.collect();
        let is_former = |slug: &&String| self.present(kind, slug).is_some();
        let mut taken: HashSet<&String> = slugs.iter().filter(|slug| !is_former(slug)).collect();
        let mut dropped = Vec::new();
        for (place, slug) in (0..).zip(&slugs) {
            if let Some(present) = self.present(kind, slug)
                && !taken.insert(present)
            {
                dropped.push(place);
            }
        }
        dropped
    }

    /// The present season, if it has one, and number of a renamed season or episode.
    pub(super) fn number(&self, slug: &str) -> Option<&(Option<String>, i32)> {
        self.numbers.get(slug)
    }

    /// The present code of a show with renamed episodes.
    pub(super) fn code(&self, slug: &str) -> Option<&Option<String>> {
        self.codes.get(slug)
    }
}
