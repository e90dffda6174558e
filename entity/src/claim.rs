//! A statement of a source about a row, and whether it turned out to be true.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A statement of a source about a row, and whether it turned out to be true.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `b27`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The row that the claim is about.
    pub subject_id: i32,
    /// The source.
    pub source_id: i32,
    /// What the claim is about, as a keyword: `premiere_date`.
    pub about: String,
    /// The statement.
    pub statement: String,
    /// The day of the claim; null if unknown.
    pub claimed_on: Option<PartialDate>,
    /// Whether it turned out to be true.
    pub status: Status,
    /// The claim that superseded it.
    pub superseded_by_id: Option<i32>,
    /// Further remarks.
    pub note: Option<String>,
    /// The row that the claim is about.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<super::subject::Entity>,
    /// The source.
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    #[serde(skip)]
    pub source: BelongsTo<super::source::Entity>,
    /// The claim that superseded it.
    #[sea_orm(self_ref, relation_enum = "SupersededBy", from = "superseded_by_id", to = "id")]
    #[serde(skip)]
    pub superseded_by: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a claim turned out to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It turned out to be true.
    Confirmed,
    /// It was true or likely at the time, but things changed.
    Superseded,
    /// Another source contradicts it.
    Contradicted,
    /// No other source confirms it.
    Unverified,
    /// It is false.
    False,
    /// It is an opinion.
    Opinion,
}
