//! A production: a series, a miniseries, an anthology or a film.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A production: a series, a miniseries, an anthology or a film.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "show")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `star-trek-picard`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The franchise that it belongs to, if any.
    pub franchise_id: Option<i32>,
    /// Short name among those who know it: `PIC`.
    pub code: Option<String>,
    /// Its title.
    pub title: String,
    /// The title without case and accents, for order and look-up.
    #[serde(skip)]
    pub title_key: String,
    /// What kind of production it is.
    pub format: Format,
    /// How it was made, if known.
    pub medium: Option<Medium>,
    /// Whether it goes on; empty for films.
    pub status: Option<Status>,
    /// The first day on which it was shown.
    pub premiered_on: Option<PartialDate>,
    /// The day of its last episode.
    pub ended_on: Option<PartialDate>,
    /// The franchise it belongs to.
    #[sea_orm(belongs_to, from = "franchise_id", to = "id")]
    #[serde(skip)]
    pub franchise: BelongsTo<Option<super::franchise::Entity>>,
    /// Its seasons.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub seasons: HasMany<super::season::Entity>,
    /// Its episodes.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub episodes: HasMany<super::episode::Entity>,
    /// All credits in it.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub credits: HasMany<super::credit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of production a show is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// A series with one story line or cast over its seasons.
    Series,
    /// A series planned to end after few episodes.
    Miniseries,
    /// Stories that stand for themselves under one title.
    Anthology,
    /// A film.
    Film,
}

/// How a show was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Medium {
    /// Filmed with actors.
    LiveAction,
    /// Drawn or modelled.
    Animation,
    /// Some parts filmed, some drawn.
    Mixed,
}

/// Whether a show goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Made public, not yet shown.
    Announced,
    /// More episodes are to come.
    Running,
    /// Its last episode was shown.
    Ended,
    /// Stopped before its planned end.
    Cancelled,
}
