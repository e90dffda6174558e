//! How one show is linked to another: read it as `from` – kind – `to`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How one show is linked to another: read it as `from` – kind – `to`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "show_link")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The show that the link speaks of.
    pub from_id: i32,
    /// The show that it is linked to.
    pub to_id: i32,
    /// How the two are linked.
    pub kind: Kind,
    /// The show that the link speaks of.
    #[sea_orm(belongs_to, relation_enum = "From", from = "from_id", to = "id")]
    #[serde(skip)]
    pub from: BelongsTo<super::show::Entity>,
    /// The show that it is linked to.
    #[sea_orm(belongs_to, relation_enum = "To", from = "to_id", to = "id")]
    #[serde(skip)]
    pub to: BelongsTo<super::show::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How two shows are linked. Each kind has an inverse, so that a link reads from both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// It grew out of the other show.
    SpinOffOf,
    /// The other show grew out of it.
    HasSpinOff,
    /// It goes on after the other show.
    SequelTo,
    /// The other show goes on after it.
    HasSequel,
    /// It comes before the other show in the story.
    PrequelTo,
    /// The other show comes before it in the story.
    HasPrequel,
    /// The two stand beside each other.
    CompanionTo,
    /// It begins the story of the other show anew.
    RebootOf,
    /// The other show begins its story anew.
    HasReboot,
}

impl Kind {
    /// The kind of the same link seen from its other end.
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
