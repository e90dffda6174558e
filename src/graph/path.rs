//! Shortest paths, by a breadth-first search from both ends.
//!
//! Source: I. Pohl, "Bi-directional search", Machine Intelligence 6 (1971). Each side grows by whole levels, the
//! smaller one first, so that the first meeting is the shortest: takes O(people + credits) at worst, and far less
//! where everybody is a few steps from everybody. People and units form separate levels: if the two sides meet in units,
//! the people in them, by far the largest level, are never visited.
//!
//! Paths have a total order: by the id of the first person at which they differ, counted from `from`.

use std::collections::BTreeMap;

use super::{compressed_lists::at, links::Links};

/// Maximum length of a path, in links.
pub const LONGEST: u8 = 100;

/// All shortest paths from one person to another.
#[derive(Debug)]
pub struct Shortest {
    from: u32,
    length: u8,
    /// One more than the distance to the other end, for people on a shortest path; for others, 0 or a number that is too
    /// large for a shortest path.
    distance: Vec<u8>,
    /// The same for units, by their nearest person.
    units: Vec<u8>,
}

/// Finds the shortest paths of at most `longest` links ([`LONGEST`] at most), or `None` if there are none.
pub fn search(links: &impl Links, from: u32, to: u32, longest: u8) -> Option<Shortest> {
    if !links.admits(from) || !links.admits(to) {
        return None;
    }
    if from == to {
        return Some(Shortest { from, length: 0, distance: Vec::new(), units: Vec::new() });
    }
    let (mut near, mut far) = (Side::new(links, from), Side::new(links, to));
    let met = loop {
        if near.levels() + far.levels() >= 2 * u16::from(longest.min(LONGEST)) {
            return None;
        }
        let (grows, other) = if near.edge.len() <= far.edge.len() { (&mut near, &far) } else { (&mut far, &near) };
        grows.grow(links);
        if grows.edge.is_empty() {
            return None;
        }
        let known = if grows.in_units { &other.units } else { &other.distance };
        let met: Vec<u32> = grows.edge.iter().copied().filter(|number| at(known, *number) > 0).collect();
        if !met.is_empty() {
            break if grows.in_units { near.people_of(links, &met, &mut far) } else { met };
        }
    };
    let length = near.length(&far);
    far.take_over(links, &near, met, length);
    Some(Shortest { from, length, distance: far.distance, units: far.units })
}

impl Shortest {
    /// Length in links.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// The first `count` paths in their order, each as its people from one end to the other.
    pub fn paths(&self, links: &impl Links, count: usize) -> Vec<Vec<u32>> {
        let mut paths = Vec::new();
        let mut path = vec![self.from];
        // The remaining candidates for each position of the path but the first, the next one last.
        let mut open: Vec<Vec<u32>> = Vec::new();
        while paths.len() < count {
            if path.len() > usize::from(self.length) {
                paths.push(path.clone());
            } else if let Some(&person) = path.last() {
                open.push(self.onward(links, person, path.len()));
            }
            while open.last().is_some_and(Vec::is_empty) {
                open.pop();
            }
            path.truncate(open.len());
            match open.last_mut().and_then(Vec::pop) {
                Some(person) => path.push(person),
                None => break,
            }
        }
        paths
    }

    /// Number of paths, at most `usize::MAX`.
    pub fn count(&self, links: &impl Links) -> usize {
        // The number of ways to reach each person of a level.
        let mut level = BTreeMap::from([(self.from, 1_usize)]);
        for place in 1..=usize::from(self.length) {
            let mut next = BTreeMap::new();
            for (person, ways) in level {
                for other in self.onward(links, person, place) {
                    let all: &mut usize = next.entry(other).or_default();
                    *all = all.saturating_add(ways);
                }
            }
            level = next;
        }
        level.into_values().fold(0, usize::saturating_add)
    }

    /// People who can follow `person`, at the position before `place`, on shortest paths, in reverse order.
    fn onward(&self, links: &impl Links, person: u32, place: usize) -> Vec<u32> {
        let wanted = usize::from(self.length) + 1 - place;
        let mut next = Vec::new();
        links.units_of(person, |unit| {
            if usize::from(at(&self.units, unit)) == wanted {
                links.people_of(unit, |other| {
                    if usize::from(at(&self.distance, other)) == wanted {
                        next.push(other);
                    }
                });
            }
        });
        links.sort(&mut next);
        next.dedup();
        next.reverse();
        next
    }
}

/// One side of a search: all people up to a distance, and their units.
struct Side {
    /// One more than the distance; 0 for people not reached.
    distance: Vec<u8>,
    /// One more than the distance of a unit's nearest person; 0 for units not reached.
    units: Vec<u8>,
    /// The distance of the people reached last.
    depth: u8,
    /// Whether units were reached last: those of the people at `depth`.
    in_units: bool,
    /// The people or units reached last.
    edge: Vec<u32>,
}

impl Side {
    fn new(links: &impl Links, start: u32) -> Self {
        let (mut distance, units) = (vec![0; links.people()], vec![0; links.units()]);
        set(&mut distance, start, 1);
        Self { distance, units, depth: 0, in_units: false, edge: vec![start] }
    }

    /// Number of levels reached, of people and of units.
    fn levels(&self) -> u16 {
        2 * u16::from(self.depth) + u16::from(self.in_units)
    }

    /// The length of a path through the meeting point.
    fn length(&self, other: &Self) -> u8 {
        self.depth + other.depth + u8::from(self.in_units && other.in_units)
    }

    /// Expands by one level.
    fn grow(&mut self, links: &impl Links) {
        let edge = std::mem::take(&mut self.edge);
        let mut reach = |known: &mut Vec<u8>, number: u32, mark: u8| {
            if at(known, number) == 0 {
                set(known, number, mark);
                self.edge.push(number);
            }
        };
        if self.in_units {
            self.depth += 1;
            for unit in edge {
                links.people_of(unit, |person| reach(&mut self.distance, person, self.depth + 1));
            }
        } else {
            for person in edge {
                links.units_of(person, |unit| reach(&mut self.units, unit, self.depth + 1));
            }
        }
        self.in_units = !self.in_units;
    }

    /// The people of the units in which both sides met, at this side's last distance. Records their distances to the start
    /// of the other side there.
    fn people_of(&self, links: &impl Links, met: &[u32], other: &mut Self) -> Vec<u32> {
        let mut people = Vec::new();
        for &unit in met {
            links.people_of(unit, |person| {
                if at(&self.distance, person) == self.depth + 1 && at(&other.distance, person) == 0 {
                    set(&mut other.distance, person, at(&other.units, unit) + 1);
                    people.push(person);
                }
            });
        }
        people
    }

    /// Adds the people of the other side who are on a path of `length` through one of `met`, with their distances to the
    /// start of this side.
    fn take_over(&mut self, links: &impl Links, other: &Self, met: Vec<u32>, length: u8) {
        let mut level = met;
        for depth in (0..other.depth).rev() {
            let mut before = Vec::new();
            for person in level {
                links.units_of(person, |unit| {
                    if at(&other.units, unit) == depth + 1 && at(&self.units, unit) == 0 {
                        set(&mut self.units, unit, length - depth);
                        links.people_of(unit, |found| {
                            if at(&other.distance, found) == depth + 1 && at(&self.distance, found) == 0 {
                                set(&mut self.distance, found, length - depth + 1);
                                before.push(found);
                            }
                        });
                    }
                });
            }
            level = before;
        }
    }
}

fn set(list: &mut [u8], place: u32, value: u8) {
    if let Some(entry) = list.get_mut(place as usize) {
        *entry = value;
    }
}
