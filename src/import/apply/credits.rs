//! Credits and their appearances in episodes.

use std::collections::HashSet;

use entity::{
    appearance, credit,
    credit::{Job, Part},
    episode,
    subject::Kind,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids, missing,
    slug_tables::Named,
    upsert::{CHUNK, filled, find, insert, insert_numbered, is_empty, remove, update},
};
use crate::import::{
    data_set::{Appearance, Credit, CreditKey, Standing},
    index::Places,
    summary::{Leftovers, TableCounts},
};

/// The identity of a credit: person, show, season, character, job, part.
type Key = (i32, i32, Option<i32>, Option<i32>, Job, Option<Part>);

/// Maximum shows and credits whose credits and appearances are read in one statement.
const BATCH: usize = 100;

pub(super) async fn write(
    tx: &DatabaseTransaction,
    ids: &mut Ids<'_>,
    leftovers: Leftovers,
) -> Result<(TableCounts, TableCounts), DbErr> {
    let (credits, rows) = write_credits(tx, ids, leftovers).await?;
    ids.rows.insert(Kind::Credit, rows);
    Ok((credits, write_appearances(tx, ids, leftovers).await?))
}

/// Returns the ids of the rows by place.
async fn write_credits(
    tx: &DatabaseTransaction,
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<(TableCounts, Vec<i32>), DbErr> {
    let credits = &ids.set.credits;
    let key_at = |place: u32| credits.get(place as usize).and_then(|credit| key(credit.key, ids).ok());
    // Two credits may have become one, by merges of their objects.
    let (mut places, mut same) = (Places::default(), Vec::new());
    for (place, credit) in (0..).zip(credits) {
        key(credit.key, ids)?;
        if let Some(first) = places.insert(place, key_at) {
            same.push((place, first));
        }
    }
    let repeats: HashSet<u32> = same.iter().map(|(place, _)| *place).collect();
    let has_episodes = |place: u32| {
        let others = same.iter().filter(|(_, first)| *first == place).map(|(other, _)| *other);
        others.chain([place]).any(|place| !appearances(&ids.set.appearances, place).is_empty())
    };
    let mut rows = vec![0; credits.len()];
    let mut tally = TableCounts::default();
    let mut gone = Vec::new();
    let mut shows: Vec<i32> = ids.all(Kind::Show).collect();
    shows.sort_unstable();
    shows.dedup();
    if is_empty::<credit::Entity>(tx).await? {
        shows.clear();
    }
    for shows in shows.chunks(BATCH) {
        for row in find::<credit::Entity>(tx, credit::Column::ShowId, shows.iter().copied()).await? {
            let known = places.get(&Some(key_of(&row)), key_at);
            let Some((place, credit)) = known.and_then(|place| Some((place, credits.get(place as usize)?))) else {
                tally.left_over += 1;
                gone.push(row.id);
                continue;
            };
            if let Some(number) = rows.get_mut(place as usize) {
                *number = row.id;
            }
            update::<credit::Entity>(tx, row, &mut tally, |row| fill(credit, has_episodes(place), row, ids)).await?;
        }
    }
    gone.retain(|row| ids.is_free(Kind::Credit, *row));
    if leftovers == Leftovers::Remove {
        remove::<credit::Entity>(tx, credit::Column::Id, gone).await?;
    }
    let is_new = |place: &u32| rows.get(*place as usize) == Some(&0) && !repeats.contains(place);
    let new: Vec<u32> = (0..).take(credits.len()).filter(is_new).collect();
    tally.added = new.len();
    let added = insert_numbered::<credit::Entity>(tx, new.len(), |at, row| {
        let credit = new.get(at).and_then(|place| Some((*place, credits.get(*place as usize)?)));
        let (place, credit) = credit.ok_or_else(|| missing("a credit"))?;
        fill(credit, has_episodes(place), row, ids)
    });
    for (place, id) in new.iter().zip(added.await?) {
        if let Some(row) = rows.get_mut(*place as usize) {
            *row = id;
        }
    }
    for (place, first) in &same {
        if let (Some(first), Some(row)) = (rows.get(*first as usize).copied(), rows.get_mut(*place as usize)) {
            *row = first;
        }
    }
    Ok((tally, rows))
}

fn fill(credit: &Credit, has_episodes: bool, row: &mut credit::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
    ids.count();
    let (person, show, season, character, job, part) = key(credit.key, ids)?;
    row.person_id.set_ne(person);
    row.show_id.set_ne(show);
    row.season_id.set_ne(season);
    row.character_id.set_ne(character);
    row.job.set_ne(job);
    row.part.set_ne(part);
    row.billing.set_ne(credit.standing.billing);
    row.position.set_ne(credit.standing.position());
    row.credited_as.set_ne(credited_as(credit.standing, ids));
    row.coverage.set_ne(credit.coverage(has_episodes));
    row.portrayal.set_ne(credit.portrayal());
    Ok(())
}

fn credited_as(standing: Standing, ids: &Ids<'_>) -> Option<String> {
    standing.credited_as.and_then(|id| ids.set.names_in_credits.get(id)).map(ToOwned::to_owned)
}

/// The appearances of a credit. `all` are sorted by credit.
pub(super) fn appearances(all: &[Appearance], credit: u32) -> &[Appearance] {
    let from = all.partition_point(|row| row.credit < credit);
    let rest = all.get(from..).unwrap_or_default();
    let count = rest.iter().take_while(|row| row.credit == credit).count();
    rest.get(..count).unwrap_or_default()
}

/// Removes the appearances in episodes that move to another season, because their foreign keys would block the move.
/// Those in the set are written again afterwards.
pub(super) async fn release(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<(), DbErr> {
    if is_empty::<episode::Entity>(tx).await? {
        return Ok(());
    }
    let mut episodes = ids.set.episodes.iter();
    loop {
        let mut batch = std::collections::HashMap::new();
        for mut episode in episodes.by_ref().take(CHUNK) {
            episode.rename(ids.renamed);
            batch.insert(episode.slug, episode.season);
        }
        if batch.is_empty() {
            return Ok(());
        }
        let mut moved = Vec::new();
        for row in find::<episode::Entity>(tx, episode::Column::Slug, batch.keys().map(String::as_str)).await? {
            let season = batch.get(&row.slug).map(String::as_str);
            if ids.maybe_named(Kind::Season, season)? != Some(row.season_id) {
                moved.push(row.id);
            }
        }
        for moved in moved.chunks(CHUNK) {
            let held = appearance::Column::EpisodeId.is_in(moved.iter().copied());
            appearance::Entity::delete_many().filter(held).exec(tx).await?;
        }
    }
}

async fn write_appearances(
    tx: &DatabaseTransaction,
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let all = &ids.set.appearances;
    let of =
        |row: &Appearance| Ok::<_, DbErr>((ids.row(Kind::Credit, row.credit)?, ids.row(Kind::Episode, row.episode)?));
    let key_at = |place: u32| all.get(place as usize).and_then(|row| of(row).ok());
    let is_new = is_empty::<appearance::Entity>(tx).await?;
    let mut tally = TableCounts::default();
    // Two appearances may have become one, by merges of their objects.
    let mut places = Places::default();
    let mut done = vec![false; all.len()];
    if !is_new || !ids.renamed.is_empty() {
        for place in 0..u32::try_from(all.len()).unwrap_or(u32::MAX) {
            if places.insert(place, key_at).is_some()
                && let Some(done) = done.get_mut(place as usize)
            {
                *done = true;
            }
        }
    }
    let mut credits: Vec<i32> = if is_new { Vec::new() } else { ids.all(Kind::Credit).collect() };
    credits.sort_unstable();
    credits.dedup();
    for credits in credits.chunks(CHUNK) {
        for row in find::<appearance::Entity>(tx, appearance::Column::CreditId, credits.iter().copied()).await? {
            let known = places.get(&Some((row.credit_id, row.episode_id)), key_at);
            let Some((place, wanted)) = known.and_then(|place| Some((place, all.get(place as usize)?))) else {
                tally.left_over += 1;
                if leftovers == Leftovers::Remove && ids.is_free(Kind::Credit, row.credit_id) {
                    appearance::Entity::delete_by_id((row.credit_id, row.episode_id)).exec(tx).await?;
                }
                continue;
            };
            if let Some(done) = done.get_mut(place as usize) {
                *done = true;
            }
            update::<appearance::Entity>(tx, row, &mut tally, |row| fill_appearance(wanted, row, ids)).await?;
        }
    }
    let mut new = all.iter().zip(done).filter(|(_, done)| !done).map(|(row, _)| row);
    loop {
        let batch = new.by_ref().take(CHUNK);
        let rows = batch.map(|wanted| filled::<appearance::Entity>(|row| fill_appearance(wanted, row, ids)));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            return Ok(tally);
        }
        tally.added += rows.len();
        insert::<appearance::Entity>(tx, rows).await?;
    }
}

fn fill_appearance(wanted: &Appearance, row: &mut appearance::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
    ids.count();
    let credit = ids.set.credits.get(wanted.credit as usize).ok_or_else(|| missing("a credit"))?;
    let season = credit.key.season.ok_or_else(|| missing("a season"))?;
    row.credit_id.set_ne(ids.row(Kind::Credit, wanted.credit)?);
    row.episode_id.set_ne(ids.row(Kind::Episode, wanted.episode)?);
    row.season_id.set_ne(ids.row(Kind::Season, season.get())?);
    row.billing.set_ne(wanted.standing.billing);
    row.position.set_ne(wanted.standing.position());
    row.credited_as.set_ne(credited_as(wanted.standing, ids));
    Ok(())
}

fn key(key: CreditKey, ids: &Ids<'_>) -> Result<Key, DbErr> {
    Ok((
        ids.row(Kind::Person, key.person)?,
        ids.row(Kind::Show, key.show)?,
        key.season.map(|season| ids.row(Kind::Season, season.get())).transpose()?,
        key.character.map(|character| ids.row(Kind::Character, character.get())).transpose()?,
        key.job,
        key.part,
    ))
}

fn key_of(row: &credit::Model) -> Key {
    (row.person_id, row.show_id, row.season_id, row.character_id, row.job, row.part)
}
