//! A country that a group includes or excludes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A country that a group includes or excludes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "territory_part")]
pub struct Model {
    /// The group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i32,
    /// The country.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country_id: i32,
    /// 1 if the group excludes the country, 0 if it includes it.
    pub excluded: i32,
    /// The group.
    #[sea_orm(belongs_to, relation_enum = "Group", from = "group_id", to = "id")]
    #[serde(skip)]
    pub group: BelongsTo<super::territory::Entity>,
    /// The country.
    #[sea_orm(belongs_to, relation_enum = "Country", from = "country_id", to = "id")]
    #[serde(skip)]
    pub country: BelongsTo<super::territory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
