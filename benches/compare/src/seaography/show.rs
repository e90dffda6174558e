//! Shows.

use sea_orm::entity::prelude::*;

/// A show, with all columns of its table.
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
}

/// What it is joined to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::credit::Entity")]
    Credit,
    #[sea_orm(has_many = "super::season::Entity")]
    Season,
}

impl Related<super::credit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Credit.def()
    }
}

impl Related<super::season::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Season.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The joins that are fields.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::credit::Entity")]
    Credit,
    #[sea_orm(entity = "super::season::Entity")]
    Season,
}
