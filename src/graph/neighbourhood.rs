//! The neighbourhood of a person, a character or a show, for drawing.
//!
//! Here nodes are people, characters and shows. A credit of an actor links the person with the character and the
//! character with the show; any other credit links the person with the show.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use super::cast_graph::Graph;

/// A person, a character or a show, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A person.
    Person(i32),
    /// A character.
    Character(i32),
    /// A show.
    Show(i32),
}

/// The nodes around a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The nearest first, then those with more credits, then people, characters and shows by id.
    pub nodes: Vec<Near>,
    /// Their links, in the order of the nodes.
    pub ties: Vec<Tie>,
    /// Number of omitted nodes.
    pub hidden: usize,
}

/// A node near another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The node.
    pub node: Node,
    /// Its distance in links.
    pub depth: usize,
    /// Number of nodes it is linked to in the whole graph.
    pub links: usize,
    /// Notable facts.
    pub marks: Vec<Mark>,
}

/// Two nodes that are linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The person, or else the character.
    pub source: Node,
    /// The character or the show.
    pub target: Node,
    /// The ids of the credits that link them, at most [`MOST_CREDITS`].
    pub credits: Vec<i32>,
    /// Notable facts.
    pub marks: Vec<Mark>,
}

/// Maximum number of credits of a link.
pub const MOST_CREDITS: usize = 20;

/// A notable fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The character was in an earlier production.
    Return,
    /// Several people play the character.
    Recast,
    /// The person plays several characters in one show.
    MultipleRoles,
}

/// The ids of the shows and seasons that count. If both are empty, all do.
#[derive(Clone, Debug, Default)]
pub struct Within {
    /// Shows.
    pub shows: HashSet<i32>,
    /// Seasons.
    pub seasons: HashSet<i32>,
}

impl Graph {
    /// The first `first` nodes at most `depth` links away from a node.
    pub fn around(&self, start: Node, depth: usize, first: usize, within: &Within) -> Around {
        let mut found: Vec<Node> = vec![start];
        let mut depths = HashMap::from([(start, 0)]);
        let mut next = 0;
        while let Some(&node) = found.get(next) {
            next += 1;
            let far = depths.get(&node).copied().unwrap_or_default();
            if far == depth {
                break;
            }
            for credit in self.credits_at(node).filter(|credit| self.is_within(*credit, within)) {
                for other in self.beside(node, credit) {
                    depths.entry(other).or_insert_with(|| {
                        found.push(other);
                        far + 1
                    });
                }
            }
        }
        let mut keyed: Vec<(usize, Reverse<usize>, Node)> = found
            .into_iter()
            .map(|node| {
                let far = depths.get(&node).copied().unwrap_or_default();
                (far, Reverse(self.credits_at(node).count()), node)
            })
            .collect();
        let hidden = keyed.len().saturating_sub(first);
        if hidden > 0 && first > 0 {
            keyed.select_nth_unstable(first - 1);
            keyed.truncate(first);
        }
        keyed.sort_unstable();
        let nodes: Vec<Near> = keyed
            .into_iter()
            .take(first)
            .map(|(depth, _, node)| Near { node, depth, links: self.links_of(node), marks: self.marks(node) })
            .collect();
        let ties = self.ties(&nodes, within);
        Around { nodes, ties, hidden }
    }

    /// Whether the graph has a node. People and characters are in it if they have credits.
    pub fn has(&self, node: Node) -> bool {
        match node {
            Node::Person(id) => self.person(id).is_some(),
            Node::Character(id) => self.character(id).is_some(),
            Node::Show(id) => self.show(id).is_some(),
        }
    }

