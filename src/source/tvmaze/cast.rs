use entity::credit::Billing;

use super::{kind::Kind, read};
use crate::source::{
    cast::CastRow,
    gather::Gather,
    json::Node,
    record::{Appearance, Authority, Credit, IdKind, ImageKind, Key},
    role::role,
    vocabulary::job,
};

/// What a cast list is of.
pub(super) struct Place {
    pub(super) show: Key,
    pub(super) season: Option<Key>,
    pub(super) episode: Option<Key>,
}

/// Reads a row of a cast or crew list.
pub(super) fn row(kind: Kind, node: &Node<'_>, place: &Place, position: u32, gather: &mut Gather) {
    let Some(person) = node.object("person") else {
        return node.skip("skipped: it names no person");
    };
    let Some((person, name)) = read::person(&person, gather) else { return };
    match kind {
        Kind::Crew => crew(node, "type", place, person, position, gather),
        Kind::GuestCrew => crew(node, "guestCrewType", place, person, position, gather),
        _ => cast(kind, node, place, (&person, &name), position, gather),
    }
}

fn cast(kind: Kind, node: &Node<'_>, place: &Place, (person, name): (&Key, &str), position: u32, gather: &mut Gather) {
    let character = node.object("character");
    let text = character.as_ref().and_then(|character| character.text("name")).unwrap_or_default();
    let numbered = character.as_ref().and_then(|character| {
        let id = character.number("id").filter(|id| *id > 0)?;
        Some((Key::new(Authority::Tvmaze, id), read::about(character, IdKind::Character, id, ImageKind::Portrait)))
    });
    let row = CastRow {
        show: &place.show,
        season: place.season.as_ref(),
        episode: place.episode.as_ref(),
        person,
        name,
        billing: Some(if kind == Kind::Cast { Billing::Main } else { Billing::Guest }),
        position: Some(position),
        episode_count: None,
        as_self: node.flag("self"),
        voice: node.flag("voice"),
        character: numbered,
    };
    row.add(&role(text), gather);
}

fn crew(node: &Node<'_>, field: &str, place: &Place, person: Key, position: u32, gather: &mut Gather) {
    let Some(word) = node.required_text(field) else { return };
    let Some(job) = job(word) else { return node.unused("crew job", word) };
    let mut credit = Credit::new(place.show.clone(), place.season.clone(), person, job);
    credit.position = Some(position);
    credit.appearances.extend(place.episode.clone().map(|episode| Appearance {
        episode,
        billing: None,
        position: Some(position),
        credited_as: None,
        uncredited: false,
    }));
    gather.credit(credit);
}
