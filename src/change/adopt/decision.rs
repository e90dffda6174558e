//! The decisions of people about who is who, and what follows from them for what earlier imports did.

use entity::{
    external_id, field_lock,
    match_candidate::{self, Verdict},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Set,
};
use serde_json::json;

use super::{Adopted, candidate, identity};
use crate::{
    change::{
        fault::{Fault, NotChanged},
        locate::Found,
        merge,
        raw::{self, Row},
        recording::statement,
        table,
    },
    code::Code,
    source::{self, ExternalId, IdKind, Records},
};

/// The number of the table of external ids.
const EXTERNAL_ID: i32 = 28;

/// The decision of a person whether a record means an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The kind of object: `show`, `person` or `character`.
    pub kind: String,
    /// The key of the record: `tvmaze:17`.
    pub key: String,
    /// The slug of the object.
    pub slug: String,
    /// Whether they are the same.
    pub same: bool,
}

impl Decision {
    fn fault(&self, code: Code, reason: impl std::fmt::Display) -> NotChanged {
        Fault::new(None, code, format!("the decision about {}: {reason}", self.key)).into()
    }
}

/// Remembers decisions, and corrects what earlier imports did otherwise.
pub(super) async fn follow(
    tx: &DatabaseTransaction,
    records: &Records,
    decisions: &[Decision],
    at: &str,
    adopted: &mut Adopted,
) -> Result<(), NotChanged> {
    for decision in decisions {
        let Some(object) = object(tx, decision).await? else {
            let reason = format!("there is no {} {:?}", decision.kind, decision.slug);
            return Err(decision.fault(Code::NotFound, reason));
        };
        if decision.same {
            let mut others = decisions.iter().filter(|other| other.same && other.slug != decision.slug);
            if let Some(other) = others.find(|other| other.kind == decision.kind && other.key == decision.key) {
                let reason = format!("it cannot be the same as both {:?} and {:?}", decision.slug, other.slug);
                return Err(decision.fault(Code::BadInput, reason));
            }
        }
        keep(tx, decision, object, at).await?;
        correct(tx, records, decision, object, adopted).await?;
    }
    Ok(())
}

/// The decisions about a record.
pub(super) async fn about(
    tx: &DatabaseTransaction,
    kind: i32,
    key: &str,
) -> Result<Vec<match_candidate::Model>, DbErr> {
    let decided = match_candidate::Entity::find()
        .filter(match_candidate::Column::Kind.eq(kind))
        .filter(match_candidate::Column::Key.eq(key))
        .filter(match_candidate::Column::Decision.is_not_null());
    decided.all(tx).await
}

/// The object that a record was decided to mean.
pub(super) async fn same(tx: &DatabaseTransaction, kind: i32, key: &str) -> Result<Option<i32>, DbErr> {
    let decided = about(tx, kind, key).await?;
    Ok(decided.iter().find(|row| row.decision == Some(Verdict::Same)).map(|row| row.of_id))
}

/// Merges an object into the one that its record was decided to mean, if only imports have changed it.
pub(super) async fn unite(tx: &DatabaseTransaction, kind: i32, from: i32, into: i32) -> Result<(), NotChanged> {
    if from == into || !is_of_imports(tx, (kind, from)).await? {
        return Ok(());
    }
    match (found(tx, kind, from).await?, found(tx, kind, into).await?) {
        (Some(from), Some(into)) => merge::merge(tx, 0, &from, &into).await,
        _ => Ok(()),
    }
}

/// The kind and the id of the object of a decision, by its slug or one that it had.
async fn object(tx: &DatabaseTransaction, decision: &Decision) -> Result<Option<(i32, i32)>, DbErr> {
    let Some(kind) = candidate::number(&decision.kind) else { return Ok(None) };
    let sql = format!(
        "SELECT id FROM {} WHERE slug = ? UNION ALL SELECT target_id FROM redirect WHERE kind = {kind} AND slug = ?",
        decision.kind
    );
    let slug = || decision.slug.as_str().into();
    let found = tx.query_one_raw(statement(tx.get_database_backend(), &sql, [slug(), slug()])).await?;
    found.map(|row| Ok((kind, row.try_get_by_index(0)?))).transpose()
}

