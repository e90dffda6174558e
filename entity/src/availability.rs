//! Where, and from which day on, a season or a whole show can be watched.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Where, and from which day on, a season or a whole show can be watched.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "availability")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `pic-s2-crave-ca`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show.
    pub show_id: i32,
    /// The season; null for the show as a whole.
    pub season_id: Option<i32>,
    /// The platform, under its name in the source.
    pub platform_name_id: i32,
    /// The territory.
    pub territory_id: i32,
    /// The first day.
    pub starts_on: Option<PartialDate>,
    /// 1 if no other platform in the territory has it, 0 if another has it; null if unknown.
    pub exclusive: Option<i32>,
    /// How often episodes are released, such as `weekly`.
    pub cadence: Option<String>,
    /// How much later than elsewhere, as free text.
    pub delay: Option<String>,
    /// Further remarks.
    pub note: Option<String>,
    /// The show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
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
