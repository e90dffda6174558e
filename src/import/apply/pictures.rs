//! Pictures and summaries.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use entity::{picture, subject::Kind, summary};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids,
    upsert::{CHUNK, find, upsert},
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
    use picture::Column;
    let mut there = HashMap::new();
    for (column, kind) in [
        (Column::ShowId, Kind::Show),
        (Column::SeasonId, Kind::Season),
        (Column::EpisodeId, Kind::Episode),
        (Column::PersonId, Kind::Person),
        (Column::CharacterId, Kind::Character),
    ] {
        for row in find::<picture::Entity>(tx, column, ids.all(kind)).await? {
            there.insert(((row.of_kind, row.of_id), row.url.clone()), row);
        }
    }
    let key = |record: &&Picture| Ok((object(record.of, ids)?, record.url.clone()));
    let fill = |record: &&Picture, row: &mut picture::ActiveModel| {
        let (kind, number) = object(record.of, ids)?;
        let owner = |of: Kind| (kind == of).then_some(number);
        row.show_id.set_ne(owner(Kind::Show));
        row.season_id.set_ne(owner(Kind::Season));
        row.episode_id.set_ne(owner(Kind::Episode));
        row.person_id.set_ne(owner(Kind::Person));
        row.character_id.set_ne(owner(Kind::Character));
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
        for gone in gone.chunks(CHUNK) {
            let gone = Column::Id.is_in(gone.iter().map(|row| row.id));
            picture::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }
    Ok(tally)
}

pub(super) async fn summaries(
    tx: &DatabaseTransaction,
    records: &[Summary],
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    use summary::Column;
    let mut there = HashMap::new();
    for (column, kind) in [
        (Column::ShowId, Kind::Show),
        (Column::SeasonId, Kind::Season),
        (Column::EpisodeId, Kind::Episode),
        (Column::PersonId, Kind::Person),
        (Column::CharacterId, Kind::Character),
    ] {
        for row in find::<summary::Entity>(tx, column, ids.all(kind)).await? {
            there.insert(((row.of_kind, row.of_id), row.language.clone(), row.credit.clone()), row);
        }
    }
    let key = |record: &&Summary| Ok((object(record.of, ids)?, record.language.clone(), record.credit.clone()));
    let fill = |record: &&Summary, row: &mut summary::ActiveModel| {
        let (kind, number) = object(record.of, ids)?;
        let owner = |of: Kind| (kind == of).then_some(number);
        row.show_id.set_ne(owner(Kind::Show));
        row.season_id.set_ne(owner(Kind::Season));
        row.episode_id.set_ne(owner(Kind::Episode));
        row.person_id.set_ne(owner(Kind::Person));
        row.character_id.set_ne(owner(Kind::Character));
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
        for gone in gone.chunks(CHUNK) {
            let gone = Column::Id.is_in(gone.iter().map(|row| row.id));
            summary::Entity::delete_many().filter(gone).exec(tx).await?;
        }
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
