//! Credits.

use sea_orm::entity::prelude::*;

/// A credit, with all columns of its table.
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
}

/// What it is joined to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::character::Entity",
        from = "Column::CharacterId",
        to = "super::character::Column::Id"
    )]
    Character,
    #[sea_orm(belongs_to = "super::person::Entity", from = "Column::PersonId", to = "super::person::Column::Id")]
    Person,
    #[sea_orm(belongs_to = "super::season::Entity", from = "Column::SeasonId", to = "super::season::Column::Id")]
    Season,
    #[sea_orm(belongs_to = "super::show::Entity", from = "Column::ShowId", to = "super::show::Column::Id")]
    Show,
}

impl Related<super::character::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Character.def()
    }
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl Related<super::season::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Season.def()
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
    #[sea_orm(entity = "super::character::Entity")]
    Character,
    #[sea_orm(entity = "super::person::Entity")]
    Person,
    #[sea_orm(entity = "super::season::Entity")]
    Season,
    #[sea_orm(entity = "super::show::Entity")]
    Show,
}
