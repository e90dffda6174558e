//! Somebody in the story, the same through a whole franchise, however many people play the part.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Somebody in the story, the same through a whole franchise, however many people play the part.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "character")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `borg-queen`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The name by which the character is known.
    pub name: String,
    /// The name without case and accents, for order and look-up.
    #[serde(skip)]
    pub name_key: String,
    /// The species, where the story tells.
    pub species: Option<String>,
    /// Who played the character, and in what.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub credits: HasMany<super::credit::Entity>,
    /// Other names of the character.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub aliases: HasMany<super::alias::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
