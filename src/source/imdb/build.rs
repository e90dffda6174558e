use std::collections::{HashMap, HashSet};

use entity::{
    PartialDate,
    credit::{Billing, Job},
    show::{Format, Medium, Status},
};

use super::rows::{Category, EpisodeOf, Name, Principal, Rows, Title};
use crate::source::{
    cast::{self, CastRow, Place},
    gather::Gather,
    record::{About, Alias, Authority, Episode, ExternalId, IdKind, Key, Person, Records, Remarks, Show},
    role::{Played, Role, role},
    vocabulary::job,
};

const IMDB: Authority = Authority::Imdb;

/// Turns rows into records.
pub(super) fn build(mut rows: Rows, records: Records) -> Records {
    let mut gather = Gather::new(records);
    let (episodes, titles): (Vec<Title>, Vec<Title>) =
        std::mem::take(&mut rows.titles).into_iter().partition(|title| &*title.kind == "tvEpisode");
    let mut places: HashMap<u32, Place> = HashMap::new();
    for row in &titles {
        if let Some(show) = show(row, &mut gather.records.remarks) {
            places.insert(row.id, Place::of_show(show.key.clone()));
            gather.show(show);
        }
    }
    for row in &episodes {
        if let Some(place) = episode(row, rows.episodes.get(&row.id), &places, &mut gather) {
            places.insert(row.id, place);
        }
    }
    absent_titles(&rows, &places, &episodes, &mut gather.records.remarks);
    other_titles(&mut rows, &places, &mut gather);
    let people = people(std::mem::take(&mut rows.people), &mut gather);
    let mut wrote = HashSet::new();
    for row in std::mem::take(&mut rows.principals) {
        if let (Some(place), Some((person, name))) = (places.get(&row.title), people.get(&row.person)) {
            principal(&row, place, (person, name), &mut wrote, &mut gather);
        }
    }
    for (title, directors, writers) in std::mem::take(&mut rows.crew) {
        let Some(place) = places.get(&title) else { continue };
        // The other file says more exactly what a writer wrote.
        let writers =
            writers.into_iter().filter(|writer| !wrote.contains(&(title, *writer))).map(|id| (id, Job::Writer));
        for (position, (id, job)) in (1..).zip(directors.into_iter().map(|id| (id, Job::Director)).chain(writers)) {
            if let Some((person, _)) = people.get(&id) {
                crew(job, place, person, Some(position), &mut gather);
            }
        }
    }
    gather.finish()
}

fn show(row: &Title, remarks: &mut Remarks) -> Option<Show> {
    let format = match &*row.kind {
        "tvSeries" => Format::Series,
        "tvMiniSeries" => Format::Miniseries,
        "movie" | "tvMovie" | "short" | "tvShort" | "tvSpecial" | "video" | "tvPilot" => Format::Film,
        "videoGame" => {
            remarks.unused("type of title", "videoGame");
            return None;
        }
        other => {
            remarks.unknown("type of title", other);
            return None;
        }
    };
    let id = format!("tt{:07}", row.id);
    let genres: Vec<String> =
        row.genres.iter().flat_map(|genres| genres.split(',')).map(|genre| genre.trim().to_owned()).collect();
    let series = format != Format::Film;
    Some(Show {
        key: Key::new(IMDB, &id),
        title: row.primary.to_string(),
        aliases: row.original.iter().map(|name| alias(name, None, None, true)).collect(),
        franchise: None,
        format,
        medium: genres.iter().any(|genre| genre == "Animation").then_some(Medium::Animation),
        status: row.end.filter(|_| series).map(|_| Status::Ended),
        premiered_on: row.start.and_then(year),
        ended_on: row.end.filter(|_| series).and_then(year),
        genres,
        language: None,
        runtime_minutes: row.minutes,
        official_site: None,
        platforms: Vec::new(),
        about: about(IdKind::Show, &id),
    })
}

/// Adds an episode. Those without a season or a number come after the numbered specials, in season 0.
fn episode(row: &Title, of: Option<&EpisodeOf>, places: &HashMap<u32, Place>, gather: &mut Gather) -> Option<Place> {
    let of = of?;
    let show = places.get(&of.series)?.show.clone();
    let numbered = of.season.zip(of.number);
    let season = gather.season_numbered(&show, numbered.map_or(0, |(season, _)| season));
    let id = format!("tt{:07}", row.id);
    let key = Key::new(IMDB, &id);
    gather.episode(Episode {
        key: key.clone(),
        show: show.clone(),
        season: season.clone(),
        number: numbered.map_or(0, |(_, number)| number),
        number_end: None,
        unnumbered: numbered.is_none(),
        title: row.primary.to_string(),
        aliases: row.original.iter().map(|name| alias(name, None, None, true)).collect(),
        aired_on: row.start.and_then(year),
        runtime_minutes: row.minutes,
        production_number: None,
        about: about(IdKind::Episode, &id),
    });
    gather.has_episode(&key)?;
    Some(Place { show, season: Some(season), episode: Some(key) })
}

