//! What a source says about a row, and what became of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// What a source says about a row, and what became of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `b27`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The row that it is about.
    pub subject_id: i32,
    /// Who says so.
    pub source_id: i32,
    /// What it is about, in a word: `premiere_date`.
    pub about: String,
    /// What is said.
    pub statement: String,
    /// The day on which it was said; empty if that is not known.
    pub claimed_on: Option<PartialDate>,
    /// What became of it.
    pub status: Status,
    /// The claim that took its place.
    pub superseded_by_id: Option<i32>,
    /// What else is known, in words.
    pub note: Option<String>,
    /// The row that it is about.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<super::subject::Entity>,
    /// Who says so.
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    #[serde(skip)]
    pub source: BelongsTo<super::source::Entity>,
    /// The claim that took its place.
    #[sea_orm(self_ref, relation_enum = "SupersededBy", from = "superseded_by_id", to = "id")]
    #[serde(skip)]
    pub superseded_by: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It turned out to be right.
    Confirmed,
    /// It was right or likely when it was made, and something else came.
    Superseded,
    /// Another source says otherwise.
    Contradicted,
    /// Nothing else is known that bears it out.
    Unverified,
    /// It is wrong.
    False,
    /// It is a matter of taste.
    Opinion,
}
