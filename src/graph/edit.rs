//! A graph after a few changes of rows, without reading the others.

use std::sync::Arc;

use super::{
    cast_graph::{Episode, Graph, NONE, Show, Work},
    graph_rows::{CreditRow, EpisodeRow, SeasonRow, ShowRow},
};

/// A row before a change and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edited<T> {
    /// Nothing if it was added.
    pub before: Option<T>,
    /// Nothing if it was removed.
    pub after: Option<T>,
}

/// A change of a row that the graph is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A show.
    Show(Edited<ShowRow>),
    /// A season.
    Season(Edited<SeasonRow>),
    /// An episode.
    Episode(Edited<EpisodeRow>),
    /// A credit.
    Credit(Edited<CreditRow>),
    /// An episode in which a credit is listed: the ids of the credit and the episode.
    Appearance(Edited<(i32, i32)>),
}

impl Graph {
    /// The graph after `edits`, in their order. Nothing if they do not fit: then it must be made from rows.
    #[must_use]
    pub fn edited(&self, edits: &[Edit]) -> Option<Self> {
        let mut graph = self.clone();
        for edit in edits {
            match edit {
                Edit::Show(show) => graph.edit_show(*show)?,
                Edit::Season(season) => graph.edit_season(*season)?,
                Edit::Episode(episode) => graph.edit_episode(*episode)?,
                Edit::Credit(credit) => graph.edit_credit(*credit)?,
                Edit::Appearance(appearance) => graph.edit_appearance(*appearance)?,
            }
        }
        graph.edits += edits.len();
        Some(graph)
    }

    fn edit_show(&mut self, Edited { before, after }: Edited<ShowRow>) -> Option<()> {
        let show = |row: ShowRow| Show { id: row.id, franchise: row.franchise, film: row.film, day: row.day };
        let whole = |number: u32, row: ShowRow| Work {
            show: number,
            season: 0,
            own_day: row.day,
            day: row.day,
            film: row.film,
        };
        match (before, after) {
            (None, Some(row)) => {
                if self.show(row.id).is_some() {
                    return None;
                }
                let number = self.shows.push(show(row));
                self.added.shows.insert(row.id, number);
                let work = self.works.push(whole(number, row));
                self.show_works.add(number, work);
            }
            (Some(old), Some(row)) => {
                let (number, work) = (self.show(old.id)?, self.work(old.id, 0)?);
                if old.id != row.id {
                    return None;
                }
                self.shows.set(number, show(row));
                self.works.set(work, whole(number, row));
            }
            // Its seasons and credits are removed too, before or after it.
            (Some(old), None) => {
                let number = self.show(old.id)?;
                self.shows.set(number, Show::default());
            }
            (None, None) => {}
        }
        Some(())
    }

    fn edit_season(&mut self, Edited { before, after }: Edited<SeasonRow>) -> Option<()> {
        match (before, after) {
            (None, Some(row)) => {
                let show = self.show(row.show)?;
                if self.work(row.show, row.id).is_some() {
                    return None;
                }
                let (own_day, season) = (row.day, row.id);
                let work = self.works.push(Work { show, season, own_day, day: own_day, film: false });
                self.show_works.add(show, work);
            }
            (Some(old), Some(row)) => {
                let (work, show) = (self.work(old.show, old.id)?, self.show(row.show)?);
                if old.id != row.id {
                    return None;
                }
                if old.show != row.show {
                    self.show_works.remove(self.show(old.show)?, work);
                    self.show_works.add(show, work);
                }
                self.works.set(work, Work { show, own_day: row.day, ..self.works.at(work) });
                self.date_work(work);
            }
            (Some(old), None) => {
                // If the show is gone, nothing leads to the season any more.
                if let (Some(work), Some(show)) = (self.work(old.show, old.id), self.show(old.show)) {
                    self.show_works.remove(show, work);
                }
            }
            (None, None) => {}
        }
        Some(())
    }

    fn edit_episode(&mut self, Edited { before, after }: Edited<EpisodeRow>) -> Option<()> {
        // The season of an episode that stays has the same number, whatever its show.
        let listed = |graph: &Self, number: u32, special: bool| {
            let works = if special { &graph.work_specials } else { &graph.work_episodes };
            works.list(graph.episodes.at(number).work).contains(&number)
        };
        match (before, after) {
            (None, Some(row)) => {
                let work = self.season(row)?;
                if self.episode(row.id).is_some() {
                    return None;
                }
                let number = self.episodes.push(Episode { id: row.id, day: row.day, work, special: row.special });
                self.added.episodes.insert(row.id, number);
                self.list_episode(number);
            }
            (Some(old), Some(row)) => {
                let (number, work) = (self.episode(old.id)?, self.season(row)?);
                if old.id != row.id || !listed(self, number, old.special) {
                    return None;
                }
                let left = self.unlist_episode(number);
                self.episodes.set(number, Episode { id: row.id, day: row.day, work, special: row.special });
                self.list_episode(number);
                self.date_work(left);
            }
            (Some(old), None) => {
                let number = self.episode(old.id)?;
                self.unlist_episode(number);
                let work = self.episodes.at(number).work;
                for credit in self.episode_credits.list(number).to_vec() {
                    self.credit_episodes.remove(credit, number);
                    self.episode_credits.remove(number, credit);
                }
                self.episodes.set(number, Episode::default());
                self.date_work(work);
            }
            (None, None) => {}
        }
        Some(())
    }

