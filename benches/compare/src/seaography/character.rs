//! Characters.

use sea_orm::entity::prelude::*;

/// A character, with all columns of its table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "character")]
pub struct Model {
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub name_key: String,
    pub species: Option<String>,
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(has_many)]
    pub credit: HasMany<super::credit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
