use entity::credit::Billing;

use super::{kind::Kind, read};
use crate::source::{
    cast::{self, CastRow, Place},
    gather::Gather,
    json::Node,
    record::{Authority, IdKind, ImageKind, Key},
    role::role,
    vocabulary::job,
};

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
        place,
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
    gather.credit(cast::crew(job, place, person, Some(position)));
}
