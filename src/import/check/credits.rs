//! Cast and crew rows, which become credits and their appearances. They are most of a data set, so that the rows are read one
//! after the other, and only places and numbers are kept.

use std::collections::HashSet;

use entity::{
    PartialDate,
    credit::{Billing, Coverage, Job, Part, Portrayal},
    subject::Kind,
};
use sea_orm::Iterable;

use super::{
    Known, Tables,
    shows::{belongs, is_film},
    sources::verified,
    subjects::{Leaf, Said, Subjects},
};
use crate::import::{
    Faults,
    data_set::{Appearance, Credit, CreditKey, NoteKey, Place, Standing, Subject, Texts},
    index::Places,
    row::{Row, word_of},
    table::{Columns, Files, Unread},
};

/// The credits so far, without duplicates.
#[derive(Default)]
pub(super) struct Credits {
    pub(super) list: Vec<Credit>,
    places: Places,
    pub(super) appearances: Vec<Appearance>,
    pub(super) names: Texts,
}

impl Credits {
    fn place(&self, key: CreditKey) -> Option<u32> {
        self.places.get(&Some(key), |place| self.list.get(place as usize).map(|credit| credit.key))
    }

    /// The place of the credit with this key, created with `standing` if it is new.
    fn credit(&mut self, key: CreditKey, standing: Standing) -> u32 {
        if let Some(place) = self.place(key) {
            return place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(Credit { key, standing, coverage: None, portrayal: None, has_row: false });
        self.places.insert(place, |place| self.list.get(place as usize).map(|credit| credit.key));
        place
    }
}

pub(super) const CAST_SEASONS: &Leaf = &Leaf {
    columns: Columns {
        file: "cast_seasons.csv",
        required: &["season", "person", "character", "billing", "order", "part", "credited_as"],
        optional: &["verified", "note", "coverage", "portrayal"],
        may_be_absent: false,
    },
    key: &["season", "person", "character"],
};

pub(super) const CAST_EPISODES: &Leaf = &Leaf {
    columns: Columns {
        file: "cast_episodes.csv",
        required: &["episode", "person", "character", "billing", "order", "part", "credited_as"],
        optional: &["verified", "note", "portrayal"],
        may_be_absent: false,
    },
    key: &["episode", "person", "character"],
};

pub(super) const CAST_FILMS: &Leaf = &Leaf {
    columns: Columns {
        file: "cast_films.csv",
        required: &["production", "person", "character", "billing", "part"],
        optional: &["order", "credited_as", "verified", "note", "portrayal"],
        may_be_absent: false,
    },
    key: &["production", "person", "character"],
};

pub(super) const CREW: &Leaf = &Leaf {
    columns: Columns {
        file: "crew.csv",
        required: &["production", "season", "episode", "person", "role", "order"],
        optional: &["credited_as", "verified", "note"],
        may_be_absent: false,
    },
    key: &["production", "season", "episode", "person", "role"],
};

/// Reads the four files. `numbers` are those of the episodes.
pub(super) fn credits<'t>(
    files: Files<'t>,
    tables: &'t Tables,
    numbers: &[i32],
    known: &Known<'t>,
    subjects: &mut Subjects<'t>,
    faults: &mut Faults,
) -> Credits {
    for leaf in [CAST_SEASONS, CAST_EPISODES, CAST_FILMS, CREW] {
        subjects.add_leaf(leaf, tables);
    }
    let mut credits = Credits::default();
    let number = |episode: u32| numbers.get(episode as usize).copied().unwrap_or_default();
    let mut reading = Reading { files, known, subjects, credits: &mut credits };
    reading.cast_of_seasons(faults);
    let mut in_episodes = reading.cast_of_episodes(number, faults);
    reading.cast_of_films(faults);
    let mut in_crew = reading.crew(faults);

    let appearances = &mut credits.appearances;
    appearances.sort_by_key(|row| (row.credit, number(row.episode), row.episode));
    for pair in appearances.windows(2) {
        if let [first, second] = pair
            && (first.credit, first.episode) == (second.credit, second.episode)
            && let Some(credit) = credits.list.get(first.credit as usize)
        {
            let cells = cells_of(credit.key, first.episode, tables);
            if credit.key.job == Job::Actor { &mut in_episodes } else { &mut in_crew }.0.insert(cells);
        }
    }
    in_episodes.report(CAST_EPISODES, files, faults);
    in_crew.report(CREW, files, faults);
    credits.list.shrink_to_fit();
    credits.appearances.shrink_to_fit();
    credits
}

