//! Public money for a season, or for a show as a whole.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Public money for a season, or for a show as a whole.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "funding")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in addresses and files: `pic-s2-california-tax-credit`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show.
    pub show_id: i32,
    /// The season; empty if the show as a whole is meant.
    pub season_id: Option<i32>,
    /// What kind of money it is.
    pub kind: Kind,
    /// Who gives it.
    pub grantor: Option<String>,
    /// Under which programme.
    pub programme: Option<String>,
    /// How much, in the smallest unit of the currency.
    pub amount: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The day on which it was awarded.
    pub awarded_on: Option<PartialDate>,
    /// The day on which it was reported.
    pub reported_on: Option<PartialDate>,
    /// What else is known, in words.
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

/// What kind of public money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A tax credit.
    TaxCredit,
    /// A grant.
    Grant,
    /// A loan.
    Loan,
}
