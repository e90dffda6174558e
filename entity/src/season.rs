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
    /// How much of the guest cast is recorded, if the data says so.
    pub guest_cast: Option<GuestCast>,
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

/// How much of a guest cast is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GuestCast {
    /// Every guest is recorded.
    Complete,
    /// Some guests are recorded.
    Partial,
    /// No guests are recorded.
    NotRecorded,
}
