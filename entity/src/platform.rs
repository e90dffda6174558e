//! A network, channel or service that distributes shows, the same under all its names.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A network, channel or service that distributes shows, the same under all its names.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "platform")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `cbs-all-access`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The date whose name is meant where the platform is mentioned, not stored. `None` for the latest name.
    #[sea_orm(ignore)]
    #[serde(skip)]
    pub name_on: Option<crate::PartialDate>,
    /// Its names.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub names: HasMany<super::platform_name::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
