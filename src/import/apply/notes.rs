//! Notes and episode records. For rows in the set, those that are missing from the set are removed.

use std::collections::{HashMap, HashSet};

use entity::{episode_record, note, subject::Kind};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    Ids, credits, id, maybe_id,
    upsert::{CHUNK, find, is_empty, remove, upsert},
};
use crate::import::{
    data_set::{EpisodeRecord, Note, NoteKey},
    summary::TableCounts,
};

/// The row with the note: the ids of a subject, of a credit and an episode, or of a platform name.
type Key = (Option<i32>, Option<(i32, i32)>, Option<i32>);

pub(super) async fn notes(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<TableCounts, DbErr> {
    let there = if is_empty::<note::Entity>(tx).await? { HashMap::new() } else { read(tx, ids).await? };
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    for note in &ids.set.notes {
        let key = key(note, ids)?;
        // Two rows may have become one, by merges of their objects.
        if seen.insert(key) {
            wanted.push((key, note));
        }
    }
    let (mut tally, gone) = upsert::<note::Entity, _, _>(
        tx,
        &wanted,
        there,
        |(key, _)| Ok(*key),
        |((subject, appearance, platform_name), note), row| {
            row.subject_id.set_ne(*subject);
            row.credit_id.set_ne(appearance.map(|(credit, _)| credit));
            row.episode_id.set_ne(appearance.map(|(_, episode)| episode));
            row.platform_name_id.set_ne(*platform_name);
            row.text.set_ne(note.text.clone());
            Ok(())
        },
    )
    .await?;
    tally.changed += std::mem::take(&mut tally.left_over);
    remove::<note::Entity>(tx, note::Column::Id, gone.iter().map(|row| row.id)).await?;
    Ok(tally)
}

/// The notes of the rows in the set.
async fn read(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<HashMap<Key, note::Model>, DbErr> {
    // The tables of the other kinds have a column for notes. A credit that only rows of episodes have has no note.
    let has_row = |kind: &Kind, place: usize| match kind {
        Kind::Credit => ids.set.credits.get(place).is_some_and(|credit| credit.has_row),
        kind => i32::from(*kind) < i32::from(Kind::Platform),
    };
    let mut subjects: Vec<i32> = Vec::new();
    for (kind, rows) in &ids.subjects {
        let with_row = rows.iter().enumerate().filter(|(place, row)| **row > 0 && has_row(kind, *place));
        subjects.extend(with_row.map(|(_, row)| row));
    }
    let mut rows = find::<note::Entity>(tx, note::Column::SubjectId, subjects).await?;
    let noted = find::<note::Entity>(tx, note::Column::CreditId, ids.all(Kind::Credit)).await?;
    if !noted.is_empty() {
        let credits = ids.rows.get(&Kind::Credit).into_iter().flatten();
        let mut places: HashMap<i32, Vec<u32>> = HashMap::new();
        let with_notes: HashSet<i32> = noted.iter().filter_map(|row| row.credit_id).collect();
        for (place, credit) in (0..).zip(credits).filter(|(_, credit)| with_notes.contains(*credit)) {
            places.entry(*credit).or_default().push(place);
        }
        let is_in_set = |row: &note::Model| {
            let places = row.credit_id.and_then(|credit| places.get(&credit)).into_iter().flatten();
            let mut episodes = places.flat_map(|place| credits::appearances(&ids.set.appearances, *place));
            episodes.any(|known| ids.row(Kind::Episode, known.episode).ok() == row.episode_id)
        };
        rows.extend(noted.into_iter().filter(is_in_set));
    }
    let renamed = ids.set.platform_names.iter().filter(|name| name.platform != name.slug);
    let renamed = renamed.map(|name| id(&ids.platform_names, &name.slug)).collect::<Result<Vec<_>, _>>()?;
    rows.extend(find::<note::Entity>(tx, note::Column::PlatformNameId, renamed).await?);
    let key = |row: &note::Model| (row.subject_id, row.credit_id.zip(row.episode_id), row.platform_name_id);
    Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
}

fn key(note: &Note, ids: &Ids<'_>) -> Result<Key, DbErr> {
    Ok(match &note.key {
        NoteKey::Subject(subject) => (Some(ids.subject(*subject)?), None, None),
        NoteKey::Appearance(credit, episode) => {
            (None, Some((ids.row(Kind::Credit, *credit)?, ids.row(Kind::Episode, *episode)?)), None)
        }
        NoteKey::Renaming(name) => (None, None, Some(id(&ids.platform_names, name)?)),
    })
}

pub(super) async fn episode_records(tx: &DatabaseTransaction, ids: &Ids<'_>) -> Result<TableCounts, DbErr> {
    let mut all = TableCounts::default();
    let is_new = is_empty::<episode_record::Entity>(tx).await?;
    let mut records = (0..).zip(ids.set.episodes.read::<EpisodeRecord>());
    loop {
        let (mut batch, mut is_over) = (Vec::new(), true);
        for (place, record) in records.by_ref().take(CHUNK) {
            is_over = false;
            if !ids.dropped.contains(&(Kind::Episode, place)) {
                batch.push((ids.row(Kind::Episode, place)?, record));
            }
        }
        if is_over {
            return Ok(all);
        }
        let numbers = batch.iter().map(|(id, _)| *id).filter(|_| !is_new);
        let rows = find::<episode_record::Entity>(tx, episode_record::Column::EpisodeId, numbers).await?;
        let there = rows.into_iter().map(|row| (row.episode_id, row)).collect();
        batch.retain(|(_, record)| record.production_number.is_some() || record.other_aired_on.is_some());
        let (tally, gone) = upsert::<episode_record::Entity, _, _>(
            tx,
            &batch,
            there,
            |(id, _)| Ok(*id),
            |(id, record), row| {
                row.episode_id.set_ne(*id);
                row.production_number.set_ne(record.production_number.clone());
                row.other_aired_on.set_ne(record.other_aired_on.clone());
                row.other_source_id.set_ne(maybe_id(&ids.sources, record.other_source.as_deref())?);
                Ok(())
            },
        )
        .await?;
        all.added += tally.added;
        all.changed += tally.changed + tally.left_over;
        all.unchanged += tally.unchanged;
        remove::<episode_record::Entity>(tx, episode_record::Column::EpisodeId, gone.iter().map(|row| row.episode_id))
            .await?;
    }
}
