//! Generates the invented world: shows, people, characters, and who plays whom in what.
//!
//! The credits per person follow a power law. Four of five castings are from the scene of a show, which is like a
//! country or a generation. Some shows form franchises, in which characters return and some are recast. A series has a
//! main cast, recurring characters and guests; some of the main cast play a second character.

use std::collections::HashSet;

use entity::name_key;

use super::{
    name,
    random::Random,
    table::{Cell, TABLES},
};

/// People per show.
const PEOPLE: u32 = 10;

/// Shows per scene.
const SCENE: u32 = 400;

/// Minimum shows per batch.
const BATCH: u32 = 200;

/// An iterator over batches of rows: first all people, then the shows.
#[derive(Debug)]
pub struct World {
    seed: u64,
    shows: u32,
    people: u32,
    told_people: u32,
    franchise: i32,
    show: u32,
    character: i32,
    season: i32,
    episode: i32,
    credit: i32,
}

/// Rows, by the index of their table in [`TABLES`].
#[derive(Debug, Default)]
pub struct Batch {
    /// The rows of each table.
    pub rows: [Vec<Vec<Cell>>; TABLES.len()],
    /// The number of shows up to and including this batch.
    pub shows: u32,
}

/// Makes a row from values that convert to cells.
macro_rules! row {
    ($($cell:expr),* $(,)?) => { vec![$(Cell::from($cell)),*] };
}

/// A character and the person who currently plays it.
#[derive(Clone, Copy)]
struct Role {
    character: i32,
    person: u32,
}

impl World {
    /// The world with this number of shows for `seed`.
    pub fn new(shows: u32, seed: u64) -> Self {
        Self {
            seed,
            shows,
            people: shows.saturating_mul(PEOPLE).max(50),
            told_people: 0,
            franchise: 0,
            show: 0,
            character: 0,
            season: 0,
            episode: 0,
            credit: 0,
        }
    }

    /// Picks a person to cast in the current show.
    fn cast(&self, random: &mut Random) -> u32 {
        let scenes = self.shows.div_ceil(SCENE).max(1);
        let rank = if random.chance(0.8) {
            let scene = (self.show / SCENE).min(scenes - 1);
            let size = (self.people / scenes).max(1);
            random.ranked(size).saturating_mul(scenes).saturating_add(scene)
        } else {
            random.ranked(self.people)
        };
        rank.min(self.people - 1)
    }

    fn people(&mut self, batch: &mut Batch) {
        let end = self.people.min(self.told_people.saturating_add(20_000));
        for person in self.told_people..end {
            let mut random = Random::of(self.seed, 1 << 40 | u64::from(person));
            let name = name::person(&mut random);
            let born = random.chance(0.7).then(|| match (random.below(10), random.between(1900, 2005)) {
                // Nobody is known to be born after their first work: days of birth are before all shows.
                (0, year) | (_, year @ FIRST_SHOW..) => year.to_string(),
                (_, year) => day(year, random.below(365)),
            });
            let id = number(person) + 1;
            batch.rows[PERSON].push(row![id, format!("person-{id}"), name.as_str(), name_key(&name), born]);
        }
        self.told_people = end;
    }

    /// Generates the shows of one franchise, or one show without a franchise.
    fn franchise(&mut self, batch: &mut Batch) {
        let mut random = Random::of(self.seed, 2 << 40 | u64::from(self.show));
        let size = if random.chance(0.12) { 2 + random.ranked(11) } else { 1 };
        let size = size.min(self.shows - self.show);
        let name = name::title(&mut random);
        let franchise = (size > 1).then(|| {
            self.franchise += 1;
            let id = self.franchise;
            batch.rows[FRANCHISE].push(row![id, format!("franchise-{id}"), name.as_str()]);
            id
        });
        let mut known = Vec::new();
        let mut year = random.between(FIRST_SHOW, 2015);
        for part in 0..size {
            let title = if part == 0 { name.clone() } else { format!("{name}: {}", name::title(&mut random)) };
            self.show += 1;
            let ended = self.one(&mut random, batch, franchise, &title, year, &mut known);
            year = (year + random.between(1, 5)).min(2024).max(ended.min(2020));
        }
    }

