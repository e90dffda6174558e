//! An episode of a season.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{PartialDate, season::GuestCast};

/// An episode of a season.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "episode")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `pic-s02e04`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show that it belongs to, always the same as its season's.
    pub show_id: i32,
    /// The season that it belongs to.
    pub season_id: i32,
    /// Its number within the season.
    pub number: i32,
    /// The last number that it has, if it is a double-length episode with several numbers.
    pub number_end: Option<i32>,
    /// Its title.
    pub title: String,
    /// The title without case and accents, for sorting and search.
    #[serde(skip)]
    pub title_key: String,
    /// The day on which it was first shown.
    pub aired_on: Option<PartialDate>,
    /// How much of the guest cast is recorded, if the data says so.
    pub guest_cast: Option<GuestCast>,
    /// Length in minutes.
    pub runtime_minutes: Option<i32>,
    /// The show it belongs to.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season it belongs to.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<super::season::Entity>,
    /// The credits that are known to include it.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub appearances: HasMany<super::appearance::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
