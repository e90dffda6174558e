//! Seasons.

use sea_orm::entity::prelude::*;

/// A season, with all columns of its table.
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
}

/// What it is joined to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::credit::Entity")]
    Credit,
    #[sea_orm(belongs_to = "super::show::Entity", from = "Column::ShowId", to = "super::show::Column::Id")]
    Show,
}

impl Related<super::credit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Credit.def()
    }
}

impl Related<super::show::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Show.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The joins that are fields.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::credit::Entity")]
    Credit,
    #[sea_orm(entity = "super::show::Entity")]
    Show,
}
