//! Notes and episode records. For rows in the set, those that are missing from the set are removed.

use std::collections::HashSet;

use entity::{episode_record, note};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Ids, id, maybe_id, missing,
    sources::subject_id,
    upsert::{CHUNK, find, upsert},
};
use crate::import::{
    data_set::{EpisodeRecord, Note, NoteKey},
    summary::TableCounts,
};

/// The row with the note: the ids of a subject, of a credit and an episode, or of a platform name.
type Key = (Option<i32>, Option<(i32, i32)>, Option<i32>);

pub(super) async fn notes(tx: &DatabaseTransaction, notes: &[Note], ids: &Ids) -> Result<TableCounts, DbErr> {
    let places = notes.iter().map(|note| key(note, ids)).collect::<Result<HashSet<Key>, DbErr>>()?;
    let mut rows = find::<note::Entity>(tx, note::Column::SubjectId, ids.subjects.values().copied()).await?;
    rows.extend(find::<note::Entity>(tx, note::Column::CreditId, ids.credits.values().copied()).await?);
    let names = ids.platform_names.values().copied();
    rows.extend(find::<note::Entity>(tx, note::Column::PlatformNameId, names).await?);
    let there = rows.into_iter().map(|row| {
        let key = (row.subject_id, row.credit_id.zip(row.episode_id), row.platform_name_id);
        (key, row)
    });
    let there = there.filter(|(key, _)| places.contains(key)).collect();
    let wanted: Vec<&Note> = notes.iter().filter(|note| note.text.is_some()).collect();
    let (mut tally, gone) = upsert::<note::Entity, _, _>(
        tx,
        &wanted,
        there,
        |note| key(note, ids),
        |note, row| {
            let (subject, appearance, platform_name) = key(note, ids)?;
            row.subject_id.set_ne(subject);
            row.credit_id.set_ne(appearance.map(|(credit, _)| credit));
            row.episode_id.set_ne(appearance.map(|(_, episode)| episode));
            row.platform_name_id.set_ne(platform_name);
            row.text.set_ne(note.text.clone().unwrap_or_default());
            Ok(())
        },
    )
    .await?;
    tally.changed += std::mem::take(&mut tally.left_over);
    for gone in gone.chunks(CHUNK) {
        let gone = note::Column::Id.is_in(gone.iter().map(|row| row.id));
        note::Entity::delete_many().filter(gone).exec(tx).await?;
    }
    Ok(tally)
}

fn key(note: &Note, ids: &Ids) -> Result<Key, DbErr> {
    Ok(match &note.key {
        NoteKey::Subject(subject) => (Some(subject_id(ids, subject)?), None, None),
        NoteKey::Appearance(credit, episode) => {
            let number = ids.credits.get(credit).copied().ok_or_else(|| missing(&format!("{credit:?}")))?;
            (None, Some((number, id(&ids.episodes, episode)?)), None)
        }
        NoteKey::Renaming(name) => (None, None, Some(id(&ids.platform_names, name)?)),
    })
}

pub(super) async fn episode_records(
    tx: &DatabaseTransaction,
    records: &[EpisodeRecord],
    ids: &Ids,
) -> Result<TableCounts, DbErr> {
    let numbers = ids.episodes.values().copied();
    let rows = find::<episode_record::Entity>(tx, episode_record::Column::EpisodeId, numbers).await?;
    let there = rows.into_iter().map(|row| (row.episode_id, row)).collect();
    let says = |record: &&EpisodeRecord| record.production_number.is_some() || record.other_aired_on.is_some();
    let wanted: Vec<&EpisodeRecord> = records.iter().filter(says).collect();
    let key = |record: &&EpisodeRecord| id(&ids.episodes, &record.episode);
    let (mut tally, gone) = upsert::<episode_record::Entity, _, _>(tx, &wanted, there, key, |record, row| {
        row.episode_id.set_ne(key(record)?);
        row.production_number.set_ne(record.production_number.clone());
        row.other_aired_on.set_ne(record.other_aired_on.clone());
        row.other_source_id.set_ne(maybe_id(&ids.sources, record.other_source.as_deref())?);
        Ok(())
    })
    .await?;
    tally.changed += std::mem::take(&mut tally.left_over);
    for gone in gone.chunks(CHUNK) {
        let gone = episode_record::Column::EpisodeId.is_in(gone.iter().map(|row| row.episode_id));
        episode_record::Entity::delete_many().filter(gone).exec(tx).await?;
    }
    Ok(tally)
}
