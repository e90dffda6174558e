//! The ids of objects at other authorities. An id that another object has moves to the object of the set.

use std::collections::{HashMap, HashSet};

use entity::{
    Authority,
    external_id::{self, Column, Kind},
};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    Ids, maybe_id,
    owned::{find_owned, set_owner},
    upsert::{find, remove, upsert},
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
    rows.extend(find_owned::<external_id::Entity>(tx, ids).await?);
    let there = rows.into_iter().map(|row| (owned(external_id::key(row.authority, row.kind, &row.value)), row));
    let there: HashMap<Key, external_id::Model> = there.collect();
    let key = |record: &ExternalId| Ok(owned(record.key()));
    let fill = |record: &ExternalId, row: &mut external_id::ActiveModel| fill(record, row, ids);
    let (tally, gone) = upsert::<external_id::Entity, _, _>(tx, &set.external_ids, there, key, fill).await?;
    if leftovers == Leftovers::Remove {
        remove::<external_id::Entity>(tx, Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    Ok(tally)
}

fn owned((authority, kind, value): (Authority, Option<Kind>, &str)) -> Key {
    (authority, kind, value.to_owned())
}

fn fill(record: &ExternalId, row: &mut external_id::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
    set_owner(row, record.of, ids)?;
    row.position.set_ne(record.position);
    row.authority.set_ne(record.authority);
    row.kind.set_ne(record.kind);
    row.value.set_ne(record.value.clone());
    row.source_id.set_ne(maybe_id(&ids.sources, record.source.as_deref())?);
    Ok(())
}
