//! Objects that may be what a record means.

use entity::{
    PartialDate,
    match_candidate::{self, Verdict},
    name_key, person, show,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, Set, sea_query::Query,
};

use super::{Adopted, decision};
use crate::{
    change::{recording::statement, table},
    source,
};

/// An object that may be what a record means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The kind of object: `show`, `person` or `character`.
    pub kind: &'static str,
    /// The key of the record: `tvmaze:17`.
    pub key: String,
    /// The name in the record.
    pub name: String,
    /// The slug of the object.
    pub slug: String,
    /// How far they are apart, from 0 to 100.
    pub distance: u8,
    /// Why they may be the same, or not.
    pub reasons: Vec<String>,
    of_id: i32,
}

/// Distance of two that share only their name.
const NAME_ONLY: i32 = 50;

/// Candidates for a show; the id of the one that was decided to be it.
pub(super) async fn shows(
    tx: &DatabaseTransaction,
    record: &source::Show,
    adopted: &mut Adopted,
) -> Result<Option<i32>, DbErr> {
    let named = show::Entity::find().filter(show::Column::TitleKey.eq(name_key(&record.title)));
    let mut found = Vec::new();
    for row in named.order_by_asc(show::Column::Id).all(tx).await? {
        let (mut distance, mut reasons) = (NAME_ONLY, vec!["same title".to_owned()]);
        if (row.format == show::Format::Film) != (record.format == show::Format::Film) {
            distance += 40;
            reasons.push("one is a film, the other is not".to_owned());
        }
        let days = (record.premiered_on.as_ref(), row.premiered_on.as_ref());
        compare(days, "premiered", &mut distance, &mut reasons);
        found.push((row.id, row.slug, distance, reasons));
    }
    judge(tx, ("show", 2), record.key.as_str(), &record.title, found, adopted).await
}

/// Candidates for a person; the id of the one that was decided to be them. `shows` are those that the records are about.
pub(super) async fn people(
    tx: &DatabaseTransaction,
    record: &source::Person,
    shows: &[i32],
    adopted: &mut Adopted,
) -> Result<Option<i32>, DbErr> {
    let key = name_key(&record.name);
    let other = Query::select()
        .column(entity::alias::Column::PersonId)
        .from(entity::alias::Entity)
        .and_where(entity::alias::Column::NameKey.eq(key.as_str()))
        .and_where(entity::alias::Column::PersonId.is_not_null())
        .to_owned();
    let named = person::Entity::find().filter(
        Condition::any().add(person::Column::NameKey.eq(key.as_str())).add(person::Column::Id.in_subquery(other)),
    );
    let mut found = Vec::new();
    for row in named.order_by_asc(person::Column::Id).all(tx).await? {
        let same = row.name_key == key;
        let mut reasons = vec![if same { "same name" } else { "same as another name" }.to_owned()];
        let mut distance = if same { NAME_ONLY } else { NAME_ONLY + 10 };
        compare((record.born.as_ref(), row.born.as_ref()), "born", &mut distance, &mut reasons);
        if !shows.is_empty() {
            let works = entity::credit::Entity::find()
                .filter(entity::credit::Column::PersonId.eq(row.id))
                .filter(entity::credit::Column::ShowId.is_in(shows.iter().copied()));
            if works.one(tx).await?.is_some() {
                distance -= 30;
                reasons.push("worked on the same show".to_owned());
            }
        }
        found.push((row.id, row.slug, distance, reasons));
    }
    judge(tx, ("person", 5), record.key.as_str(), &record.name, found, adopted).await
}

