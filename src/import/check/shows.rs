//! Franchises, shows, seasons and episodes.

use std::collections::{HashMap, HashSet};

use entity::show::Format;

use super::Known;
use crate::import::{
    Faults,
    cast_set::{Episode, Franchise, Season, Show},
    table::{Row, Table},
};

pub(super) fn franchises(table: &Table, faults: &mut Faults) -> Vec<Franchise> {
    let franchise = |row: &Row| Franchise { slug: row.get("slug").to_owned(), name: row.needed("name", faults) };
    table.rows.iter().map(franchise).collect()
}

pub(super) fn shows(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Show> {
    let mut shows = Vec::new();
    for row in &table.rows {
        if !row.get("franchise").is_empty() {
            row.reference("franchise", "franchises.csv", &known.franchises, faults);
        }
        row.needed("kind", faults);
        let (premiered_on, ended_on) = row.dates("premiere_date", "end_date", faults);
        let show = Show {
            slug: row.get("slug").to_owned(),
            franchise: row.text("franchise"),
            code: row.text("code"),
            title: row.needed("title", faults),
            format: row.word("kind", '-', faults).unwrap_or(Format::Series),
            medium: row.word("medium", '-', faults),
            status: row.word("status", '-', faults),
            premiered_on,
            ended_on,
        };
        shows.push(show);
    }
    shows
}

pub(super) fn seasons(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Season> {
    let mut seasons = Vec::new();
    for row in &table.rows {
        let show = row.reference("production", "productions.csv", &known.shows, faults);
        if show.is_some_and(is_film) {
            row.fault(faults, "production", format!("{:?} is a film, which has no seasons", row.get("production")));
        }
        row.needed("number", faults);
        let number = row.number("number", 0, 9999, faults);
        if let Some(number) = number {
            expect_slug(row, &format!("{}-s{number:02}", row.get("production")), faults);
        }
        let (premiered_on, finale_on) = row.dates("premiere_date", "finale_date", faults);
        seasons.push(Season {
            slug: row.get("slug").to_owned(),
            show: row.get("production").to_owned(),
            number: number.unwrap_or_default(),
            premiered_on,
            finale_on,
            planned_episode_count: row.number("counted_episodes", 1, 99_999, faults),
        });
    }
    seasons
}

pub(super) fn episodes(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Episode> {
    let mut episodes = Vec::new();
    let mut taken: HashMap<(&str, i32), u64> = HashMap::new();
    for row in &table.rows {
        let show = row.reference("production", "productions.csv", &known.shows, faults);
        let season = row.reference("season", "seasons.csv", &known.seasons, faults);
        let elsewhere = season.filter(|season| show.is_some() && season.get("production") != row.get("production"));
        if let Some(season) = elsewhere {
            let reason = format!("{:?} is a season of {:?}", row.get("season"), season.get("production"));
            row.fault(faults, "season", reason);
        }
        row.needed("number", faults);
        let number = row.number("number", 0, 99_999, faults);
        let number_end = row.number("number_end", 1, 99_999, faults);
        if let Some(number) = number {
            if let (Some(show), Some(season), None) = (show, season, elsewhere) {
                // The season is taken at its slug, so that a wrong number there is told there only.
                let season = season.get("slug").rsplit('-').next().unwrap_or_default();
                expect_slug(row, &format!("{}-{season}e{number:02}", show.get("code").to_lowercase()), faults);
            }
            if number_end.is_some_and(|end| end <= number) {
                row.fault(faults, "number_end", format!("must be greater than the number {number}, or empty"));
            }
            let numbers: HashSet<i32> = (number..=number_end.unwrap_or(number).max(number)).collect();
            let first = numbers.iter().filter_map(|number| taken.get(&(row.get("season"), *number))).min();
            if let (Some(first), None) = (first, elsewhere) {
                row.fault(faults, "number", format!("the number is taken by the episode in line {first}"));
            }
            for number in numbers {
                taken.entry((row.get("season"), number)).or_insert(row.line);
            }
        }
        episodes.push(Episode {
            slug: row.get("slug").to_owned(),
            show: row.get("production").to_owned(),
            season: row.get("season").to_owned(),
            number: number.unwrap_or_default(),
            number_end,
            title: row.needed("title", faults),
            aired_on: row.date("air_date", faults),
        });
    }
    episodes
}

pub(super) fn is_film(show: &Row) -> bool {
    show.get("kind") == "film"
}

fn expect_slug(row: &Row, expected: &str, faults: &mut Faults) {
    let slug = row.get("slug");
    if slug != expected {
        row.fault(faults, "slug", format!("{slug:?} must be {expected:?}, after its show and numbers"));
    }
}
