//! The value that a foreign source last gave for a field of an object.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The value that a foreign source last gave for a field of an object.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "source_value")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The table of the object, as in `subject`.
    pub of_kind: i32,
    /// The id of the object.
    pub of_id: i32,
    /// The column of the import format.
    pub field: String,
    /// The word of the authority: `tvmaze`.
    pub authority: String,
    /// The value, as it is written in a cell.
    pub value: String,
    /// The slug of the source with which it came.
    pub source: String,
    /// The value of this authority that an import last wrote into the field; null if it wrote none, or that of another
    /// authority.
    pub written: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
