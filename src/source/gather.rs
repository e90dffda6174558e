use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
};

use entity::{
    credit::{Job, Part},
    name_key,
};

use super::record::{
    About, Alias, Appearance, Character, Credit, Episode, ExternalId, Franchise, Key, Merged, Person, Records, Season,
    Show,
};

/// Collects records. Sources often repeat parts of a record: the first value of a field wins, and lists are merged.
pub(super) struct Gather {
    pub(super) records: Records,
    franchises: HashMap<Key, usize>,
    shows: HashMap<Key, usize>,
    seasons: HashMap<Key, usize>,
    /// Seasons by show and number. A show has at most one season with a number.
    numbers: HashMap<(Key, u32), Key>,
    /// Episodes by season and number.
    episode_numbers: HashMap<(Key, u32), Key>,
    episodes: HashMap<Key, usize>,
    people: HashMap<Key, usize>,
    characters: HashMap<Key, usize>,
    credits: HashMap<Identity, usize>,
    /// Places in a credit's appearances, by credit and episode: a talk show has thousands.
    appearances: HashMap<(usize, Key), usize>,
    /// Characters by show and name without case and accents.
    names: HashMap<(Key, String), Key>,
}

/// A record that ids belong to.
pub(super) enum Owner {
    Show(Key),
    Season(Key),
    Episode(Key),
    Person(Key),
}

/// The identity of a credit.
#[derive(PartialEq, Eq, Hash)]
struct Identity {
    show: Key,
    season: Option<Key>,
    person: Key,
    character: Option<Key>,
    job: Job,
    part: Option<Part>,
}

impl Gather {
    pub(super) fn new(records: Records) -> Self {
        Self {
            records,
            franchises: HashMap::new(),
            shows: HashMap::new(),
            seasons: HashMap::new(),
            numbers: HashMap::new(),
            episode_numbers: HashMap::new(),
            episodes: HashMap::new(),
            people: HashMap::new(),
            characters: HashMap::new(),
            credits: HashMap::new(),
            appearances: HashMap::new(),
            names: HashMap::new(),
        }
    }

    pub(super) fn franchise(&mut self, franchise: Franchise) {
        place(&mut self.franchises, &mut self.records.franchises, franchise.key.clone(), franchise, |there, new| {
            about(&mut there.about, new.about);
        });
    }

    pub(super) fn show(&mut self, show: Show) {
        place(&mut self.shows, &mut self.records.shows, show.key.clone(), show, |there, new| {
            unite(&mut there.aliases, new.aliases);
            fill(&mut there.franchise, new.franchise);
            fill(&mut there.medium, new.medium);
            fill(&mut there.status, new.status);
            fill(&mut there.premiered_on, new.premiered_on);
            fill(&mut there.ended_on, new.ended_on);
            unite(&mut there.genres, new.genres);
            fill(&mut there.language, new.language);
            fill(&mut there.runtime_minutes, new.runtime_minutes);
            fill(&mut there.official_site, new.official_site);
            unite(&mut there.platforms, new.platforms);
            about(&mut there.about, new.about);
        });
    }

    /// Adds a season; returns the key of the season with its number, which may have come with another key before.
    pub(super) fn season(&mut self, mut season: Season) -> Key {
        let number = (season.show.clone(), season.number);
        let key = self.numbers.entry(number).or_insert_with(|| season.key.clone()).clone();
        season.key = key.clone();
        place(&mut self.seasons, &mut self.records.seasons, key.clone(), season, |there, new| {
            fill(&mut there.title, new.title);
            fill(&mut there.premiered_on, new.premiered_on);
            fill(&mut there.finale_on, new.finale_on);
            fill(&mut there.episode_count, new.episode_count);
            fill(&mut there.platform, new.platform);
            about(&mut there.about, new.about);
        });
        key
    }

    /// The season of a show with a number, which is added if no record of it has come.
    pub(super) fn season_numbered(&mut self, show: &Key, number: u32) -> Key {
        if let Some(key) = self.numbers.get(&(show.clone(), number)) {
            return key.clone();
        }
        self.season(Season {
            key: show.within(format_args!("s{number:02}")),
            show: show.clone(),
            number,
            title: None,
            premiered_on: None,
            finale_on: None,
            episode_count: None,
            platform: None,
            about: About::default(),
        })
    }

