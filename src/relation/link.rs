//! Links between two shows or two characters, as seen from one of them.

use serde::{Deserialize, de::DeserializeOwned};

use crate::load::{Column, Order, Record, SortKey::Int, SortKey::Text, columns_of};

/// A link of a show or character, as seen from it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Link<K> {
    /// The id of the link.
    pub id: i32,
    /// The kind as stated.
    pub kind: K,
    /// 1 if it was stated from the other side, otherwise 0.
    pub inverse: i32,
    /// The other show or character.
    pub other_id: i32,
}

impl<K: DeserializeOwned + Send + Sync + 'static> Record for Link<K> {
    fn columns() -> Vec<Column> {
        columns_of(["id", "kind", "inverse", "other_id"])
    }
}

/// Links stated from this side come first.
pub(super) static BY_KIND: Order =
    Order { name: "KIND_ASC", keys: &[Int("t.inverse"), Text("t.kind"), Int("t.id")], descending: false, join: "" };
