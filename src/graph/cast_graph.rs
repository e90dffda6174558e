use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

use super::{
    compressed_lists::{Column, Lists, at, find, place},
    graph_rows::{CreditRow, EpisodeRow, Rows, SeasonRow, ShowRow},
};

/// The number that stands for no character: the job is not acting.
pub(super) const NONE: u32 = u32::MAX;

/// One committed state of the cast graph. People, shows, works, episodes, characters and credits have numbers from 0.
///
/// A *work* is a season, or what of a show has none: a film, or a series as a whole.
///
/// A graph that follows from another by a few changes shares its packed arrays ([`Graph::edited`]). Numbers of what was
/// removed stay unused: nothing leads to them.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(super) people: Column<i32>,
    pub(super) characters: Column<i32>,
    pub(super) shows: Column<Show>,
    pub(super) works: Column<Work>,
    pub(super) episodes: Column<Episode>,
    /// The numbers beyond the packed ones, by id.
    pub(super) added: Added,
    /// Packed credits are sorted by person and id.
    pub(super) credit_ids: Column<i32>,
    pub(super) credit_people: Column<u32>,
    pub(super) credit_works: Column<u32>,
    pub(super) credit_characters: Column<u32>,
    /// Where the packed credits of each person begin, and where the last ones end.
    person_starts: Arc<Vec<u32>>,
    /// The credits of people whose credits have changed.
    pub(super) person_credits: HashMap<u32, Arc<Vec<u32>>, RandomState>,
    pub(super) character_credits: Lists,
    pub(super) work_credits: Lists,
    pub(super) show_works: Lists,
    pub(super) episode_credits: Lists,
    pub(super) credit_episodes: Lists,
    /// Whether the person of a credit is in every episode of the season.
    pub(super) credit_whole: Column<bool>,
    /// The episodes of each season, without specials.
    pub(super) work_episodes: Lists,
    /// The specials of each season.
    pub(super) work_specials: Lists,
    /// Number of credits.
    pub(super) credits: usize,
    /// Number of people with credits.
    pub(super) credited: usize,
    /// Number of changes since the arrays were packed.
    pub(super) edits: usize,
}

/// Numbers by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    pub(super) people: HashMap<i32, u32, RandomState>,
    pub(super) characters: HashMap<i32, u32, RandomState>,
    pub(super) shows: HashMap<i32, u32, RandomState>,
    pub(super) episodes: HashMap<i32, u32, RandomState>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Show {
    pub(super) id: i32,
    pub(super) franchise: i32,
    pub(super) film: bool,
    pub(super) day: i32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) show: u32,
    /// The id of the season, or 0.
    pub(super) season: i32,
    /// The day on which it began, as it is recorded.
    pub(super) own_day: i32,
    /// The day on which it began. A season whose day is not known began with its first episode.
    pub(super) day: i32,
    pub(super) film: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Episode {
    pub(super) id: i32,
    pub(super) day: i32,
    pub(super) work: u32,
    /// Whether it is a special, for which credits for the whole season do not hold.
    pub(super) special: bool,
}

