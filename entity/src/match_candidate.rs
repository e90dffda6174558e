//! An object that may be what a record of a foreign source means, and what was decided about it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An object that may be what a record of a foreign source means, and what was decided about it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "match_candidate")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The table of the object, as in `subject`.
    pub kind: i32,
    /// The key of the record: `tvmaze:17`.
    pub key: String,
    /// The name in the record.
    pub name: String,
    /// The id of the object.
    pub of_id: i32,
    /// How far the record and the object are apart, from 0 to 100.
    pub distance: i32,
    /// Why they may be the same, separated by semicolons.
    pub reasons: String,
    /// Whether they are the same, once that is decided.
    pub decision: Option<Verdict>,
    /// When it was decided, in UTC.
    pub decided_at: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What was decided about a record and an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// They are the same.
    Same,
    /// They are not.
    Other,
}
