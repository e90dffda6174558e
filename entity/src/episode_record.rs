//! Further facts about an episode: its production number, and an air date from another source.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Further facts about an episode: its production number, and an air date from another source.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "episode_record")]
pub struct Model {
    /// The episode.
    #[sea_orm(primary_key, auto_increment = false)]
    pub episode_id: i32,
    /// Its number in the order of production.
    pub production_number: Option<String>,
    /// The air date according to another source.
    pub other_aired_on: Option<PartialDate>,
    /// That source.
    pub other_source_id: Option<i32>,
    /// The episode.
    #[sea_orm(belongs_to, from = "episode_id", to = "id")]
    #[serde(skip)]
    pub episode: BelongsTo<super::episode::Entity>,
    /// The source of the other air date.
    #[sea_orm(belongs_to, from = "other_source_id", to = "id")]
    #[serde(skip)]
    pub other_source: BelongsTo<Option<super::source::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
