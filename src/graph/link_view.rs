use std::{collections::HashSet, sync::Arc};

use super::{cast_graph::Graph, compressed_lists::at, links::Links};

/// What two people must share to be linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// An episode or a film. A credit for a whole season counts for each of its episodes.
    #[default]
    Episode,
    /// A season or a film.
    Season,
    /// A show or film.
    Show,
}

/// Which credits link people. People, shows and franchises are given by id.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What must be shared.
    pub scope: Scope,
    /// Whether crew credits link people too.
    pub crew: bool,
    /// Only these shows and those of `franchises`. If both are empty, all.
    pub shows: Vec<i32>,
    /// Only the shows of these franchises and `shows`.
    pub franchises: Vec<i32>,
    /// None of these shows.
    pub avoid_shows: Vec<i32>,
    /// No show of these franchises.
    pub avoid_franchises: Vec<i32>,
    /// None of these people.
    pub avoid_people: Vec<i32>,
    /// Only work that began on or before this date, such as 20180804. Excludes unknown dates.
    pub until: Option<i32>,
}

/// A graph as it looks under [`Options`].
#[derive(Clone, Debug)]
pub struct View {
    graph: Arc<Graph>,
    pub(super) scope: Scope,
    crew: bool,
    /// The shows that count; `None` for all.
    shows: Option<Vec<bool>>,
    avoid: HashSet<u32>,
    until: i32,
}

impl View {
    /// Applies `options` to `graph`.
    pub fn new(graph: Arc<Graph>, options: &Options) -> Self {
        let Options { shows, franchises, avoid_shows, avoid_franchises, .. } = options;
        let kept = |id: &i32, franchise: &i32| {
            (shows.is_empty() && franchises.is_empty()) || shows.contains(id) || franchises.contains(franchise)
        };
        let avoided = |id: &i32, franchise: &i32| avoid_shows.contains(id) || avoid_franchises.contains(franchise);
        let all = [shows, franchises, avoid_shows, avoid_franchises].iter().all(|list| list.is_empty());
        let counts =
            || graph.shows.iter().map(|show| kept(&show.id, &show.franchise) && !avoided(&show.id, &show.franchise));
        let shows = (!all).then(|| counts().collect());
        let avoid = options.avoid_people.iter().filter_map(|id| graph.person(*id)).collect();
        let until = options.until.unwrap_or(i32::MAX);
        Self { scope: options.scope, crew: options.crew, shows, avoid, until, graph }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Visits the units of a credit.
    pub(super) fn units_of_credit(&self, credit: u32, mut visit: impl FnMut(u32)) {
        let graph = self.graph();
        let work = graph.work_of(credit);
        if !self.takes(credit) || !self.takes_show(work.show) {
            return;
        }
        match self.scope {
            Scope::Show if self.began(work.day) => visit(work.show),
            Scope::Season if (work.film || work.season != 0) && self.began(work.day) => {
                visit(graph.work_number_of(credit));
            }
            Scope::Episode if work.film && self.began(work.day) => {
                visit(graph.episodes.len() + graph.work_number_of(credit));
            }
            Scope::Episode => {
                let number = graph.work_number_of(credit);
                let listed = graph.credit_episodes.list(credit);
                let episodes = if graph.is_whole(credit) {
                    // Two people who are in every episode share one, even if no episode of the season is recorded.
                    if work.season != 0 && self.began(work.day) {
                        visit(graph.episodes.len() + number);
                    }
                    // A special counts only if the credit lists it.
                    for &episode in listed {
                        let special = graph.episodes.at(episode);
                        if special.special && self.began(special.day) {
                            visit(episode);
                        }
                    }
                    graph.work_episodes.list(number)
                } else {
                    listed
                };
                for &episode in episodes {
                    if self.began_at(episode) {
                        visit(episode);
                    }
                }
            }
            Scope::Show | Scope::Season => {}
        }
    }

    /// Visits the credits in a unit that the options allow.
    pub(super) fn credits_of_unit(&self, unit: u32, mut visit: impl FnMut(u32)) {
        let graph = self.graph();
        let mut take =
            |credits: &[u32]| credits.iter().copied().filter(|credit| self.takes(*credit)).for_each(&mut visit);
        match self.scope {
            Scope::Show => {
                for &work in graph.show_works.list(unit) {
                    if self.began(graph.works.at(work).day) {
                        take(graph.work_credits.list(work));
                    }
                }
            }
            Scope::Season => take(graph.work_credits.list(unit)),
            Scope::Episode => {
                let whole = |number: u32, visit: &mut dyn FnMut(u32)| {
                    let credits = graph.work_credits.list(number).iter().copied();
                    credits.filter(|credit| graph.is_whole(*credit) && self.takes(*credit)).for_each(visit);
                };
                match unit.checked_sub(graph.episodes.len()) {
                    Some(number) if graph.works.at(number).film => take(graph.work_credits.list(number)),
                    Some(number) => whole(number, &mut visit),
                    None => {
                        take(graph.episode_credits.list(unit));
                        let episode = graph.episodes.at(unit);
                        if !episode.special {
                            whole(episode.work, &mut visit);
                        }
                    }
                }
            }
        }
    }

    /// The date on which a unit began, if known.
    pub(super) fn day_of_unit(&self, unit: u32) -> Option<i32> {
        let graph = self.graph();
        let day = match self.scope {
            Scope::Show => graph.shows.at(unit).day,
            Scope::Season => graph.works.at(unit).day,
            Scope::Episode => match unit.checked_sub(graph.episodes.len()) {
                Some(film) => graph.works.at(film).day,
                None => graph.episodes.at(unit).day,
            },
        };
        (day > 0).then_some(day)
    }

    fn takes(&self, credit: u32) -> bool {
        self.crew || self.graph.character_of(credit).is_some()
    }

    fn takes_show(&self, show: u32) -> bool {
        self.shows.as_ref().is_none_or(|shows| at(shows, show))
    }

    fn began_at(&self, episode: u32) -> bool {
        self.until == i32::MAX || self.began(self.graph.episodes.at(episode).day)
    }

    fn began(&self, day: i32) -> bool {
        self.until == i32::MAX || (day > 0 && day <= self.until)
    }
}

impl Links for View {
    fn people(&self) -> usize {
        self.graph.people.len() as usize
    }

    fn units(&self) -> usize {
        let units = match self.scope {
            Scope::Show => self.graph.shows.len(),
            Scope::Season => self.graph.works.len(),
            Scope::Episode => self.graph.episodes.len() + self.graph.works.len(),
        };
        units as usize
    }

    fn sort(&self, people: &mut [u32]) {
        people.sort_unstable();
        // Packed people are numbered in the order of their ids.
        if people.last().is_some_and(|last| *last as usize >= self.graph.people.packed().len()) {
            people.sort_unstable_by_key(|person| self.graph.person_id(*person));
        }
    }

    fn admits(&self, person: u32) -> bool {
        !self.avoid.contains(&person)
    }

    fn units_of(&self, person: u32, mut visit: impl FnMut(u32)) {
        for credit in self.graph.credits_of(person) {
            self.units_of_credit(credit, &mut visit);
        }
    }

    fn people_of(&self, unit: u32, mut visit: impl FnMut(u32)) {
        self.credits_of_unit(unit, |credit| {
            let person = self.graph.person_of(credit);
            if self.avoid.is_empty() || self.admits(person) {
                visit(person);
            }
        });
    }
}