    fn credits_at(&self, node: Node) -> Box<dyn Iterator<Item = u32> + '_> {
        match node {
            Node::Person(id) => Box::new(self.person(id).into_iter().flat_map(|person| self.credits_of(person))),
            Node::Character(id) => {
                let credits = self.character(id).map_or(&[][..], |character| self.character_credits.list(character));
                Box::new(credits.iter().copied())
            }
            Node::Show(id) => Box::new(self.show(id).into_iter().flat_map(|show| self.credits_in(show))),
        }
    }

    /// The ends of a credit's links: person, character if there is one, and show.
    fn chain(&self, credit: u32) -> (Node, Option<Node>, Node) {
        let person = Node::Person(self.person_id(self.person_of(credit)));
        let character = self.character_of(credit).map(|character| Node::Character(self.characters.at(character)));
        (person, character, Node::Show(self.shows.at(self.work_of(credit).show).id))
    }

    /// The nodes to which a credit links a node.
    fn beside(&self, node: Node, credit: u32) -> impl Iterator<Item = Node> {
        let (person, character, show) = self.chain(credit);
        let (one, other) = match (node, character) {
            (Node::Character(_), _) => (Some(person), Some(show)),
            (_, Some(character)) => (Some(character), None),
            (Node::Person(_), None) => (Some(show), None),
            (Node::Show(_), None) => (Some(person), None),
        };
        one.into_iter().chain(other)
    }

    fn links_of(&self, node: Node) -> usize {
        self.credits_at(node).flat_map(|credit| self.beside(node, credit)).collect::<HashSet<_>>().len()
    }

    fn is_within(&self, credit: u32, within: &Within) -> bool {
        let Within { shows, seasons } = within;
        let work = self.work_of(credit);
        (shows.is_empty() && seasons.is_empty())
            || shows.contains(&self.shows.at(work.show).id)
            || seasons.contains(&work.season)
    }

    fn ties(&self, nodes: &[Near], within: &Within) -> Vec<Tie> {
        let places: HashMap<Node, usize> = nodes.iter().map(|near| near.node).zip(0..).collect();
        let mut ties: BTreeMap<(usize, usize), Tie> = BTreeMap::new();
        let mut seen = HashSet::new();
        // Each link has an end that is not a show, and people and characters have fewer credits than shows.
        for node in nodes.iter().map(|near| near.node).filter(|node| !matches!(node, Node::Show(_))) {
            for credit in self.credits_at(node).filter(|credit| self.is_within(*credit, within)) {
                if !seen.insert(credit) {
                    continue;
                }
                let (person, character, show) = self.chain(credit);
                let pairs = match character {
                    Some(character) => [Some((person, character)), Some((character, show))],
                    None => [Some((person, show)), None],
                };
                for (source, target) in pairs.into_iter().flatten() {
                    let (Some(one), Some(other)) = (places.get(&source), places.get(&target)) else { continue };
                    let new = || Tie { source, target, credits: Vec::new(), marks: Vec::new() };
                    ties.entry((*one, *other)).or_insert_with(new).credits.push(self.credit_id(credit));
                }
            }
        }
        let mut ties: Vec<Tie> = ties.into_values().collect();
        for tie in &mut ties {
            tie.credits.sort_unstable();
            tie.credits.truncate(MOST_CREDITS);
            if let (Node::Character(character), Node::Show(show)) = (tie.source, tie.target)
                && self.returns(character, show)
            {
                tie.marks.push(Mark::Return);
            }
        }
        ties
    }

    fn marks(&self, node: Node) -> Vec<Mark> {
        let mark = match node {
            Node::Person(_) => self.plays_several(node).then_some(Mark::MultipleRoles),
            Node::Character(_) => {
                let mut people: Vec<u32> = self.credits_at(node).map(|credit| self.person_of(credit)).collect();
                people.sort_unstable();
                people.dedup();
                (people.len() > 1).then_some(Mark::Recast)
            }
            Node::Show(_) => None,
        };
        mark.into_iter().collect()
    }

    fn plays_several(&self, person: Node) -> bool {
        let mut played: HashMap<u32, u32> = HashMap::new();
        self.credits_at(person).any(|credit| {
            let Some(character) = self.character_of(credit) else { return false };
            *played.entry(self.work_of(credit).show).or_insert(character) != character
        })
    }

    /// Whether a character was in a production that began before its first season or film in a show.
    fn returns(&self, character: i32, show: i32) -> bool {
        let (mut here, mut elsewhere) = (None::<i32>, None::<i32>);
        for credit in self.credits_at(Node::Character(character)) {
            let work = self.work_of(credit);
            let first = if self.shows.at(work.show).id == show { &mut here } else { &mut elsewhere };
            if work.day > 0 {
                *first = Some(first.map_or(work.day, |day| day.min(work.day)));
            }
        }
        here.is_some_and(|here| elsewhere.is_some_and(|elsewhere| elsewhere < here))
    }
}
