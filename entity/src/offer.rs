//! The price of a platform on a day.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// The price of a platform on a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "offer")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `cbs-all-access-2019`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The platform, under its name at the time.
    pub platform_name_id: i32,
    /// The territory.
    pub territory_id: i32,
    /// The name of the plan.
    pub plan: Option<String>,
    /// The price in the smallest unit of the currency.
    pub price: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The billing period of the price.
    pub period: Option<Period>,
    /// The free trial, as free text.
    pub trial: Option<String>,
    /// The day on which the price applied.
    pub as_of: Option<PartialDate>,
    /// Further remarks.
    pub note: Option<String>,
    /// The platform.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<super::platform_name::Entity>,
    /// The territory.
    #[sea_orm(belongs_to, from = "territory_id", to = "id")]
    #[serde(skip)]
    pub territory: BelongsTo<super::territory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The billing period of a price.
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
