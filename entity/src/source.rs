//! A source of the data: an article, a web page, a database.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A source of the data: an article, a web page, a database.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `whattowatch-2022-02-02`.
    #[sea_orm(unique)]
    pub slug: String,
    /// Who published it, if known.
    pub publisher: Option<String>,
    /// Its title, if known.
    pub title: Option<String>,
    /// Who wrote it, if known.
    pub author: Option<String>,
    /// The date of publication, if known; never a guess.
    pub published_on: Option<PartialDate>,
    /// Its URL.
    pub address: Option<String>,
    /// The kind of source.
    pub kind: Kind,
    /// Further remarks.
    pub note: Option<String>,
    /// The licence under which its facts may be passed on: an SPDX identifier where there is one.
    pub licence: Option<String>,
    /// The day on which it was fetched, if it changes.
    pub fetched_on: Option<PartialDate>,
    /// Its claims.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub claims: HasMany<super::claim::Entity>,
    /// What it is cited for.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub citations: HasMany<super::citation::Entity>,
    /// The ids that came from it.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub external_ids: HasMany<super::external_id::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The kind of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// One of the articles that motivated the data set.
    Briefing,
    /// An article.
    Article,
    /// A review.
    Review,
    /// An episode guide.
    EpisodeGuide,
    /// A wiki.
    Wiki,
    /// A database or data set.
    Data,
    /// A forum.
    Forum,
}
