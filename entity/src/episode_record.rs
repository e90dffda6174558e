//! What sources record of an episode beside its title and day.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// What sources record of an episode beside its title and day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "episode_record")]
pub struct Model {
    /// The episode.
    #[sea_orm(primary_key, auto_increment = false)]
    pub episode_id: i32,
    /// Its number in the order of production.
    pub production_number: Option<String>,
    /// The first day according to another source.
    pub other_aired_on: Option<PartialDate>,
    /// That source.
    pub other_source_id: Option<i32>,
    /// The episode.
    #[sea_orm(belongs_to, from = "episode_id", to = "id")]
    #[serde(skip)]
    pub episode: BelongsTo<super::episode::Entity>,
    /// The source of the other day.
    #[sea_orm(belongs_to, from = "other_source_id", to = "id")]
    #[serde(skip)]
    pub other_source: BelongsTo<Option<super::source::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
