//! Objects that were renamed or merged since a data set was written.
//!
//! A set names objects by slug. If an object has another slug in the database now, or was merged into another, the set means
//! the object that has taken its place: its rows are read with the present slug. Of two rows that mean one object, the one with
//! the present slug counts.

use std::collections::{HashMap, HashSet};

use entity::{redirect, subject::Kind};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait};

use super::data_set::{CreditKey, DataSet, NoteKey, SubjectKey};

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
    pub(super) async fn read(tx: &DatabaseTransaction) -> Result<Self, DbErr> {
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

    /// The set with present slugs, if it has former ones.
    pub(super) fn apply(&self, set: &DataSet) -> Option<DataSet> {
        let is_former = |kind: i32, slug: &str| self.slugs.contains_key(&(kind, slug.to_owned()));
        let any = set.people.iter().any(|row| is_former(5, &row.slug))
            || set.characters.iter().any(|row| is_former(6, &row.slug))
            || set.shows.iter().any(|row| is_former(2, &row.slug))
            || set.seasons.iter().any(|row| is_former(3, &row.slug))
            || set.episodes.iter().any(|row| is_former(4, &row.slug))
            || set.franchises.iter().any(|row| is_former(1, &row.slug))
            || set.sources.iter().any(|row| is_former(SOURCE, &row.slug))
            || set.external_ids.iter().any(|row| is_former(row.of.0.into(), &row.of.1));
        any.then(|| self.renamed(set.clone()))
    }

    fn fix(&self, kind: i32, slug: &mut String) {
        // Slugs that nothing replaced are most of them.
        if let Some(present) = self.slugs.get(&(kind, slug.clone())) {
            slug.clone_from(present);
        }
    }

    fn fix_some(&self, kind: i32, slug: &mut Option<String>) {
        if let Some(slug) = slug {
            self.fix(kind, slug);
        }
    }

    /// The rows with present slugs. A row with a former slug is dropped if another has the present one.
    fn rows<R>(&self, kind: i32, rows: &mut Vec<R>, slug: impl Fn(&mut R) -> &mut String) {
        let mut taken: HashSet<String> = HashSet::new();
        for row in rows.iter_mut() {
            let slug = slug(row).clone();
            if !self.slugs.contains_key(&(kind, slug.clone())) {
                taken.insert(slug);
            }
        }
        rows.retain_mut(|row| {
            let slug = slug(row);
            let is_former = self.slugs.contains_key(&(kind, slug.clone()));
            self.fix(kind, slug);
            !is_former || taken.insert(slug.clone())
        });
    }

    fn credit(&self, key: &mut CreditKey) {
        self.fix(5, &mut key.person);
        self.fix(2, &mut key.show);
        self.fix_some(3, &mut key.season);
        self.fix_some(6, &mut key.character);
    }

    fn subject(&self, key: &mut SubjectKey) {
        match key {
            SubjectKey::Named(kind, slug) => {
                let kind = *kind;
                if matches!(
                    kind,
                    Kind::Franchise | Kind::Show | Kind::Season | Kind::Episode | Kind::Person | Kind::Character
                ) {
                    self.fix(kind.into(), slug);
                }
            }
            SubjectKey::Credit(key) => self.credit(key),
            SubjectKey::ShowLink(from, _, to) => {
                self.fix(2, from);
                self.fix(2, to);
            }
            SubjectKey::CharacterLink(from, _, to) => {
                self.fix(6, from);
                self.fix(6, to);
            }
        }
    }

    fn renamed(&self, mut set: DataSet) -> DataSet {
        self.rows(1, &mut set.franchises, |row| &mut row.slug);
        self.rows(2, &mut set.shows, |row| &mut row.slug);
        self.rows(3, &mut set.seasons, |row| &mut row.slug);
        self.rows(4, &mut set.episodes, |row| &mut row.slug);
        self.rows(5, &mut set.people, |row| &mut row.slug);
        self.rows(6, &mut set.characters, |row| &mut row.slug);
        self.rows(SOURCE, &mut set.sources, |row| &mut row.slug);
        for row in &mut set.shows {
            self.fix_some(1, &mut row.franchise);
            if let Some(code) = self.codes.get(&row.slug) {
                row.code.clone_from(code);
            }
        }
        for row in &mut set.seasons {
            self.fix(2, &mut row.show);
            if let Some((_, number)) = self.numbers.get(&row.slug) {
                row.number = *number;
            }
        }
        for row in &mut set.episodes {
            self.fix(2, &mut row.show);
            self.fix(3, &mut row.season);
            if let Some((Some(season), number)) = self.numbers.get(&row.slug) {
                row.season.clone_from(season);
                row.number = *number;
            }
        }
        for link in &mut set.show_links {
            self.fix(2, &mut link.from);
            self.fix(2, &mut link.to);
        }
        for link in &mut set.character_links {
            self.fix(6, &mut link.from);
            self.fix(6, &mut link.to);
        }
        set.show_links.retain(|link| link.from != link.to);
        set.character_links.retain(|link| link.from != link.to);
        let mut stated = HashSet::new();
        set.character_links.retain(|link| stated.insert((link.from.clone(), link.kind, link.to.clone())));
        self.credits(&mut set);
        for row in &mut set.homes {
            self.fix(2, &mut row.show);
            self.fix_some(3, &mut row.season);
        }
        for row in &mut set.availability {
            self.fix(2, &mut row.show);
            self.fix_some(3, &mut row.season);
        }
        for row in &mut set.funding {
            self.fix(2, &mut row.show);
            self.fix_some(3, &mut row.season);
        }
        for row in &mut set.media {
            self.fix(2, &mut row.show);
            self.fix_some(3, &mut row.season);
        }
        for row in &mut set.external_ids {
            let (kind, slug) = &mut row.of;
            self.fix((*kind).into(), slug);
        }
        self.statements(&mut set);
        set
    }

    /// Two credits that have become one have the episodes of both.
    fn credits(&self, set: &mut DataSet) {
        let mut places: HashMap<CreditKey, usize> = HashMap::new();
        let mut credits = Vec::with_capacity(set.credits.len());
        for mut credit in std::mem::take(&mut set.credits) {
            self.credit(&mut credit.key);
            credit.appearances.iter_mut().for_each(|row| self.fix(4, &mut row.episode));
            let place = *places.entry(credit.key.clone()).or_insert(credits.len());
            match credits.get_mut(place) {
                None => credits.push(credit),
                Some(known) => {
                    let there: HashSet<String> =
                        known.appearances.iter().map(|row: &super::data_set::Appearance| row.episode.clone()).collect();
                    known
                        .appearances
                        .extend(credit.appearances.into_iter().filter(|row| !there.contains(&row.episode)));
                }
            }
        }
        set.credits = credits;
    }

    fn statements(&self, set: &mut DataSet) {
        let mut places = HashMap::new();
        let mut subjects: Vec<super::data_set::Subject> = Vec::with_capacity(set.subjects.len());
        for mut subject in std::mem::take(&mut set.subjects) {
            self.subject(&mut subject.key);
            let place = *places.entry(subject.key.clone()).or_insert(subjects.len());
            match subjects.get_mut(place) {
                None => subjects.push(subject),
                Some(known) => known.general |= subject.general,
            }
        }
        set.subjects = subjects;
        for claim in &mut set.claims {
            self.subject(&mut claim.subject);
            self.fix(SOURCE, &mut claim.source);
        }
        let mut seen = HashSet::new();
        for citation in &mut set.citations {
            self.subject(&mut citation.subject);
            self.fix(SOURCE, &mut citation.source);
        }
        set.citations.retain(|citation| seen.insert(citation.clone()));
        set.episode_records.iter_mut().for_each(|row| self.fix(4, &mut row.episode));
        let mut noted = HashSet::new();
        for note in &mut set.notes {
            match &mut note.key {
                NoteKey::Subject(key) => self.subject(key),
                NoteKey::Appearance(credit, episode) => {
                    self.credit(credit);
                    self.fix(4, episode);
                }
                NoteKey::Renaming(_) => {}
            }
        }
        set.notes.retain(|note| noted.insert(note.key.clone()));
    }
}
