//! Links between two rows of a table, seen from one of them.

use sea_orm::{ActiveEnum, DbErr, QueryResult, TryGetable};
use serde::{Deserialize, de::DeserializeOwned};

use crate::load::{Column, Order, Record, SortKey::Int, SortKey::Text, columns_of};

/// A link of a show or character, seen from it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Link<K> {
    /// Its number.
    pub id: i32,
    /// The kind as it was stated.
    pub kind: K,
    /// 1 if it was stated from the other side, else 0.
    pub inverse: i32,
    /// The other show or character.
    pub other_id: i32,
}

impl<K: ActiveEnum + TryGetable + DeserializeOwned + Send + Sync + 'static> Record for Link<K> {
    fn columns() -> Vec<Column> {
        columns_of(["id", "kind", "inverse", "other_id"])
    }

    fn from_row(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get("", "id")?,
            kind: row.try_get("", "kind")?,
            inverse: row.try_get("", "inverse")?,
            other_id: row.try_get("", "other_id")?,
        })
    }
}

/// The links stated from this side first.
pub(super) static BY_KIND: Order =
    Order { name: "KIND_ASC", keys: &[Int("t.inverse"), Text("t.kind"), Int("t.id")], descending: false };
