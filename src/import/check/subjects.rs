//! The rows that claims and citations can be about, by file and key, and what the rows say of themselves.
//!
//! A key is the slug of a row or, in files without slugs, the cells that identify the row, separated by slashes:
//! `star-trek-picard-s02/isa-briones/soji-asha`. Of the rows of casts and crews, which are not kept, only the keys that a
//! claim or a citation has are known.

use std::collections::{BTreeMap, HashMap};

use entity::subject::Kind;

use super::{Known, Tables};
use crate::import::{
    Faults,
    data_set::{Note, NoteKey, PlatformName, Subject, Support},
    index::Index,
    row::{Row, word_of},
    table::{Columns, Files, Table, Unread},
};
use crate::nearest::nearest;

/// The rows of all files that claims and citations can be about.
pub(super) struct Subjects<'t> {
    files: HashMap<&'static str, File<'t>>,
    excused: Vec<&'t Index<'t>>,
    all: Files<'t>,
    /// Whether each record is general knowledge, by kind and place.
    pub(super) general: BTreeMap<i32, Vec<bool>>,
    pub(super) supports: Vec<Support>,
    pub(super) notes: Vec<Note>,
}

/// The rows of a file by key.
enum File<'t> {
    /// The key is the slug.
    Slugs(Kind, &'t Table, &'t Index<'t>),
    Keys(&'t Table, HashMap<String, Referred>),
    Wanted(&'static Leaf, Unread, HashMap<String, Option<Referred>>),
}

/// A file whose rows no other row needs, so that they are not kept.
pub(super) struct Leaf {
    pub(super) columns: Columns,
    /// The columns that make the key of a row.
    pub(super) key: &'static [&'static str],
}

/// The place of a row and its record, which is `None` if the row is faulty. Of rows with the same key, the first counts.
#[derive(Clone, Copy)]
struct Referred {
    row: u32,
    subject: Option<Subject>,
}

/// What a row says of its record.
#[derive(Default)]
pub(super) struct Said {
    row: u32,
    general: bool,
    sources: Vec<u32>,
    note: Option<String>,
    /// Keys of the row that a claim or a citation has.
    keys: Vec<String>,
}

impl Said {
    pub(super) fn is_nothing(&self) -> bool {
        !self.general && self.sources.is_empty() && self.note.is_none() && self.keys.is_empty()
    }
}

impl<'t> Subjects<'t> {
    pub(super) fn of(
        all: Files<'t>,
        tables: &'t Tables,
        names: &[PlatformName],
        platforms: &[String],
        known: &'t Known<'t>,
    ) -> Self {
        let mut subjects = Self {
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
            all,
            general: BTreeMap::new(),
            supports: Vec::new(),
            notes: Vec::new(),
        };
        let slugs = [
            ("franchises.csv", Kind::Franchise, &tables.franchises, &known.franchises),
            ("productions.csv", Kind::Show, &tables.shows, &known.shows),
            ("seasons.csv", Kind::Season, &tables.seasons, &known.seasons),
            ("episodes.csv", Kind::Episode, &tables.episodes, &known.episodes),
            ("people.csv", Kind::Person, &tables.people, &known.people),
            ("characters.csv", Kind::Character, &tables.characters, &known.characters),
            ("territories.csv", Kind::Territory, &tables.territories, &known.territories),
            ("availability.csv", Kind::Availability, &tables.availability, &known.availability),
            ("offers.csv", Kind::Offer, &tables.offers, &known.offers),
            ("funding.csv", Kind::Funding, &tables.funding, &known.funding),
            ("media.csv", Kind::Media, &tables.media, &known.media),
        ];
        for (file, kind, table, index) in slugs {
            subjects.files.insert(file, File::Slugs(kind, table, index));
            for row in table.rows() {
                let subject = Subject { kind, place: row.place };
                // Of these, the table has a column for notes.
                let has_column = i32::from(kind) >= i32::from(Kind::Platform);
                let note = (!has_column).then_some(NoteKey::Subject(subject));
                let said = subjects.said(file, row, known);
                subjects.keep(file, said, Some(subject), note);
            }
        }
        let places: HashMap<&str, u32> = (0..).zip(platforms).map(|(place, slug)| (slug.as_str(), place)).collect();
        let platforms: HashMap<&str, u32> =
            names.iter().filter_map(|name| Some((name.slug.as_str(), *places.get(name.platform.as_str())?))).collect();
        let platform = |name: &str| platforms.get(name).map(|place| Subject { kind: Kind::Platform, place: *place });
        subjects.add("platforms.csv", &tables.platforms, &["slug"], known, |row| (platform(row.get("slug")), None));
        subjects.add("platform_changes.csv", &tables.platform_changes, &["from", "to"], known, |row| {
            (platform(row.get("to")), Some(NoteKey::Renaming(row.get("to").to_owned())))
        });
        for (file, table, kind) in [
            ("production_links.csv", &tables.show_links, Kind::ShowLink),
            ("character_links.csv", &tables.character_links, Kind::CharacterLink),
        ] {
            subjects.add(file, table, &["from", "relation", "to"], known, |row| {
                let subject = Subject { kind, place: row.place };
                (Some(subject), Some(NoteKey::Subject(subject)))
            });
        }
        subjects
    }

    /// Adds a small file.
    fn add(
        &mut self,
        file: &'static str,
        table: &'t Table,
        columns: &[&str],
        known: &Known,
        subject: impl Fn(Row<'_>) -> (Option<Subject>, Option<NoteKey>),
    ) {
        let mut keys = HashMap::new();
        let mut inverse = Vec::new();
        for row in table.rows() {
            let (subject, note) = subject(row);
            let referred = Referred { row: row.place, subject };
            keys.entry(key(row, columns)).or_insert(referred);
            // A link may be named from its other end.
            let relation = row.get("relation");
            let turned = show_link_inverse(relation).filter(|_| file == "production_links.csv");
            let turned = turned.or_else(|| character_link_inverse(relation).filter(|_| file == "character_links.csv"));
            if let Some(relation) = turned {
                inverse.push((format!("{}/{relation}/{}", row.get("to"), row.get("from")), referred));
            }
            let said = self.said(file, row, known);
            self.keep(file, said, subject, note);
        }
        for (key, referred) in inverse {
            keys.entry(key).or_insert(referred);
        }
        self.files.insert(file, File::Keys(table, keys));
    }

    /// Adds a file whose rows are not kept. Must be called before they are read.
    pub(super) fn add_leaf(&mut self, leaf: &'static Leaf, tables: &Tables) {
        let columns = [(&tables.claims, "subject_file", "subject_key"), (&tables.citations, "file", "key")];
        let wanted = columns.into_iter().flat_map(|(table, file, key)| {
            table
                .rows()
                .filter(move |row| row.get(file) == leaf.columns.file)
                .map(move |row| (row.get(key).to_owned(), None))
        });
        self.files.insert(leaf.columns.file, File::Wanted(leaf, Unread::default(), wanted.collect()));
    }

    /// Adds what could not be read of a file whose rows are not kept.
    pub(super) fn add_unread(&mut self, leaf: &'static Leaf, found: Unread) {
        if let Some(File::Wanted(_, unread, _)) = self.files.get_mut(leaf.columns.file) {
            *unread = found;
        }
    }

    /// What a row says of its record.
    pub(super) fn said(&self, file: &str, row: Row<'_>, known: &Known) -> Said {
        let mut said = Said { row: row.place, note: row.text("note"), ..Said::default() };
        for word in row.get("verified").split(';').map(str::trim) {
            said.general |= word == "general";
            let source = word.strip_prefix("source:").and_then(|source| known.sources.get(source));
            said.sources.extend(source.map(|source| source.place));
        }
        if let Some(File::Wanted(leaf, _, wanted)) = self.files.get(file)
            && !wanted.is_empty()
        {
            said.keys = keys(row, leaf.key).into_iter().filter(|key| wanted.contains_key(key)).collect();
        }
        said
    }

    /// Keeps what a row says. `subject` is `None` if the row is faulty.
    pub(super) fn keep(&mut self, file: &str, said: Said, subject: Option<Subject>, note: Option<NoteKey>) {
        if let Some(File::Wanted(.., wanted)) = self.files.get_mut(file) {
            for key in said.keys {
                let known = wanted.entry(key).or_default();
                if known.is_none_or(|known| said.row < known.row) {
                    *known = Some(Referred { row: said.row, subject });
                }
            }
        }
        let Some(subject) = subject else { return };
        let general = self.general.entry(subject.kind.into()).or_default();
        let place = subject.place as usize;
        if general.len() <= place {
            general.resize(place + 1, false);
        }
        if let Some(general) = general.get_mut(place) {
            *general |= said.general;
        }
        self.supports.extend(said.sources.into_iter().map(|source| Support { subject, source }));
        if let (Some(key), Some(text)) = (note, said.note) {
            self.notes.push(Note { key, text });
        }
    }

    /// The record that a file name and a key in two cells refer to, if it exists.
    pub(super) fn find(
        &self,
        row: Row<'_>,
        file_column: &str,
        key_column: &str,
        faults: &mut Faults,
    ) -> Option<Subject> {
        let (name, key) = (row.needed(file_column, faults), row.needed(key_column, faults));
        let Some(file) = self.files.get(name.as_str()) else {
            if !name.is_empty() {
                let reason = format!("{name:?} is not a file that sources can be about");
                row.fault(faults, file_column, reason);
            }
            return None;
        };
        let (referred, unread) = match file {
            File::Slugs(kind, table, index) => {
                let of = |row: Row<'_>| Referred {
                    row: row.place,
                    subject: Some(Subject { kind: *kind, place: row.place }),
                };
                (index.get(&key).map(of), &table.unread)
            }
            File::Keys(table, keys) => (keys.get(&key).copied(), &table.unread),
            File::Wanted(_, unread, wanted) => (wanted.get(&key).copied().flatten(), unread),
        };
        if let Some(referred) = referred {
            return referred.subject;
        }
        let excused =
            |part: &str| unread.cells.contains(part) || self.excused.iter().any(|index| index.is_excused(part));
        if !key.is_empty() && !unread.cut && !key.split('/').any(excused) && !file.is_faulty(&key, faults) {
            let hint = if faults.are_few() { file.nearest(&key, self.all) } else { None };
            let hint = hint.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            row.fault(faults, key_column, format!("{key:?} is not in {name}{hint}"));
        }
        None
    }
}

impl File<'_> {
    /// Whether a faulty row of the file has one of the parts of the key, and may be the one that is meant.
    fn is_faulty(&self, key: &str, faults: &Faults) -> bool {
        match self {
            Self::Slugs(_, table, _) | Self::Keys(table, _) => {
                let told = faults.list().iter().filter(|fault| fault.file == table.file);
                let mut rows = told.filter_map(|fault| table.row_at(fault.line));
                rows.any(|row| key.split('/').any(|part| row.has(part)))
            }
            Self::Wanted(_, unread, _) => key.split('/').any(|part| unread.faulty.contains(part)),
        }
    }

    /// The most similar key, within an edit distance of a quarter of the length and at most 3.
    fn nearest(&self, key: &str, all: Files<'_>) -> Option<String> {
        let most = (key.len() / 4).min(3);
        let letters = key.chars().count();
        let found = match self {
            Self::Slugs(_, table, _) => nearest(key, table.rows().map(|row| row.get("slug"))),
            Self::Keys(_, keys) => nearest(key, keys.keys().map(String::as_str)),
            Self::Wanted(leaf, ..) => {
                let mut best: Option<(usize, String)> = None;
                all.visit(&leaf.columns, &mut Faults::default(), |row, _| {
                    for other in keys(row, leaf.key) {
                        if other.chars().count().abs_diff(letters) > most {
                            continue;
                        }
                        let other =
                            nearest(key, [other.as_str()]).map(|(distance, other)| (distance, other.to_owned()));
                        best = best.take().into_iter().chain(other).min();
                    }
                });
                return best.filter(|(distance, _)| *distance <= most).map(|(_, near)| near);
            }
        };
        found.filter(|(distance, _)| *distance <= most).map(|(_, near)| near.to_owned())
    }
}

fn key(row: Row<'_>, columns: &[&str]) -> String {
    columns.iter().map(|column| row.get(column)).collect::<Vec<_>>().join("/")
}

/// The keys of a row. Two parts of one role have the same key, which means the first. With the part appended it is unique.
fn keys(row: Row<'_>, columns: &[&str]) -> Vec<String> {
    let key = key(row, columns);
    let part = row.get("part");
    if part.is_empty() { vec![key] } else { vec![format!("{key}/{part}"), key] }
}

fn show_link_inverse(relation: &str) -> Option<String> {
    use entity::show_link::Kind;
    let kind = <Kind as sea_orm::Iterable>::iter().find(|kind| word_of(kind, '_') == relation)?;
    Some(word_of(&kind.inverse(), '_'))
}

fn character_link_inverse(relation: &str) -> Option<String> {
    use entity::character_link::Kind;
    let kind = <Kind as sea_orm::Iterable>::iter().find(|kind| word_of(kind, '_') == relation)?;
    Some(word_of(&kind.inverse(), '_'))
}
