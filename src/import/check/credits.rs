//! Cast and crew rows, which become credits and their appearances.

use std::collections::HashMap;

use entity::{
    PartialDate,
    credit::{Billing, Coverage, Job, Part, Portrayal},
};
use sea_orm::Iterable;

use super::{
    Known, Tables,
    shows::{belongs, is_film},
};
use crate::import::{
    Faults,
    data_set::{Appearance, Credit, CreditKey, Standing},
    row::{Row, word_of},
    table::Table,
};

/// The credits so far, without duplicates.
#[derive(Default)]
struct Credits {
    list: Vec<Credit>,
    places: HashMap<CreditKey, usize>,
}

impl Credits {
    /// The credit with this key, created with `standing` if it is new.
    fn credit(&mut self, key: CreditKey, standing: impl FnOnce() -> Standing) -> Option<&mut Credit> {
        let place = *self.places.entry(key.clone()).or_insert_with(|| {
            self.list.push(Credit {
                key,
                standing: standing(),
                coverage: None,
                portrayal: None,
                appearances: Vec::new(),
            });
            self.list.len() - 1
        });
        self.list.get_mut(place)
    }
}

pub(super) fn credits(tables: &Tables, known: &Known, faults: &mut Faults) -> Vec<Credit> {
    let mut credits = Credits::default();
    cast_of_seasons(&tables.cast_seasons, known, &mut credits, faults);
    cast_of_episodes(&tables.cast_episodes, known, &mut credits, faults);
    cast_of_films(&tables.cast_films, known, &mut credits, faults);
    crew(&tables.crew, known, &mut credits, faults);
    credits.list
}

fn cast_of_seasons(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    for row in &table.rows {
        let season = known.seasons.needed(row, "season", "seasons.csv", faults);
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        let coverage = row.word::<Coverage>("coverage", '-', faults);
        let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
        born_before(row, season.map(|season| season.get("premiere_date")), known, faults);
        once.check(row, &["season", "person", "character", "part"], faults);
        let Some(season) = season else { continue };
        let show = season.get("production").to_owned();
        let season = Some(season.get("slug").to_owned());
        let key = CreditKey { person, show, season, character, job: Job::Actor, part };
        if let Some(credit) = credits.credit(key, || standing) {
            credit.coverage = coverage;
            credit.portrayal = portrayal;
        }
    }
}

fn cast_of_episodes(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    let mut rows = Vec::new();
    for row in &table.rows {
        let episode = known.episodes.needed(row, "episode", "episodes.csv", faults);
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
        born_before(row, episode.map(|episode| episode.get("air_date")), known, faults);
        once.check(row, &["episode", "person", "character", "part"], faults);
        let Some(episode) = episode else { continue };
        let show = episode.get("production").to_owned();
        let season = Some(episode.get("season").to_owned());
        let key = CreditKey { person, show, season, character, job: Job::Actor, part };
        let number: i32 = episode.get("number").parse().unwrap_or_default();
        rows.push((number, key, portrayal, Appearance { episode: episode.get("slug").to_owned(), standing }));
    }
    // A guest who is only in episode rows has the billing of the first episode in the season.
    rows.sort_by_key(|(number, ..)| *number);
    for (_, key, portrayal, appearance) in rows {
        let first = || Standing { position: None, ..appearance.standing.clone() };
        let is_new = !credits.places.contains_key(&key);
        if let Some(credit) = credits.credit(key, first) {
            if is_new {
                // The row of an episode says nothing about the others, whatever the billing.
                credit.coverage = Some(Coverage::AtLeast);
            }
            credit.portrayal = credit.portrayal.or(portrayal);
            credit.appearances.push(appearance);
        }
    }
}

fn cast_of_films(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    for row in &table.rows {
        let show = known.shows.needed(row, "production", "productions.csv", faults);
        if show.and_then(is_film) == Some(false) {
            let reason = format!("{:?} is not a film; its cast belongs in cast_seasons.csv", row.get("production"));
            row.fault(faults, "production", reason);
        }
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        let portrayal = row.word::<Portrayal>("portrayal", '-', faults);
        born_before(row, show.map(|show| show.get("premiere_date")), known, faults);
        once.check(row, &["production", "person", "character", "part"], faults);
        let show = row.get("production").to_owned();
        let key = CreditKey { person, show, season: None, character, job: Job::Actor, part };
        if let Some(credit) = credits.credit(key, || standing) {
            credit.portrayal = portrayal;
        }
    }
}

