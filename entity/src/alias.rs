//! Another name of a person or of a character.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Another name of a person or of a character.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "alias")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The person who has the name, if it is a person's.
    pub person_id: Option<i32>,
    /// The character who has the name, if it is a character's.
    pub character_id: Option<i32>,
    /// Place among the other names, from 1.
    pub position: i32,
    /// The other name.
    pub name: String,
    /// The name without case and accents, for order and look-up.
    #[serde(skip)]
    pub name_key: String,
    /// The person who has the name.
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    #[serde(skip)]
    pub person: BelongsTo<Option<super::person::Entity>>,
    /// The character who has the name.
    #[sea_orm(belongs_to, from = "character_id", to = "id")]
    #[serde(skip)]
    pub character: BelongsTo<Option<super::character::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