/// The state of reading.
struct Reading<'r, 't> {
    files: Files<'t>,
    known: &'r Known<'t>,
    subjects: &'r mut Subjects<'t>,
    credits: &'r mut Credits,
}

/// A guest whom only episodes may know. The credit is made of the first episode in the season.
struct Guest {
    key: CreditKey,
    portrayal: Option<Portrayal>,
    episode: u32,
    standing: Standing,
    said: Option<Box<Said>>,
}

impl Reading<'_, '_> {
    /// Shows each row to `each`, which returns the credit and, if the row is about one, the episode.
    fn visit(
        &mut self,
        leaf: &'static Leaf,
        faults: &mut Faults,
        mut each: impl FnMut(&mut Self, Row<'_>, &mut Faults) -> Option<Came>,
    ) {
        let files = self.files;
        let unread: Unread = files.visit(&leaf.columns, faults, |row, faults| {
            verified(row, self.known, faults);
            match each(self, row, faults) {
                Some(Came::Later) => {}
                Some(Came::Credit(credit, episode)) => {
                    let said = self.subjects.said(row.file, row, self.known);
                    self.keep(row.file, said, credit, episode);
                }
                None => {
                    let said = self.subjects.said(row.file, row, self.known);
                    self.subjects.keep(row.file, said, None, None);
                }
            }
        });
        self.subjects.add_unread(leaf, unread);
    }

    fn keep(&mut self, file: &'static str, said: Said, credit: u32, episode: Option<u32>) {
        let subject = Subject { kind: Kind::Credit, place: credit };
        let note = episode.map_or(NoteKey::Subject(subject), |episode| NoteKey::Appearance(credit, episode));
        self.subjects.keep(file, said, Some(subject), Some(note));
    }

    fn cast_of_seasons(&mut self, faults: &mut Faults) {
        let mut repeated = Repeated::default();
        self.visit(CAST_SEASONS, faults, |this, row, faults| {
            let known = this.known;
            let season = known.seasons.needed(row, "season", "seasons.csv", faults);
            let role = role(row, season, season.map(|season| season.get("production")), known, faults);
            let standing = standing(row, &mut this.credits.names, faults);
            let coverage = row.word::<Coverage>("coverage", '-', faults);
            let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
            born_before(row, season.map(|season| season.get("premiere_date")), known, faults);
            let Some(key) = role else {
                repeated.suspect(row, CAST_SEASONS);
                return None;
            };
            let place = this.credits.credit(key, standing);
            let credit = this.credits.list.get_mut(place as usize)?;
            if std::mem::replace(&mut credit.has_row, true) {
                repeated.suspect(row, CAST_SEASONS);
            } else {
                (credit.coverage, credit.portrayal) = (coverage, portrayal);
            }
            Some(Came::Credit(place, None))
        });
        repeated.report(CAST_SEASONS, self.files, faults);
    }

    fn cast_of_episodes(&mut self, number: impl Fn(u32) -> i32, faults: &mut Faults) -> Repeated {
        let mut repeated = Repeated::default();
        let mut guests: Vec<Guest> = Vec::new();
        let mut portrayals = Vec::new();
        self.visit(CAST_EPISODES, faults, |this, row, faults| {
            let known = this.known;
            let episode = known.episodes.needed(row, "episode", "episodes.csv", faults);
            let season = episode.and_then(|episode| known.seasons.get(episode.get("season")));
            let role = role(row, season, episode.map(|episode| episode.get("production")), known, faults);
            let standing = standing(row, &mut this.credits.names, faults);
            let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
            born_before(row, episode.map(|episode| episode.get("air_date")), known, faults);
            let Some((key, episode)) = role.zip(episode) else {
                repeated.suspect(row, CAST_EPISODES);
                return None;
            };
            let episode = episode.place;
            let Some(credit) = this.credits.place(key) else {
                let said = Some(this.subjects.said(row.file, row, known)).filter(|said| !said.is_nothing());
                guests.push(Guest { key, portrayal, episode, standing, said: said.map(Box::new) });
                return Some(Came::Later);
            };
            if let Some(portrayal) = portrayal {
                portrayals.push((number(episode), credit, portrayal));
            }
            this.credits.appearances.push(Appearance { credit, episode, standing });
            Some(Came::Credit(credit, Some(episode)))
        });
        portrayals.sort_by_key(|(number, ..)| *number);
        for (_, credit, portrayal) in portrayals {
            if let Some(credit) = self.credits.list.get_mut(credit as usize) {
                credit.portrayal = credit.portrayal.or(Some(portrayal));
            }
        }
        guests.sort_by_key(|guest| number(guest.episode));
        for guest in guests {
            let place = self.credits.credit(guest.key, guest.standing.without_position());
            if let Some(credit) = self.credits.list.get_mut(place as usize) {
                // The row of an episode says nothing about the others, whatever the billing.
                credit.coverage = Some(Coverage::AtLeast);
                credit.portrayal = credit.portrayal.or(guest.portrayal);
            }
            let (episode, standing) = (guest.episode, guest.standing);
            self.credits.appearances.push(Appearance { credit: place, episode, standing });
            self.keep(
                CAST_EPISODES.columns.file,
                guest.said.map(|said| *said).unwrap_or_default(),
                place,
                Some(episode),
            );
        }
        repeated
    }

    fn cast_of_films(&mut self, faults: &mut Faults) {
        let mut repeated = Repeated::default();
        self.visit(CAST_FILMS, faults, |this, row, faults| {
            let known = this.known;
            let show = known.shows.needed(row, "production", "productions.csv", faults);
            if show.and_then(is_film) == Some(false) {
                let reason = format!("{:?} is not a film; its cast belongs in cast_seasons.csv", row.get("production"));
                row.fault(faults, "production", reason);
            }
            let role = role(row, None, show.map(|show| show.get("slug")), known, faults);
            let standing = standing(row, &mut this.credits.names, faults);
            let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
            born_before(row, show.map(|show| show.get("premiere_date")), known, faults);
            let Some(key) = role else {
                repeated.suspect(row, CAST_FILMS);
                return None;
            };
            let place = this.credits.credit(key, standing);
            let credit = this.credits.list.get_mut(place as usize)?;
            if std::mem::replace(&mut credit.has_row, true) {
                repeated.suspect(row, CAST_FILMS);
            } else {
                credit.portrayal = portrayal;
            }
            Some(Came::Credit(place, None))
        });
        repeated.report(CAST_FILMS, self.files, faults);
    }

    fn crew(&mut self, faults: &mut Faults) -> Repeated {
        let mut repeated = Repeated::default();
        self.visit(CREW, faults, |this, row, faults| {
            let known = this.known;
            let show = known.shows.needed(row, "production", "productions.csv", faults);
            let person = known.people.needed(row, "person", "people.csv", faults);
            row.needed("role", faults);
            let season = known.seasons.optional(row, "season", "seasons.csv", faults);
            let episode = known.episodes.optional(row, "episode", "episodes.csv", faults);
            if let (Some(episode), "") = (episode, row.get("season")) {
                row.fault(faults, "season", format!("must be {:?}, the season of the episode", episode.get("season")));
            }
            if belongs(row, "season", season, "production", show, faults) {
                belongs(row, "episode", episode, "season", season, faults);
            }
            let film = show.filter(|show| is_film(*show) == Some(true));
            let day = episode.map(|episode| episode.get("air_date"));
            let day = day.or_else(|| season.or(film).map(|whole| whole.get("premiere_date")));
            born_before(row, day, known, faults);
            let position = row.number("order", 1, MOST, faults);
            let standing = Standing::new(None, position, this.credits.names.add(row.get("credited_as")));
            let key = job(row, faults).and_then(|job| {
                let part = |column: &str, part: Option<Row<'_>>| part.is_some() || row.get(column).is_empty();
                let whole = part("season", season) && part("episode", episode);
                let season = season.and_then(|season| Place::new(season.place));
                let (person, show) = (person?.place, show?.place);
                whole.then_some(CreditKey { person, show, season, character: None, job, part: None })
            });
            let Some(key) = key else {
                repeated.suspect(row, CREW);
                return None;
            };
            let place = this.credits.credit(key, Standing::default());
            let Some(episode) = episode else {
                let credit = this.credits.list.get_mut(place as usize)?;
                credit.standing = standing;
                if std::mem::replace(&mut credit.has_row, true) {
                    repeated.suspect(row, CREW);
                }
                return Some(Came::Credit(place, None));
            };
            this.credits.appearances.push(Appearance { credit: place, episode: episode.place, standing });
            Some(Came::Credit(place, Some(episode.place)))
        });
        repeated
    }
}

/// What came of a row.
enum Came {
    /// A credit or, with an episode, one of its appearances.
    Credit(u32, Option<u32>),
    /// It is dealt with later.
    Later,
}

/// Rows that may repeat the row of another line. A second reading finds the lines.
#[derive(Default)]
struct Repeated(HashSet<String>);

impl Repeated {
    fn suspect(&mut self, row: Row<'_>, leaf: &Leaf) {
        self.0.insert(unique(row, leaf));
    }

