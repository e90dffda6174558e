//! A fictional universe that several shows share, such as Star Trek.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A fictional universe that several shows share, such as Star Trek.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "franchise")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `star-trek`.
    #[sea_orm(unique)]
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its shows.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub shows: HasMany<super::show::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
