use super::{
    compressed_lists::{Lists, at, find, place},
    graph_rows::{CreditRow, Rows},
};

/// The number that stands for no character: the job is not acting.
const NONE: u32 = u32::MAX;

/// One committed state of the cast graph. People, shows, works, episodes, characters and credits have numbers from 0.
///
/// A *work* is a season, or what of a show has none: a film, or a series as a whole.
#[derive(Debug)]
pub struct Graph {
    pub(super) people: Vec<i32>,
    pub(super) characters: Vec<i32>,
    pub(super) shows: Vec<Show>,
    pub(super) works: Vec<Work>,
    pub(super) episodes: Vec<Episode>,
    /// Credits by person and id.
    credit_ids: Vec<i32>,
    credit_people: Vec<u32>,
    credit_works: Vec<u32>,
    credit_characters: Vec<u32>,
    person_credits: Vec<u32>,
    pub(super) character_credits: Lists,
    pub(super) work_credits: Lists,
    pub(super) show_works: Lists,
    pub(super) episode_credits: Lists,
    pub(super) credit_episodes: Lists,
    /// Whether the person of a credit is in every episode of the season.
    credit_whole: Vec<bool>,
    /// The episodes of each season, without specials.
    pub(super) work_episodes: Lists,
    /// What of the rows is not in the lists.
    places: Rows,
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
    pub(super) day: i32,
    pub(super) film: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Episode {
    pub(super) id: i32,
    pub(super) day: i32,
    pub(super) work: u32,
    /// Whether credits for the whole season do not hold for it.
    pub(super) special: bool,
}

impl Graph {
    /// Makes the graph of rows. Rows that name others which are not there are left out.
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
        let mut person_credits: Vec<u32> = vec![0; people.len() + 1];
        for (person, number) in credit_people.iter().zip(1..) {
            if let Some(end) = person_credits.get_mut(*person as usize + 1) {
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
        let in_seasons = episodes.iter().zip(0..).filter(|(episode, _)| !episode.special);
        let work_episodes = Lists::of(works.len(), in_seasons.map(|(episode, place)| (episode.work, place)));
        let credit_ids = credits.iter().map(|credit| credit.id).collect();
        // A crew member is not in an episode as a whole cast is.
        let credit_whole = credits.iter().map(|credit| credit.whole && credit.character != 0).collect();
        (rows.credits, rows.appearances) = (Vec::new(), Vec::new());
        Self {
            people,
            characters,
            shows,
            works,
            episodes,
            credit_ids,
            credit_people,
            credit_works,
            credit_characters,
            person_credits,
            character_credits,
            work_credits,
            show_works,
            episode_credits,
            credit_episodes,
            credit_whole,
            work_episodes,
            places: rows,
        }
    }

    /// The graph with more credits and appearances, and with the shows, seasons and episodes of `rows`.
    #[must_use]
    pub fn with(&self, mut rows: Rows) -> Self {
        for credit in 0..place(self.credits()) {
            let work = self.work_of(credit);
            rows.credits.push(CreditRow {
                id: self.credit_id(credit),
                person: at(&self.people, self.person_of(credit)),
                show: at(&self.shows, work.show).id,
                season: work.season,
                character: self.character_of(credit).map_or(0, |character| at(&self.characters, character)),
                whole: self.is_whole(credit),
            });
            for &episode in self.credit_episodes.list(credit) {
                rows.appearances.push((self.credit_id(credit), at(&self.episodes, episode).id));
            }
        }
        Self::of(rows)
    }

    /// Whether the shows, seasons and episodes of `rows` are those of the graph.
    pub fn has_places_of(&self, rows: &Rows) -> bool {
        (&self.places.shows, &self.places.seasons, &self.places.episodes)
            == (&rows.shows, &rows.seasons, &rows.episodes)
    }

    /// How many credits there are.
    pub fn credits(&self) -> usize {
        self.credit_ids.len()
    }

    /// How many people have a credit.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// The number of the person with an id, if the person has a credit.
    pub fn person(&self, id: i32) -> Option<u32> {
        find(&self.people, id)
    }

    /// The id of a person.
    pub fn person_id(&self, person: u32) -> i32 {
        at(&self.people, person)
    }

    /// About how many bytes the graph takes.
    pub fn bytes(&self) -> usize {
        let ids = [&self.people, &self.characters, &self.credit_ids];
        let numbers = [&self.credit_people, &self.credit_works, &self.credit_characters, &self.person_credits];
        let lists = [
            &self.character_credits,
            &self.work_credits,
            &self.show_works,
            &self.episode_credits,
            &self.credit_episodes,
            &self.work_episodes,
        ];
        ids.map(|list| size_of_val(list.as_slice())).iter().sum::<usize>()
            + numbers.map(|list| size_of_val(list.as_slice())).iter().sum::<usize>()
            + lists.map(Lists::bytes).iter().sum::<usize>()
            + size_of_val(self.credit_whole.as_slice())
            + size_of_val(self.shows.as_slice())
            + size_of_val(self.works.as_slice())
            + size_of_val(self.episodes.as_slice())
            + size_of_val(self.places.shows.as_slice())
            + size_of_val(self.places.seasons.as_slice())
            + size_of_val(self.places.episodes.as_slice())
    }

    pub(super) fn show(&self, id: i32) -> Option<u32> {
        self.shows.binary_search_by_key(&id, |show| show.id).ok().map(place)
    }

    pub(super) fn character(&self, id: i32) -> Option<u32> {
        find(&self.characters, id)
    }

    pub(super) fn credits_of(&self, person: u32) -> std::ops::Range<u32> {
        at(&self.person_credits, person)..at(&self.person_credits, person.saturating_add(1))
    }

    /// The numbers of the credits in a show.
    pub(super) fn credits_in(&self, show: u32) -> impl Iterator<Item = u32> {
        self.show_works.list(show).iter().flat_map(|work| self.work_credits.list(*work)).copied()
    }

    pub(super) fn credit_id(&self, credit: u32) -> i32 {
        at(&self.credit_ids, credit)
    }

    pub(super) fn person_of(&self, credit: u32) -> u32 {
        at(&self.credit_people, credit)
    }

    pub(super) fn work_of(&self, credit: u32) -> Work {
        at(&self.works, at(&self.credit_works, credit))
    }

    pub(super) fn work_number_of(&self, credit: u32) -> u32 {
        at(&self.credit_works, credit)
    }

    /// Whether the person of a credit is in every episode of the season.
    pub(super) fn is_whole(&self, credit: u32) -> bool {
        at(&self.credit_whole, credit)
    }

    /// The character of a credit; nothing if the job is not acting.
    pub(super) fn character_of(&self, credit: u32) -> Option<u32> {
        Some(at(&self.credit_characters, credit)).filter(|character| *character != NONE)
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
    let whole =
        shows.iter().zip(0..).map(|(show, number)| Work { show: number, season: 0, day: show.day, film: show.film });
    let seasons = rows.seasons.iter().zip(earliest).filter_map(|(season, earliest)| {
        let show = shows.binary_search_by_key(&season.show, |show| show.id).ok()?;
        // A season whose day is not known began with its first episode.
        let day = if season.day > 0 { season.day } else { earliest };
        Some(Work { show: place(show), season: season.id, day, film: false })
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