/// Remembers a decision. A record is the same as one object at most, so that the last decision counts.
async fn keep(tx: &DatabaseTransaction, decision: &Decision, (kind, of_id): (i32, i32), at: &str) -> Result<(), DbErr> {
    if decision.same {
        for other in about(tx, kind, &decision.key).await? {
            if other.of_id != of_id && other.decision == Some(Verdict::Same) {
                let mut other = other.into_active_model();
                other.decision = Set(Some(Verdict::Other));
                other.decided_at = Set(Some(at.to_owned()));
                other.update(tx).await?;
            }
        }
    }
    let verdict = if decision.same { Verdict::Same } else { Verdict::Other };
    let known = candidate::known(tx, kind, &decision.key, of_id).await?;
    let is_new = known.is_none();
    let mut row = known.map_or_else(
        || match_candidate::ActiveModel {
            kind: Set(kind),
            key: Set(decision.key.clone()),
            name: Set(String::new()),
            of_id: Set(of_id),
            distance: Set(0),
            reasons: Set(String::new()),
            ..Default::default()
        },
        IntoActiveModel::into_active_model,
    );
    row.decision = Set(Some(verdict));
    row.decided_at = Set(Some(at.to_owned()));
    if is_new {
        row.insert(tx).await?
    } else {
        row.update(tx).await?
    };
    Ok(())
}

/// Corrects what earlier imports made of a record. An object that only imports have changed is merged into the one of the
/// decision; of another one, only the ids move.
async fn correct(
    tx: &DatabaseTransaction,
    records: &Records,
    decision: &Decision,
    (kind, of_id): (i32, i32),
    adopted: &mut Adopted,
) -> Result<(), NotChanged> {
    let ids = ids(records, decision);
    let Some(holder) = holder(tx, kind, &ids).await? else { return Ok(()) };
    if decision.same == (holder == of_id) {
        return Ok(());
    }
    let (Some(from), Some(into)) = (found(tx, kind, holder).await?, found(tx, kind, of_id).await?) else {
        return Ok(());
    };
    let slug = raw::text(&from.row, "slug").unwrap_or_default().to_owned();
    if decision.kind == "show" {
        let reason = format!(
            "its id is that of the show {slug:?}; undo the import that took it for that show, or delete the show, and \
             import again"
        );
        return Err(decision.fault(Code::Conflict, reason));
    }
    if decision.same && is_of_imports(tx, (kind, holder)).await? {
        return merge::merge(tx, 0, &from, &into).await;
    }
    for row in external_id::Entity::find().filter(external_id::Column::OfId.eq(holder)).all(tx).await? {
        let is_own = |id: &identity::Id| (id.authority, id.kind, &id.value) == (row.authority, row.kind, &row.value);
        if i32::from(row.of_kind) != kind || !ids.iter().any(is_own) {
            continue;
        }
        if !is_row_of_imports(tx, (EXTERNAL_ID, row.id)).await? {
            let reason = format!(
                "a person gave {slug:?} the id {:?} {}, which the record has too; remove that id, or change the decision",
                row.authority, row.value
            );
            return Err(decision.fault(Code::Conflict, reason));
        }
        if decision.same {
            merge::move_external_id(tx, &decision.kind, row.id, of_id).await?;
        } else {
            external_id::Entity::delete_by_id(row.id).exec(tx).await?;
        }
    }
    forget(tx, (kind, holder), &decision.key).await?;
    adopted.remarks.insert(format!(
        "{} is no longer taken for {slug:?}; what earlier imports gave {slug:?} stays, so check its credits",
        decision.key
    ));
    Ok(())
}

