//! A season of a show.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A season of a show.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "season")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `star-trek-picard-s02`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show that it belongs to.
    pub show_id: i32,
    /// Its number within the show.
    pub number: i32,
    /// The air date of its first episode.
    pub premiered_on: Option<PartialDate>,
    /// The air date of its last episode.
    pub finale_on: Option<PartialDate>,
    /// The planned number of episodes; a double-length episode counts twice.
    pub planned_episode_count: Option<i32>,
    /// The show it belongs to.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// Its episodes.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub episodes: HasMany<super::episode::Entity>,
    /// The credits in it.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub credits: HasMany<super::credit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
