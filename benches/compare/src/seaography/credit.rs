//! Credits.

use sea_orm::entity::prelude::*;

/// A credit, with all columns of its table.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit")]
pub struct Model {
    pub person_id: i32,
    pub show_id: i32,
    pub season_id: Option<i32>,
    pub character_id: Option<i32>,
    pub job: i32,
    pub billing: Option<i32>,
    pub position: Option<i32>,
    pub part: Option<String>,
    pub credited_as: Option<String>,
    pub rank: i32,
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(belongs_to, from = "character_id", to = "id")]
    pub character: BelongsTo<Option<super::character::Entity>>,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    pub season: BelongsTo<Option<super::season::Entity>>,
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    pub show: BelongsTo<super::show::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
