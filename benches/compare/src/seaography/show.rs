//! Shows.

use sea_orm::entity::prelude::*;

/// A show, with all columns of its table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "show")]
pub struct Model {
    #[sea_orm(unique)]
    pub slug: String,
    pub franchise_id: Option<i32>,
    pub code: Option<String>,
    pub title: String,
    pub title_key: String,
    pub format: String,
    pub medium: Option<String>,
    pub status: Option<String>,
    pub premiered_on: Option<String>,
    pub ended_on: Option<String>,
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(has_many)]
    pub credit: HasMany<super::credit::Entity>,
    #[sea_orm(has_many)]
    pub season: HasMany<super::season::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
