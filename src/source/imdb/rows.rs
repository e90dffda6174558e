use std::collections::{HashMap, HashSet};

use super::tsv::{Note, Row, Table, id};

/// The rows that are kept, with ids as numbers.
pub(super) struct Rows {
    /// The titles that are asked for; none for all.
    pub(super) wanted: Option<HashSet<u32>>,
    /// Episodes by their id.
    pub(super) episodes: HashMap<u32, EpisodeOf>,
    pub(super) titles: Vec<Title>,
    /// The ids in `titles`.
    known: HashSet<u32>,
    pub(super) principals: Vec<Principal>,
    /// Directors and writers, in that order, by title.
    pub(super) crew: Vec<(u32, Vec<u32>, Vec<u32>)>,
    pub(super) other_titles: Vec<OtherTitle>,
    /// People who are referred to, with their row once it was read.
    pub(super) people: HashMap<u32, Option<Name>>,
}

/// The place of an episode.
pub(super) struct EpisodeOf {
    pub(super) series: u32,
    pub(super) season: Option<u32>,
    pub(super) number: Option<u32>,
}

pub(super) struct Title {
    pub(super) id: u32,
    pub(super) kind: Box<str>,
    pub(super) primary: Box<str>,
    pub(super) original: Option<Box<str>>,
    pub(super) start: Option<u32>,
    pub(super) end: Option<u32>,
    pub(super) minutes: Option<u32>,
    pub(super) genres: Option<Box<str>>,
}

pub(super) struct Principal {
    pub(super) title: u32,
    pub(super) person: u32,
    pub(super) ordering: Option<u32>,
    pub(super) category: Category,
    pub(super) job: Option<Box<str>>,
    /// A list in JSON.
    pub(super) characters: Option<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Actor,
    Own,
    Archive,
    ArchiveSound,
    Director,
    Writer,
    Producer,
    Composer,
}

pub(super) struct OtherTitle {
    pub(super) title: u32,
    pub(super) name: Box<str>,
    pub(super) region: Option<Box<str>>,
    pub(super) language: Option<Box<str>>,
    pub(super) original: bool,
}

pub(super) struct Name {
    pub(super) primary: Box<str>,
    pub(super) born: Option<u32>,
    pub(super) died: Option<u32>,
}

impl Rows {
    pub(super) fn new(wanted: Option<HashSet<u32>>) -> Self {
        Self {
            wanted,
            episodes: HashMap::new(),
            titles: Vec::new(),
            known: HashSet::new(),
            principals: Vec::new(),
            crew: Vec::new(),
            other_titles: Vec::new(),
            people: HashMap::new(),
        }
    }

    pub(super) fn episodes(&mut self, table: &mut Table<'_>) {
        let wanted = &self.wanted;
        let keep = |series: &[u8]| is_wanted(wanted.as_ref(), id(b"tt", series));
        table.rows(&["parentTconst", "tconst", "seasonNumber", "episodeNumber"], keep, |row, note| {
            let (Some(series), Some(episode)) = (id(b"tt", row.raw(0)), id(b"tt", row.raw(1))) else {
                return note.skip("skipped: an id does not look like tt0000001");
            };
            let season = row.number(2, "season", note);
            let number = row.number(3, "number", note);
            self.episodes.insert(episode, EpisodeOf { series, season, number });
        });
    }

    pub(super) fn titles(&mut self, table: &mut Table<'_>) {
        let (wanted, episodes) = (&self.wanted, &self.episodes);
        let keep = |title: &[u8]| {
            let id = id(b"tt", title);
            is_wanted(wanted.as_ref(), id) || id.is_some_and(|id| episodes.contains_key(&id))
        };
        let columns = [
            "tconst",
            "titleType",
            "primaryTitle",
            "originalTitle",
            "startYear",
            "endYear",
            "runtimeMinutes",
            "genres",
        ];
        table.rows(&columns, keep, |row, note| {
            let Some(id) = id(b"tt", row.raw(0)) else {
                return note.skip("skipped: the id does not look like tt0000001");
            };
            let (Some(kind), Some(title)) = (row.text(1, note), row.text(2, note).or_else(|| row.text(3, note))) else {
                return note.skip("skipped: it has no type or no title");
            };
            if !self.known.insert(id) {
                return;
            }
            let original = row.text(3, note).filter(|original| *original != title).map(String::into);
            let year =
                |column, note: &mut Note<'_>| row.number(column, "year", note).filter(|year| (1..=9999).contains(year));
            self.titles.push(Title {
                id,
                kind: kind.into(),
                primary: title.into(),
                original,
                start: year(4, note),
                end: year(5, note),
                minutes: row.number(6, "runtime", note).filter(|minutes| *minutes > 0),
                genres: row.text(7, note).map(String::into),
            });
        });
    }

