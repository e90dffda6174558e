//! Proposals and what becomes of them.

use entity::{
    account,
    changeset::{self, Origin, State},
};
use sea_orm::{
    ActiveModelTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, IntoActiveModel, Set, TransactionTrait,
};
use serde_json::{Value as Json, json};

use super::{
    edit::Edit,
    fault::{Fault, NotChanged},
    lock,
    raw::RowChange,
    recording::{self, Heading},
    undo, write,
};
use crate::{code::Code, store::at_once};

/// A changeset as it is sent.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says about itself.
    pub heading: Heading,
    /// Its changes, as JSON of the API.
    pub changes: Vec<Json>,
}

/// What to do with a changeset that has no faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Apply it.
    Apply,
    /// Keep it as a proposal.
    Propose,
    /// Only tell what it would change.
    Try,
}

/// What a changeset did, or would do.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its number; `None` if nothing was kept, because it was only tried or changed nothing.
    pub number: Option<i32>,
    /// The rows that it changed or would change.
    pub rows: Vec<RowChange>,
}

/// Checks a changeset, and applies or keeps it.
///
/// # Errors
///
/// All faults of its changes. Then nothing is changed.
pub async fn submit(
    db: &DatabaseConnection,
    author: &account::Model,
    draft: Draft,
    wish: Wish,
) -> Result<Outcome, NotChanged> {
    let edits = parse(&draft.changes)?;
    let tx = db.begin_with_options(at_once()).await?;
    let heading = draft.heading.clone();
    let number = recording::begin(&tx, heading).await?;
    write::write(&tx, &edits, number).await?;
    let rows = recording::row_changes(&tx, number).await?;
    lock::check(&tx, author, &rows).await?;
    match wish {
        Wish::Apply => {
            let kept = recording::end(&tx, number).await?;
            tx.commit().await?;
            Ok(Outcome { number: kept.then_some(number), rows })
        }
        Wish::Try => {
            tx.rollback().await?;
            Ok(Outcome { number: None, rows })
        }
        Wish::Propose => {
            tx.rollback().await?;
            let row = changeset::ActiveModel {
                proposal: Set(Some(Json::from(draft.changes).to_string())),
                preview: Set(Some(preview(&rows).to_string())),
                ..draft.heading.row(State::Proposed)
            };
            let number = row.insert(db).await?.id;
            Ok(Outcome { number: Some(number), rows })
        }
    }
}

fn parse(changes: &[Json]) -> Result<Vec<Edit>, NotChanged> {
    let mut edits = Vec::new();
    let mut faults = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        match Edit::parse(change) {
            Ok(edit) => edits.push(edit),
            Err(reason) => faults.push(Fault::new(place, Code::BadInput, reason)),
        }
    }
    if faults.is_empty() { Ok(edits) } else { Err(NotChanged::Faults(faults)) }
}

/// The changed rows as JSON, as they are kept with a proposal.
pub(super) fn preview(rows: &[RowChange]) -> Json {
    let row = |row: &RowChange| {
        json!({
            "kind": row.table.kind, "row": row.row_id, "of": [row.object.0, row.object.1],
            "before": row.before, "after": row.after,
        })
    };
    rows.iter().map(row).collect()
}

/// Accepts a proposal: checks it again, and applies it, or those of its changes whose places are in `parts`.
///
/// # Errors
///
/// If it is not a proposal, is the reviewer's own, or has faults by now. Then it stays as it is.
pub async fn accept(
    db: &DatabaseConnection,
    reviewer: &account::Model,
    number: i32,
    comment: Option<String>,
    parts: Option<&[usize]>,
    at: String,
) -> Result<Outcome, NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    recording::wait_for_turn(&tx).await?;
    let row = proposal(&tx, number).await?;
    if row.account_id == Some(reviewer.id) {
        let message = "a proposal is decided by another reviewer than its author; withdraw it if it is not wanted";
        return Err(Fault::new(None, Code::Forbidden, message).into());
    }
    if let Some(undone) = row.undoes_id {
        if parts.is_some() {
            let message = "`only` does not apply here: a changeset is undone as a whole";
            return Err(Fault::new(None, Code::BadInput, message).into());
        }
        let rows = undo::accept(&tx, reviewer, (undone, number), at.clone()).await?;
        let mut row = row.into_active_model();
        row.preview = Set(None);
        decide(&tx, row, State::Applied, reviewer, comment, at).await?;
        // SQLite looks only now whether every row is there that others refer to.
        tx.commit().await.map_err(|reason| write::refused(None, reason))?;
        return Ok(Outcome { number: Some(number), rows });
    }
    let changes = proposed(&row)?;
    let mut chosen: Vec<usize> = match parts {
        Some(parts) => parts.to_vec(),
        None => (0..changes.len()).collect(),
    };
    chosen.sort_unstable();
    chosen.dedup();
    if let Some(beyond) = chosen.iter().find(|place| **place >= changes.len()) {
        let message = format!("the proposal has {} changes, numbered from 0; there is no {beyond}", changes.len());
        return Err(Fault::new(None, Code::BadInput, message).into());
    }
    let picked: Vec<Json> = changes
        .iter()
        .enumerate()
        .filter(|(place, _)| chosen.contains(place))
        .map(|(_, change)| change.clone())
        .collect();
    let edits = parse(&picked)?;
    recording::resume(&tx, number).await?;
    write::write(&tx, &edits, number).await.map_err(|reason| placed(reason, &chosen))?;
    recording::pause(&tx).await?;
    let rows = recording::row_changes(&tx, number).await?;
    // Fields may have been locked since it was proposed.
    if let Some(author) = row.account_id
        && let Some(author) = account::Entity::find_by_id(author).one(&tx).await?
    {
        lock::check(&tx, &author, &rows).await?;
    }
    let mut row = row.into_active_model();
    row.preview = Set(None);
    let part = (chosen.len() < changes.len()).then(|| {
        let places: Vec<String> = chosen.iter().map(ToString::to_string).collect();
        format!("Only these of its {} changes were applied, counted from 0: {}.", changes.len(), places.join(", "))
    });
    let comment: Vec<String> = comment.into_iter().chain(part).collect();
    decide(&tx, row, State::Applied, reviewer, Some(comment.join(" ")), at).await?;
    tx.commit().await?;
    Ok(Outcome { number: Some(number), rows })
}

