//! Something that was read: an article, a page, a database.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Something that was read: an article, a page, a database.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `whattowatch-2022-02-02`.
    #[sea_orm(unique)]
    pub slug: String,
    /// Who published it, if known.
    pub publisher: Option<String>,
    /// Its title, if known.
    pub title: Option<String>,
    /// Who wrote it, if known.
    pub author: Option<String>,
    /// The day of publication, if known; never a guess.
    pub published_on: Option<PartialDate>,
    /// Where it can be read.
    pub address: Option<String>,
    /// What kind of source it is.
    pub kind: Kind,
    /// What else is known, in words.
    pub note: Option<String>,
    /// What it claims.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub claims: HasMany<super::claim::Entity>,
    /// What it stands behind.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub citations: HasMany<super::citation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// One of the articles that the data set was made to answer.
    Briefing,
    /// An article.
    Article,
    /// A review.
    Review,
    /// A guide to episodes.
    EpisodeGuide,
    /// An encyclopedia that readers write.
    Wiki,
    /// A collection of data.
    Data,
    /// A forum.
    Forum,
}
