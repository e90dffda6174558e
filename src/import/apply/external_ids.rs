//! The ids of objects at other authorities. An id that another object has moves to the object of the set.

use std::collections::{HashMap, HashSet};

use entity::{
    Authority,
    external_id::{self, Column, Kind},
    subject,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids, maybe_id,
    upsert::{CHUNK, find, upsert},
};
use crate::import::{
    DataSet,
    data_set::ExternalId,
    summary::{Leftovers, TableCounts},
};

type Key = (Authority, Option<Kind>, String);

pub(super) async fn write(
    tx: &DatabaseTransaction,
    set: &DataSet,
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let values = set.external_ids.iter().map(|id| id.value.as_str());
    let mut rows = find::<external_id::Entity>(tx, Column::Value, values).await?;
    let wanted: HashSet<Key> = set.external_ids.iter().map(|id| owned(id.key())).collect();
    rows.retain(|row| wanted.contains(&owned(external_id::key(row.authority, row.kind, &row.value))));
    // Ids of the objects that are missing from the set.
    for (column, kind) in [
        (Column::ShowId, subject::Kind::Show),
        (Column::SeasonId, subject::Kind::Season),
        (Column::EpisodeId, subject::Kind::Episode),
        (Column::PersonId, subject::Kind::Person),
        (Column::CharacterId, subject::Kind::Character),
    ] {
        rows.extend(find::<external_id::Entity>(tx, column, ids.all(kind)).await?);
    }
    let there = rows.into_iter().map(|row| (owned(external_id::key(row.authority, row.kind, &row.value)), row));
    let there: HashMap<Key, external_id::Model> = there.collect();
    let key = |record: &ExternalId| Ok(owned(record.key()));
    let fill = |record: &ExternalId, row: &mut external_id::ActiveModel| fill(record, row, ids);
    let (tally, gone) = upsert::<external_id::Entity, _, _>(tx, &set.external_ids, there, key, fill).await?;
    if leftovers == Leftovers::Remove {
        for gone in gone.chunks(CHUNK) {
            let gone = Column::Id.is_in(gone.iter().map(|row| row.id));
            external_id::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }
    Ok(tally)
}

fn owned((authority, kind, value): (Authority, Option<Kind>, &str)) -> Key {
    (authority, kind, value.to_owned())
}

fn fill(record: &ExternalId, row: &mut external_id::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
    let number = ids.row(record.of.kind, record.of.place)?;
    let owner = |kind| (record.of.kind == kind).then_some(number);
    row.show_id.set_ne(owner(subject::Kind::Show));
    row.season_id.set_ne(owner(subject::Kind::Season));
    row.episode_id.set_ne(owner(subject::Kind::Episode));
    row.person_id.set_ne(owner(subject::Kind::Person));
    row.character_id.set_ne(owner(subject::Kind::Character));
    row.position.set_ne(record.position);
    row.authority.set_ne(record.authority);
    row.kind.set_ne(record.kind);
    row.value.set_ne(record.value.clone());
    row.source_id.set_ne(maybe_id(&ids.sources, record.source.as_deref())?);
    Ok(())
}
