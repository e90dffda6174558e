use super::{
    cast_graph::Graph,
    link_view::{Scope, View},
    links::Links,
};

/// Two consecutive people on a path and the work they share, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The first person.
    pub from: i32,
    /// The second person.
    pub to: i32,
    /// The shared work.
    pub work: Work,
    /// The first person's credits in it.
    pub from_credits: Vec<i32>,
    /// The second person's credits in it.
    pub to_credits: Vec<i32>,
}

/// An episode, a season, a film or a show, by its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The show or the film.
    pub show: i32,
    /// The season.
    pub season: Option<i32>,
    /// The episode.
    pub episode: Option<i32>,
}

impl View {
    /// The steps of a path. If two people share several works, the step has the one that began first, then the one with
    /// the lowest id. Unknown dates come last.
    pub fn steps(&self, path: &[u32]) -> Vec<Step> {
        path.windows(2).filter_map(|pair| if let [from, to] = pair { self.step(*from, *to) } else { None }).collect()
    }

    fn step(&self, from: u32, to: u32) -> Option<Step> {
        let mut shared: Option<(i32, bool, i32, u32)> = None;
        let mut theirs = Vec::new();
        self.units_of(to, |unit| theirs.push(unit));
        theirs.sort_unstable();
        self.units_of(from, |unit| {
            if theirs.binary_search(&unit).is_ok() {
                // An episode proves more than its season.
                let coarse = self.scope == Scope::Episode && self.work(unit).episode.is_none();
                let key = (self.day_of_unit(unit).unwrap_or(i32::MAX), coarse, self.id_of_unit(unit), unit);
                shared = Some(shared.map_or(key, |best| best.min(key)));
            }
        });
        let (_, _, _, unit) = shared?;
        let graph = self.graph();
        let (from_credits, to_credits) = (self.credits_in(from, unit), self.credits_in(to, unit));
        Some(Step {
            from: graph.person_id(from),
            to: graph.person_id(to),
            work: self.work(unit),
            from_credits,
            to_credits,
        })
    }

    /// The ids of a person's credits in a unit.
    fn credits_in(&self, person: u32, unit: u32) -> Vec<i32> {
        let graph = self.graph();
        let mut ids = Vec::new();
        for credit in graph.credits_of(person) {
            let mut is_in = false;
            self.units_of_credit(credit, |other| is_in |= other == unit);
            if is_in {
                ids.push(graph.credit_id(credit));
            }
        }
        ids.sort_unstable();
        ids
    }

    fn id_of_unit(&self, unit: u32) -> i32 {
        let work = self.work(unit);
        work.episode.or(work.season).unwrap_or(work.show)
    }

    fn work(&self, unit: u32) -> Work {
        let graph = self.graph();
        let season = |number: u32| {
            let work = graph.works.at(number);
            Work { show: show_id(graph, work.show), season: Some(work.season).filter(|id| *id != 0), episode: None }
        };
        match self.scope {
            Scope::Show => Work { show: show_id(graph, unit), ..Work::default() },
            Scope::Season => season(unit),
            Scope::Episode => {
                if let Some(film) = unit.checked_sub(graph.episodes.len()) {
                    return season(film);
                }
                let episode = graph.episodes.at(unit);
                Work { episode: Some(episode.id), ..season(episode.work) }
            }
        }
    }
}

fn show_id(graph: &Graph, show: u32) -> i32 {
    graph.shows.at(show).id
}
