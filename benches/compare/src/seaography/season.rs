//! Seasons.

use sea_orm::entity::prelude::*;

/// A season, with all columns of its table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "season")]
pub struct Model {
    #[sea_orm(unique)]
    pub slug: String,
    pub show_id: i32,
    pub number: i32,
    pub premiered_on: Option<String>,
    pub finale_on: Option<String>,
    pub planned_episode_count: Option<i32>,
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(has_many)]
    pub credit: HasMany<super::credit::Entity>,
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    pub show: BelongsTo<super::show::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
