//! A country that a territory holds, or that it leaves out.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A country that a territory holds, or that it leaves out.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "territory_part")]
pub struct Model {
    /// The set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i32,
    /// The country.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country_id: i32,
    /// 1 if the set leaves the country out, 0 if it holds it.
    pub excluded: i32,
    /// The set.
    #[sea_orm(belongs_to, relation_enum = "Group", from = "group_id", to = "id")]
    #[serde(skip)]
    pub group: BelongsTo<super::territory::Entity>,
    /// The country.
    #[sea_orm(belongs_to, relation_enum = "Country", from = "country_id", to = "id")]
    #[serde(skip)]
    pub country: BelongsTo<super::territory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