    /// The season of a show with a number.
    pub(super) fn season_key(&self, show: &Key, number: u32) -> Option<Key> {
        self.numbers.get(&(show.clone(), number)).cloned()
    }

    /// The episode of a season with a number.
    pub(super) fn episode_key(&self, season: &Key, number: u32) -> Option<Key> {
        self.episode_numbers.get(&(season.clone(), number)).cloned()
    }

    pub(super) fn knows(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Show(key) => self.shows.contains_key(key),
            Owner::Season(key) => self.seasons.contains_key(key),
            Owner::Episode(key) => self.episodes.contains_key(key),
            Owner::Person(key) => self.people.contains_key(key),
        }
    }

    /// Adds ids to a record, if there is one.
    pub(super) fn add_ids(&mut self, owner: &Owner, ids: Vec<ExternalId>) {
        let Records { shows, seasons, episodes, people, .. } = &mut self.records;
        let about = match owner {
            Owner::Show(key) => self.shows.get(key).and_then(|at| shows.get_mut(*at)).map(|there| &mut there.about),
            Owner::Season(key) => {
                self.seasons.get(key).and_then(|at| seasons.get_mut(*at)).map(|there| &mut there.about)
            }
            Owner::Episode(key) => {
                self.episodes.get(key).and_then(|at| episodes.get_mut(*at)).map(|there| &mut there.about)
            }
            Owner::Person(key) => self.people.get(key).and_then(|at| people.get_mut(*at)).map(|there| &mut there.about),
        };
        if let Some(about) = about {
            for id in ids {
                about.add_id(Some(id));
            }
        }
    }

    pub(super) fn has_season(&self, key: &Key) -> Option<&Season> {
        self.seasons.get(key).and_then(|place| self.records.seasons.get(*place))
    }

    pub(super) fn has_person(&self, key: &Key) -> Option<&Person> {
        self.people.get(key).and_then(|place| self.records.people.get(*place))
    }

    /// The character that a person is as themselves in a show.
    pub(super) fn own_character(&mut self, show: &Key, person: &Key, name: &str) -> Key {
        let key = show.within(format_args!("self/{person}"));
        self.character(Character {
            key: key.clone(),
            show: Some(show.clone()),
            name: name.to_owned(),
            aliases: Vec::new(),
            as_self: Some(person.clone()),
            about: About::default(),
        });
        key
    }

    pub(super) fn has_show(&self, key: &Key) -> Option<&Show> {
        self.shows.get(key).and_then(|place| self.records.shows.get(*place))
    }

    pub(super) fn has_episode(&self, key: &Key) -> Option<&Episode> {
        self.episodes.get(key).and_then(|place| self.records.episodes.get(*place))
    }

    /// Adds an episode. Of two with the same number in a season, the second is skipped.
    pub(super) fn episode(&mut self, episode: Episode) {
        if !episode.unnumbered {
            let number = (episode.season.clone(), episode.number);
            let first = self.episode_numbers.entry(number).or_insert_with(|| episode.key.clone());
            if *first != episode.key {
                let reason = format!(
                    "{}: skipped: {first} has the same number {} in {}",
                    episode.key, episode.number, episode.season
                );
                return self.records.remarks.note(reason);
            }
        }
        place(&mut self.episodes, &mut self.records.episodes, episode.key.clone(), episode, |there, new| {
            fill(&mut there.number_end, new.number_end);
            unite(&mut there.aliases, new.aliases);
            fill(&mut there.aired_on, new.aired_on);
            fill(&mut there.runtime_minutes, new.runtime_minutes);
            fill(&mut there.production_number, new.production_number);
            about(&mut there.about, new.about);
        });
    }

    /// Adds another title of a show or episode, unless it is the title.
    pub(super) fn other_title(&mut self, show: &Key, episode: Option<&Key>, alias: Alias) {
        let there = if let Some(key) = episode {
            let episode = self.episodes.get(key).and_then(|at| self.records.episodes.get_mut(*at));
            episode.map(|episode| (&episode.title, &mut episode.aliases))
        } else {
            let show = self.shows.get(show).and_then(|at| self.records.shows.get_mut(*at));
            show.map(|show| (&show.title, &mut show.aliases))
        };
        if let Some((title, aliases)) = there
            && *title != alias.name
        {
            unite(aliases, vec![alias]);
        }
    }

    /// Adds a person. A person's own record counts more than a mention in a cast list, whichever comes first.
    pub(super) fn person(&mut self, person: Person) {
        place(&mut self.people, &mut self.records.people, person.key.clone(), person, |there, mut new| {
            if there.partial && !new.partial {
                std::mem::swap(there, &mut new);
            }
            unite(&mut there.aliases, new.aliases);
            fill(&mut there.born, new.born);
            fill(&mut there.died, new.died);
            about(&mut there.about, new.about);
        });
    }

    /// Adds a character. Later ones of the show that have only the same name are the same.
    pub(super) fn character(&mut self, character: Character) {
        if let (Some(show), None) = (&character.show, &character.as_self) {
            let name = (show.clone(), name_key(&character.name));
            self.names.entry(name).or_insert_with(|| character.key.clone());
        }
        place(&mut self.characters, &mut self.records.characters, character.key.clone(), character, |there, new| {
            unite(&mut there.aliases, new.aliases);
            about(&mut there.about, new.about);
        });
    }

    /// The character of a show with a name, which is added if there is none.
    pub(super) fn character_named(&mut self, show: &Key, name: &str) -> Key {
        let folded = name_key(name);
        if let Some(key) = self.names.get(&(show.clone(), folded.clone())) {
            return key.clone();
        }
        let key = show.within(&folded);
        self.character(Character {
            key: key.clone(),
            show: Some(show.clone()),
            name: name.to_owned(),
            aliases: Vec::new(),
            as_self: None,
            about: About::default(),
        });
        key
    }

    pub(super) fn credit(&mut self, mut credit: Credit) {
        let identity = Identity {
            show: credit.show.clone(),
            season: credit.season.clone(),
            person: credit.person.clone(),
            character: credit.character.clone(),
            job: credit.job,
            part: credit.part,
        };
        let appearances = std::mem::take(&mut credit.appearances);
        let at = place(&mut self.credits, &mut self.records.credits, identity, credit, |there, new| {
            fill(&mut there.portrayal, new.portrayal);
            there.billing = there.billing.into_iter().chain(new.billing).min_by_key(|billing| i32::from(*billing));
            there.position = there.position.into_iter().chain(new.position).min();
            fill(&mut there.credited_as, new.credited_as);
            there.uncredited &= new.uncredited;
            there.archive &= new.archive;
            fill(&mut there.coverage, new.coverage);
            there.episode_count = there.episode_count.max(new.episode_count);
            fill(&mut there.span.0, new.span.0);
            fill(&mut there.span.1, new.span.1);
            unite(&mut there.cited, new.cited);
        });
        let Some(credit) = self.records.credits.get_mut(at) else { return };
        for appearance in appearances {
            place_in(&mut self.appearances, &mut credit.appearances, (at, appearance.episode.clone()), appearance);
        }
    }

    pub(super) fn merged(&mut self, merged: Merged) {
        if merged.from != merged.into && !self.records.merged.contains(&merged) {
            self.records.merged.push(merged);
        }
    }

    /// The records, with the seasons of a show in their order, and episodes numbered.
    pub(super) fn finish(mut self) -> Records {
        self.records.seasons.sort_by(|one, other| (&one.show, one.number).cmp(&(&other.show, other.number)));
        number_specials(&mut self.records);
        join_double_episodes(&mut self.records);
        self.records
    }
}