impl Graph {
    /// Builds the graph. Skips rows that refer to missing rows.
    pub fn of(mut rows: Rows) -> Self {
        rows.shows.sort_unstable_by_key(|show| show.id);
        rows.seasons.sort_unstable_by_key(|season| season.id);
        rows.episodes.sort_unstable_by_key(|episode| episode.id);
        rows.credits.sort_unstable_by_key(|credit| (credit.person, credit.id));
        let shows: Vec<Show> = rows
            .shows
            .iter()
            .map(|row| Show { id: row.id, franchise: row.franchise, film: row.film, day: row.day })
            .collect();
        let (works, show_works) = works(&rows, &shows);
        let work_of = |show: i32, season: i32| {
            let ends = |work: &Work| (shows.get(work.show as usize).map_or(0, |show| show.id), work.season);
            works.binary_search_by_key(&(show, season), ends).ok().map(place)
        };
        rows.credits.retain(|credit| work_of(credit.show, credit.season).is_some());
        let credits = &rows.credits;
        let people = distinct(credits.iter().map(|credit| credit.person));
        let mut played: Vec<i32> = credits.iter().map(|credit| credit.character).filter(|id| *id != 0).collect();
        played.sort_unstable();
        let characters = distinct(played.into_iter());
        let credit_people: Vec<u32> = credits.iter().scan((0, 0), numbered).collect();
        let credit_works: Vec<u32> =
            credits.iter().map(|credit| work_of(credit.show, credit.season).unwrap_or_default()).collect();
        let credit_characters: Vec<u32> =
            credits.iter().map(|credit| find(&characters, credit.character).unwrap_or(NONE)).collect();
        let mut person_starts: Vec<u32> = vec![0; people.len() + 1];
        for (person, number) in credit_people.iter().zip(1..) {
            if let Some(end) = person_starts.get_mut(*person as usize + 1) {
                *end = number;
            }
        }
        let numbers = 0..place(credits.len());
        let of_works = credit_works.iter().copied().zip(numbers.clone());
        let work_credits = Lists::of(works.len(), of_works);
        let of_characters = credit_characters.iter().copied().zip(numbers).filter(|(character, _)| *character != NONE);
        let character_credits = Lists::of(characters.len(), of_characters);
        let episodes: Vec<Episode> = rows
            .episodes
            .iter()
            .map(|row| {
                let season = rows.seasons.binary_search_by_key(&row.season, |season| season.id).ok();
                let show = season.and_then(|place| rows.seasons.get(place)).map_or(0, |season| season.show);
                let work = work_of(show, row.season).unwrap_or_default();
                Episode { id: row.id, day: row.day, work, special: row.special }
            })
            .collect();
        let pairs = covered(&rows, &episodes);
        let credit_episodes = Lists::of(credits.len(), pairs.iter().copied());
        let episode_credits = Lists::of(episodes.len(), pairs.iter().map(|(credit, episode)| (*episode, *credit)));
        let in_works = |special: bool| {
            let episodes = episodes.iter().zip(0..).filter(move |(episode, _)| episode.special == special);
            Lists::of(works.len(), episodes.map(|(episode, place)| (episode.work, place)))
        };
        let (work_episodes, work_specials) = (in_works(false), in_works(true));
        let credit_ids = credits.iter().map(|credit| credit.id).collect();
        // Crew credits for a season say nothing about its episodes.
        let credit_whole = credits.iter().map(|credit| credit.whole && credit.character != 0).collect();
        Self {
            credits: credits.len(),
            credited: people.len(),
            edits: 0,
            people: Column::of(people),
            characters: Column::of(characters),
            shows: Column::of(shows),
            works: Column::of(works),
            episodes: Column::of(episodes),
            added: Added::default(),
            credit_ids: Column::of(credit_ids),
            credit_people: Column::of(credit_people),
            credit_works: Column::of(credit_works),
            credit_characters: Column::of(credit_characters),
            person_starts: Arc::new(person_starts),
            person_credits: HashMap::default(),
            character_credits,
            work_credits,
            show_works,
            episode_credits,
            credit_episodes,
            credit_whole: Column::of(credit_whole),
            work_episodes,
            work_specials,
        }
    }

    /// The same graph with everything packed. Takes as long as making it from rows.
    #[must_use]
    pub fn packed(&self) -> Self {
        Self::of(self.rows())
    }

