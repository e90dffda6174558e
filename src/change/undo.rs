//! Takes a changeset back, by a changeset of its own.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use entity::{
    account::{self, Role},
    change,
    changeset::{self, Origin, State},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set, TransactionTrait,
};

use super::{
    fault::{Fault, NotChanged},
    raw::{self, Row, RowChange},
    recording::{self, Heading},
    review::{Outcome, Wish, changeset, preview, state_word},
    table::{MEMORY, TABLES},
    write::refused,
};
use crate::{code::Code, store::at_once};

/// Maximum number of rows that a reviewer can take back at once.
const MOST: usize = 10_000;

/// Takes back an applied changeset: makes the inverse of each of its changes, last first, or proposes to.
///
/// # Errors
///
/// If it is not applied, or newer changes build on it; the faults name them. Then nothing is changed.
pub async fn undo(
    db: &DatabaseConnection,
    by: &account::Model,
    number: i32,
    heading: Heading,
    wish: Wish,
) -> Result<Outcome, NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    recording::wait_for_turn(&tx).await?;
    let heading = Heading { origin: Origin::Undo, ..heading };
    let at = heading.at.clone();
    let own = recording::begin(&tx, heading.clone()).await?;
    let rows = take_back(&tx, by, number, own).await?;
    match wish {
        Wish::Apply => {
            let mut inverse = changeset(&tx, own).await?.into_active_model();
            inverse.undoes_id = Set(Some(number));
            inverse.update(&tx).await?;
            settle(&tx, number, by, at).await?;
            // SQLite looks only now whether every row is there that others refer to.
            tx.commit().await.map_err(|reason| refused(None, reason))?;
            Ok(Outcome { number: Some(own), rows })
        }
        Wish::Try => {
            tx.rollback().await?;
            Ok(Outcome { number: None, rows })
        }
        Wish::Propose => {
            tx.rollback().await?;
            let proposal = changeset::ActiveModel {
                undoes_id: Set(Some(number)),
                // It has no changes of its own.
                proposal: Set(Some("[]".to_owned())),
                preview: Set(Some(preview(&rows).to_string())),
                ..heading.row(State::Proposed)
            };
            let own = proposal.insert(db).await?.id;
            Ok(Outcome { number: Some(own), rows })
        }
    }
}

/// Writes the inverse of the changes of changeset `number`, as changes of `own`, which is being recorded. Returns them.
async fn take_back(
    tx: &DatabaseTransaction,
    by: &account::Model,
    number: i32,
    own: i32,
) -> Result<Vec<RowChange>, NotChanged> {
    let row = changeset(tx, number).await?;
    if row.state != State::Applied {
        let message = format!("changeset {number} is {}; only an applied one can be undone", state_word(row.state));
        return Err(Fault::new(None, Code::Conflict, message).into());
    }
    if row.origin == Origin::Baseline {
        let message = "what was there before changes were recorded cannot be undone";
        return Err(Fault::new(None, Code::BadInput, message).into());
    }
    let done = recording::row_changes(tx, number).await?;
    if done.len() > MOST && by.role < Role::Admin {
        let message =
            format!("changeset {number} changed {} rows; only an admin can undo more than {MOST}", done.len());
        return Err(Fault::new(None, Code::Forbidden, message).into());
    }
    let done = without_later_memory(tx, done).await?;
    let faults = obstacles(tx, number, &done).await?;
    if !faults.is_empty() {
        return Err(NotChanged::Faults(faults));
    }
    if tx.get_database_backend() != DbBackend::Postgres {
        // Rows that refer to each other come back in any order.
        tx.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    }
    for change in inverse(done) {
        raw::apply(tx, &change).await.map_err(|reason| refused(None, reason))?;
    }
    let rows = recording::row_changes(tx, own).await?;
    recording::pause(tx).await?;
    Ok(rows)
}

