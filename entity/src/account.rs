//! Somebody who may change the data.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Somebody who may change the data.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Unique name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was created, in UTC: `2026-11-28T10:00:00Z`.
    pub created_at: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// What an account may do; each role may also do what those before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Propose changes.
    Editor,
    /// Decide on proposals, lock fields, undo and merge.
    Reviewer,
    /// Manage accounts and keys.
    Admin,
}
