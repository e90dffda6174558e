//! A name of a platform, with the facts that belong to it, from a day on.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A name of a platform, with the facts that belong to it, from a day on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "platform_name")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `paramount-plus`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The platform with this name.
    pub platform_id: i32,
    /// The name.
    pub name: String,
    /// The kind of platform.
    pub kind: Kind,
    /// Its home territory.
    pub territory_id: Option<i32>,
    /// Who owns it.
    pub owner: Option<String>,
    /// The day on which it launched under this name.
    pub launched_on: Option<PartialDate>,
    /// The day from which it has this name; null for its first name.
    pub named_on: Option<PartialDate>,
    /// Further remarks.
    pub note: Option<String>,
    /// The platform with this name.
    #[sea_orm(belongs_to, from = "platform_id", to = "id")]
    #[serde(skip)]
    pub platform: BelongsTo<super::platform::Entity>,
    /// Its home territory.
    #[sea_orm(belongs_to, from = "territory_id", to = "id")]
    #[serde(skip)]
    pub territory: BelongsTo<Option<super::territory::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The kind of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A broadcast network.
    BroadcastNetwork,
    /// Syndication: sold to individual stations.
    Syndication,
    /// A cable or satellite channel.
    CableChannel,
    /// A streaming service.
    Streaming,
    /// Cinemas.
    Cinema,
}
