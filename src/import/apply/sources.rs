//! Sources, their claims, and citations.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::{citation, claim, source, subject, subject::Kind};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Iterable, QueryFilter};

use super::{
    Ids, id, maybe_id, missing,
    slug_tables::{self, Named},
    upsert::{CHUNK, filled, find, insert, insert_numbered, is_empty, remove, update},
};
use crate::import::{
    data_set::{Claim, NoteKey, Source, Subject},
    index::Places,
    renamed::Renamed,
    summary::{Leftovers, TableCounts},
};

/// Writes the subjects of claims, citations and notes, and adds their ids to `ids`. A record without any of these needs no
/// subject.
pub(super) async fn subjects(tx: &DatabaseTransaction, ids: &mut Ids<'_>) -> Result<TableCounts, DbErr> {
    let set = ids.set;
    let mut said: HashMap<Kind, HashSet<u32>> = HashMap::new();
    let claims = set.claims.iter().map(|claim| claim.subject);
    let citations = set.citations.iter().map(|citation| citation.subject);
    let supports = set.supports.iter().map(|support| support.subject);
    let notes = set.notes.iter().filter_map(|note| match note.key {
        NoteKey::Subject(subject) => Some(subject),
        _ => None,
    });
    for Subject { kind, place } in claims.chain(citations).chain(supports).chain(notes) {
        said.entry(kind).or_default().insert(place);
    }
    let is_new = is_empty::<subject::Entity>(tx).await?;
    let mut all = TableCounts::default();
    let mut kinds: Vec<Kind> = Kind::iter().collect();
    // The order of the files.
    kinds.sort_by_key(|kind| (i32::from(*kind) > i32::from(Kind::Character), *kind == Kind::Credit));
    for kind in kinds {
        let Some(rows) = ids.rows.get(&kind) else { continue };
        let said = said.remove(&kind).unwrap_or_default();
        let general = set.general.get(&i32::from(kind)).map(Vec::as_slice).unwrap_or_default();
        let (tally, numbers) = subjects_of(tx, kind, rows, &said, general, is_new).await?;
        all.added += tally.added;
        all.changed += tally.changed;
        all.unchanged += tally.unchanged;
        ids.subjects.insert(kind, numbers);
    }
    Ok(all)
}

/// Writes the subjects of one kind. Returns their ids by place.
async fn subjects_of(
    tx: &DatabaseTransaction,
    kind: Kind,
    rows: &[i32],
    said: &HashSet<u32>,
    general: &[bool],
    is_new: bool,
) -> Result<(TableCounts, Vec<i32>), DbErr> {
    let mut tally = TableCounts::default();
    // Records of one object, by merges, have one subject.
    let row_at = |place: u32| rows.get(place as usize).copied().filter(|row| *row > 0);
    let mut places = Places::default();
    let mut same = Vec::new();
    let mut is_general = general.to_vec();
    is_general.resize(rows.len(), false);
    let mut is_said = vec![false; rows.len()];
    for place in 0..u32::try_from(rows.len()).unwrap_or(u32::MAX) {
        if row_at(place).is_none() {
            continue;
        }
        let first = places.insert(place, row_at).inspect(|first| same.push((place, *first))).unwrap_or(place);
        let own = general.get(place as usize).copied().unwrap_or_default();
        if let (Some(general), Some(is_said)) = (is_general.get_mut(first as usize), is_said.get_mut(first as usize)) {
            *general |= own;
            *is_said |= own || said.contains(&place);
        }
    }
    let mut numbers = vec![0; rows.len()];
    let repeats: HashSet<u32> = same.iter().map(|(place, _)| *place).collect();
    if !is_new {
        for chunk in rows.chunks(CHUNK) {
            let found = find::<subject::Entity>(tx, subject::Column::RowId, chunk.iter().copied()).await?;
            for row in found.into_iter().filter(|row| row.kind == kind) {
                let Some(place) = places.get(&Some(row.row_id), row_at) else { continue };
                let (Some(number), Some(general)) = (numbers.get_mut(place as usize), is_general.get(place as usize))
                else {
                    continue;
                };
                if *number > 0 {
                    continue;
                }
                *number = row.id;
                update::<subject::Entity>(tx, row, &mut tally, |row| {
                    row.general.set_ne(i32::from(*general));
                    Ok(())
                })
                .await?;
            }
        }
    }
    let is_missing = |place: &u32| {
        let at = *place as usize;
        is_said.get(at) == Some(&true) && numbers.get(at) == Some(&0) && !repeats.contains(place)
    };
    let new: Vec<u32> = (0..).take(rows.len()).filter(is_missing).collect();
    tally.added = new.len();
    let added = insert_numbered::<subject::Entity>(tx, new.len(), |at, row| {
        let place = new.get(at).copied();
        let of = place.and_then(row_at).ok_or_else(|| missing("a subject"))?;
        let general = place.and_then(|place| is_general.get(place as usize)).copied().unwrap_or_default();
        row.kind.set_ne(kind);
        row.general.set_ne(i32::from(general));
        let row = match kind {
            Kind::Franchise => &mut row.franchise_id,
            Kind::Show => &mut row.show_id,
            Kind::Season => &mut row.season_id,
            Kind::Episode => &mut row.episode_id,
            Kind::Person => &mut row.person_id,
            Kind::Character => &mut row.character_id,
            Kind::Credit => &mut row.credit_id,
            Kind::ShowLink => &mut row.show_link_id,
            Kind::CharacterLink => &mut row.character_link_id,
            Kind::Platform => &mut row.platform_id,
            Kind::Territory => &mut row.territory_id,
            Kind::Availability => &mut row.availability_id,
            Kind::Offer => &mut row.offer_id,
            Kind::Funding => &mut row.funding_id,
            Kind::Media => &mut row.media_id,
        };
        row.set_ne(Some(of));
        Ok(())
    });
    for (place, id) in new.iter().zip(added.await?) {
        if let Some(number) = numbers.get_mut(*place as usize) {
            *number = id;
        }
    }
    for (place, first) in same {
        if let (Some(first), Some(number)) = (numbers.get(first as usize).copied(), numbers.get_mut(place as usize)) {
            *number = first;
        }
    }
    Ok((tally, numbers))
}