    fn edit_credit(&mut self, Edited { before, after }: Edited<CreditRow>) -> Option<()> {
        let number = match before {
            Some(row) => Some(self.unlink_credit(row)?),
            None => None,
        };
        match (number, after) {
            (Some(credit), None) => {
                for episode in self.credit_episodes.list(credit).to_vec() {
                    self.episode_credits.remove(episode, credit);
                    self.credit_episodes.remove(credit, episode);
                }
            }
            (number, Some(row)) => self.link_credit(number, row)?,
            (None, None) => {}
        }
        Some(())
    }

    fn edit_appearance(&mut self, Edited { before, after }: Edited<(i32, i32)>) -> Option<()> {
        if let Some((credit, episode)) = before {
            // What was removed before took its appearances along.
            let episode = self.episode(episode);
            let credits = episode.map_or(&[][..], |episode| self.episode_credits.list(episode));
            let known = credits.iter().copied().find(|number| self.credit_id(*number) == credit);
            if let (Some(episode), Some(credit)) = (episode, known) {
                self.episode_credits.remove(episode, credit);
                self.credit_episodes.remove(credit, episode);
            }
        }
        if let Some((credit, episode)) = after {
            let episode = self.episode(episode)?;
            let credits = self.work_credits.list(self.episodes.at(episode).work);
            let credit = credits.iter().copied().find(|number| self.credit_id(*number) == credit)?;
            if !self.credit_episodes.list(credit).contains(&episode) {
                self.credit_episodes.add(credit, episode);
                self.episode_credits.add(episode, credit);
            }
        }
        Some(())
    }

    /// The number of the season of an episode.
    fn season(&self, row: EpisodeRow) -> Option<u32> {
        self.work(row.show, row.season)
    }

    fn list_episode(&mut self, number: u32) {
        let Episode { work, special, .. } = self.episodes.at(number);
        if special { &mut self.work_specials } else { &mut self.work_episodes }.add(work, number);
        self.date_work(work);
    }

    /// Takes an episode out of its season, whose number it returns.
    fn unlist_episode(&mut self, number: u32) -> u32 {
        let Episode { work, special, .. } = self.episodes.at(number);
        if special { &mut self.work_specials } else { &mut self.work_episodes }.remove(work, number);
        work
    }

    /// Says when a season began, by its own day or the first of its episodes.
    fn date_work(&mut self, number: u32) {
        let work = self.works.at(number);
        if work.season == 0 {
            return;
        }
        let episodes = self.work_episodes.list(number).iter().chain(self.work_specials.list(number));
        let earliest = episodes.map(|episode| self.episodes.at(*episode).day).filter(|day| *day > 0).min();
        let day = if work.own_day > 0 { work.own_day } else { earliest.unwrap_or_default() };
        self.works.set(number, Work { day, ..work });
    }

    /// Takes a credit from its person, work and character. Returns its number.
    fn unlink_credit(&mut self, row: CreditRow) -> Option<u32> {
        let person = self.person(row.person)?;
        let credit = self.credits_of(person).find(|credit| self.credit_id(*credit) == row.id)?;
        self.edit_credits_of(person, |credits| credits.retain(|other| *other != credit));
        self.work_credits.remove(self.work_number_of(credit), credit);
        if let Some(character) = self.character_of(credit) {
            self.character_credits.remove(character, credit);
        }
        self.credits -= 1;
        self.credited -= usize::from(!self.has_credits(person));
        Some(credit)
    }

    /// Gives a credit to its person, work and character. A new one gets a number.
    fn link_credit(&mut self, number: Option<u32>, row: CreditRow) -> Option<()> {
        let work = self.work(row.show, row.season)?;
        let person = if let Some(person) = self.person_number(row.person) {
            person
        } else {
            let person = self.people.push(row.person);
            self.added.people.insert(row.person, person);
            person
        };
        let character = match (row.character, self.character_number(row.character)) {
            (0, _) => NONE,
            (_, Some(character)) => character,
            (id, None) => {
                let character = self.characters.push(id);
                self.added.characters.insert(id, character);
                character
            }
        };
        let credit = number.unwrap_or_else(|| {
            self.credit_people.push(person);
            self.credit_works.push(work);
            self.credit_characters.push(character);
            self.credit_whole.push(false);
            self.credit_ids.push(row.id)
        });
        self.credit_ids.set(credit, row.id);
        self.credit_people.set(credit, person);
        self.credit_works.set(credit, work);
        self.credit_characters.set(credit, character);
        self.credit_whole.set(credit, row.whole && row.character != 0);
        self.credits += 1;
        self.credited += usize::from(!self.has_credits(person));
        self.edit_credits_of(person, |credits| credits.push(credit));
        self.work_credits.add(work, credit);
        if character != NONE {
            self.character_credits.add(character, credit);
        }
        Some(())
    }

    fn edit_credits_of(&mut self, person: u32, edit: impl FnOnce(&mut Vec<u32>)) {
        if !self.person_credits.contains_key(&person) {
            let credits = self.credits_of(person).collect();
            self.person_credits.insert(person, Arc::new(credits));
        }
        edit(Arc::make_mut(self.person_credits.entry(person).or_default()));
    }
}
