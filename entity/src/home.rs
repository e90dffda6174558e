//! The platform for which a show or a season was made.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The platform for which a show or a season was made.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "home")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The show.
    pub show_id: i32,
    /// The season; empty if the show as a whole is meant.
    pub season_id: Option<i32>,
    /// The platform, by the name that it had.
    pub platform_name_id: i32,
    /// The show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
    /// The platform, by the name that it had.
    #[sea_orm(belongs_to, from = "platform_name_id", to = "id")]
    #[serde(skip)]
    pub platform_name: BelongsTo<super::platform_name::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
