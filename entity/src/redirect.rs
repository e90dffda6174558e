//! A slug or an id that an object had before it was renamed or merged into another.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A slug or an id that an object had before it was renamed or merged into another.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "redirect")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The table of the object.
    pub kind: i32,
    /// The former slug.
    pub slug: Option<String>,
    /// The id of the object that was merged into another.
    pub old_id: Option<i32>,
    /// The id of the object that has taken its place.
    pub target_id: i32,
}

impl ActiveModelBehavior for ActiveModel {}
