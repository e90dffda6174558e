//! A key of an account. The key itself is not stored.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A key of an account. The key itself is not stored.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "access_key")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The account.
    pub account_id: i32,
    /// What it is for.
    pub label: String,
    /// SHA-256 of the key, in hexadecimal.
    pub hash: String,
    /// When it was created, in UTC.
    pub created_at: String,
    /// When it expires, in UTC.
    pub expires_at: Option<String>,
    /// When it was revoked, in UTC.
    pub revoked_at: Option<String>,
    /// When it was last used, in UTC, to the minute.
    pub used_at: Option<String>,
    /// The account.
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    #[serde(skip)]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
