//! Another name of a person or a character.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Another name of a person or a character.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "alias")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The person with this name, if it is a person's.
    pub person_id: Option<i32>,
    /// The character with this name, if it is a character's.
    pub character_id: Option<i32>,
    /// Position among the other names, from 1.
    pub position: i32,
    /// The other name.
    pub name: String,
    /// The name without case and accents, for sorting and search.
    #[serde(skip)]
    pub name_key: String,
    /// The person with this name.
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    #[serde(skip)]
    pub person: BelongsTo<Option<super::person::Entity>>,
    /// The character with this name.
    #[sea_orm(belongs_to, from = "character_id", to = "id")]
    #[serde(skip)]
    pub character: BelongsTo<Option<super::character::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
