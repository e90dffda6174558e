//! TVmaze: JSON as <https://api.tvmaze.com> answers it, documented at <https://www.tvmaze.com/api>.
//!
//! An answer about a show may embed seasons, episodes, cast, crew and other titles, or they come as answers of their own.
//! Those do not always say which show they are of; the path of the file does (`shows/216/cast.json`), or the only show
//! in its folder.

mod cast;
mod kind;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use chrono::NaiveDate;
use serde_json::Value;

use self::kind::{Kind, kind_of};
use super::{
    Document,
    cast::Place,
    gather::Gather,
    json::{Node, Report},
    path::{folder_of, number_after},
    record::{Authority, ExternalId, IdKind, Key, Merged, Records, Remarks},
};

/// Reads answers, in any order.
pub fn read(documents: &[Document], fetched_on: NaiveDate) -> Records {
    let remarks = RefCell::new(Remarks::default());
    let mut items = Vec::new();
    for document in documents {
        sort(Report::new(&document.name, &remarks).root(&document.value), &mut items);
    }
    let mut gather = Gather::new(Records::new(Authority::Tvmaze, fetched_on));
    let shows = shows_of(&items);
    items.iter().filter(|item| item.kind == Kind::Show).for_each(|item| note_merge(item, &mut gather));
    // Each kind after those that it refers to.
    for kind in Kind::ORDER {
        for item in items.iter().filter(|item| item.kind == kind) {
            item.read(&shows, &mut gather);
        }
    }
    // Rows with several characters come last: their characters may have ids from rows of their own.
    for several in [false, true] {
        for kind in Kind::ROWS {
            for item in items.iter().filter(|item| item.kind == kind && item.has_several_characters() == several) {
                item.read(&shows, &mut gather);
            }
        }
    }
    gather.finish().after(remarks.take())
}

/// Something in an answer that is a record of its own.
struct Item<'a> {
    kind: Kind,
    node: Node<'a>,
    /// The record in which it is embedded.
    parent: Option<Parent>,
    /// Its place in its list, from 1.
    position: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parent {
    Show(u32),
    Episode(u32),
}

/// Finds the records in an answer, embedded ones too.
fn sort<'a>(node: Node<'a>, items: &mut Vec<Item<'a>>) {
    sort_within(node, None, None, 1, items);
}

fn sort_within<'a>(
    node: Node<'a>,
    kind: Option<Kind>,
    parent: Option<Parent>,
    position: u32,
    items: &mut Vec<Item<'a>>,
) {
    if node.value().is_array() {
        for (position, item) in (1..).zip(node.list()) {
            sort_within(item, kind, parent, position, items);
        }
        return;
    }
    let Some(kind) = kind.or_else(|| kind_of(&node)) else { return };
    if kind == Kind::Found {
        if let Some(show) = node.object("show") {
            sort_within(show, Some(Kind::Show), None, 1, items);
        }
        return;
    }
    let own = match kind {
        Kind::Show => node.number("id").map(Parent::Show),
        Kind::Episode => node.number("id").map(Parent::Episode),
        _ => None,
    };
    let of_show = parent.or_else(|| show_link(&node).map(Parent::Show));
    if let Some(embedded) = node.object("_embedded") {
        for (name, inside) in embedded.fields() {
            match Kind::embedded(name, kind) {
                Some(Kind::Show) => sort_within(inside, Some(Kind::Show), None, 1, items),
                Some(kind) if inside.value().is_array() => sort_within(inside, Some(kind), own, 1, items),
                Some(_) => inside.skip("ignored; expected a list"),
                None => node.unused("embedded list", name),
            }
        }
    }
    let embedded_show = node.object("_embedded").and_then(|embedded| embedded.object("show")?.number("id"));
    let parent = of_show.or(embedded_show.map(Parent::Show));
    items.push(Item { kind, node, parent, position });
}

