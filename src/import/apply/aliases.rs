//! Other names of people and characters. Those of a row in the set are replaced if they differ.

use std::collections::BTreeMap;

use entity::{alias, name_key};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    Ids, id,
    upsert::{CHUNK, find, insert},
};
use crate::import::{DataSet, summary::TableCounts};

/// The owner of a name: the id of a person or of a character; the other is `None`.
type Owner = (Option<i32>, Option<i32>);

pub(super) async fn write(tx: &DatabaseTransaction, set: &DataSet, ids: &Ids) -> Result<TableCounts, DbErr> {
    let mut wanted: Vec<(Owner, &[String])> = Vec::new();
    for person in &set.people {
        wanted.push(((Some(id(&ids.people, &person.slug)?), None), &person.aliases));
    }
    for character in &set.characters {
        wanted.push(((None, Some(id(&ids.characters, &character.slug)?)), &character.aliases));
    }
    let mut rows = find::<alias::Entity>(tx, alias::Column::PersonId, ids.people.values().copied()).await?;
    rows.extend(find::<alias::Entity>(tx, alias::Column::CharacterId, ids.characters.values().copied()).await?);
    rows.sort_by_key(|row| row.position);
    let mut there: BTreeMap<Owner, Vec<alias::Model>> = BTreeMap::new();
    for row in rows {
        there.entry((row.person_id, row.character_id)).or_default().push(row);
    }

    let mut tally = TableCounts::default();
    let (mut outdated, mut new) = (Vec::new(), Vec::new());
    for (owner, names) in wanted {
        let rows = there.remove(&owner).unwrap_or_default();
        if rows.iter().map(|row| &row.name).eq(names) {
            tally.unchanged += names.len();
            continue;
        }
        if rows.is_empty() {
            tally.added += names.len();
        } else {
            tally.changed += names.len().max(rows.len());
        }
        outdated.extend(rows.into_iter().map(|row| row.id));
        new.extend((1..).zip(names).map(|(position, name)| alias::ActiveModel {
            person_id: Set(owner.0),
            character_id: Set(owner.1),
            position: Set(position),
            name: Set(name.clone()),
            name_key: Set(name_key(name)),
            ..Default::default()
        }));
    }
    for outdated in outdated.chunks(CHUNK) {
        alias::Entity::delete_many().filter(alias::Column::Id.is_in(outdated.iter().copied())).exec(tx).await?;
    }
    insert::<alias::Entity>(tx, new).await?;
    Ok(tally)
}
