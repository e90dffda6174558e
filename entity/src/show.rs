//! A production: a series, a miniseries, an anthology or a film.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// A production: a series, a miniseries, an anthology or a film.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "show")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `star-trek-picard`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The franchise that it belongs to, if any.
    pub franchise_id: Option<i32>,
    /// Common abbreviation: `PIC`.
    pub code: Option<String>,
    /// Its title.
    pub title: String,
    /// The title without case and accents, for sorting and search.
    #[serde(skip)]
    pub title_key: String,
    /// The kind of production.
    pub format: Format,
    /// How it was made, if known.
    pub medium: Option<Medium>,
    /// Production status; null for films.
    pub status: Option<Status>,
    /// The day on which it was first shown.
    pub premiered_on: Option<PartialDate>,
    /// The air date of its last episode.
    pub ended_on: Option<PartialDate>,
    /// Its genres, separated by semicolons: `Drama; Mystery`.
    pub genres: Option<String>,
    /// The language in which it was made (BCP 47): `en`.
    pub language: Option<String>,
    /// Length of an episode or of the film, in minutes.
    pub runtime_minutes: Option<i32>,
    /// The official web site.
    pub official_site: Option<String>,
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

/// The kind of a production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// A series with a continuing story or cast.
    Series,
    /// A series that was planned to end after a few episodes.
    Miniseries,
    /// Independent stories under one title.
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
    /// Animated.
    Animation,
    /// Partly filmed with actors, partly animated.
    Mixed,
}

/// The production status of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Announced, but not shown yet.
    Announced,
    /// More episodes are coming.
    Running,
    /// Its last episode has been shown.
    Ended,
    /// Stopped before its planned end.
    Cancelled,
}
