//! The frame of a write: one transaction, one changeset, and the rows that it changed.

use entity::{
    account, change,
    changeset::{self, Origin, State},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, Set, Statement,
};

use super::raw::RowChange;

/// The advisory lock of write transactions on PostgreSQL, which the triggers know too. Writers take turns, as they do on
/// SQLite, so that the ids of changes have the order of the commits and no two editors deadlock.
const LOCK: i32 = 1_667_330_932;

/// What a changeset says about itself.
#[derive(Clone, Debug)]
pub struct Heading {
    /// How it came about.
    pub origin: Origin,
    /// The author; `None` for the operator at the command line.
    pub author: Option<i32>,
    /// What it does, in a few words.
    pub title: String,
    /// Why, in more words.
    pub note: Option<String>,
    /// What it is based on.
    pub sources: Vec<String>,
    /// When it was made, in UTC: `2026-11-28T10:00:00Z`.
    pub at: String,
}

impl Heading {
    /// A heading without a note and sources.
    pub fn new(
        origin: Origin,
        author: Option<&account::Model>,
        title: impl Into<String>,
        at: impl Into<String>,
    ) -> Self {
        Self {
            origin,
            author: author.map(|account| account.id),
            title: title.into(),
            note: None,
            sources: Vec::new(),
            at: at.into(),
        }
    }

    pub(super) fn row(self, state: State) -> changeset::ActiveModel {
        let sources = (!self.sources.is_empty()).then(|| serde_json::Value::from(self.sources).to_string());
        changeset::ActiveModel {
            account_id: Set(self.author),
            origin: Set(self.origin),
            state: Set(state),
            title: Set(self.title),
            note: Set(self.note.filter(|note| !note.is_empty())),
            sources: Set(sources),
            created_at: Set(self.at),
            ..Default::default()
        }
    }
}

/// Waits until no other process writes. Without it, PostgreSQL lets two changesets run at once.
///
/// # Errors
///
/// If the database fails.
pub async fn wait_for_turn(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Ok(())
}

/// Begins a changeset: from here on the transaction's changes belong to it. Returns its number.
///
/// # Errors
///
/// If the database fails.
pub async fn begin(tx: &DatabaseTransaction, heading: Heading) -> Result<i32, DbErr> {
    wait_for_turn(tx).await?;
    let number = heading.row(State::Applied).insert(tx).await?.id;
    resume(tx, number).await?;
    Ok(number)
}

/// Lets the transaction's changes belong to an existing changeset.
pub(super) async fn resume(tx: &DatabaseTransaction, number: i32) -> Result<(), DbErr> {
    let statement = match tx.get_database_backend() {
        DbBackend::Postgres => format!("SELECT set_config('castgraph.changeset', '{number}', true)"),
        _ => format!("INSERT INTO change_context (id, changeset_id) VALUES (1, {number})"),
    };
    tx.execute_unprepared(&statement).await.map(drop)
}

/// Ends the changeset of a transaction. One that changed nothing is removed. Returns whether it stays.
///
/// # Errors
///
/// If the database fails.
pub async fn end(tx: &DatabaseTransaction, number: i32) -> Result<bool, DbErr> {
    pause(tx).await?;
    let changed = has_changes(tx, number).await?;
    if !changed {
        changeset::Entity::delete_by_id(number).exec(tx).await?;
    }
    Ok(changed)
}

/// Whether a changeset has changed anything so far.
pub(super) async fn has_changes(tx: &DatabaseTransaction, number: i32) -> Result<bool, DbErr> {
    let own = change::Entity::find().filter(change::Column::ChangesetId.eq(number));
    Ok(own.one(tx).await?.is_some())
}

/// Leaves the transaction's further changes unrecorded.
pub(super) async fn record_nothing(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    pause(tx).await?;
    resume(tx, 0).await
}

pub(super) async fn pause(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        tx.execute_unprepared("DELETE FROM change_context").await?;
    }
    Ok(())
}

/// The changes of a changeset, in the order in which they were made.
pub(super) async fn changes(tx: &DatabaseTransaction, number: i32) -> Result<Vec<change::Model>, DbErr> {
    let own = change::Entity::find().filter(change::Column::ChangesetId.eq(number));
    own.order_by_asc(change::Column::Id).all(tx).await
}

/// The changes of a changeset, decoded.
pub(super) async fn row_changes(tx: &DatabaseTransaction, number: i32) -> Result<Vec<RowChange>, DbErr> {
    changes(tx, number).await?.iter().map(RowChange::of).collect()
}

/// A statement with values bound to `?`, which PostgreSQL calls `$1`, `$2`, ….
pub fn statement(backend: DbBackend, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Statement {
    Statement::from_sql_and_values(backend, crate::export::numbered(sql, backend), values)
}
