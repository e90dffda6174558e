//! The rows that claims and citations can be about, by file and key.
//!
//! A key is the slug of a row or, in files without slugs, the cells that identify the row, separated by slashes:
//! `star-trek-picard-s02/isa-briones/soji-asha`.

use std::collections::{HashMap, HashSet};

use entity::{
    credit::{Job, Part},
    subject::Kind,
};
use sea_orm::Iterable;

use super::{Known, Tables};
use crate::import::{
    Faults,
    data_set::{CreditKey, PlatformName, Subject, SubjectKey},
    index::Index,
    row::{Row, word_of},
    table::Table,
};
use crate::nearest::nearest;

/// A row that claims and citations can be about.
pub(super) struct Referred<'t> {
    pub(super) row: &'t Row,
    /// The identity of its record. `None` if the row is faulty.
    pub(super) subject: Option<SubjectKey>,
}

/// The rows of all files that claims and citations can be about.
pub(super) struct Subjects<'t> {
    rows: Vec<Referred<'t>>,
    places: HashMap<(&'static str, String), usize>,
    files: HashMap<&'static str, &'t Table>,
    excused: Vec<&'t Index<'t>>,
}

impl<'t> Subjects<'t> {
    pub(super) fn of(tables: &'t Tables, platforms: &[PlatformName], known: &'t Known<'t>) -> Self {
        let mut subjects = Self {
            rows: Vec::new(),
            places: HashMap::new(),
            files: HashMap::new(),
            excused: vec![
                &known.franchises,
                &known.shows,
                &known.seasons,
                &known.episodes,
                &known.people,
                &known.characters,
                &known.territories,
                &known.platforms,
            ],
        };
        let slug = |kind| move |row: &Row| Some(SubjectKey::Named(kind, row.get("slug").to_owned()));
        let platform = |name: &str| {
            let name = platforms.iter().find(|platform| platform.slug == name)?;
            Some(SubjectKey::Named(Kind::Platform, name.platform.clone()))
        };
        subjects.add("franchises.csv", &tables.franchises, &["slug"], slug(Kind::Franchise));
        subjects.add("productions.csv", &tables.shows, &["slug"], slug(Kind::Show));
        subjects.add("seasons.csv", &tables.seasons, &["slug"], slug(Kind::Season));
        subjects.add("episodes.csv", &tables.episodes, &["slug"], slug(Kind::Episode));
        subjects.add("people.csv", &tables.people, &["slug"], slug(Kind::Person));
        subjects.add("characters.csv", &tables.characters, &["slug"], slug(Kind::Character));
        subjects.add("territories.csv", &tables.territories, &["slug"], slug(Kind::Territory));
        subjects.add("availability.csv", &tables.availability, &["slug"], slug(Kind::Availability));
        subjects.add("offers.csv", &tables.offers, &["slug"], slug(Kind::Offer));
        subjects.add("funding.csv", &tables.funding, &["slug"], slug(Kind::Funding));
        subjects.add("media.csv", &tables.media, &["slug"], slug(Kind::Media));
        subjects.add("platforms.csv", &tables.platforms, &["slug"], |row| platform(row.get("slug")));
        subjects.add("platform_changes.csv", &tables.platform_changes, &["from", "to"], |row| platform(row.get("to")));
        subjects.add("production_links.csv", &tables.show_links, &["from", "relation", "to"], |row| {
            Some(SubjectKey::ShowLink(row.text("from")?, word(row, "relation", '_')?, row.text("to")?))
        });
        subjects.turn("production_links.csv", |subject| match subject {
            SubjectKey::ShowLink(from, kind, to) => Some((to, word_of(&kind.inverse(), '_'), from)),
            _ => None,
        });
        subjects.add("character_links.csv", &tables.character_links, &["from", "relation", "to"], |row| {
            Some(SubjectKey::CharacterLink(row.text("from")?, word(row, "relation", '_')?, row.text("to")?))
        });
        subjects.turn("character_links.csv", |subject| match subject {
            SubjectKey::CharacterLink(from, kind, to) => Some((to, word_of(&kind.inverse(), '_'), from)),
            _ => None,
        });
        subjects.add("cast_seasons.csv", &tables.cast_seasons, &["season", "person", "character"], |row| {
            let season = known.seasons.get(row.get("season"))?;
            actor(row, season.text("production")?, row.text("season"))
        });
        subjects.add("cast_episodes.csv", &tables.cast_episodes, &["episode", "person", "character"], |row| {
            let episode = known.episodes.get(row.get("episode"))?;
            actor(row, episode.text("production")?, episode.text("season"))
        });
        subjects.add("cast_films.csv", &tables.cast_films, &["production", "person", "character"], |row| {
            actor(row, row.text("production")?, None)
        });
        let crew = &["production", "season", "episode", "person", "role"];
        subjects.add("crew.csv", &tables.crew, crew, |row| {
            let key = CreditKey {
                person: row.text("person")?,
                show: row.text("production")?,
                season: row.text("season"),
                character: None,
                job: word(row, "role", '-')?,
                part: None,
            };
            Some(SubjectKey::Credit(key))
        });
        subjects
    }