/// Adds an appearance, or completes that in the same episode.
fn place_in(index: &mut HashMap<(usize, Key), usize>, list: &mut Vec<Appearance>, key: (usize, Key), new: Appearance) {
    let end = list.len();
    let at = *index.entry(key).or_insert(end);
    match list.get_mut(at) {
        None => list.push(new),
        Some(there) => {
            fill(&mut there.billing, new.billing);
            fill(&mut there.position, new.position);
            fill(&mut there.credited_as, new.credited_as);
            there.uncredited &= new.uncredited;
        }
    }
}

/// Numbers the specials that have no number of their own, in the order of their keys at the source: it gives new ones
/// greater ids, so that numbers stay when further specials are added.
fn number_specials(records: &mut Records) {
    let mut seasons: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    let mut taken: HashSet<(Key, u32)> = HashSet::new();
    for (place, episode) in records.episodes.iter().enumerate() {
        if episode.unnumbered {
            seasons.entry(episode.season.clone()).or_default().push(place);
        } else {
            taken.extend(
                (episode.number..=episode.number_end.unwrap_or(episode.number)).map(|n| (episode.season.clone(), n)),
            );
        }
    }
    for (season, mut places) in seasons {
        places.sort_by_key(|place| records.episodes.get(*place).map(|episode| natural(&episode.key)));
        let mut free = (1..).filter(|number| !taken.contains(&(season.clone(), *number)));
        for place in places {
            if let (Some(episode), Some(number)) = (records.episodes.get_mut(place), free.next()) {
                episode.number = number;
            }
        }
    }
}

