//! Credits and their appearances in episodes.

use std::collections::HashMap;

use entity::{
    appearance, credit,
    credit::{Job, Part},
    episode,
    subject::Kind,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids, id, maybe_id,
    upsert::{CHUNK, find, upsert},
};
use crate::import::{
    data_set::{Appearance, Credit, CreditKey, Episode},
    summary::{Leftovers, TableCounts},
};

/// The identity of a credit: person, show, season, character, job, part.
pub(super) type Key = (i32, i32, Option<i32>, Option<i32>, Job, Option<Part>);

pub(super) async fn write(
    tx: &DatabaseTransaction,
    credits: &[Credit],
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<(TableCounts, TableCounts), DbErr> {
    let rows = || find::<credit::Entity>(tx, credit::Column::ShowId, ids.shows.values().copied());
    let there: HashMap<Key, credit::Model> = rows().await?.into_iter().map(|row| (key_of(&row), row)).collect();
    let known = |credit: &Credit| key(&credit.key, ids);
    let (credit_tally, mut gone) = upsert::<credit::Entity, _, _>(tx, credits, there, known, |credit, row| {
        let (person, show, season, character, job, part) = key(&credit.key, ids)?;
        row.person_id.set_ne(person);
        row.show_id.set_ne(show);
        row.season_id.set_ne(season);
        row.character_id.set_ne(character);
        row.job.set_ne(job);
        row.part.set_ne(part);
        row.billing.set_ne(credit.standing.billing);
        row.position.set_ne(credit.standing.position);
        row.credited_as.set_ne(credit.standing.credited_as.clone());
        row.coverage.set_ne(credit.coverage());
        row.portrayal.set_ne(credit.portrayal());
        Ok(())
    })
    .await?;
    gone.retain(|row| ids.is_free(Kind::Credit, row.id));
    if leftovers == Leftovers::Remove {
        for gone in gone.chunks(CHUNK) {
            let gone = credit::Column::Id.is_in(gone.iter().map(|row| row.id));
            credit::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }

    let numbers: HashMap<Key, (i32, Option<i32>)> =
        rows().await?.into_iter().map(|row| (key_of(&row), (row.id, row.season_id))).collect();
    let mut covered = Vec::new();
    for credit in credits {
        let number = numbers.get(&key(&credit.key, ids)?).copied();
        if let Some((number, Some(season))) = number {
            covered.extend(credit.appearances.iter().map(|appearance| Covered { credit: number, season, appearance }));
        }
    }
    let own = numbers.values().map(|(number, _)| *number);
    let appearances = write_appearances(tx, &covered, own, ids, leftovers).await?;
    Ok((credit_tally, appearances))
}

/// Removes the appearances in episodes that move to another season, because their foreign keys would block the move.
/// Those in the set are written again afterwards.
pub(super) async fn release(tx: &DatabaseTransaction, episodes: &[Episode], ids: &Ids) -> Result<(), DbErr> {
    let season: HashMap<&str, &str> =
        episodes.iter().map(|episode| (episode.slug.as_str(), episode.season.as_str())).collect();
    let mut moved = Vec::new();
    for row in find::<episode::Entity>(tx, episode::Column::Slug, season.keys().copied()).await? {
        if maybe_id(&ids.seasons, season.get(row.slug.as_str()).copied())? != Some(row.season_id) {
            moved.push(row.id);
        }
    }
    for moved in moved.chunks(CHUNK) {
        let held = appearance::Column::EpisodeId.is_in(moved.iter().copied());
        appearance::Entity::delete_many().filter(held).exec(tx).await?;
    }
    Ok(())
}

struct Covered<'s> {
    credit: i32,
    season: i32,
    appearance: &'s Appearance,
}

async fn write_appearances(
    tx: &DatabaseTransaction,
    covered: &[Covered<'_>],
    credits: impl Iterator<Item = i32>,
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let rows = find::<appearance::Entity>(tx, appearance::Column::CreditId, credits).await?;
    let there: HashMap<_, _> = rows.into_iter().map(|row| ((row.credit_id, row.episode_id), row)).collect();
    let known = |row: &Covered| Ok((row.credit, id(&ids.episodes, &row.appearance.episode)?));
    let (tally, gone) = upsert::<appearance::Entity, _, _>(tx, covered, there, known, |covered, row| {
        let standing = &covered.appearance.standing;
        row.credit_id.set_ne(covered.credit);
        row.episode_id.set_ne(id(&ids.episodes, &covered.appearance.episode)?);
        row.season_id.set_ne(covered.season);
        row.billing.set_ne(standing.billing);
        row.position.set_ne(standing.position);
        row.credited_as.set_ne(standing.credited_as.clone());
        Ok(())
    })
    .await?;
    if leftovers == Leftovers::Remove {
        for gone in gone.into_iter().filter(|row| ids.is_free(Kind::Credit, row.credit_id)) {
            appearance::Entity::delete_by_id((gone.credit_id, gone.episode_id)).exec(tx).await?;
        }
    }
    Ok(tally)
}

pub(super) fn key(key: &CreditKey, ids: &Ids) -> Result<Key, DbErr> {
    Ok((
        id(&ids.people, &key.person)?,
        id(&ids.shows, &key.show)?,
        key.season.as_deref().map(|season| id(&ids.seasons, season)).transpose()?,
        key.character.as_deref().map(|character| id(&ids.characters, character)).transpose()?,
        key.job,
        key.part,
    ))
}

pub(super) fn key_of(row: &credit::Model) -> Key {
    (row.person_id, row.show_id, row.season_id, row.character_id, row.job, row.part)
}
