//! A character in a story, the same in a whole franchise, however many people play it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A character in a story, the same in a whole franchise, however many people play it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "character")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `borg-queen`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The best-known name of the character.
    pub name: String,
    /// The name without case and accents, for sorting and search.
    #[serde(skip)]
    pub name_key: String,
    /// The species, if known.
    pub species: Option<String>,
    /// The credits of everyone who played the character.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub credits: HasMany<super::credit::Entity>,
    /// Other names of the character.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub aliases: HasMany<super::alias::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