    /// Generates one show. Returns the year in which it ends.
    fn one(
        &mut self,
        random: &mut Random,
        batch: &mut Batch,
        franchise: Option<i32>,
        title: &str,
        year: u32,
        known: &mut Vec<Role>,
    ) -> u32 {
        let id = number(self.show);
        let (format, seasons) = match random.below(10) {
            0..3 => ("FILM", 0),
            3 => ("MINISERIES", 1),
            // Most series are short, and a few are very long.
            _ => ("SERIES", random.long_tailed(30)),
        };
        let ended = year + seasons.saturating_sub(1);
        let medium = ["LIVE_ACTION", "LIVE_ACTION", "LIVE_ACTION", "ANIMATION", "MIXED"];
        let start = random.below(300);
        let ended_on = (seasons > 0).then(|| day(ended, start + 60));
        batch.rows[SHOW].push(row![
            id,
            format!("show-{id}"),
            // The slugs of episodes begin with the code.
            format!("SHOW-{id}"),
            franchise,
            title,
            name_key(title),
            format,
            random.pick(&medium),
            "ENDED",
            day(year, start),
            ended_on,
        ]);
        let part = if random.chance(0.15) { "VOICE" } else { "SCREEN" };
        let size = random_size(random, 5, 12);
        let mut main = self.roles(random, batch, size, &[], known, 0.4);
        if seasons == 0 {
            let size = random_size(random, 10, 60);
            let guests = self.roles(random, batch, size, &main, known, 0.15);
            let mut position = 0;
            for (billing, roles) in [(10, &main), (50, &guests)] {
                for role in roles {
                    position += 1;
                    self.credit(batch, id, None, *role, billing, position, part);
                }
            }
            self.crew(random, batch, id, None);
            known.extend(main);
            return ended;
        }
        for season in 1..=seasons {
            let first = day(year + season - 1, start);
            self.season += 1;
            let (season_id, slug) = (self.season, format!("show-{id}-s{season:02}"));
            let episodes = random.between(6, 20);
            let last = day(year + season - 1, start + 3 * (episodes - 1));
            batch.rows[SEASON].push(row![season_id, slug.as_str(), id, number(season), first, last, number(episodes)]);
            let first_episode = self.episode + 1;
            for episode in 1..=episodes {
                self.episode += 1;
                let title = name::title(random);
                batch.rows[EPISODE].push(row![
                    self.episode,
                    format!("{slug}e{episode:02}"),
                    id,
                    season_id,
                    number(episode),
                    title.as_str(),
                    name_key(&title),
                    day(year + season - 1, start + 3 * (episode - 1)),
                ]);
            }
            if season > 1 {
                self.change(random, batch, &mut main);
            }
            let mut position = 0;
            for role in &main {
                position += 1;
                let credit = self.credit(batch, id, Some(season_id), *role, 10, position, part);
                for episode in 0..number(episodes) {
                    if random.chance(0.9) {
                        appear(batch, credit, first_episode + episode, season_id, 10);
                    }
                }
            }
            let size = random_size(random, 8, 35);
            let guests = self.roles(random, batch, size, &main, known, 0.15);
            for mut role in guests {
                // Some of the main cast play a second character.
                if let Some(double) = main.first().filter(|_| random.chance(0.02)) {
                    role.person = double.person;
                }
                position += 1;
                let recurs = random.chance(0.2);
                let billing = if recurs { 40 } else { 50 };
                let credit = self.credit(batch, id, Some(season_id), role, billing, position, part);
                let from = random.below(episodes);
                let shown = if recurs { random.between(2, 4) } else { 1 };
                for episode in from..(from + shown).min(episodes) {
                    appear(batch, credit, first_episode + number(episode), season_id, billing);
                }
                if recurs {
                    known.push(role);
                }
            }
            self.crew(random, batch, id, Some(season_id));
        }
        known.extend(main);
        ended
    }

