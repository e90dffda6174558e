//! What is known in words of a row whose table has no notes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is known in words of a row whose table has no notes: of a subject, of one episode of a credit, or of how a
/// platform came to a name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// Number within this database.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The row, if it is one that sources can be about.
    pub subject_id: Option<i32>,
    /// The credit, if it is about one episode of it.
    pub credit_id: Option<i32>,
    /// That episode.
    pub episode_id: Option<i32>,
    /// The new name, if it is about a change of names.
    pub platform_name_id: Option<i32>,
    /// What is known.
    pub text: String,
    /// The row.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<Option<super::subject::Entity>>,
    /// The new name.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<Option<super::platform_name::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
