//! From rows of casts and crews to credits and their appearances.

use std::collections::HashMap;

use entity::credit::{Billing, Job, Part};

use super::{Known, Tables, shows::is_film};
use crate::import::{
    Faults,
    cast_set::{Appearance, Credit, CreditKey, Standing},
    table::{Row, Table},
};

/// Credits in the making, each once.
#[derive(Default)]
struct Credits {
    list: Vec<Credit>,
    places: HashMap<CreditKey, usize>,
}

impl Credits {
    /// The credit with this key, made with `standing` if it is new.
    fn credit(&mut self, key: CreditKey, standing: impl FnOnce() -> Standing) -> Option<&mut Credit> {
        let place = *self.places.entry(key.clone()).or_insert_with(|| {
            self.list.push(Credit { key, standing: standing(), appearances: Vec::new() });
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
        let season = row.reference("season", "seasons.csv", &known.seasons, faults);
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        born_before(row, season.map(|season| season.get("premiere_date")), known, faults);
        once.check(row, &["season", "person", "character", "part"], faults);
        let Some(season) = season else { continue };
        let show = season.get("production").to_owned();
        let season = Some(season.get("slug").to_owned());
        credits.credit(CreditKey { person, show, season, character, job: Job::Actor, part }, || standing);
    }
}

fn cast_of_episodes(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    let mut rows = Vec::new();
    for row in &table.rows {
        let episode = row.reference("episode", "episodes.csv", &known.episodes, faults);
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        born_before(row, episode.map(|episode| episode.get("air_date")), known, faults);
        once.check(row, &["episode", "person", "character", "part"], faults);
        let Some(episode) = episode else { continue };
        let show = episode.get("production").to_owned();
        let season = Some(episode.get("season").to_owned());
        let key = CreditKey { person, show, season, character, job: Job::Actor, part };
        let number: i32 = episode.get("number").parse().unwrap_or_default();
        rows.push((number, key, Appearance { episode: episode.get("slug").to_owned(), standing }));
    }
    // A guest known only from episodes stands in the season as in the first of them.
    rows.sort_by_key(|(number, ..)| *number);
    for (_, key, appearance) in rows {
        let first = || Standing { position: None, ..appearance.standing.clone() };
        if let Some(credit) = credits.credit(key, first) {
            credit.appearances.push(appearance);
        }
    }
}

fn cast_of_films(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    for row in &table.rows {
        let show = row.reference("production", "productions.csv", &known.shows, faults);
        if show.is_some_and(|show| !is_film(show)) {
            let reason = format!("{:?} is no film; its cast belongs into cast_seasons.csv", row.get("production"));
            row.fault(faults, "production", reason);
        }
        let (person, character, part) = role(row, known, faults);
        let standing = standing(row, faults);
        born_before(row, show.map(|show| show.get("premiere_date")), known, faults);
        once.check(row, &["production", "person", "character", "part"], faults);
        let show = row.get("production").to_owned();
        credits.credit(CreditKey { person, show, season: None, character, job: Job::Actor, part }, || standing);
    }
}

fn crew(table: &Table, known: &Known, credits: &mut Credits, faults: &mut Faults) {
    let mut once = Once::default();
    for row in &table.rows {
        row.reference("production", "productions.csv", &known.shows, faults);
        row.reference("person", "people.csv", &known.people, faults);
        row.needed("role", faults);
        let season = part_of(row, "season", "seasons.csv", &known.seasons, "production", faults);
        let episode = part_of(row, "episode", "episodes.csv", &known.episodes, "season", faults);
        let position = row.number("order", 1, MOST, faults);
        once.check(row, &["production", "season", "episode", "person", "role"], faults);
        let job = match row.word("role", '-', faults) {
            Some(Job::Actor) => {
                row.fault(faults, "role", "actors belong into the cast files");
                continue;
            }
            Some(job) => job,
            None => continue,
        };
        let show = row.get("production").to_owned();
        let season = season.map(|season| season.get("slug").to_owned());
        let person = row.get("person").to_owned();
        let standing = Standing { position, ..Standing::default() };
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

/// Most places in a list of credits; the database makes its sort key with this.
const MOST: i32 = 9998;

/// Who plays whom, and which part of the performance it is.
fn role(row: &Row, known: &Known, faults: &mut Faults) -> (String, Option<String>, Option<Part>) {
    row.reference("person", "people.csv", &known.people, faults);
    row.reference("character", "characters.csv", &known.characters, faults);
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

/// The season or episode in a cell that may be empty. It must belong to the show or season that the row names.
fn part_of<'t>(
    row: &Row,
    column: &str,
    file: &str,
    known: &HashMap<&'t str, &'t Row>,
    whole: &str,
    faults: &mut Faults,
) -> Option<&'t Row> {
    if row.get(column).is_empty() {
        return None;
    }
    let part = row.reference(column, file, known, faults)?;
    if part.get(whole) != row.get(whole) {
        let reason = format!("{:?} belongs to {:?}, not to the {whole} of this row", row.get(column), part.get(whole));
        row.fault(faults, column, reason);
    }
    Some(part)
}

/// Nobody is credited before being born. Only full dates are compared.
fn born_before(row: &Row, day: Option<&str>, known: &Known, faults: &mut Faults) {
    let born = known.people.get(row.get("person")).map_or("", |person| person.get("born"));
    if let Some(day) = day
        && born.len() == 10
        && day.len() == 10
        && day < born
    {
        row.fault(faults, "person", format!("{:?} was born on {born}, after {day}", row.get("person")));
    }
}

/// The lines by the columns that make a row one.
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
