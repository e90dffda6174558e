//! Public funding for a season or a whole show.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PartialDate;

/// Public funding for a season or a whole show.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "funding")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Stable name in URLs and files: `pic-s2-california-tax-credit`.
    #[sea_orm(unique)]
    pub slug: String,
    /// The show.
    pub show_id: i32,
    /// The season; null for the show as a whole.
    pub season_id: Option<i32>,
    /// The kind of funding.
    pub kind: Kind,
    /// The grantor.
    pub grantor: Option<String>,
    /// The funding programme.
    pub programme: Option<String>,
    /// The amount, in the smallest unit of the currency.
    pub amount: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The day on which it was awarded.
    pub awarded_on: Option<PartialDate>,
    /// The day on which it was reported.
    pub reported_on: Option<PartialDate>,
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

/// The kind of public funding.
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