    /// Picks at most `size` roles: new ones and, with the probability `back`, ones from an earlier show
    /// of the franchise, mostly with the same person. Skips the characters of `others`, who are in the same cast.
    fn roles(
        &mut self,
        random: &mut Random,
        batch: &mut Batch,
        size: u32,
        others: &[Role],
        known: &[Role],
        back: f64,
    ) -> Vec<Role> {
        let mut roles: Vec<Role> = Vec::with_capacity(size as usize);
        let mut seen: HashSet<i32> = others.iter().map(|role| role.character).collect();
        for _ in 0..size {
            let old = known.get(random.below(number_of(known.len())) as usize).copied();
            let role = match old.filter(|_| random.chance(back)) {
                Some(old) if random.chance(0.85) => old,
                Some(old) => Role { person: self.cast(random), ..old },
                None => self.role(random, batch),
            };
            if seen.insert(role.character) {
                roles.push(role);
            }
        }
        roles
    }

    fn role(&mut self, random: &mut Random, batch: &mut Batch) -> Role {
        self.character += 1;
        let (id, name) = (self.character, name::character(random));
        let species = name::species(random);
        batch.rows[CHARACTER].push(row![id, format!("character-{id}"), name.as_str(), name_key(&name), species]);
        Role { character: id, person: self.cast(random) }
    }

    /// Changes the main cast between two seasons: roles may be recast, removed or added.
    fn change(&mut self, random: &mut Random, batch: &mut Batch, main: &mut Vec<Role>) {
        for role in &mut *main {
            if random.chance(0.02) {
                role.person = self.cast(random);
            }
        }
        if main.len() > 3 && random.chance(0.3) {
            main.remove(random.below(number_of(main.len())) as usize);
        }
        if random.chance(0.4) {
            let role = self.role(random, batch);
            main.push(role);
        }
    }

    fn credit(
        &mut self,
        batch: &mut Batch,
        show: i32,
        season: Option<i32>,
        role: Role,
        billing: i32,
        position: i32,
        part: &str,
    ) -> i32 {
        self.credit += 1;
        let (id, person) = (self.credit, number(role.person) + 1);
        let coverage = if season.is_none() || billing == 10 { "WHOLE" } else { "AT_LEAST" };
        batch.rows[CREDIT].push(row![id, person, show, season, role.character, 0, billing, position, part, coverage]);
        id
    }

    fn crew(&mut self, random: &mut Random, batch: &mut Batch, show: i32, season: Option<i32>) {
        let mut seen = HashSet::new();
        for job in [10, 30, 30, 40, 40, 50, 50, 60] {
            let person = number(self.cast(random)) + 1;
            if seen.insert((job, person)) {
                self.credit += 1;
                let (none, id) = (Cell::Null, self.credit);
                batch.rows[CREDIT].push(row![
                    id,
                    person,
                    show,
                    season,
                    none.clone(),
                    job,
                    none.clone(),
                    none.clone(),
                    none,
                    "UNKNOWN"
                ]);
            }
        }
    }
}

impl Iterator for World {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        if self.told_people < self.people {
            self.people(&mut batch);
            return Some(batch);
        }
        if self.show == self.shows {
            return None;
        }
        let end = self.show.saturating_add(BATCH);
        while self.show < end.min(self.shows) {
            self.franchise(&mut batch);
        }
        batch.shows = self.show;
        Some(batch)
    }
}

const FRANCHISE: usize = 0;
const PERSON: usize = 1;
const CHARACTER: usize = 2;
const SHOW: usize = 3;
const SEASON: usize = 4;
const EPISODE: usize = 5;
const CREDIT: usize = 6;
const APPEARANCE: usize = 7;

fn appear(batch: &mut Batch, credit: i32, episode: i32, season: i32, billing: i32) {
    batch.rows[APPEARANCE].push(row![credit, episode, season, billing]);
}

/// The year of the first show.
const FIRST_SHOW: u32 = 1950;

/// A number in `least..=most`, mostly small.
fn random_size(random: &mut Random, least: u32, most: u32) -> u32 {
    least + random.ranked(most - least + 1)
}

/// The date of a day of the year, counted from 0. Days beyond 364 are in the following years.
fn day(year: u32, day: u32) -> String {
    let year = i32::try_from(year + day / 365).unwrap_or_default();
    let date = chrono::NaiveDate::from_yo_opt(year, day % 365 + 1).unwrap_or_default();
    date.format("%Y-%m-%d").to_string()
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn number_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