/// The show that `_links` names.
fn show_link(node: &Node<'_>) -> Option<u32> {
    let address = node.object("_links")?.object("show")?.text("href")?;
    number_after(address, "shows")
}

/// The shows of the answers, with the folder of the file that each is in.
fn shows_of(items: &[Item<'_>]) -> Vec<(String, u32)> {
    let shows = items.iter().filter(|item| item.kind == Kind::Show);
    shows.filter_map(|item| Some((folder_of(item.node.file()).to_owned(), item.node.number("id")?))).collect()
}

/// Notes that a show which was asked for by one id has another: it was merged.
fn note_merge(item: &Item<'_>, gather: &mut Gather) {
    let asked = number_after(item.node.file(), "shows").filter(|_| item.node.is_root());
    let id_of = |id: u32| ExternalId::new(Authority::Tvmaze, IdKind::Show, &id.to_string());
    if let (Some(from), Some(into)) = (asked.and_then(id_of), item.node.number("id").and_then(id_of)) {
        gather.merged(Merged { from, into });
    }
}

impl Item<'_> {
    fn read(&self, shows: &[(String, u32)], gather: &mut Gather) {
        let node = &self.node;
        match self.kind {
            Kind::Show => read::show(node, gather),
            Kind::Person => {
                read::person(node, gather);
            }
            Kind::Cast | Kind::GuestCast | Kind::Crew | Kind::GuestCrew => match self.place(shows, gather) {
                Some(place) => cast::row(self.kind, node, &place, self.position, gather),
                None => node.skip("skipped: castgraph cannot tell which show or episode this list is of"),
            },
            Kind::Season | Kind::Episode | Kind::Title => match self.show(shows) {
                Some(show) => match self.kind {
                    Kind::Season => read::season(node, &show, gather),
                    Kind::Episode => read::episode(node, &show, gather),
                    _ => read::title(node, &show, gather),
                },
                None => {
                    node.skip("skipped: castgraph cannot tell of which show it is; put it into a folder with its show");
                }
            },
            Kind::Found => {}
        }
    }

    fn has_several_characters(&self) -> bool {
        let name = self.node.value().pointer("/character/name").and_then(Value::as_str);
        name.is_some_and(|name| name.contains(" / "))
    }

    /// The show that it belongs to.
    fn show(&self, shows: &[(String, u32)]) -> Option<Key> {
        let file = self.node.file();
        let stated = match self.parent {
            Some(Parent::Show(id)) => Some(id),
            _ => number_after(file, "shows"),
        };
        let only = |mut ids: Vec<u32>| {
            ids.sort_unstable();
            ids.dedup();
            ids.first().copied().filter(|_| ids.len() == 1)
        };
        let folder = folder_of(file);
        let id = stated
            .or_else(|| only(shows.iter().filter(|(of, _)| of == folder).map(|(_, id)| *id).collect()))
            .or_else(|| {
                only(shows.iter().filter(|(of, _)| folder.starts_with(of.as_str())).map(|(_, id)| *id).collect())
            })
            .or_else(|| only(shows.iter().map(|(_, id)| *id).collect()))?;
        Some(Key::new(Authority::Tvmaze, id))
    }

    /// The show, and the season and episode if the list is of one.
    fn place(&self, shows: &[(String, u32)], gather: &Gather) -> Option<Place> {
        let episode = match self.parent {
            Some(Parent::Episode(id)) => Some(id),
            Some(Parent::Show(_)) => None,
            None => number_after(self.node.file(), "episodes"),
        };
        match episode {
            Some(id) => {
                let episode = gather.has_episode(&Key::new(Authority::Tvmaze, id))?;
                Some(Place {
                    show: episode.show.clone(),
                    season: Some(episode.season.clone()),
                    episode: Some(episode.key.clone()),
                })
            }
            None if matches!(self.kind, Kind::GuestCast | Kind::GuestCrew) => None,
            None => Some(Place::of_show(self.show(shows)?)),
        }
    }
}