    pub(super) fn principals(&mut self, table: &mut Table<'_>) {
        let known = &self.known;
        let keep = |title: &[u8]| id(b"tt", title).is_some_and(|id| known.contains(&id));
        table.rows(&["tconst", "nconst", "ordering", "category", "job", "characters"], keep, |row, note| {
            let (Some(title), Some(person)) = (id(b"tt", row.raw(0)), id(b"nm", row.raw(1))) else {
                return note.skip("skipped: the id of the person does not look like nm0000001");
            };
            let Some(category) = category(row, note) else { return };
            self.people.entry(person).or_default();
            self.principals.push(Principal {
                title,
                person,
                ordering: row.number(2, "ordering", note),
                category,
                job: row.text(4, note).map(String::into),
                characters: row.text(5, note).map(String::into),
            });
        });
    }

    pub(super) fn crew(&mut self, table: &mut Table<'_>) {
        let known = &self.known;
        let keep = |title: &[u8]| id(b"tt", title).is_some_and(|id| known.contains(&id));
        table.rows(&["tconst", "directors", "writers"], keep, |row, note| {
            let Some(title) = id(b"tt", row.raw(0)) else { return };
            let directors = people(row.raw(1), note);
            let writers = people(row.raw(2), note);
            for person in directors.iter().chain(&writers) {
                self.people.entry(*person).or_default();
            }
            self.crew.push((title, directors, writers));
        });
    }

    pub(super) fn other_titles(&mut self, table: &mut Table<'_>) {
        let known = &self.known;
        let keep = |title: &[u8]| id(b"tt", title).is_some_and(|id| known.contains(&id));
        table.rows(&["titleId", "title", "region", "language", "isOriginalTitle"], keep, |row, note| {
            let (Some(title), Some(name)) = (id(b"tt", row.raw(0)), row.text(1, note)) else { return };
            self.other_titles.push(OtherTitle {
                title,
                name: name.into(),
                region: row.text(2, note).map(String::into),
                language: row.text(3, note).map(String::into),
                original: row.raw(4) == b"1",
            });
        });
    }

    pub(super) fn people(&mut self, table: &mut Table<'_>) {
        let known: HashSet<u32> = self.people.keys().copied().collect();
        let keep = |person: &[u8]| id(b"nm", person).is_some_and(|id| known.contains(&id));
        table.rows(&["nconst", "primaryName", "birthYear", "deathYear"], keep, |row, note| {
            let Some(person) = id(b"nm", row.raw(0)) else { return };
            let Some(name) = row.text(1, note) else {
                return note.skip("skipped: the person has no name");
            };
            let born = row.number(2, "year", note).filter(|year| (1..=9999).contains(year));
            let died = row.number(3, "year", note).filter(|year| (1..=9999).contains(year));
            self.people.insert(person, Some(Name { primary: name.into(), born, died }));
        });
    }
}

fn is_wanted(wanted: Option<&HashSet<u32>>, id: Option<u32>) -> bool {
    // Without a selection, invalid ids pass too, so that they are reported.
    wanted.is_none_or(|wanted| id.is_some_and(|id| wanted.contains(&id)))
}

fn category(row: &Row<'_>, note: &mut Note<'_>) -> Option<Category> {
    Some(match row.raw(3) {
        b"actor" | b"actress" => Category::Actor,
        b"self" => Category::Own,
        b"archive_footage" => Category::Archive,
        b"archive_sound" => Category::ArchiveSound,
        b"director" => Category::Director,
        b"writer" => Category::Writer,
        b"producer" => Category::Producer,
        b"composer" => Category::Composer,
        b"cinematographer" | b"editor" | b"production_designer" | b"casting_director" => {
            note.remarks.unused("crew job", &String::from_utf8_lossy(row.raw(3)));
            return None;
        }
        other => {
            note.remarks.unknown("category", &String::from_utf8_lossy(other));
            return None;
        }
    })
}

/// The people of a list separated by commas.
fn people(bytes: &[u8], note: &mut Note<'_>) -> Vec<u32> {
    let mut list = Vec::new();
    for item in bytes.split(|b| *b == b',').filter(|item| !item.is_empty() && *item != b"\\N") {
        match id(b"nm", item) {
            Some(id) if !list.contains(&id) => list.push(id),
            Some(_) => {}
            None => {
                note.skip(format_args!("ignored {:?}; expected an id like nm0000001", String::from_utf8_lossy(item)));
            }
        }
    }
    list
}
