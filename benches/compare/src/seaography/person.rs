//! People.

use sea_orm::entity::prelude::*;

/// A person, with all columns of its table.
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
}

/// What it is joined to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::credit::Entity")]
    Credit,
}

impl Related<super::credit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Credit.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The joins that are fields.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::credit::Entity")]
    Credit,
}
