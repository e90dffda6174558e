//! A name of a platform, with what goes with it, from a day on.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A name of a platform, with what goes with it, from a day on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "platform_name")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `paramount-plus`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The platform that has the name.
    pub platform_id: i32,
    /// The name.
    pub name: String,
    /// What kind of platform it is.
    pub kind: Kind,
    /// Where it is at home.
    pub territory_id: Option<i32>,
    /// Who owns it.
    pub owner: Option<String>,
    /// The day on which it was first there under this name.
    pub launched_on: Option<PartialDate>,
    /// The day from which it has this name; empty for its first name.
    pub named_on: Option<PartialDate>,
    /// What else is known, in words.
    pub note: Option<String>,
    /// The platform that has the name.
    #[sea_orm(belongs_to, from = "platform_id", to = "id")]
    #[serde(skip)]
    pub platform: BelongsTo<super::platform::Entity>,
    /// Where it is at home.
    #[sea_orm(belongs_to, from = "territory_id", to = "id")]
    #[serde(skip)]
    pub territory: BelongsTo<Option<super::territory::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of platform it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A network of stations.
    BroadcastNetwork,
    /// Sold to single stations.
    Syndication,
    /// A channel that is sent by cable or satellite.
    CableChannel,
    /// A streaming service.
    Streaming,
    /// Cinemas.
    Cinema,
}
