//! Pictures and summaries.

use std::{collections::HashSet, hash::Hash};

use entity::{picture, subject::Kind, summary};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    Ids,
    owned::{find_owned, set_owner},
    upsert::{remove, upsert},
};
use crate::import::{
    data_set::{Picture, Subject, Summary},
    summary::{Leftovers, TableCounts},
};

pub(super) async fn pictures(
    tx: &DatabaseTransaction,
    records: &[Picture],
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let there = find_owned::<picture::Entity>(tx, ids).await?.into_iter();
    let there = there.map(|row| (((row.of_kind, row.of_id), row.url.clone()), row)).collect();
    let key = |record: &&Picture| Ok((object(record.of, ids)?, record.url.clone()));
    let fill = |record: &&Picture, row: &mut picture::ActiveModel| {
        set_owner(row, record.of, ids)?;
        row.position.set_ne(record.position);
        row.kind.set_ne(record.kind);
        row.url.set_ne(record.url.clone());
        row.small_url.set_ne(record.small_url.clone());
        row.credit.set_ne(record.credit.clone());
        row.licence.set_ne(record.licence.clone());
        Ok(())
    };
    let records = distinct(records, key)?;
    let (tally, gone) = upsert::<picture::Entity, _, _>(tx, &records, there, key, fill).await?;
    if leftovers == Leftovers::Remove {
        remove::<picture::Entity>(tx, picture::Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    Ok(tally)
}

pub(super) async fn summaries(
    tx: &DatabaseTransaction,
    records: &[Summary],
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let there = find_owned::<summary::Entity>(tx, ids).await?.into_iter();
    let there = there.map(|row| (((row.of_kind, row.of_id), row.language.clone(), row.credit.clone()), row)).collect();
    let key = |record: &&Summary| Ok((object(record.of, ids)?, record.language.clone(), record.credit.clone()));
    let fill = |record: &&Summary, row: &mut summary::ActiveModel| {
        set_owner(row, record.of, ids)?;
        row.position.set_ne(record.position);
        row.language.set_ne(record.language.clone());
        row.text.set_ne(record.text.clone());
        row.licence.set_ne(record.licence.clone());
        row.credit.set_ne(record.credit.clone());
        Ok(())
    };
    let records = distinct(records, key)?;
    let (tally, gone) = upsert::<summary::Entity, _, _>(tx, &records, there, key, fill).await?;
    if leftovers == Leftovers::Remove {
        remove::<summary::Entity>(tx, summary::Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    Ok(tally)
}

/// The records without those whose object has another record with the same key: of two, the first counts.
fn distinct<'r, R, K: Eq + Hash>(
    records: &'r [R],
    key: impl Fn(&&'r R) -> Result<K, DbErr>,
) -> Result<Vec<&'r R>, DbErr> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::with_capacity(records.len());
    for record in records {
        if seen.insert(key(&record)?) {
            distinct.push(record);
        }
    }
    Ok(distinct)
}

/// The table and the id of an object.
fn object(of: Subject, ids: &Ids<'_>) -> Result<(Kind, i32), DbErr> {
    Ok((of.kind, ids.row(of.kind, of.place)?))
}
