//! TMDB: JSON as version 3 of its API answers it, documented at <https://developer.themoviedb.org/reference>.
//!
//! A series, season, episode, person or film may have further answers appended (`append_to_response`), or they come as
//! answers of their own. Cast lists say by one number what they are of; the path of the file says the rest
//! (`tv/1399/season/1/aggregate_credits.json`), or other answers with that number do.

mod credits;
mod kind;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use chrono::NaiveDate;

use self::kind::{Kind, kind_of};
use super::{
    Document,
    cast::Place,
    gather::Gather,
    json::{Node, Report},
    path::number_after,
    record::{Authority, Key, Records, Remarks},
};

/// Reads answers, in any order.
pub fn read(documents: &[Document], fetched_on: NaiveDate) -> Records {
    let remarks = RefCell::new(Remarks::default());
    let mut items = Vec::new();
    for document in documents {
        sort(Report::new(&document.name, &remarks).root(&document.value), None, &Context::default(), &mut items);
    }
    let mut gather = Gather::new(Records::new(Authority::Tmdb, fetched_on));
    for kind in Kind::ORDER {
        for item in items.iter().filter(|item| item.kind == kind) {
            item.read(&items, &mut gather);
        }
    }
    gather.finish().after(remarks.take())
}

/// An answer, or a part of one that could be an answer.
struct Item<'a> {
    kind: Kind,
    node: Node<'a>,
    within: Context,
}

/// What an item is inside of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Context {
    series: Option<u32>,
    film: Option<u32>,
    season: Option<u32>,
    episode: Option<u32>,
}

/// Finds answers in answers.
fn sort<'a>(node: Node<'a>, kind: Option<Kind>, within: &Context, items: &mut Vec<Item<'a>>) {
    if node.value().is_array() {
        for item in node.list() {
            sort(item, kind, within, items);
        }
        return;
    }
    let Some(kind) = kind.or_else(|| kind_of(&node)) else { return };
    let own = context(kind, &node, within);
    for (name, inside) in node.fields() {
        match name {
            "episodes" => sort(inside, Some(Kind::Episode), &own, items),
            "seasons" if kind == Kind::Series => sort(inside, Some(Kind::Season), &own, items),
            "credits" | "aggregate_credits" if inside.value().is_object() => {
                sort(inside, Some(Kind::Credits), &own, items);
            }
            "external_ids" if inside.value().is_object() => sort(inside, Some(Kind::Ids), &own, items),
            "alternative_titles" if inside.value().is_object() => sort(inside, Some(Kind::Titles), &own, items),
            // Appended seasons are in fields such as `season/1`.
            _ if name.starts_with("season/") => sort(inside, Some(Kind::Season), &own, items),
            _ => {}
        }
    }
    // The rows of an episode's cast are in the episode itself.
    if kind == Kind::Episode && (node.has("crew") || node.has("guest_stars")) {
        items.push(Item { kind: Kind::Credits, node: node.clone(), within: own.clone() });
    }
    items.push(Item { kind, node, within: own });
}

/// What is inside of a node: what the node is inside of, and the node itself.
fn context(kind: Kind, node: &Node<'_>, within: &Context) -> Context {
    let file = node.file();
    let mut own = within.clone();
    if *within == Context::default() {
        own.series = number_after(file, "tv").or_else(|| number_after(file, "series"));
        own.film = number_after(file, "movie");
        own.season = own.series.and_then(|_| number_after(file, "season"));
        own.episode = own.season.and_then(|_| number_after(file, "episode"));
    }
    let id = || node.value().get("id").and_then(serde_json::Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let number =
        |name: &str| node.value().get(name).and_then(serde_json::Value::as_u64).and_then(|id| u32::try_from(id).ok());
    match kind {
        Kind::Series => own.series = id().or(own.series),
        Kind::Film => own.film = id().or(own.film),
        Kind::Season => {
            own.season = number("season_number").or(own.season);
            own.series = number("show_id").or(own.series).or_else(|| show_of_episodes(node));
        }
        Kind::Episode => {
            own.series = number("show_id").or(own.series);
            own.season = number("season_number").or(own.season);
            own.episode = number("episode_number").or(own.episode);
        }
        _ => {}
    }
    own
}

/// The series of a season, which says it only in its episodes.
fn show_of_episodes(node: &Node<'_>) -> Option<u32> {
    let episodes = node.value().get("episodes")?.as_array()?;
    episodes.iter().find_map(|episode| u32::try_from(episode.get("show_id")?.as_u64()?).ok())
}

impl Item<'_> {
    fn read(&self, items: &[Item<'_>], gather: &mut Gather) {
        let node = &self.node;
        match self.kind {
            Kind::Series => read::series(node, gather),
            Kind::Film => read::film(node, gather),
            Kind::Person => read::person(node, gather),
            Kind::Season | Kind::Episode => match self.series(items) {
                Some(series) if self.kind == Kind::Season => read::season(node, &series, gather),
                Some(series) => read::episode(node, &series, &self.within, gather),
                None => node
                    .skip("skipped: castgraph cannot tell of which series it is; put it into a folder with its series"),
            },
            Kind::Credits => match self.place(items, gather) {
                Some(place) => credits::read(node, &place, gather),
                None => {
                    node.skip("skipped: castgraph cannot tell what these credits are of; read them together with that");
                }
            },
            Kind::Ids => read::ids(node, &self.within, self.own_id(), gather),
            Kind::Titles => read::titles(node, &self.within, self.own_id(), gather),
            Kind::Other => {}
        }
    }

    fn own_id(&self) -> Option<u32> {
        self.node.number("id")
    }

    /// The series that it belongs to: as it says, or the only one that was read.
    fn series(&self, items: &[Item<'_>]) -> Option<Key> {
        let known = || {
            let mut ids = items.iter().filter(|item| item.kind != Kind::Credits).filter_map(|item| item.within.series);
            let first = ids.next()?;
            ids.all(|id| id == first).then_some(first)
        };
        self.within.series.or_else(known).map(|id| Key::new(Authority::Tmdb, id))
    }

    /// What a list of credits is of.
    fn place(&self, items: &[Item<'_>], gather: &Gather) -> Option<Place> {
        let mut within = self.within.clone();
        if within.series.is_none() && within.film.is_none() {
            let id = self.own_id()?;
            let same = |kind| items.iter().find(|item| item.kind == kind && item.own_id() == Some(id));
            let kinds = [Kind::Season, Kind::Episode, Kind::Film, Kind::Series];
            within = kinds.into_iter().find_map(same)?.within.clone();
        }
        if let Some(film) = within.film {
            return Some(Place::of_show(Key::new(Authority::Tmdb, format_args!("movie/{film}"))));
        }
        let show = Key::new(
            Authority::Tmdb,
            within.series.or_else(|| {
                let ids: Vec<u32> = items.iter().filter_map(|item| item.within.series).collect();
                ids.first().copied().filter(|first| ids.iter().all(|id| id == first))
            })?,
        );
        let Some(season) = within.season else { return Some(Place::of_show(show)) };
        let season = gather.season_key(&show, season)?;
        let episode = match within.episode {
            None => None,
            Some(number) => Some(gather.episode_key(&season, number)?),
        };
        Some(Place { show, season: Some(season), episode })
    }
}
