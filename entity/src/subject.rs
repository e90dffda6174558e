//! A row of any table that something is said about.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A row of any table that something is said about.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "subject")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The table of the row.
    pub kind: Kind,
    /// The franchise, if it is one.
    pub franchise_id: Option<i32>,
    /// The show, if it is one.
    pub show_id: Option<i32>,
    /// The season, if it is one.
    pub season_id: Option<i32>,
    /// The episode, if it is one.
    pub episode_id: Option<i32>,
    /// The person, if it is one.
    pub person_id: Option<i32>,
    /// The character, if it is one.
    pub character_id: Option<i32>,
    /// The credit, if it is one.
    pub credit_id: Option<i32>,
    /// The show link, if it is one.
    pub show_link_id: Option<i32>,
    /// The character link, if it is one.
    pub character_link_id: Option<i32>,
    /// The platform, if it is one.
    pub platform_id: Option<i32>,
    /// The territory, if it is one.
    pub territory_id: Option<i32>,
    /// The availability, if it is one.
    pub availability_id: Option<i32>,
    /// The offer, if it is one.
    pub offer_id: Option<i32>,
    /// The funding, if it is one.
    pub funding_id: Option<i32>,
    /// The media, if it is one.
    pub media_id: Option<i32>,
    /// The number of the row in its table; the database makes it of the columns above.
    pub row_id: i32,
    /// 1 if the row is well known and was checked without a document, else 0.
    pub general: i32,
    /// What is claimed about the row.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub claims: HasMany<super::claim::Entity>,
    /// What stands behind the row.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub citations: HasMany<super::citation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The table of a row that something is said about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
#[serde(try_from = "i32", into = "i32")]
pub enum Kind {
    /// `franchise`
    Franchise = 1,
    /// `show`
    Show = 2,
    /// `season`
    Season = 3,
    /// `episode`
    Episode = 4,
    /// `person`
    Person = 5,
    /// `character`
    Character = 6,
    /// `credit`
    Credit = 7,
    /// `show_link`
    ShowLink = 8,
    /// `character_link`
    CharacterLink = 9,
    /// `platform`
    Platform = 10,
    /// `territory`
    Territory = 11,
    /// `availability`
    Availability = 12,
    /// `offer`
    Offer = 13,
    /// `funding`
    Funding = 14,
    /// `media`
    Media = 15,
}

impl TryFrom<i32> for Kind {
    type Error = DbErr;

    fn try_from(number: i32) -> Result<Self, DbErr> {
        ActiveEnum::try_from_value(&number)
    }
}

impl From<Kind> for i32 {
    fn from(kind: Kind) -> Self {
        kind.to_value()
    }
}
