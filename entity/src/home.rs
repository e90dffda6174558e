//! The platform that a show or a season was made for.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The platform that a show or a season was made for.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "home")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The show.
    pub show_id: i32,
    /// The season; null for the show as a whole.
    pub season_id: Option<i32>,
    /// The platform, under its name at the time.
    pub platform_name_id: i32,
    /// The show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
    /// The platform, under its name at the time.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<super::platform_name::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
