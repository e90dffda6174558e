//! A link from one character to another: read it as `from` – kind – `to`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A link from one character to another: read it as `from` – kind – `to`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "character_link")]
pub struct Model {
    /// Primary key; the API exposes it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The character that the link starts from.
    pub from_id: i32,
    /// The character that the link leads to.
    pub to_id: i32,
    /// How the two are linked.
    pub kind: Kind,
    /// The character that the link starts from.
    #[sea_orm(belongs_to, relation_enum = "From", from = "from_id", to = "id")]
    #[serde(skip)]
    pub from: BelongsTo<super::character::Entity>,
    /// The character that the link leads to.
    #[sea_orm(belongs_to, relation_enum = "To", from = "to_id", to = "id")]
    #[serde(skip)]
    pub to: BelongsTo<super::character::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How two characters are linked. Each kind has an inverse, so that a link can be read from both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A child of the other.
    ChildOf,
    /// A parent of the other.
    ParentOf,
    /// A descendant of the other.
    DescendantOf,
    /// An ancestor of the other.
    AncestorOf,
    /// Made from the other, as an android from another's neurons.
    DescendsFrom,
    /// The one that the other was made from.
    SourceOf,
    /// Brother or sister of the other.
    SiblingOf,
    /// Twin of the other.
    TwinOf,
    /// Made by the other.
    CreatedBy,
    /// The maker of the other.
    CreatorOf,
    /// The same individual in another universe or timeline.
    AlternateOf,
    /// The same individual under another identity.
    SameAs,
    /// Becomes the other.
    Becomes,
    /// Used to be the other.
    OnceWas,
    /// A copy of the other.
    CopyOf,
    /// The original of which the other is a copy.
    OriginalOf,
    /// A hologram of the other.
    HologramOf,
    /// The other is a hologram of this one.
    HasHologram,
    /// Made in the likeness of the other.
    ModelledOn,
    /// The one in whose likeness the other was made.
    ModelFor,
    /// Looks like the other.
    LooksLike,
    /// Belongs to the same order or calling as the other.
    SameOrderAs,
}

impl Kind {
    /// The kind of the same link, read from the other end.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::ChildOf => Self::ParentOf,
            Self::ParentOf => Self::ChildOf,
            Self::DescendantOf => Self::AncestorOf,
            Self::AncestorOf => Self::DescendantOf,
            Self::DescendsFrom => Self::SourceOf,
            Self::SourceOf => Self::DescendsFrom,
            Self::SiblingOf => Self::SiblingOf,
            Self::TwinOf => Self::TwinOf,
            Self::CreatedBy => Self::CreatorOf,
            Self::CreatorOf => Self::CreatedBy,
            Self::AlternateOf => Self::AlternateOf,
            Self::SameAs => Self::SameAs,
            Self::Becomes => Self::OnceWas,
            Self::OnceWas => Self::Becomes,
            Self::CopyOf => Self::OriginalOf,
            Self::OriginalOf => Self::CopyOf,
            Self::HologramOf => Self::HasHologram,
            Self::HasHologram => Self::HologramOf,
            Self::ModelledOn => Self::ModelFor,
            Self::ModelFor => Self::ModelledOn,
            Self::LooksLike => Self::LooksLike,
            Self::SameOrderAs => Self::SameOrderAs,
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
