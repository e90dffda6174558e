//! A person with credits: an actor, a director, a writer.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A person with credits: an actor, a director, a writer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `brent-spiner`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The best-known name of the person.
    pub name: String,
    /// The name without case and accents, for sorting and search.
    #[serde(skip)]
    pub name_key: String,
    /// Date of birth.
    pub born: Option<PartialDate>,
    /// Date of death.
    pub died: Option<PartialDate>,
    /// The person's credits.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub credits: HasMany<super::credit::Entity>,
    /// Other names of the person.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub aliases: HasMany<super::alias::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