/// The ids of the record of a decision; of one that is not among the records, the id in its key.
fn ids(records: &Records, decision: &Decision) -> Vec<identity::Id> {
    let is_meant = |key: &source::Key| key.as_str() == decision.key;
    let (about, id_kind, format) = match decision.kind.as_str() {
        "show" => {
            let record = records.shows.iter().find(|record| is_meant(&record.key));
            (record.map(|record| &record.about), IdKind::Show, record.map(|record| record.format))
        }
        "person" => {
            let record = records.people.iter().find(|record| is_meant(&record.key));
            (record.map(|record| &record.about), IdKind::Person, None)
        }
        _ => {
            let record = records.characters.iter().find(|record| is_meant(&record.key));
            (record.map(|record| &record.about), IdKind::Character, None)
        }
    };
    let of_key = || {
        let (authority, value) = decision.key.split_once(':')?;
        ExternalId::new(authority.parse().ok()?, id_kind, value)
    };
    match about {
        Some(about) => identity::ids(&about.ids, format),
        None => of_key().map(|id| identity::ids(&[id], format)).unwrap_or_default(),
    }
}

/// The object that has the first of the ids that any object has.
async fn holder(tx: &DatabaseTransaction, kind: i32, ids: &[identity::Id]) -> Result<Option<i32>, DbErr> {
    for id in ids {
        let of = external_id::Entity::find()
            .filter(external_id::Column::Value.eq(id.value.as_str()))
            .filter(external_id::Column::Authority.eq(id.authority))
            .filter(external_id::Column::Kind.eq(id.kind));
        if let Some(row) = of.one(tx).await?.filter(|row| i32::from(row.of_kind) == kind) {
            return Ok(Some(row.of_id));
        }
    }
    Ok(None)
}

async fn found(tx: &DatabaseTransaction, kind: i32, id: i32) -> Result<Option<Found>, DbErr> {
    let Some(table) = table::of_kind(kind) else { return Ok(None) };
    let row = raw::read(tx, table, &Row::from([("id".to_owned(), json!(id))])).await?;
    Ok(row.map(|row| Found { table, row }))
}

/// Forgets what a source said of an object that it no longer means. The values stay, like those that people set.
async fn forget(tx: &DatabaseTransaction, (kind, id): (i32, i32), key: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM source_value WHERE of_kind = ? AND of_id = ? AND authority = ?";
    let authority = key.split_once(':').map(|(authority, _)| authority).unwrap_or_default();
    let values = [kind.into(), id.into(), authority.into()];
    tx.execute_raw(statement(tx.get_database_backend(), sql, values)).await.map(drop)
}

/// Whether a foreign import added an object, only such imports have changed it and its parts since, and nobody locked it.
async fn is_of_imports(tx: &DatabaseTransaction, (kind, id): (i32, i32)) -> Result<bool, DbErr> {
    let locks = field_lock::Entity::find().filter(field_lock::Column::Kind.eq(kind));
    if locks.filter(field_lock::Column::RowId.eq(id)).one(tx).await?.is_some() {
        return Ok(false);
    }
    only_imports(tx, "c.of_kind = ? AND c.of_id = ?", kind, id).await
}

/// The same for a part of an object, such as an external id, by the number of its table.
pub(super) async fn is_row_of_imports(tx: &DatabaseTransaction, (kind, id): (i32, i32)) -> Result<bool, DbErr> {
    only_imports(tx, "c.kind = ? AND c.row_id = ?", kind, id).await
}

/// Whether all changes that a condition selects are those of foreign imports, which name their sources, or were undone.
async fn only_imports(tx: &DatabaseTransaction, condition: &str, kind: i32, id: i32) -> Result<bool, DbErr> {
    let sql = format!(
        "SELECT CAST(count(*) AS bigint),
            CAST(coalesce(sum(CASE WHEN s.origin = 'IMPORT' AND s.sources IS NOT NULL THEN 0 ELSE 1 END), 0) AS bigint),
            CAST(coalesce(sum(CASE WHEN c.before IS NULL AND c.kind = ? THEN 1 ELSE 0 END), 0) AS bigint)
         FROM change AS c LEFT JOIN changeset AS s ON s.id = c.changeset_id
         WHERE {condition} AND coalesce(s.state, '') <> 'UNDONE' AND NOT EXISTS (
            SELECT 1 FROM changeset AS u WHERE u.id = s.undoes_id AND u.state = 'UNDONE')"
    );
    let statement = statement(tx.get_database_backend(), &sql, [kind.into(), kind.into(), id.into()]);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(false) };
    let (all, others, added): (i64, i64, i64) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(all > 0 && others == 0 && added > 0)
}