fn crew(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    for row in &table.rows {
        let show = known.shows.needed(row, "production", "productions.csv", faults);
        known.people.needed(row, "person", "people.csv", faults);
        row.needed("role", faults);
        let season = known.seasons.optional(row, "season", "seasons.csv", faults);
        let episode = known.episodes.optional(row, "episode", "episodes.csv", faults);
        if let (Some(episode), "") = (episode, row.get("season")) {
            row.fault(faults, "season", format!("must be {:?}, the season of the episode", episode.get("season")));
        }
        if belongs(row, "season", season, "production", show, faults) {
            belongs(row, "episode", episode, "season", season, faults);
        }
        let film = show.filter(|show| is_film(show) == Some(true));
        let day = episode.map(|episode| episode.get("air_date"));
        let day = day.or_else(|| season.or(film).map(|whole| whole.get("premiere_date")));
        born_before(row, day, known, faults);
        let position = row.number("order", 1, MOST, faults);
        once.check(row, &["production", "season", "episode", "person", "role"], faults);
        let Some(job) = job(row, faults) else { continue };
        let show = row.get("production").to_owned();
        let season = season.map(|season| season.get("slug").to_owned());
        let person = row.get("person").to_owned();
        let standing = Standing { position, credited_as: row.text("credited_as"), ..Standing::default() };
        let key = CreditKey { person, show, season, character: None, job, part: None };
        let Some(episode) = episode else {
            if let Some(credit) = credits.credit(key, Standing::default) {
                credit.standing = standing;
            }
            continue;
        };
        if let Some(credit) = credits.credit(key, Standing::default) {
            credit.appearances.push(Appearance { episode: episode.get("slug").to_owned(), standing });
        }
    }
}

/// Maximum position in a list of credits; the sort key in the database depends on it.
const MOST: i32 = 9998;

/// The person, the character, and the part of the performance.
fn role(row: &Row, known: &Known, faults: &mut Faults) -> (String, Option<String>, Option<Part>) {
    known.people.needed(row, "person", "people.csv", faults);
    known.characters.needed(row, "character", "characters.csv", faults);
    row.needed("part", faults);
    let part = row.word("part", '-', faults);
    (row.get("person").to_owned(), row.text("character"), part)
}

fn standing(row: &Row, faults: &mut Faults) -> Standing {
    row.needed("billing", faults);
    Standing {
        billing: row.word::<Billing>("billing", '-', faults),
        position: row.number("order", 1, MOST, faults),
        credited_as: row.text("credited_as"),
    }
}

/// The job of a crew member.
fn job(row: &Row, faults: &mut Faults) -> Option<Job> {
    if row.get("role") == word_of(&Job::Actor, '-') {
        row.fault(faults, "role", "actors belong in the cast files");
        return None;
    }
    row.word_among("role", Job::iter().filter(|job| *job != Job::Actor), '-', faults)
}

/// Reports credits from before the birth of the person. Compares only full dates.
fn born_before(row: &Row, day: Option<&str>, known: &Known, faults: &mut Faults) {
    let person = known.people.get(row.get("person"));
    let born = person.and_then(|person| full_date(person.get("born")));
    let (Some(born), Some(day)) = (born, day.and_then(full_date)) else { return };
    if day < born {
        row.fault(faults, "person", format!("{:?} was born on {born}, after {day}", row.get("person")));
    }
}

fn full_date(text: &str) -> Option<PartialDate> {
    text.parse().ok().filter(|_| text.len() == "2018-08-04".len())
}

/// Lines by the columns that must be unique.
#[derive(Default)]
struct Once(HashMap<Vec<String>, u64>);

impl Once {
    fn check(&mut self, row: &Row, columns: &[&str], faults: &mut Faults) {
        let key = columns.iter().map(|column| row.get(column).to_owned()).collect();
        let first = *self.0.entry(key).or_insert(row.line);
        if first != row.line {
            row.fault(faults, "", format!("line {first} has the same {}", columns.join(", ")));
        }
    }
}