/// Tells which titles that were asked for are not there, and how many episodes have no series.
fn absent_titles(rows: &Rows, places: &HashMap<u32, Place>, episodes: &[Title], remarks: &mut Remarks) {
    let mut wanted: Vec<u32> = rows.wanted.iter().flatten().copied().filter(|id| !places.contains_key(id)).collect();
    wanted.sort_unstable();
    for id in wanted {
        if episodes.iter().any(|row| row.id == id) {
            remarks.note(format_args!("tt{id:07} is an episode; ask for its series"));
        } else {
            remarks.missing(format_args!("title tt{id:07}"));
        }
    }
    for row in episodes.iter().filter(|row| !places.contains_key(&row.id)) {
        if rows.wanted.as_ref().is_none_or(|wanted| !wanted.contains(&row.id)) {
            remarks.note(
                "an episode was skipped, because its series is not in the files, or has an episode with its number",
            );
        }
    }
    let read: HashSet<u32> = episodes.iter().map(|row| row.id).collect();
    for _ in rows.episodes.keys().filter(|id| !read.contains(id)) {
        remarks.note("an episode was skipped, because title.basics.tsv does not have it");
    }
}

fn other_titles(rows: &mut Rows, places: &HashMap<u32, Place>, gather: &mut Gather) {
    for row in std::mem::take(&mut rows.other_titles) {
        let Some(place) = places.get(&row.title) else { continue };
        let language = row.language.as_deref().map(str::to_owned);
        let country = row.region.as_deref().filter(|region| region.len() == 2).map(str::to_owned);
        gather.other_title(&place.show, place.episode.as_ref(), alias(&row.name, language, country, row.original));
    }
}

/// Adds the people whose rows were read; returns their keys and names.
fn people(rows: HashMap<u32, Option<Name>>, gather: &mut Gather) -> HashMap<u32, (Key, String)> {
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_unstable_by_key(|(id, _)| *id);
    let mut people = HashMap::new();
    for (number, row) in rows {
        let id = format!("nm{number:07}");
        let Some(row) = row else {
            gather.records.remarks.missing(format_args!("person {id}"));
            continue;
        };
        let key = Key::new(IMDB, &id);
        people.insert(number, (key.clone(), row.primary.to_string()));
        gather.person(Person {
            key,
            name: row.primary.into(),
            aliases: Vec::new(),
            born: row.born.and_then(year),
            died: row.died.and_then(year),
            partial: false,
            about: about(IdKind::Person, &id),
        });
    }
    people
}

fn principal(
    row: &Principal,
    place: &Place,
    (person, name): (&Key, &str),
    wrote: &mut HashSet<(u32, u32)>,
    gather: &mut Gather,
) {
    let word = row.job.as_deref().map(|job| job.trim_matches(['(', ')']));
    match row.category {
        Category::Actor | Category::Own | Category::Archive | Category::ArchiveSound => {
            let archive = matches!(row.category, Category::Archive | Category::ArchiveSound);
            for mut role in roles(row.characters.as_deref()) {
                role.archive |= archive;
                let cast = CastRow {
                    place,
                    person,
                    name,
                    billing: Some(Billing::Unspecified),
                    position: row.ordering,
                    episode_count: None,
                    as_self: row.category == Category::Own
                        && role.characters.iter().all(|played| played.name.is_none()),
                    voice: row.category == Category::ArchiveSound,
                    character: None,
                };
                cast.add(&role, gather);
            }
        }
        Category::Director => crew(Job::Director, place, person, row.ordering, gather),
        Category::Composer => crew(Job::Composer, place, person, row.ordering, gather),
        Category::Writer => {
            wrote.insert((row.title, row.person));
            let job = word.and_then(job).filter(|job| *job != Job::Director).unwrap_or(Job::Writer);
            crew(job, place, person, row.ordering, gather);
        }
        Category::Producer => match word.and_then(job) {
            Some(job) => crew(job, place, person, row.ordering, gather),
            None => gather.records.remarks.unused("crew job", word.unwrap_or("producer")),
        },
    }
}

/// The roles of a list in JSON. A list that is none is read as one name.
fn roles(list: Option<&str>) -> Vec<Role> {
    let nobody = || vec![Role { characters: vec![Played::default()], ..Role::default() }];
    let Some(list) = list else { return nobody() };
    match serde_json::from_str::<Vec<String>>(list) {
        Ok(names) if names.is_empty() => nobody(),
        Ok(names) => names.iter().map(|name| role(name)).collect(),
        Err(_) => vec![role(list)],
    }
}

fn crew(job: Job, place: &Place, person: &Key, position: Option<u32>, gather: &mut Gather) {
    gather.credit(cast::crew(job, place, person.clone(), position));
}

fn about(kind: IdKind, id: &str) -> About {
    let mut about = About::default();
    about.add_id(ExternalId::new(IMDB, kind, id));
    about.page = about.ids.first().and_then(ExternalId::page);
    about
}

fn alias(name: &str, language: Option<String>, country: Option<String>, original: bool) -> Alias {
    Alias { name: name.to_owned(), language, country, original }
}

fn year(year: u32) -> Option<PartialDate> {
    format!("{year:04}").parse().ok()
}
