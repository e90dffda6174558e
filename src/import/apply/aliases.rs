//! Other names of people and characters. Those of a row in the set are replaced if they differ.

use std::collections::BTreeMap;

use entity::{alias, name_key, subject::Kind};
use sea_orm::{DatabaseTransaction, DbErr, Set};

use super::{
    Ids,
    upsert::{CHUNK, find, insert, is_empty, remove},
};
use crate::import::summary::TableCounts;

/// The owner of a name: the id of a person or of a character; the other is `None`.
type Owner = (Option<i32>, Option<i32>);

pub(super) async fn write(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<TableCounts, DbErr> {
    let mut aliases = Aliases { is_new: is_empty::<alias::Entity>(tx).await?, ..Aliases::default() };
    let people = ids.set.people.iter().map(|person| (person.aliases, Kind::Person));
    let characters = ids.set.characters.iter().map(|character| (character.aliases, Kind::Character));
    let mut wanted = Vec::new();
    for (place, (names, kind)) in (0..).zip(people).chain((0..).zip(characters)) {
        if ids.dropped.contains(&(kind, place)) {
            continue;
        }
        let row = ids.row(kind, place)?;
        let owner = if kind == Kind::Person { (Some(row), None) } else { (None, Some(row)) };
        wanted.push((owner, names));
        if wanted.len() == CHUNK {
            aliases.write(tx, std::mem::take(&mut wanted)).await?;
        }
    }
    aliases.write(tx, wanted).await?;
    Ok(aliases.tally)
}

#[derive(Default)]
struct Aliases {
    tally: TableCounts,
    /// Whether there were none before.
    is_new: bool,
}

impl Aliases {
    async fn write(&mut self, tx: &DatabaseTransaction, wanted: Vec<(Owner, Vec<String>)>) -> Result<(), DbErr> {
        let mut there: BTreeMap<Owner, Vec<alias::Model>> = BTreeMap::new();
        if !self.is_new {
            let people = wanted.iter().filter_map(|((person, _), _)| *person);
            let characters = wanted.iter().filter_map(|((_, character), _)| *character);
            let mut rows = find::<alias::Entity>(tx, alias::Column::PersonId, people).await?;
            rows.extend(find::<alias::Entity>(tx, alias::Column::CharacterId, characters).await?);
            rows.sort_by_key(|row| row.position);
            for row in rows {
                there.entry((row.person_id, row.character_id)).or_default().push(row);
            }
        }
        let (mut outdated, mut new) = (Vec::new(), Vec::new());
        for (owner, names) in wanted {
            let rows = there.remove(&owner).unwrap_or_default();
            if rows.iter().map(|row| &row.name).eq(&names) {
                self.tally.unchanged += names.len();
                continue;
            }
            if rows.is_empty() {
                self.tally.added += names.len();
            } else {
                self.tally.changed += names.len().max(rows.len());
            }
            outdated.extend(rows.into_iter().map(|row| row.id));
            new.extend((1..).zip(names).map(|(position, name)| alias::ActiveModel {
                person_id: Set(owner.0),
                character_id: Set(owner.1),
                position: Set(position),
                name_key: Set(name_key(&name)),
                name: Set(name),
                ..Default::default()
            }));
        }
        remove::<alias::Entity>(tx, alias::Column::Id, outdated).await?;
        insert::<alias::Entity>(tx, new).await
    }
}
