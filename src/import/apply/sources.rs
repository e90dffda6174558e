//! Sources, their claims, and citations.

use std::collections::{HashMap, HashSet};

use entity::{character_link, citation, claim, show_link, source, subject, subject::Kind};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    Ids, credits, id, maybe_id, missing,
    slug_tables::{self, Named},
    upsert::{CHUNK, find, upsert},
};
use crate::import::{
    data_set::{Citation, Claim, Source, Subject, SubjectKey},
    summary::{Leftovers, TableCounts},
};

/// Writes the subjects of claims and citations, and adds their ids to `ids`.
pub(super) async fn subjects(
    tx: &DatabaseTransaction,
    subjects: &[Subject],
    ids: &mut Ids,
) -> Result<TableCounts, DbErr> {
    let rows = Rows::read(tx, ids).await?;
    let places = subjects.iter().map(|subject| rows.place(&subject.key, ids)).collect::<Result<Vec<_>, DbErr>>()?;
    let wanted: HashSet<(Kind, i32)> = places.iter().copied().collect();
    let numbers: HashSet<i32> = places.iter().map(|(_, row)| *row).collect();
    let read = async || {
        let found = find::<subject::Entity>(tx, subject::Column::RowId, numbers.iter().copied()).await?;
        let found = found.into_iter().map(|row| ((row.kind, row.row_id), row));
        Ok::<HashMap<_, _>, DbErr>(found.filter(|(place, _)| wanted.contains(place)).collect())
    };
    let key = |subject: &Subject| rows.place(&subject.key, ids);
    let (tally, _) = upsert::<subject::Entity, _, _>(tx, subjects, read().await?, key, |subject, row| {
        let (kind, number) = key(subject)?;
        row.kind.set_ne(kind);
        row.general.set_ne(i32::from(subject.general));
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
        row.set_ne(Some(number));
        Ok(())
    })
    .await?;
    let numbers = read().await?;
    let credits = subjects.iter().zip(&places).filter_map(|(subject, (_, row))| match &subject.key {
        SubjectKey::Credit(key) => Some((key.clone(), *row)),
        _ => None,
    });
    let credits = credits.collect();
    let known = subjects.iter().zip(places);
    let known = known.filter_map(|(subject, place)| Some((subject.key.clone(), numbers.get(&place)?.id)));
    let known: HashMap<_, _> = known.collect();
    ids.subjects = known;
    ids.credits = credits;
    Ok(tally)
}

/// The ids of rows without slugs.
struct Rows {
    credits: HashMap<credits::Key, i32>,
    show_links: HashMap<(i32, show_link::Kind, i32), i32>,
    character_links: HashMap<(i32, character_link::Kind, i32), i32>,
}

impl Rows {
    async fn read(tx: &DatabaseTransaction, ids: &Ids) -> Result<Self, DbErr> {
        let shows = || ids.shows.values().copied();
        let credits = find::<entity::credit::Entity>(tx, entity::credit::Column::ShowId, shows()).await?;
        let show_links = find::<show_link::Entity>(tx, show_link::Column::FromId, shows()).await?;
        let characters = ids.characters.values().copied();
        let character_links = find::<character_link::Entity>(tx, character_link::Column::FromId, characters).await?;
        Ok(Self {
            credits: credits.iter().map(|row| (credits::key_of(row), row.id)).collect(),
            show_links: show_links.iter().map(|row| ((row.from_id, row.kind, row.to_id), row.id)).collect(),
            character_links: character_links.iter().map(|row| ((row.from_id, row.kind, row.to_id), row.id)).collect(),
        })
    }

