use entity::credit::Billing;

use super::read::mention;
use crate::source::{
    cast::{self, CastRow, Place},
    gather::Gather,
    json::Node,
    role::role,
    vocabulary::job,
};

/// Reads the lists of an answer. `credits` lists the main cast; `aggregate_credits` everybody, with several roles and
/// jobs for each person and the number of episodes, without saying who is a guest.
pub(super) fn read(node: &Node<'_>, place: &Place, gather: &mut Gather) {
    for (position, row) in (1..).zip(node.items("cast")) {
        if row.has("roles") {
            for one in row.items("roles") {
                cast(&row, &one, place, Billing::Unspecified, position, gather);
            }
        } else {
            cast(&row, &row, place, Billing::Main, position, gather);
        }
    }
    for (position, row) in (1..).zip(node.items("guest_stars")) {
        cast(&row, &row, place, Billing::Guest, position, gather);
    }
    for (position, row) in (1..).zip(node.items("crew")) {
        if row.has("jobs") {
            for one in row.items("jobs") {
                crew(&row, &one, place, position, gather);
            }
        } else {
            crew(&row, &row, place, position, gather);
        }
    }
}

fn cast(row: &Node<'_>, one: &Node<'_>, place: &Place, billing: Billing, position: u32, gather: &mut Gather) {
    let Some(person) = mention(row, gather) else { return };
    let name = row.text("name").unwrap_or_default();
    let text = one.text("character").unwrap_or_default();
    let role = role(text);
    // TMDB counts from 0; older answers leave it out.
    let order = row.number("order").and_then(|order| order.checked_add(1)).unwrap_or(position);
    let row = CastRow {
        place,
        person: &person,
        name,
        billing: Some(billing),
        position: Some(order),
        episode_count: one.number("episode_count").filter(|count| *count > 0),
        as_self: false,
        voice: false,
        character: None,
    };
    row.add(&role, gather);
}

fn crew(row: &Node<'_>, one: &Node<'_>, place: &Place, position: u32, gather: &mut Gather) {
    let Some(word) = one.required_text("job") else { return };
    let Some(job) = job(word) else { return row.unused("crew job", word) };
    let Some(person) = mention(row, gather) else { return };
    let mut credit = cast::crew(job, place, person, Some(position));
    credit.episode_count = one.number("episode_count").filter(|count| *count > 0);
    gather.credit(credit);
}
