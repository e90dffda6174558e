//! A field, or a whole object, that imports and editors must leave as it is.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A field, or a whole object, that imports and editors must leave as it is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "field_lock")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The table of the object.
    pub kind: i32,
    /// The id of the object.
    pub row_id: i32,
    /// The column; empty for the whole object.
    pub field: String,
    /// Why it is locked.
    pub reason: String,
    /// The account that locked it.
    pub account_id: Option<i32>,
    /// When it was locked, in UTC.
    pub created_at: String,
}

impl ActiveModelBehavior for ActiveModel {}