    /// The table and the id of a row.
    fn place(&self, key: &SubjectKey, ids: &Ids) -> Result<(Kind, i32), DbErr> {
        let (kind, number) = match key {
            SubjectKey::Named(kind, slug) => (*kind, ids.of(*kind).and_then(|ids| ids.get(slug))),
            SubjectKey::Credit(key) => (Kind::Credit, self.credits.get(&credits::key(key, ids)?)),
            SubjectKey::ShowLink(from, kind, to) => {
                let key = (id(&ids.shows, from)?, *kind, id(&ids.shows, to)?);
                (Kind::ShowLink, self.show_links.get(&key))
            }
            SubjectKey::CharacterLink(from, kind, to) => {
                let key = (id(&ids.characters, from)?, *kind, id(&ids.characters, to)?);
                (Kind::CharacterLink, self.character_links.get(&key))
            }
        };
        Ok((kind, number.copied().ok_or_else(|| missing(&format!("{key:?}")))?))
    }
}

/// Writes claims, and then which claim supersedes which.
pub(super) async fn claims(tx: &DatabaseTransaction, claims: &[Claim], ids: &mut Ids) -> Result<TableCounts, DbErr> {
    let slugs = || claims.iter().map(|claim| claim.slug.as_str());
    let there = find::<claim::Entity>(tx, claim::Column::Slug, slugs()).await?;
    release(tx, &there, claims, ids).await?;
    ids.claims.extend(there.into_iter().map(|row| (row.slug, row.id)));
    let old: HashSet<i32> = ids.claims.values().copied().collect();
    let mut tally = slug_tables::write(tx, claims, ids).await?;
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
async fn release(tx: &DatabaseTransaction, there: &[claim::Model], claims: &[Claim], ids: &Ids) -> Result<(), DbErr> {
    let claims: HashMap<&str, &Claim> = claims.iter().map(|claim| (claim.slug.as_str(), claim)).collect();
    let mut moved = Vec::new();
    for row in there {
        let Some(claim) = claims.get(row.slug.as_str()) else { continue };
        if (row.subject_id, row.source_id) != (subject_id(ids, &claim.subject)?, id(&ids.sources, &claim.source)?) {
            moved.push(row.id);
        }
    }
    for moved in moved.chunks(CHUNK) {
        let held = citation::Column::ClaimId.is_in(moved.iter().copied());
        citation::Entity::delete_many().filter(held).exec(tx).await?;
    }
    Ok(())
}

/// Writes the citations.
pub(super) async fn citations(
    tx: &DatabaseTransaction,
    citations: &[Citation],
    ids: &Ids,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let rows = find::<citation::Entity>(tx, citation::Column::SubjectId, ids.subjects.values().copied()).await?;
    let there = rows.into_iter().map(|row| ((row.subject_id, row.source_id, row.field.clone(), row.claim_id), row));
    let key = |citation: &Citation| {
        let claim = maybe_id(&ids.claims, citation.claim.as_deref())?;
        let source = id(&ids.sources, &citation.source)?;
        Ok((subject_id(ids, &citation.subject)?, source, citation.field.clone(), claim))
    };
    let (tally, gone) = upsert::<citation::Entity, _, _>(tx, citations, there.collect(), key, |citation, row| {
        let (subject, source, field, claim) = key(citation)?;
        row.subject_id.set_ne(subject);
        row.source_id.set_ne(source);
        row.field.set_ne(field);
        row.claim_id.set_ne(claim);
        Ok(())
    })
    .await?;
    if leftovers == Leftovers::Remove {
        for gone in gone.chunks(CHUNK) {
            let gone = citation::Column::Id.is_in(gone.iter().map(|row| row.id));
            citation::Entity::delete_many().filter(gone).exec(tx).await?;
        }
    }
    Ok(tally)
}

pub(super) fn subject_id(ids: &Ids, key: &SubjectKey) -> Result<i32, DbErr> {
    ids.subjects.get(key).copied().ok_or_else(|| missing(&format!("{key:?}")))
}

impl Named for Source {
    type Entity = source::Entity;

    const SLUG: source::Column = source::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &source::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.sources
    }

    fn fill(&self, row: &mut source::ActiveModel, _: &Ids) -> Result<(), DbErr> {
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

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.claims
    }

    fn fill(&self, row: &mut claim::ActiveModel, ids: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.subject_id.set_ne(subject_id(ids, &self.subject)?);
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
