//! What a platform costs at a day.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// What a platform costs at a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "offer")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `cbs-all-access-2019`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The platform, by the name that it had.
    pub platform_name_id: i32,
    /// Where.
    pub territory_id: i32,
    /// Name of the plan.
    pub plan: Option<String>,
    /// The price in the smallest unit of the currency.
    pub price: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// For how long the price is.
    pub period: Option<Period>,
    /// What can be tried for nothing, in words.
    pub trial: Option<String>,
    /// The day on which it was so.
    pub as_of: Option<PartialDate>,
    /// What else is known, in words.
    pub note: Option<String>,
    /// The platform.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<super::platform_name::Entity>,
    /// Where.
    #[sea_orm(belongs_to, from = "territory_id", to = "id")]
    #[serde(skip)]
    pub territory: BelongsTo<super::territory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// For how long a price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Period {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}
