//! People.

use sea_orm::entity::prelude::*;

/// A person, with all columns of its table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub name_key: String,
    pub born: Option<String>,
    pub died: Option<String>,
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(has_many)]
    pub credit: HasMany<super::credit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
