//! Where a season, or a show as a whole, can be seen from when.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Where a season, or a show as a whole, can be seen from when.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "availability")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `pic-s2-crave-ca`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show.
    pub show_id: i32,
    /// The season; empty if the show as a whole is meant.
    pub season_id: Option<i32>,
    /// On which platform, by the name in the source.
    pub platform_name_id: i32,
    /// Where.
    pub territory_id: i32,
    /// The first day.
    pub starts_on: Option<PartialDate>,
    /// 1 if it can be seen nowhere else there, 0 if it can; empty if that is not known.
    pub exclusive: Option<i32>,
    /// How episodes follow each other, such as `weekly`.
    pub cadence: Option<String>,
    /// How much later than elsewhere, in words.
    pub delay: Option<String>,
    /// What else is known, in words.
    pub note: Option<String>,
    /// The show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
    /// On which platform.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<super::platform_name::Entity>,
    /// Where.
    #[sea_orm(belongs_to, from = "territory_id", to = "id")]
    #[serde(skip)]
    pub territory: BelongsTo<super::territory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
