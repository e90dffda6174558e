//! The change of one row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The change of one row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The changeset; null if another program wrote the row.
    pub changeset_id: Option<i32>,
    /// The table of the row, as in [`crate::subject::Kind`] and beyond.
    pub kind: i32,
    /// The primary key of the row; of two columns, the first times 2^32 plus the second.
    pub row_id: i64,
    /// The table of the object that the row is a part of, or is.
    pub of_kind: i32,
    /// The id of that object.
    pub of_id: i64,
    /// JSON of its columns before; null if it was added.
    pub before: Option<String>,
    /// JSON of its columns after; null if it was removed.
    pub after: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
