//! A source that supports a row, or one field of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A source that supports a row, or one field of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "citation")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The row.
    pub subject_id: i32,
    /// The source.
    pub source_id: i32,
    /// The field; null for the row as a whole.
    pub field: Option<String>,
    /// The claim in the source, if it was recorded.
    pub claim_id: Option<i32>,
    /// The row.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<super::subject::Entity>,
    /// The source.
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    #[serde(skip)]
    pub source: BelongsTo<super::source::Entity>,
    /// The claim in the source.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    #[serde(skip)]
    pub claim: BelongsTo<Option<super::claim::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