/// Does what the proposal `own` to undo changeset `number` says. The caller decides the proposal itself.
pub(super) async fn accept(
    tx: &DatabaseTransaction,
    by: &account::Model,
    (number, own): (i32, i32),
    at: String,
) -> Result<Vec<RowChange>, NotChanged> {
    recording::resume(tx, own).await?;
    let rows = take_back(tx, by, number, own).await?;
    settle(tx, number, by, at).await?;
    Ok(rows)
}

/// Leaves out what imports remembered and have changed since: it stays, and is in nobody's way.
async fn without_later_memory(tx: &DatabaseTransaction, mut done: Vec<RowChange>) -> Result<Vec<RowChange>, DbErr> {
    let memory: Vec<RowChange> = done.iter().filter(|change| change.table.name == MEMORY).cloned().collect();
    let mut later = HashSet::new();
    for change in left(&memory) {
        if !is_as_left(tx, &change).await? {
            later.insert(change.row_id);
        }
    }
    done.retain(|change| change.table.name != MEMORY || !later.contains(&change.row_id));
    Ok(done)
}

/// The changes that take back `done`, in an order in which no row is there before the rows that it refers to.
///
/// That is the reverse order, but for rows that were removed together: if a removal takes parts along, SQLite records the
/// parts first and PostgreSQL the whole.
fn inverse(done: Vec<RowChange>) -> Vec<RowChange> {
    let mut back: Vec<RowChange> = done.into_iter().rev().map(RowChange::inverse).collect();
    let place = |change: &RowChange| TABLES.iter().position(|table| table.name == change.table.name);
    for added in back.chunk_by_mut(|one, other| one.before.is_none() && other.before.is_none()) {
        if added.first().is_some_and(|change| change.before.is_none()) {
            added.sort_by_key(place);
        }
    }
    back
}

/// Marks a changeset as undone. If it undid another, that one is applied again.
async fn settle(tx: &DatabaseTransaction, number: i32, by: &account::Model, at: String) -> Result<(), NotChanged> {
    let row = changeset(tx, number).await?;
    if let Some(other) = row.undoes_id
        && let Some(other) = changeset::Entity::find_by_id(other).one(tx).await?
    {
        let mut other = other.into_active_model();
        other.state = Set(State::Applied);
        other.update(tx).await?;
    }
    let mut row = row.into_active_model();
    row.state = Set(State::Undone);
    row.decided_at = Set(Some(at));
    row.decided_by_id = Set((by.id > 0).then_some(by.id));
    row.update(tx).await?;
    Ok(())
}

/// Reasons not to undo: rows that changed since, and rows that refer to what would be deleted. Each names the newest
/// change.
async fn obstacles(tx: &DatabaseTransaction, number: i32, done: &[RowChange]) -> Result<Vec<Fault>, DbErr> {
    let mut faults: Vec<Fault> = Vec::new();
    let void = void(tx).await?;
    for change in left(done) {
        if !is_as_left(tx, &change).await? {
            let newer = change::Entity::find()
                .filter(change::Column::Kind.eq(change.table.kind))
                .filter(change::Column::RowId.eq(change.row_id))
                .filter(change::Column::Id.gt(change.id));
            let newest = newer.order_by_desc(change::Column::Id).all(tx).await?;
            let newest =
                newest.iter().find(|row| !row.changeset_id.is_some_and(|set| void.contains(&set))).or(newest.first());
            let newest = newest.map(RowChange::of).transpose()?;
            faults.push(in_the_way(&change, newest.as_ref()));
        } else if change.before.is_none()
            && let Some(row) = &change.after
        {
            for newer in users(tx, &change, row, &void).await? {
                if newer.changeset != Some(number) {
                    faults.push(in_the_way(&change, Some(&newer)));
                }
            }
        }
        if faults.len() >= 20 {
            break;
        }
    }
    faults.dedup_by(|one, other| one.message == other.message);
    Ok(faults)
}