/// Candidates for a character; the id of the one that was decided to be it. Only the franchise of the show counts: in
/// another one, a character of the same name is another.
pub(super) async fn characters(
    tx: &DatabaseTransaction,
    record: &source::Character,
    show: Option<i32>,
    adopted: &mut Adopted,
) -> Result<Option<i32>, DbErr> {
    let Some(show) = show else { return Ok(None) };
    let sql = "SELECT DISTINCT k.id, k.slug, max(CASE WHEN w.id = ? THEN 1 ELSE 0 END) AS near FROM character AS k
        JOIN credit AS c ON c.character_id = k.id JOIN show AS w ON w.id = c.show_id
        WHERE k.name_key = ? AND (w.id = ? OR w.franchise_id = (SELECT o.franchise_id FROM show AS o WHERE o.id = ?))
        GROUP BY k.id, k.slug ORDER BY k.id";
    let values = [show.into(), name_key(&record.name).into(), show.into(), show.into()];
    let mut found = Vec::new();
    for row in tx.query_all_raw(statement(tx.get_database_backend(), sql, values)).await? {
        let same_show = row.try_get_by_index::<i32>(2)? == 1;
        let reason = if same_show { "same name in the same show" } else { "same name in the same franchise" };
        let distance = if same_show { NAME_ONLY - 20 } else { NAME_ONLY };
        found.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?, distance, vec![reason.to_owned()]));
    }
    judge(tx, ("character", 6), record.key.as_str(), &record.name, found, adopted).await
}

/// Compares two dates at the precision that both have.
fn compare(
    dates: (Option<&PartialDate>, Option<&PartialDate>),
    what: &str,
    distance: &mut i32,
    reasons: &mut Vec<String>,
) {
    let (Some(one), Some(other)) = (dates.0.map(PartialDate::as_str), dates.1.map(PartialDate::as_str)) else { return };
    let length = one.len().min(other.len());
    if one.get(..length) == other.get(..length) {
        *distance -= if length == "2018-08-04".len() { 40 } else { 15 };
        reasons.push(format!("both {what} {}", one.get(..length).unwrap_or_default()));
    } else {
        *distance += 45;
        reasons.push(format!("{what} {one}, not {other}"));
    }
}

/// Leaves out what was decided to be another, and returns what was decided to be the same.
async fn judge(
    tx: &DatabaseTransaction,
    (kind, number): (&'static str, i32),
    key: &str,
    name: &str,
    found: Vec<(i32, String, i32, Vec<String>)>,
    adopted: &mut Adopted,
) -> Result<Option<i32>, DbErr> {
    let decided = decision::about(tx, number, key).await?;
    if let Some(same) = decided.iter().find(|row| row.decision == Some(Verdict::Same)) {
        return Ok(Some(same.of_id));
    }
    for (of_id, slug, distance, reasons) in found {
        if decided.iter().any(|row| row.of_id == of_id) {
            continue;
        }
        let distance = u8::try_from(distance.clamp(0, 100)).unwrap_or_default();
        adopted.candidates.push(Candidate {
            kind,
            key: key.to_owned(),
            name: name.to_owned(),
            slug,
            distance,
            reasons,
            of_id,
        });
    }
    Ok(None)
}

/// The number of the table of a kind of objects that can be candidates.
pub(super) fn number(kind: &str) -> Option<i32> {
    table::named(kind).map(|table| table.kind).filter(|kind| [2, 5, 6].contains(kind))
}

/// The remembered candidate for a record and an object, if there is one.
pub(super) async fn known(
    tx: &DatabaseTransaction,
    kind: i32,
    key: &str,
    of_id: i32,
) -> Result<Option<match_candidate::Model>, DbErr> {
    let of = match_candidate::Entity::find()
        .filter(match_candidate::Column::Kind.eq(kind))
        .filter(match_candidate::Column::Key.eq(key));
    of.filter(match_candidate::Column::OfId.eq(of_id)).one(tx).await
}

/// Remembers candidates that are not decided.
pub(super) async fn keep(tx: &DatabaseTransaction, candidates: &[Candidate]) -> Result<(), DbErr> {
    for candidate in candidates {
        let Some(kind) = number(candidate.kind) else { continue };
        if known(tx, kind, &candidate.key, candidate.of_id).await?.is_some() {
            continue;
        }
        let row = match_candidate::ActiveModel {
            kind: Set(kind),
            key: Set(candidate.key.clone()),
            name: Set(candidate.name.clone()),
            of_id: Set(candidate.of_id),
            distance: Set(i32::from(candidate.distance)),
            reasons: Set(candidate.reasons.join("; ")),
            ..Default::default()
        };
        row.insert(tx).await?;
    }
    Ok(())
}
