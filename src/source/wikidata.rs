//! Wikidata: entities in JSON, documented at <https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html>.
//!
//! Answers with single entities are read whole. A dump, which has one entity a line, is read several times: first for
//! the items that are asked for and what says that it belongs to them, then for what those refer to.

mod build;
mod dump;
mod item;
mod property;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::BTreeMap};

use chrono::NaiveDate;
use serde_json::Value;

pub use self::dump::{is_dump, read_dump};
use self::item::Entity;
pub(in crate::source) use self::item::references;
use super::{
    Document,
    json::{Node, Report},
    record::{Authority, ExternalId, IdKind, Merged, Records, Remarks},
};

/// Reads answers with entities, in any order: one entity, a list, or `{"entities": {…}}`.
pub fn read(documents: &[Document], fetched_on: NaiveDate) -> Records {
    let remarks = RefCell::new(Remarks::default());
    let mut entities = BTreeMap::new();
    let mut merged = Vec::new();
    for document in documents {
        collect(Report::new(&document.name, &remarks).root(&document.value), None, &mut entities, &mut merged);
    }
    let records = build::build(&entities, &merged, Records::new(Authority::Wikidata, fetched_on));
    records.after(remarks.take())
}

/// Finds the entities in an answer. `asked` is the id under which it was asked for.
fn collect<'a>(
    node: Node<'a>,
    asked: Option<&str>,
    entities: &mut BTreeMap<String, Entity<'a>>,
    merged: &mut Vec<Merged>,
) {
    if node.value().is_array() {
        return node.list().into_iter().for_each(|item| collect(item, None, entities, merged));
    }
    if let Some(inside) = node.object("entities") {
        return inside.fields().into_iter().for_each(|(id, entity)| collect(entity, Some(id), entities, merged));
    }
    if node.has("missing") {
        return node.skip(format_args!("{} does not exist at Wikidata", asked.unwrap_or("the entity")));
    }
    if !node.value().is_object() || node.value().get("claims").is_none_or(Value::is_null) {
        return node.skip("skipped: it is no entity as Wikidata answers it");
    }
    let Some(id) = node.required_text("id").and_then(item_id) else { return };
    let from = node.object("redirects").and_then(|redirect| redirect.text("from")).or(asked).and_then(item_id);
    if let (Some(from), Some(into)) = (from, item_id(&id.value))
        && from != into
    {
        merged.push(Merged { from, into });
    }
    entities.entry(id.value).or_insert(Entity::new(node));
}

fn item_id(id: &str) -> Option<ExternalId> {
    ExternalId::new(Authority::Wikidata, IdKind::Show, id)
}