/// What the changes of a changeset did to each row, all in all.
fn left(done: &[RowChange]) -> Vec<RowChange> {
    let mut places: HashMap<(i32, i64), usize> = HashMap::new();
    let mut left: Vec<RowChange> = Vec::new();
    for change in done {
        match places.entry((change.table.kind, change.row_id)) {
            Entry::Occupied(place) => {
                if let Some(known) = left.get_mut(*place.get()) {
                    known.after.clone_from(&change.after);
                    known.id = change.id;
                }
            }
            Entry::Vacant(place) => {
                place.insert(left.len());
                left.push(change.clone());
            }
        }
    }
    // A row that was added and removed again was never there for others.
    left.retain(|change| change.before.is_some() || change.after.is_some());
    left
}

/// Whether the columns that a change set still, or again, have the values that it left.
async fn is_as_left(tx: &DatabaseTransaction, change: &RowChange) -> Result<bool, DbErr> {
    let Some(key) = change.after.as_ref().or(change.before.as_ref()) else { return Ok(false) };
    let now = raw::read(tx, change.table, key).await?;
    Ok(match (&change.after, now) {
        (None, now) => now.is_none(),
        (Some(_), None) => false,
        (Some(after), Some(now)) => change.fields().all(|(column, ..)| now.get(column.name) == after.get(column.name)),
    })
}

/// Changesets that were undone, and those that undid them: together they changed nothing.
async fn void(tx: &DatabaseTransaction) -> Result<HashSet<i32>, DbErr> {
    let undone = changeset::Entity::find().filter(changeset::Column::State.eq(State::Undone)).all(tx).await?;
    let mut void: HashSet<i32> = undone.iter().map(|row| row.id).collect();
    let undoing = changeset::Entity::find()
        .filter(changeset::Column::State.eq(State::Applied))
        .filter(changeset::Column::UndoesId.is_not_null());
    for row in undoing.all(tx).await? {
        if row.undoes_id.is_some_and(|undone| void.contains(&undone)) {
            void.insert(row.id);
        }
    }
    Ok(void)
}

/// The changes that made rows refer to an added row.
async fn users(
    tx: &DatabaseTransaction,
    change: &RowChange,
    row: &Row,
    void: &HashSet<i32>,
) -> Result<Vec<RowChange>, DbErr> {
    let Some(id) = raw::number(row, "id") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (table, column) in change.table.referring() {
        for user in raw::read_all(tx, table, column.name, id).await? {
            let mut keys = table.key().filter_map(|key| raw::number(&user, key.name));
            let first = keys.next().unwrap_or_default();
            let row_id = keys.next().map_or(first, |second| (first << 32) + second);
            let made = change::Entity::find()
                .filter(change::Column::Kind.eq(table.kind))
                .filter(change::Column::RowId.eq(row_id))
                .filter(change::Column::Id.gt(change.id));
            // Who made the row refer to it last, but for changes that were taken back.
            let made = made.order_by_desc(change::Column::Id).all(tx).await?;
            let made = made.iter().find(|row| !row.changeset_id.is_some_and(|number| void.contains(&number)));
            if let Some(made) = made {
                found.push(RowChange::of(made)?);
            }
        }
    }
    Ok(found)
}

fn in_the_way(change: &RowChange, newer: Option<&RowChange>) -> Fault {
    let named = newer.unwrap_or(change);
    let name =
        |row: &Row| raw::label(row).map_or_else(|| format!("number {}", named.row_id), |text| format!("{text:?}"));
    let row = named.after.as_ref().or(named.before.as_ref()).or(change.after.as_ref());
    let what = format!("{} {}", named.table.noun, row.map(name).unwrap_or_default());
    let message = match newer.map(|newer| newer.changeset) {
        Some(Some(number)) => {
            format!("changeset {number} builds on it: it changed the {what} later; undo that one first")
        }
        _ => format!("another program changed the {what} later; set it by hand first"),
    };
    Fault::new(None, Code::Conflict, message)
}
