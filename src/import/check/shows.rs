//! Franchises, shows, seasons and episodes.

use std::{collections::HashMap, fmt::Display};

use entity::show::Format;
use sea_orm::Iterable;

use super::{Known, names::names};
use crate::import::{
    Faults,
    data_set::{Episode, Franchise, Record, Season, Show},
    index::Index,
    row::{Row, is_slug, is_word},
    table::Table,
};

/// Maximum length of an episode or film, in minutes.
const LONGEST: i32 = 9999;

/// Maximum length of all genres of a show, in bytes.
const MOST_OF_GENRES: usize = 1000;

impl Record for Franchise {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        Self { slug: row.get("slug").to_owned(), name: row.needed("name", faults) }
    }
}

pub(super) fn shows(table: &Table, known: &Known, faults: &mut Faults) {
    for row in table.rows() {
        known.franchises.optional(row, "franchise", "franchises.csv", faults);
        if !row.get("code").is_empty() && !is_slug(&slug_code(row)) {
            let reason = format!("{:?} may have only letters and digits; episode slugs begin with it", row.get("code"));
            row.fault(faults, "code", reason);
        }
        Show::read(row, faults);
    }
}

impl Record for Show {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        row.needed("kind", faults);
        let (premiered_on, ended_on) = row.dates("premiere_date", "end_date", faults);
        Self {
            slug: row.get("slug").to_owned(),
            franchise: row.text("franchise"),
            code: row.text("code"),
            title: row.needed("title", faults),
            format: row.word("kind", '-', faults).unwrap_or(Format::Series),
            medium: row.word("medium", '-', faults),
            status: row.word("status", '-', faults),
            premiered_on,
            ended_on,
            genres: genres(row, faults),
            language: row.language("language", faults),
            runtime_minutes: row.number("runtime_minutes", 1, LONGEST, faults),
            official_site: row.address("official_site", faults),
        }
    }
}

/// The genres in a cell, separated by semicolons.
fn genres(row: Row<'_>, faults: &mut Faults) -> Vec<String> {
    let genres = names(row, "genres", faults);
    if genres.join("; ").len() > MOST_OF_GENRES {
        row.fault(faults, "genres", format!("are longer than {MOST_OF_GENRES} bytes"));
    }
    genres
}

pub(super) fn seasons(table: &Table, known: &mut Known, faults: &mut Faults) {
    for row in table.rows() {
        let show = known.shows.needed(row, "production", "productions.csv", faults);
        if show.and_then(is_film) == Some(true) {
            row.fault(faults, "production", format!("{:?} is a film, which has no seasons", row.get("production")));
        }
        Season::read(row, faults);
        if let Some(number) = row.number("number", 0, MOST_SEASONS, &mut Faults::default()) {
            let expected = season_slug(row.get("production"), number);
            if show.is_some() && expected != row.get("slug") {
                wrong_slug(row, expected, &mut known.seasons, faults);
            }
        }
    }
}

const MOST_SEASONS: i32 = 9999;

const MOST_EPISODES: i32 = 99_999;

impl Record for Season {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        row.needed("number", faults);
        let (premiered_on, finale_on) = row.dates("premiere_date", "finale_date", faults);
        Self {
            slug: row.get("slug").to_owned(),
            show: row.get("production").to_owned(),
            number: row.number("number", 0, MOST_SEASONS, faults).unwrap_or_default(),
            premiered_on,
            finale_on,
            planned_episode_count: row.number("counted_episodes", 1, MOST_EPISODES, faults),
            guest_cast: row.word("guest_cast", '-', faults),
        }
    }
}