    /// Reports the rows that repeat another.
    fn report(self, leaf: &Leaf, files: Files<'_>, faults: &mut Faults) {
        if self.0.is_empty() {
            return;
        }
        let mut lines = std::collections::HashMap::new();
        let part = leaf.columns.required.contains(&"part").then_some("part");
        let columns: Vec<&str> = leaf.key.iter().copied().chain(part).collect();
        files.visit(&leaf.columns, &mut Faults::default(), |row, _| {
            let cells = unique(row, leaf);
            if !self.0.contains(&cells) {
                return;
            }
            let first = *lines.entry(cells).or_insert(row.line);
            if first != row.line {
                row.fault(faults, "", format!("line {first} has the same {}", columns.join(", ")));
            }
        });
    }
}

/// The cells that no two rows of a file have in common.
fn unique(row: Row<'_>, leaf: &Leaf) -> String {
    let cells = leaf.key.iter().map(|column| row.get(column)).chain([row.get("part")]);
    cells.collect::<Vec<_>>().join("\n")
}

/// The same cells, of an appearance.
fn cells_of(key: CreditKey, episode: u32, tables: &Tables) -> String {
    let (episode, person) = (tables.episodes.cell(episode, "slug"), tables.people.cell(key.person, "slug"));
    let Some(part) = key.part else {
        let show = tables.shows.cell(key.show, "slug");
        let season = key.season.map_or("", |season| tables.seasons.cell(season.get(), "slug"));
        return [show, season, episode, person, &word_of(&key.job, '-'), ""].join("\n");
    };
    let character = key.character.map_or("", |character| tables.characters.cell(character.get(), "slug"));
    [episode, person, character, &word_of(&part, '-')].join("\n")
}

/// Maximum position in a list of credits; the sort key in the database depends on it.
const MOST: i32 = 9998;

/// The credit of an actor, if the row and the rows it refers to are right.
fn role(
    row: Row<'_>,
    season: Option<Row<'_>>,
    show: Option<&str>,
    known: &Known,
    faults: &mut Faults,
) -> Option<CreditKey> {
    let person = known.people.needed(row, "person", "people.csv", faults);
    let character = known.characters.needed(row, "character", "characters.csv", faults);
    row.needed("part", faults);
    let part = row.word::<Part>("part", '-', faults);
    Some(CreditKey {
        person: person?.place,
        show: known.shows.get(show?)?.place,
        season: season.and_then(|season| Place::new(season.place)),
        character: Some(Place::new(character?.place)?),
        job: Job::Actor,
        part: Some(part?),
    })
}

fn standing(row: Row<'_>, names: &mut Texts, faults: &mut Faults) -> Standing {
    row.needed("billing", faults);
    let billing = row.word::<Billing>("billing", '-', faults);
    let position = row.number("order", 1, MOST, faults);
    Standing::new(billing, position, names.add(row.get("credited_as")))
}

/// The job of a crew member.
fn job(row: Row<'_>, faults: &mut Faults) -> Option<Job> {
    if row.get("role") == word_of(&Job::Actor, '-') {
        row.fault(faults, "role", "actors belong in the cast files");
        return None;
    }
    row.word_among("role", Job::iter().filter(|job| *job != Job::Actor), '-', faults)
}

/// Reports credits from before the birth of the person. Compares only full dates.
fn born_before(row: Row<'_>, day: Option<&str>, known: &Known, faults: &mut Faults) {
    let person = known.people.get(row.get("person"));
    let born = person.and_then(|person| full_date(person.get("born")));
    let (Some(born), Some(day)) = (born, day.and_then(full_date)) else { return };
    if day < born {
        row.fault(faults, "person", format!("{:?} was born on {born}, after {day}", row.get("person")));
    }
}

fn full_date(text: &str) -> Option<PartialDate> {
    if text.len() == "2018-08-04".len() { text.parse().ok() } else { None }
}