    fn add(
        &mut self,
        file: &'static str,
        table: &'t Table,
        columns: &[&str],
        subject: impl Fn(&Row) -> Option<SubjectKey>,
    ) {
        self.files.insert(file, table);
        for row in &table.rows {
            let key: Vec<&str> = columns.iter().map(|column| row.get(column)).collect();
            // Two parts of one role have the same key, which means the first. With the part appended it is unique.
            let key = key.join("/");
            if let Some(part) = row.text("part") {
                self.places.entry((file, format!("{key}/{part}"))).or_insert(self.rows.len());
            }
            self.places.entry((file, key)).or_insert(self.rows.len());
            self.rows.push(Referred { row, subject: subject(row) });
        }
    }

    /// Adds the inverse keys of links.
    fn turn(
        &mut self,
        file: &'static str,
        inverse: impl for<'k> Fn(&'k SubjectKey) -> Option<(&'k String, String, &'k String)>,
    ) {
        for (place, referred) in self.rows.iter().enumerate().filter(|(_, referred)| referred.row.file == file) {
            if let Some((from, kind, to)) = referred.subject.as_ref().and_then(&inverse) {
                self.places.entry((file, format!("{from}/{kind}/{to}"))).or_insert(place);
            }
        }
    }

    /// All rows in the order of files and lines.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Referred<'t>> {
        self.rows.iter()
    }

    /// The row that a file name and a key in two cells refer to, if it exists.
    pub(super) fn find(
        &self,
        row: &Row,
        file_column: &str,
        key_column: &str,
        faults: &mut Faults,
    ) -> Option<SubjectKey> {
        let (file, key) = (row.needed(file_column, faults), row.needed(key_column, faults));
        let Some((file, table)) = self.files.get_key_value(file.as_str()) else {
            if !file.is_empty() {
                let reason = format!("{file:?} is not a file that sources can be about");
                row.fault(faults, file_column, reason);
            }
            return None;
        };
        if let Some(place) = self.places.get(&(*file, key.clone())) {
            return self.rows.get(*place)?.subject.clone();
        }
        let excused =
            |part: &str| table.unread.contains(part) || self.excused.iter().any(|index| index.is_excused(part));
        if !key.is_empty() && !table.cut && !key.split('/').any(excused) && !self.is_faulty(file, &key, faults) {
            let hint = if faults.are_few() { self.hint(file, &key) } else { String::new() };
            row.fault(faults, key_column, format!("{key:?} is not in {file}{hint}"));
        }
        None
    }

    /// Whether a faulty row of the file has one of the parts of the key, and may be the one that is meant.
    fn is_faulty(&self, file: &str, key: &str, faults: &Faults) -> bool {
        let told = faults.list().iter().filter(|fault| fault.file == file);
        let lines: HashSet<u64> = told.map(|fault| fault.line).collect();
        let mut rows = self.rows.iter().filter(|referred| referred.row.file == file);
        rows.any(|referred| lines.contains(&referred.row.line) && key.split('/').any(|part| referred.row.has(part)))
    }

    fn hint(&self, file: &str, key: &str) -> String {
        let near = self.places.keys().filter(|(of, _)| *of == file);
        let near = nearest(key, near.map(|(_, other)| other.as_str()));
        let near = near.filter(|(distance, _)| *distance <= (key.len() / 4).min(3));
        near.map_or(String::new(), |(_, near)| format!("; did you mean {near:?}?"))
    }

    /// All subjects, each with whether it is general knowledge.
    pub(super) fn general(&self) -> Vec<Subject> {
        let mut places = HashMap::new();
        let mut subjects: Vec<Subject> = Vec::new();
        for referred in self.iter() {
            let Some(key) = &referred.subject else { continue };
            let general = referred.row.list("verified").contains(&"general");
            let place = *places.entry(key).or_insert(subjects.len());
            match subjects.get_mut(place) {
                Some(subject) => subject.general |= general,
                None => subjects.push(Subject { key: key.clone(), general }),
            }
        }
        subjects
    }
}

fn actor(row: &Row, show: String, season: Option<String>) -> Option<SubjectKey> {
    Some(SubjectKey::Credit(CreditKey {
        person: row.text("person")?,
        show,
        season,
        character: Some(row.text("character")?),
        job: Job::Actor,
        part: Some(word::<Part>(row, "part", '-')?),
    }))
}

/// The value of an enumeration in a cell. Faults were reported when the row was checked.
fn word<E: Iterable + std::fmt::Debug>(row: &Row, column: &str, joint: char) -> Option<E> {
    E::iter().find(|value| word_of(value, joint) == row.get(column))
}