/// Faults of chosen changes, with their places in the proposal.
fn placed(reason: NotChanged, chosen: &[usize]) -> NotChanged {
    let NotChanged::Faults(mut faults) = reason else { return reason };
    for fault in &mut faults {
        fault.change = fault.change.and_then(|place| chosen.get(place).copied());
    }
    NotChanged::Faults(faults)
}

fn proposed(row: &changeset::Model) -> Result<Vec<Json>, NotChanged> {
    let text = row.proposal.as_deref().unwrap_or("[]");
    serde_json::from_str(text).map_err(|reason| {
        NotChanged::Database(sea_orm::DbErr::Custom(format!("proposal {} cannot be read: {reason}", row.id)))
    })
}

/// Rejects a proposal.
///
/// # Errors
///
/// If it is not a proposal.
pub async fn reject(
    db: &DatabaseConnection,
    reviewer: &account::Model,
    number: i32,
    comment: Option<String>,
    at: String,
) -> Result<(), NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    recording::wait_for_turn(&tx).await?;
    let row = proposal(&tx, number).await?;
    if row.account_id == Some(reviewer.id) {
        return Err(Fault::new(None, Code::Forbidden, "this is your own proposal; withdraw it instead").into());
    }
    let row = row.into_active_model();
    decide(&tx, row, State::Rejected, reviewer, comment, at).await?;
    Ok(tx.commit().await?)
}

/// Withdraws one's own proposal.
///
/// # Errors
///
/// If it is not a proposal, or that of another.
pub async fn withdraw(
    db: &DatabaseConnection,
    author: &account::Model,
    number: i32,
    at: String,
) -> Result<(), NotChanged> {
    let tx = db.begin_with_options(at_once()).await?;
    recording::wait_for_turn(&tx).await?;
    let row = proposal(&tx, number).await?;
    if row.account_id != Some(author.id) {
        let message = "only its author can withdraw a proposal; a reviewer can reject it";
        return Err(Fault::new(None, Code::Forbidden, message).into());
    }
    decide(&tx, row.into_active_model(), State::Withdrawn, author, None, at).await?;
    Ok(tx.commit().await?)
}

async fn decide(
    tx: &DatabaseTransaction,
    mut row: changeset::ActiveModel,
    state: State,
    by: &account::Model,
    comment: Option<String>,
    at: String,
) -> Result<(), NotChanged> {
    row.state = Set(state);
    // 0 stands for the operator, who has no account.
    row.decided_by_id = Set((by.id > 0).then_some(by.id));
    row.decided_at = Set(Some(at));
    row.comment = Set(comment.filter(|comment| !comment.is_empty()));
    row.update(tx).await?;
    Ok(())
}

/// The changeset with this number, which must be a proposal.
async fn proposal(tx: &DatabaseTransaction, number: i32) -> Result<changeset::Model, NotChanged> {
    let row = changeset(tx, number).await?;
    if row.state == State::Proposed {
        return Ok(row);
    }
    let message = format!("changeset {number} is no open proposal; it is {}", state_word(row.state));
    Err(Fault::new(None, Code::Conflict, message).into())
}

/// The changeset with this number.
pub(super) async fn changeset(tx: &DatabaseTransaction, number: i32) -> Result<changeset::Model, NotChanged> {
    let row = changeset::Entity::find_by_id(number).one(tx).await?;
    Ok(row.ok_or_else(|| Fault::new(None, Code::NotFound, format!("there is no changeset {number}")))?)
}

pub(super) fn state_word(state: State) -> &'static str {
    match state {
        State::Proposed => "proposed",
        State::Applied => "applied",
        State::Rejected => "rejected",
        State::Withdrawn => "withdrawn",
        State::Undone => "undone",
    }
}

impl Draft {
    /// A draft of the API.
    pub fn new(heading: Heading, changes: Vec<Json>) -> Self {
        Self { heading: Heading { origin: Origin::Api, ..heading }, changes }
    }
}
