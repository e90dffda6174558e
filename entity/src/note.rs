//! A remark about a row whose table has no column for notes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A remark about a row whose table has no column for notes: about a subject, one episode of a credit, or a change of a
/// platform's name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The subject, if the note is about one.
    pub subject_id: Option<i32>,
    /// The credit, if the note is about one episode of it.
    pub credit_id: Option<i32>,
    /// That episode.
    pub episode_id: Option<i32>,
    /// The new name, if the note is about a change of a platform's name.
    pub platform_name_id: Option<i32>,
    /// The text.
    pub text: String,
    /// The subject.
    #[sea_orm(belongs_to, from = "subject_id", to = "id")]
    #[serde(skip)]
    pub subject: BelongsTo<Option<super::subject::Entity>>,
    /// The new name.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<Option<super::platform_name::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