/// Writes claims, and then which claim supersedes which.
pub(super) async fn claims(
    tx: &DatabaseTransaction,
    claims: &Vec<Claim>,
    ids: &mut Ids<'_>,
) -> Result<TableCounts, DbErr> {
    let slugs = || claims.iter().map(|claim| claim.slug.as_str());
    let there = find::<claim::Entity>(tx, claim::Column::Slug, slugs()).await?;
    release(tx, &there, claims, ids).await?;
    ids.claims.extend(there.into_iter().map(|row| (row.slug, row.id)));
    let old: HashSet<i32> = ids.claims.values().copied().collect();
    let (mut tally, numbers) = slug_tables::write(tx, claims, ids).await?;
    ids.claims.extend(claims.iter().map(|claim| claim.slug.clone()).zip(numbers));
    let next: HashMap<&str, &str> =
        claims.iter().filter_map(|claim| Some((claim.slug.as_str(), claim.superseded_by.as_deref()?))).collect();
    for row in find::<claim::Entity>(tx, claim::Column::Slug, next.keys().copied()).await? {
        let next = maybe_id(&ids.claims, next.get(row.slug.as_str()).copied())?;
        if row.superseded_by_id == next {
            continue;
        }
        if old.contains(&row.id) {
            tally.changed += 1;
            tally.unchanged = tally.unchanged.saturating_sub(1);
        }
        let mut row = row.into_active_model();
        row.superseded_by_id.set_ne(next);
        claim::Entity::update(row).exec(tx).await?;
    }
    Ok(tally)
}

/// Removes the citations of claims that move to another subject or source, because their foreign keys would block the
/// move. Those in the set are written again afterwards.
async fn release(
    tx: &DatabaseTransaction,
    there: &[claim::Model],
    claims: &[Claim],
    ids: &Ids<'_>,
) -> Result<(), DbErr> {
    let claims: HashMap<&str, &Claim> = claims.iter().map(|claim| (claim.slug.as_str(), claim)).collect();
    let mut moved = Vec::new();
    for row in there {
        let Some(claim) = claims.get(row.slug.as_str()) else { continue };
        if (row.subject_id, row.source_id) != (ids.subject(claim.subject)?, id(&ids.sources, &claim.source)?) {
            moved.push(row.id);
        }
    }
    for moved in moved.chunks(CHUNK) {
        let held = citation::Column::ClaimId.is_in(moved.iter().copied());
        citation::Entity::delete_many().filter(held).exec(tx).await?;
    }
    Ok(())
}

/// The identity of a citation: subject, source, field, claim.
type Key = (i32, i32, Option<String>, Option<i32>);

