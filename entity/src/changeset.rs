//! A set of changes that were made, or are proposed, together.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A set of changes that were made, or are proposed, together.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "changeset")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The author; null if castgraph's commands or another program wrote it.
    pub account_id: Option<i32>,
    /// How it came about.
    pub origin: Origin,
    /// What became of it.
    pub state: State,
    /// What it does, in a few words.
    pub title: String,
    /// Why, in more words.
    pub note: Option<String>,
    /// JSON array of what it is based on.
    pub sources: Option<String>,
    /// When it was made, in UTC.
    pub created_at: String,
    /// When it was accepted, rejected, withdrawn or undone, in UTC.
    pub decided_at: Option<String>,
    /// The account that decided.
    pub decided_by_id: Option<i32>,
    /// Why it was decided so.
    pub comment: Option<String>,
    /// The changeset that it undoes.
    pub undoes_id: Option<i32>,
    /// JSON of the proposed changes, as they were sent.
    pub proposal: Option<String>,
    /// JSON of the rows that the proposal would change.
    pub preview: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How a changeset came about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origin {
    /// A mutation.
    Api,
    /// An import.
    Import,
    /// A command.
    Command,
    /// It undoes another.
    Undo,
    /// What was there before changes were recorded.
    Baseline,
}

/// What became of a changeset.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It waits for a reviewer.
    Proposed,
    /// It is part of the data.
    Applied,
    /// A reviewer rejected it.
    Rejected,
    /// Its author withdrew it.
    Withdrawn,
    /// It was applied and then undone.
    Undone,
}
