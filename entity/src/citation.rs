//! That a source stands behind a row, or behind one field of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// That a source stands behind a row, or behind one field of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "citation")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The row.
    pub subject_id: i32,
    /// The source.
    pub source_id: i32,
    /// The field; empty if the row as a whole is meant.
    pub field: Option<String>,
    /// The words of the source, where they were written down.
    pub claim_id: Option<i32>,
    /// The row.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<super::subject::Entity>,
    /// The source.
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    #[serde(skip)]
    pub source: BelongsTo<super::source::Entity>,
    /// The words of the source.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    #[serde(skip)]
    pub claim: BelongsTo<Option<super::claim::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
