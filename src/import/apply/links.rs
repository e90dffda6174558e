//! Links between shows and between characters.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use entity::{character_link, show_link, subject::Kind};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    Ids,
    upsert::{find, remove, upsert},
};
use crate::import::{
    data_set::Link,
    summary::{Leftovers, TableCounts},
};

pub(super) async fn show_links(
    tx: &DatabaseTransaction,
    ids: &mut Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let read = async || {
        let rows = find::<show_link::Entity>(tx, show_link::Column::FromId, ids.all(Kind::Show)).await?;
        let rows = rows.into_iter().map(|row| ((row.from_id, row.kind, row.to_id), row));
        Ok::<HashMap<_, _>, DbErr>(rows.collect())
    };
    let ends = ends(&ids.set.show_links, Kind::Show, ids)?;
    let links = distinct(&ends);
    let mut there = read().await?;
    for (from, kind, to) in &links {
        turn(&mut there, (*from, *kind, *to), (*to, kind.inverse(), *from));
    }
    let (tally, mut gone) = upsert::<show_link::Entity, _, _>(
        tx,
        &links,
        there,
        |link| Ok(*link),
        |link, row| {
            row.from_id.set_ne(link.0);
            row.kind.set_ne(link.1);
            row.to_id.set_ne(link.2);
            Ok(())
        },
    )
    .await?;
    gone.retain(|row| ids.is_free(Kind::ShowLink, row.id));
    if leftovers == Leftovers::Remove {
        remove::<show_link::Entity>(tx, show_link::Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    let there = read().await?;
    let rows = ends.iter().map(|link| there.get(link).map_or(0, |row| row.id)).collect();
    ids.rows.insert(Kind::ShowLink, rows);
    Ok(tally)
}

pub(super) async fn character_links(
    tx: &DatabaseTransaction,
    ids: &mut Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let read = async || {
        let from = character_link::Column::FromId;
        let rows = find::<character_link::Entity>(tx, from, ids.all(Kind::Character)).await?;
        let rows = rows.into_iter().map(|row| ((row.from_id, row.kind, row.to_id), row));
        Ok::<HashMap<_, _>, DbErr>(rows.collect())
    };
    let ends = ends(&ids.set.character_links, Kind::Character, ids)?;
    let links = distinct(&ends);
    let mut there = read().await?;
    for (from, kind, to) in &links {
        turn(&mut there, (*from, *kind, *to), (*to, kind.inverse(), *from));
    }
    let (tally, mut gone) = upsert::<character_link::Entity, _, _>(
        tx,
        &links,
        there,
        |link| Ok(*link),
        |link, row| {
            row.from_id.set_ne(link.0);
            row.kind.set_ne(link.1);
            row.to_id.set_ne(link.2);
            Ok(())
        },
    )
    .await?;
    gone.retain(|row| ids.is_free(Kind::CharacterLink, row.id));
    if leftovers == Leftovers::Remove {
        remove::<character_link::Entity>(tx, character_link::Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    let there = read().await?;
    let rows = ends.iter().map(|link| there.get(link).map_or(0, |row| row.id)).collect();
    ids.rows.insert(Kind::CharacterLink, rows);
    Ok(tally)
}

/// The ids at both ends of each link.
fn ends<K: Copy>(links: &[Link<K>], of: Kind, ids: &Ids<'_>) -> Result<Vec<(i32, K, i32)>, DbErr> {
    links.iter().map(|link| Ok((ids.row(of, link.from)?, link.kind, ids.row(of, link.to)?))).collect()
}

/// The links without those that merges of their objects have made links to itself, or the same as another.
fn distinct<K: Copy + Eq + Hash>(ends: &[(i32, K, i32)]) -> Vec<(i32, K, i32)> {
    let mut seen = HashSet::new();
    ends.iter().filter(|link| link.0 != link.2 && seen.insert(**link)).copied().collect()
}

/// Treats a link that the database has in the inverse direction as the link in the set.
fn turn<K: Eq + Hash, M>(there: &mut HashMap<K, M>, stated: K, inverse: K) {
    if !there.contains_key(&stated)
        && let Some(row) = there.remove(&inverse)
    {
        there.insert(stated, row);
    }
}