/// Writes the citations.
pub(super) async fn citations(
    tx: &DatabaseTransaction,
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let set = ids.set;
    let mut of_fields: BTreeMap<Key, usize> = BTreeMap::new();
    let mut new_of_fields: Vec<Option<Key>> = Vec::new();
    for citation in &set.citations {
        let claim = maybe_id(&ids.claims, citation.claim.as_deref())?;
        let source = id(&ids.sources, &citation.source)?;
        let key = (ids.subject(citation.subject)?, source, Some(citation.field.clone()), claim);
        // Two citations may have become one, by merges of their objects.
        if !of_fields.contains_key(&key) {
            of_fields.insert(key.clone(), new_of_fields.len());
            new_of_fields.push(Some(key));
        }
    }
    let ends = |place: u32| {
        let support = set.supports.get(place as usize)?;
        Some((ids.subject(support.subject).ok()?, *ids.source_at.get(support.source as usize)?))
    };
    let mut of_rows = Places::default();
    let mut is_new = vec![true; set.supports.len()];
    for (place, is_new) in (0..).zip(&mut is_new) {
        *is_new = of_rows.insert(place, ends).is_none();
    }
    let (mut tally, mut gone) = (TableCounts::default(), Vec::new());
    let mut subjects: Vec<i32> = ids.subjects.values().flatten().copied().filter(|row| *row > 0).collect();
    subjects.sort_unstable();
    subjects.dedup();
    if is_empty::<citation::Entity>(tx).await? {
        subjects.clear();
    }
    for subjects in subjects.chunks(CHUNK) {
        for row in find::<citation::Entity>(tx, citation::Column::SubjectId, subjects.iter().copied()).await? {
            let is_wanted = if row.field.is_none() && row.claim_id.is_none() {
                let place = of_rows.get(&Some((row.subject_id, row.source_id)), ends);
                place.and_then(|place| is_new.get_mut(place as usize)).map(|is_new| *is_new = false).is_some()
            } else {
                let place = of_fields.get(&(row.subject_id, row.source_id, row.field, row.claim_id));
                place.and_then(|place| new_of_fields.get_mut(*place)).map(|new| *new = None).is_some()
            };
            if is_wanted {
                tally.unchanged += 1;
            } else {
                tally.left_over += 1;
                gone.push(row.id);
            }
        }
    }
    let new = new_of_fields.into_iter().flatten();
    let of_rows = (0..).zip(is_new).filter(|(_, is_new)| *is_new).filter_map(|(place, _)| ends(place));
    let mut new = new.chain(of_rows.map(|(subject, source)| (subject, source, None, None)));
    loop {
        let rows = new.by_ref().take(CHUNK).map(|(subject, source, field, claim)| {
            filled::<citation::Entity>(|row| {
                row.subject_id.set_ne(subject);
                row.source_id.set_ne(source);
                row.field.set_ne(field);
                row.claim_id.set_ne(claim);
                Ok(())
            })
        });
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            break;
        }
        tally.added += rows.len();
        insert::<citation::Entity>(tx, rows).await?;
    }
    if leftovers == Leftovers::Remove {
        remove::<citation::Entity>(tx, citation::Column::Id, gone).await?;
    }
    Ok(tally)
}

impl Named for Source {
    type Entity = source::Entity;

    const SLUG: source::Column = source::Column::Slug;

    const REDIRECTED: Option<i32> = Some(21);

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(21, &self.slug) {
            self.slug.clone_from(slug);
        }
    }

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &source::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut source::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.publisher.set_ne(self.publisher.clone());
        row.title.set_ne(self.title.clone());
        row.author.set_ne(self.author.clone());
        row.published_on.set_ne(self.published_on.clone());
        row.address.set_ne(self.address.clone());
        row.kind.set_ne(self.kind);
        row.note.set_ne(self.note.clone());
        row.licence.set_ne(self.licence.clone());
        row.fetched_on.set_ne(self.fetched_on.clone());
        Ok(())
    }
}

impl Named for Claim {
    type Entity = claim::Entity;

    const SLUG: claim::Column = claim::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &claim::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut claim::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.subject_id.set_ne(ids.subject(self.subject)?);
        row.source_id.set_ne(id(&ids.sources, &self.source)?);
        row.about.set_ne(self.about.clone());
        row.statement.set_ne(self.statement.clone());
        row.claimed_on.set_ne(self.claimed_on.clone());
        row.status.set_ne(self.status);
        // A claim that is not written yet is set afterwards.
        row.superseded_by_id.set_ne(self.superseded_by.as_ref().and_then(|slug| ids.claims.get(slug)).copied());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}
