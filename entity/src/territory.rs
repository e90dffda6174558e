//! A country, or a set of countries.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A country, or a set of countries.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "territory")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `world-ex-us-ca`.
    #[sea_orm(unique)]
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is one country or a set.
    pub kind: Kind,
    /// The code of a country (ISO 3166-1 alpha-2).
    pub iso_3166: Option<String>,
    /// 1 if a set holds every country but those that it excludes, else 0.
    pub everywhere: i32,
    /// What else is known, in words.
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a territory is one country or a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// One country.
    Country,
    /// A set of countries.
    Group,
}