/// Keys sort by their numbers, not by digits.
fn natural(key: &Key) -> (usize, Key) {
    (key.as_str().len(), key.clone())
}

/// Finds double-length episodes that a source gives one number and no last number: the next number is missing, and the
/// episode is at least one and a half times as long as the usual one of its season.
fn join_double_episodes(records: &mut Records) {
    let mut seasons: BTreeMap<Key, BTreeMap<u32, usize>> = BTreeMap::new();
    for (place, episode) in records.episodes.iter().enumerate().filter(|(_, episode)| !episode.unnumbered) {
        seasons.entry(episode.season.clone()).or_default().insert(episode.number, place);
    }
    for numbers in seasons.into_values() {
        let mut lengths: Vec<u32> =
            numbers.values().filter_map(|place| records.episodes.get(*place)?.runtime_minutes).collect();
        lengths.sort_unstable();
        let Some(usual) = lengths.get(lengths.len() / 2).copied() else { continue };
        for (number, place) in &numbers {
            let gap = !numbers.contains_key(&(number + 1)) && numbers.contains_key(&(number + 2));
            let Some(episode) = records.episodes.get_mut(*place).filter(|_| gap && *number > 0) else { continue };
            let long = episode.runtime_minutes.is_some_and(|length| length * 2 >= usual * 3);
            if long && episode.number_end.is_none() {
                episode.number_end = Some(number + 1);
                records.remarks.note(format_args!(
                    "{}: taken as a double episode, numbers {number} and {}: it is much longer than others and the next number is missing",
                    episode.key,
                    number + 1
                ));
            }
        }
    }
}

/// Adds a record, or merges it into the one with the same identity. Returns its place.
fn place<K: Eq + Hash, T>(
    index: &mut HashMap<K, usize>,
    list: &mut Vec<T>,
    key: K,
    new: T,
    merge: impl FnOnce(&mut T, T),
) -> usize {
    let end = list.len();
    let at = *index.entry(key).or_insert(end);
    match list.get_mut(at) {
        Some(there) => merge(there, new),
        None => list.push(new),
    }
    at
}

fn fill<T>(there: &mut Option<T>, new: Option<T>) {
    if there.is_none() {
        *there = new;
    }
}

fn unite<T: PartialEq>(there: &mut Vec<T>, new: Vec<T>) {
    for item in new {
        if !there.contains(&item) {
            there.push(item);
        }
    }
}

fn about(there: &mut About, new: About) {
    unite(&mut there.ids, new.ids);
    fill(&mut there.page, new.page);
    unite(&mut there.images, new.images);
    let languages: Vec<_> = there.summaries.iter().map(|summary| summary.language.clone()).collect();
    there.summaries.extend(new.summaries.into_iter().filter(|summary| !languages.contains(&summary.language)));
    unite(&mut there.cited, new.cited);
}