    /// The rows of the graph, without those that nothing leads to.
    fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        for (number, show) in (0..).zip(self.shows.iter()).filter(|(_, show)| show.id != 0) {
            let Show { id, franchise, film, day } = show;
            rows.shows.push(ShowRow { id, franchise, film, day });
            for &work in self.show_works.list(number) {
                let Work { season, own_day, .. } = self.works.at(work);
                if season != 0 {
                    rows.seasons.push(SeasonRow { id: season, show: id, day: own_day });
                }
                for episode in [&self.work_episodes, &self.work_specials].iter().flat_map(|lists| lists.list(work)) {
                    let Episode { id: own, day, special, .. } = self.episodes.at(*episode);
                    rows.episodes.push(EpisodeRow { id: own, show: id, season, special, day });
                }
                for &credit in self.work_credits.list(work) {
                    rows.credits.push(CreditRow {
                        id: self.credit_id(credit),
                        person: self.person_id(self.person_of(credit)),
                        show: id,
                        season,
                        character: self.character_of(credit).map_or(0, |character| self.characters.at(character)),
                        whole: self.is_whole(credit),
                    });
                    let listed = self.credit_episodes.list(credit).iter();
                    let listed = listed.map(|episode| (self.credit_id(credit), self.episodes.at(*episode).id));
                    rows.appearances.extend(listed);
                }
            }
        }
        rows
    }

    /// Number of credits.
    pub fn credits(&self) -> usize {
        self.credits
    }

    /// Number of people with a credit.
    pub fn people(&self) -> usize {
        self.credited
    }

    /// How many changes were made since the arrays were packed.
    pub fn edits(&self) -> usize {
        self.edits
    }

    /// The number of the person with an id, if the person has a credit.
    pub fn person(&self, id: i32) -> Option<u32> {
        self.person_number(id).filter(|person| self.has_credits(*person))
    }

    /// The number of a person, with or without credits.
    pub(super) fn person_number(&self, id: i32) -> Option<u32> {
        find(self.people.packed(), id).or_else(|| self.added.people.get(&id).copied())
    }

    /// The id of a person.
    pub fn person_id(&self, person: u32) -> i32 {
        self.people.at(person)
    }

    /// Approximate size in bytes.
    pub fn bytes(&self) -> usize {
        let lists = [
            &self.character_credits,
            &self.work_credits,
            &self.show_works,
            &self.episode_credits,
            &self.credit_episodes,
            &self.work_episodes,
            &self.work_specials,
        ];
        let ids = [&self.people, &self.characters, &self.credit_ids];
        let numbers = [&self.credit_people, &self.credit_works, &self.credit_characters];
        lists.map(Lists::bytes).iter().sum::<usize>()
            + ids.map(Column::bytes).iter().sum::<usize>()
            + numbers.map(Column::bytes).iter().sum::<usize>()
            + size_of_val(self.person_starts.as_slice())
            + self.credit_whole.bytes()
            + self.shows.bytes()
            + self.works.bytes()
            + self.episodes.bytes()
    }

    pub(super) fn show(&self, id: i32) -> Option<u32> {
        let packed = self.shows.packed().binary_search_by_key(&id, |show| show.id).ok().map(place);
        let number = packed.or_else(|| self.added.shows.get(&id).copied())?;
        (self.shows.at(number).id == id).then_some(number)
    }

    pub(super) fn episode(&self, id: i32) -> Option<u32> {
        let packed = self.episodes.packed().binary_search_by_key(&id, |episode| episode.id).ok().map(place);
        let number = packed.or_else(|| self.added.episodes.get(&id).copied())?;
        (self.episodes.at(number).id == id).then_some(number)
    }

    /// The number of a season, or of what of a show has none if `season` is 0; both by their ids.
    pub(super) fn work(&self, show: i32, season: i32) -> Option<u32> {
        let works = self.show_works.list(self.show(show)?);
        works.iter().copied().find(|work| self.works.at(*work).season == season)
    }

    pub(super) fn character(&self, id: i32) -> Option<u32> {
        let number = self.character_number(id)?;
        (!self.character_credits.list(number).is_empty()).then_some(number)
    }

    /// The number of a character, with or without credits.
    pub(super) fn character_number(&self, id: i32) -> Option<u32> {
        find(self.characters.packed(), id).or_else(|| self.added.characters.get(&id).copied())
    }

    pub(super) fn has_credits(&self, person: u32) -> bool {
        self.credits_of(person).next().is_some()
    }

    /// The numbers of a person's credits.
    pub(super) fn credits_of(&self, person: u32) -> impl Iterator<Item = u32> {
        let changed = if self.person_credits.is_empty() { None } else { self.person_credits.get(&person) };
        let packed = match changed {
            Some(_) => 0..0,
            None => at(&self.person_starts, person)..at(&self.person_starts, person.saturating_add(1)),
        };
        packed.chain(changed.into_iter().flat_map(|credits| credits.iter().copied()))
    }

    /// The numbers of the credits in a show.
    pub(super) fn credits_in(&self, show: u32) -> impl Iterator<Item = u32> {
        self.show_works.list(show).iter().flat_map(|work| self.work_credits.list(*work)).copied()
    }

    pub(super) fn credit_id(&self, credit: u32) -> i32 {
        self.credit_ids.at(credit)
    }

    pub(super) fn person_of(&self, credit: u32) -> u32 {
        self.credit_people.at(credit)
    }

    pub(super) fn work_of(&self, credit: u32) -> Work {
        self.works.at(self.credit_works.at(credit))
    }

    pub(super) fn work_number_of(&self, credit: u32) -> u32 {
        self.credit_works.at(credit)
    }

    /// Whether the person of a credit is in every episode of the season.
    pub(super) fn is_whole(&self, credit: u32) -> bool {
        self.credit_whole.at(credit)
    }

    /// The character of a credit; `None` if the job is not acting.
    pub(super) fn character_of(&self, credit: u32) -> Option<u32> {
        Some(self.credit_characters.at(credit)).filter(|character| *character != NONE)
    }
}

