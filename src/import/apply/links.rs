//! Links between shows and between characters.

use std::{collections::HashMap, hash::Hash};

use entity::{character_link, show_link, subject::Kind};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids, id,
    upsert::{CHUNK, find, upsert},
};
use crate::import::{
    DataSet,
    summary::{Leftovers, TableCounts},
};

pub(super) async fn write(
    tx: &DatabaseTransaction,
    set: &DataSet,
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<(TableCounts, TableCounts), DbErr> {
    Ok((show_links(tx, set, ids, leftovers).await?, character_links(tx, set, ids, leftovers).await?))
}

async fn show_links(
    tx: &DatabaseTransaction,
    set: &DataSet,
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let rows = find::<show_link::Entity>(tx, show_link::Column::FromId, ids.shows.values().copied()).await?;
    let mut there: HashMap<_, _> = rows.into_iter().map(|row| ((row.from_id, row.kind, row.to_id), row)).collect();
    for link in &set.show_links {
        let (from, to) = (id(&ids.shows, &link.from)?, id(&ids.shows, &link.to)?);
        turn(&mut there, (from, link.kind, to), (to, link.kind.inverse(), from));
    }
    let (tally, mut gone) = upsert::<show_link::Entity, _, _>(
        tx,
        &set.show_links,
        there,
        |link| Ok((id(&ids.shows, &link.from)?, link.kind, id(&ids.shows, &link.to)?)),
        |link, row| {
            row.from_id.set_ne(id(&ids.shows, &link.from)?);
            row.kind.set_ne(link.kind);
            row.to_id.set_ne(id(&ids.shows, &link.to)?);
            Ok(())
        },
    )
    .await?;
    gone.retain(|row| ids.is_free(Kind::ShowLink, row.id));
    if leftovers == Leftovers::Remove {
        for gone in gone.chunks(CHUNK) {
            let gone = show_link::Column::Id.is_in(gone.iter().map(|row| row.id));
            show_link::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }
    Ok(tally)
}

async fn character_links(
    tx: &DatabaseTransaction,
    set: &DataSet,
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let from = character_link::Column::FromId;
    let rows = find::<character_link::Entity>(tx, from, ids.characters.values().copied()).await?;
    let mut there: HashMap<_, _> = rows.into_iter().map(|row| ((row.from_id, row.kind, row.to_id), row)).collect();
    for link in &set.character_links {
        let (from, to) = (id(&ids.characters, &link.from)?, id(&ids.characters, &link.to)?);
        turn(&mut there, (from, link.kind, to), (to, link.kind.inverse(), from));
    }
    let (tally, mut gone) = upsert::<character_link::Entity, _, _>(
        tx,
        &set.character_links,
        there,
        |link| Ok((id(&ids.characters, &link.from)?, link.kind, id(&ids.characters, &link.to)?)),
        |link, row| {
            row.from_id.set_ne(id(&ids.characters, &link.from)?);
            row.kind.set_ne(link.kind);
            row.to_id.set_ne(id(&ids.characters, &link.to)?);
            Ok(())
        },
    )
    .await?;
    gone.retain(|row| ids.is_free(Kind::CharacterLink, row.id));
    if leftovers == Leftovers::Remove {
        for gone in gone.chunks(CHUNK) {
            let gone = character_link::Column::Id.is_in(gone.iter().map(|row| row.id));
            character_link::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }
    Ok(tally)
}

/// Treats a link that the database has in the inverse direction as the link in the set.
fn turn<K: Eq + Hash, M>(there: &mut HashMap<K, M>, stated: K, inverse: K) {
    if !there.contains_key(&stated)
        && let Some(row) = there.remove(&inverse)
    {
        there.insert(stated, row);
    }
}
