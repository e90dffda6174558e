//! Something published about a show or a season: an announcement, a trailer, a poster, a text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Something published about a show or a season: an announcement, a trailer, a poster, a text.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "media")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `pic-s2-logline`.
    #[sea_orm(unique)]
    pub slug: String,
    /// What kind of publication it is.
    pub kind: Kind,
    /// The show.
    pub show_id: i32,
    /// The season; null for the show as a whole.
    pub season_id: Option<i32>,
    /// The day on which it was published.
    pub released_on: Option<PartialDate>,
    /// Who published it; several names are separated by semicolons.
    pub issuer: Option<String>,
    /// Its text, if it is a text.
    pub text: Option<String>,
    /// Further remarks.
    pub note: Option<String>,
    /// The show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// The season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The kind of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An announcement.
    Announcement,
    /// A trailer or teaser.
    Trailer,
    /// A poster.
    Poster,
    /// The official summary of the story in a few sentences, quoted.
    Logline,
    /// A summary of the story in a few sentences, written for this data set.
    Summary,
}
