//! A link from one show to another: read it as `from` – kind – `to`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A link from one show to another: read it as `from` – kind – `to`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "show_link")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The show that the link starts from.
    pub from_id: i32,
    /// The show that the link leads to.
    pub to_id: i32,
    /// How the two are linked.
    pub kind: Kind,
    /// The show that the link starts from.
    #[sea_orm(belongs_to, relation_enum = "From", from = "from_id", to = "id")]
    #[serde(skip)]
    pub from: BelongsTo<super::show::Entity>,
    /// The show that the link leads to.
    #[sea_orm(belongs_to, relation_enum = "To", from = "to_id", to = "id")]
    #[serde(skip)]
    pub to: BelongsTo<super::show::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How two shows are linked. Each kind has an inverse, so that a link can be read from both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// It grew out of the other show.
    SpinOffOf,
    /// The other show grew out of it.
    HasSpinOff,
    /// It continues the story of the other show.
    SequelTo,
    /// The other show continues its story.
    HasSequel,
    /// Its story is set before the other show.
    PrequelTo,
    /// The story of the other show is set before it.
    HasPrequel,
    /// The two accompany each other.
    CompanionTo,
    /// It restarts the story of the other show.
    RebootOf,
    /// The other show restarts its story.
    HasReboot,
}

impl Kind {
    /// The kind of the same link, read from the other end.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::SpinOffOf => Self::HasSpinOff,
            Self::HasSpinOff => Self::SpinOffOf,
            Self::SequelTo => Self::HasSequel,
            Self::HasSequel => Self::SequelTo,
            Self::PrequelTo => Self::HasPrequel,
            Self::HasPrequel => Self::PrequelTo,
            Self::CompanionTo => Self::CompanionTo,
            Self::RebootOf => Self::HasReboot,
            Self::HasReboot => Self::RebootOf,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::Kind;

    #[test]
    fn the_inverse_of_the_inverse_is_the_kind() {
        assert!(Kind::iter().all(|kind| kind.inverse().inverse() == kind));
    }
}