/// Returns the numbers of the episodes.
pub(super) fn episodes(table: &Table, known: &mut Known, faults: &mut Faults) -> Vec<i32> {
    let mut numbers = Vec::with_capacity(table.len());
    let mut taken: HashMap<(u32, i32), u32> = HashMap::new();
    for row in table.rows() {
        let show = known.shows.needed(row, "production", "productions.csv", faults);
        let season = known.seasons.needed(row, "season", "seasons.csv", faults);
        let right = belongs(row, "season", season, "production", show, faults);
        Episode::read(row, faults);
        let number = row.number("number", 0, MOST_EPISODES, &mut Faults::default());
        let number_end = row.number("number_end", 1, MOST_EPISODES, &mut Faults::default());
        numbers.push(number.unwrap_or_default());
        let Some(number) = number else { continue };
        if number_end.is_some_and(|end| end <= number) {
            row.fault(faults, "number_end", format!("must be greater than the number {number}, or empty"));
        }
        // Faults of a duplicate episode, or one in a wrong season, are already reported.
        let Some(of) = season.filter(|_| right && known.episodes.has(row)) else { continue };
        let expected = expected_slug(show, season, number, faults);
        let all = number..=number_end.unwrap_or(number).max(number);
        let first = all.clone().filter_map(|number| taken.get(&(of.place, number))).min();
        if let Some(first) = first.and_then(|first| table.row(*first)) {
            row.fault(faults, "number", format!("the number is taken by the episode in line {}", first.line));
        } else if let Some(expected) = expected.filter(|expected| expected != row.get("slug")) {
            wrong_slug(row, expected, &mut known.episodes, faults);
        } else {
            taken.extend(all.map(|number| ((of.place, number), row.place)));
        }
    }
    numbers
}

impl Record for Episode {
    fn read(row: Row<'_>, faults: &mut Faults) -> Self {
        row.needed("number", faults);
        Self {
            slug: row.get("slug").to_owned(),
            show: row.get("production").to_owned(),
            season: row.get("season").to_owned(),
            number: row.number("number", 0, MOST_EPISODES, faults).unwrap_or_default(),
            number_end: row.number("number_end", 1, MOST_EPISODES, faults),
            title: row.needed("title", faults),
            aired_on: row.date("air_date", faults),
            guest_cast: row.word("guest_cast", '-', faults),
            runtime_minutes: row.number("runtime_minutes", 1, LONGEST, faults),
        }
    }
}

/// The slug that an episode must have, if its show and season are valid. Uses the slug of the season, so that a wrong
/// season number is reported only once.
fn expected_slug(show: Option<Row<'_>>, season: Option<Row<'_>>, number: i32, faults: &mut Faults) -> Option<String> {
    let code = code_for_episodes(show?, faults)?;
    let (_, season) = season?.get("slug").rsplit_once('-')?;
    Some(episode_slug(&code, season, number))
}

/// The slug of a season: `star-trek-picard-s02`.
pub fn season_slug(show: &str, number: impl Display) -> String {
    format!("{show}-s{number:02}")
}

/// The slug of an episode: `pic-s02e01`. `season` is the last part of the slug of its season, `s02`.
pub fn episode_slug(code: &str, season: &str, number: impl Display) -> String {
    format!("{code}-{season}e{number:02}")
}

/// Whether a show is a film, if its kind is valid.
pub(super) fn is_film(show: Row<'_>) -> Option<bool> {
    Format::iter().find(|format| is_word(format, '-', show.get("kind"))).map(|format| format == Format::Film)
}

/// Whether `part` belongs to the `whole` in the same row. Reports no fault if one of the two is unknown or the row of
/// the part is faulty, because that is already reported.
pub(super) fn belongs(
    row: Row<'_>,
    column: &str,
    part: Option<Row<'_>>,
    whole_column: &str,
    whole: Option<Row<'_>>,
    faults: &mut Faults,
) -> bool {
    let (Some(part), Some(_)) = (part, whole) else { return false };
    let right = part.get(whole_column) == row.get(whole_column);
    if !right && !part.is_faulty(whole_column, faults) {
        let (name, owner) = (row.get(column), part.get(whole_column));
        row.fault(faults, column, format!("{name:?} belongs to {owner:?}, not to the {whole_column} of this row"));
    }
    right
}

/// The code of a show, as in the slugs of its episodes. A show without a code cannot have episodes.
fn code_for_episodes(show: Row<'_>, faults: &mut Faults) -> Option<String> {
    if show.get("code").is_empty() && !show.is_faulty("code", faults) {
        show.fault(faults, "code", "must not be empty: the show has episodes, and their slugs begin with it");
    }
    Some(slug_code(show)).filter(|code| is_slug(code))
}

fn slug_code(show: Row<'_>) -> String {
    show.get("code").to_lowercase()
}

/// Reports a slug that does not match the other cells. References to the expected slug are accepted.
fn wrong_slug(row: Row<'_>, expected: String, index: &mut Index, faults: &mut Faults) {
    if !row.is_faulty("slug", faults) {
        let slug = row.get("slug");
        row.fault(faults, "slug", format!("{slug:?} must be {expected:?}, from its show and numbers"));
    }
    index.excuse(expected);
}