/// The works by show and season, and those of each show.
fn works(rows: &Rows, shows: &[Show]) -> (Vec<Work>, Lists) {
    let mut earliest: Vec<i32> = vec![0; rows.seasons.len()];
    for episode in rows.episodes.iter().filter(|episode| episode.day > 0) {
        let season = rows.seasons.binary_search_by_key(&episode.season, |season| season.id);
        if let Some(day) = season.ok().and_then(|place| earliest.get_mut(place)) {
            *day = if *day == 0 { episode.day } else { episode.day.min(*day) };
        }
    }
    let whole = shows.iter().zip(0..).map(|(show, number)| Work {
        show: number,
        season: 0,
        own_day: show.day,
        day: show.day,
        film: show.film,
    });
    let seasons = rows.seasons.iter().zip(earliest).filter_map(|(season, earliest)| {
        let show = shows.binary_search_by_key(&season.show, |show| show.id).ok()?;
        let day = if season.day > 0 { season.day } else { earliest };
        Some(Work { show: place(show), season: season.id, own_day: season.day, day, film: false })
    });
    let mut works: Vec<Work> = whole.chain(seasons).collect();
    works.sort_unstable_by_key(|work| (work.show, work.season));
    let of_shows = Lists::of(shows.len(), works.iter().map(|work| work.show).zip(0..));
    (works, of_shows)
}

/// The numbers of the credits and episodes of the appearances, in their order.
fn covered(rows: &Rows, episodes: &[Episode]) -> Vec<(u32, u32)> {
    let mut by_id: Vec<(i32, u32)> = rows.credits.iter().map(|credit| credit.id).zip(0..).collect();
    by_id.sort_unstable();
    let mut pairs: Vec<(u32, u32)> = rows
        .appearances
        .iter()
        .filter_map(|(credit, episode)| {
            let credit = by_id.binary_search_by_key(credit, |(id, _)| *id).ok()?;
            let episode = episodes.binary_search_by_key(episode, |episode| episode.id).ok()?;
            Some((by_id.get(credit)?.1, place(episode)))
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

fn distinct(sorted: impl Iterator<Item = i32>) -> Vec<i32> {
    let mut ids: Vec<i32> = sorted.collect();
    ids.dedup();
    ids.shrink_to_fit();
    ids
}

/// Numbers the people of credits that are sorted by person: `state` is the last person's id and the next number.
#[expect(clippy::unnecessary_wraps, reason = "`scan` takes such functions")]
fn numbered(state: &mut (i32, u32), credit: &CreditRow) -> Option<u32> {
    if state.0 != credit.person || state.1 == 0 {
        *state = (credit.person, state.1 + 1);
    }
    Some(state.1 - 1)
}
