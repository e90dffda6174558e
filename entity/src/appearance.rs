//! One episode that a credit is known to include.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One episode that a credit is known to include.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "appearance")]
pub struct Model {
    /// The credit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credit_id: i32,
    /// The episode.
    #[sea_orm(primary_key, auto_increment = false)]
    pub episode_id: i32,
    /// The season of the credit and of the episode.
    pub season_id: i32,
    /// How prominently an actor is credited in this episode.
    pub billing: Option<super::credit::Billing>,
    /// Position in the credits of this episode among those with the same job and billing, from 1.
    pub position: Option<i32>,
    /// The name in the credits of this episode, if it differs from the person's.
    pub credited_as: Option<String>,
    /// The credit.
    #[sea_orm(belongs_to, from = "credit_id", to = "id")]
    #[serde(skip)]
    pub credit: BelongsTo<super::credit::Entity>,
    /// The episode.
    #[sea_orm(belongs_to, from = "episode_id", to = "id")]
    #[serde(skip)]
    pub episode: BelongsTo<super::episode::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
