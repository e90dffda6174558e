//! What shows or people have in common, over acting credits only.

use std::collections::{BTreeMap, HashMap};

use super::cast_graph::Graph;

/// A person or show that several others share, with the credits behind it; all by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The person or the show.
    pub id: i32,
    /// The credits, by person and id.
    pub credits: Vec<i32>,
    /// The sort key, before the id.
    pub order: i32,
}

/// Number of people that each pair of shows shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// A matrix with a row and a column for each show.
    pub counts: Vec<Vec<usize>>,
}

impl Graph {
    /// People who acted in at least one show of each group: most credits first, then by id.
    pub fn actors_in_all(&self, groups: &[Vec<i32>]) -> Vec<Shared> {
        let mut found: Option<BTreeMap<u32, Vec<u32>>> = None;
        for group in groups {
            let mut here: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for credit in group.iter().filter_map(|id| self.show(*id)).flat_map(|show| self.acted_in(show)) {
                here.entry(self.person_of(credit)).or_default().push(credit);
            }
            found = Some(match found {
                None => here,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(person, mut credits)| {
                        credits.append(here.get_mut(&person)?);
                        Some((person, credits))
                    })
                    .collect(),
            });
        }
        let shared = found.unwrap_or_default().into_iter();
        let shared = shared.map(|(person, credits)| {
            let shared = self.shared(self.person_id(person), credits);
            Shared { order: i32::try_from(shared.credits.len()).map_or(i32::MIN, |count| -count), ..shared }
        });
        in_order(shared.collect())
    }

    /// The ids of the shows of a franchise.
    pub fn shows_of(&self, franchise: i32) -> Vec<i32> {
        self.shows.iter().filter(|show| show.id != 0 && show.franchise == franchise).map(|show| show.id).collect()
    }

    /// The shows in which all of `people` acted: the earliest first, those with an unknown day last, then by id.
    pub fn shows_with_all(&self, people: &[i32]) -> Vec<Shared> {
        let mut found: Option<HashMap<u32, Vec<u32>>> = None;
        for id in people {
            let mut here: HashMap<u32, Vec<u32>> = HashMap::new();
            let credits = self.person(*id).into_iter().flat_map(|person| self.credits_of(person));
            for credit in credits.filter(|credit| self.character_of(*credit).is_some()) {
                here.entry(self.work_of(credit).show).or_default().push(credit);
            }
            found = Some(match found {
                None => here,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(show, mut credits)| {
                        credits.append(here.get_mut(&show)?);
                        Some((show, credits))
                    })
                    .collect(),
            });
        }
        let shows = found.unwrap_or_default().into_iter().map(|(show, credits)| {
            let show = self.shows.at(show);
            Shared { order: if show.day > 0 { show.day } else { i32::MAX }, ..self.shared(show.id, credits) }
        });
        in_order(shows.collect())
    }

    /// Number of actors that each pair of `shows` shares; on the diagonal, the number of actors in the show.
    pub fn overlap(&self, shows: &[i32]) -> Overlap {
        let casts: Vec<Vec<u32>> = shows
            .iter()
            .map(|id| {
                let credits = self.show(*id).into_iter().flat_map(|show| self.acted_in(show));
                let mut cast: Vec<u32> = credits.map(|credit| self.person_of(credit)).collect();
                cast.sort_unstable();
                cast.dedup();
                cast
            })
            .collect();
        let common =
            |one: &Vec<u32>, other: &Vec<u32>| one.iter().filter(|person| other.binary_search(person).is_ok()).count();
        Overlap { counts: casts.iter().map(|one| casts.iter().map(|other| common(one, other)).collect()).collect() }
    }

    fn acted_in(&self, show: u32) -> impl Iterator<Item = u32> {
        self.credits_in(show).filter(|credit| self.character_of(*credit).is_some())
    }

    fn shared(&self, id: i32, mut credits: Vec<u32>) -> Shared {
        credits.sort_unstable_by_key(|credit| (self.person_id(self.person_of(*credit)), self.credit_id(*credit)));
        credits.dedup();
        Shared { id, credits: credits.into_iter().map(|credit| self.credit_id(credit)).collect(), order: 0 }
    }
}

fn in_order(mut shared: Vec<Shared>) -> Vec<Shared> {
    shared.sort_unstable_by_key(|shared| (shared.order, shared.id));
    shared
}
