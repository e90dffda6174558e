//! A country or a group of countries.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A country or a group of countries.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "territory")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `world-ex-us-ca`.
    #[sea_orm(unique)]
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is a country or a group.
    pub kind: Kind,
    /// The country code (ISO 3166-1 alpha-2); null for groups.
    pub iso_3166: Option<String>,
    /// 1 if a group includes all countries except those that it excludes, else 0.
    pub everywhere: i32,
    /// Further remarks.
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a territory is a country or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// One country.
    Country,
    /// A group of countries.
    Group,
}
