use std::sync::Arc;

use async_graphql::{Context, Enum, Object, connection::EmptyFields};
use entity::{character_link, subject::Kind};

use super::{character::Character, connection::Item, row::one, source_fields::SourceFields};
use crate::{error::Error, relation::link::Link};

/// A link from one character to another. Read it as: this character – kind – `character`.
pub struct CharacterLink(Arc<Link<character_link::Kind>>);

impl Item for CharacterLink {
    type Row = Link<character_link::Kind>;
    type Node = Self;
    type Fields = EmptyFields;

    fn node(row: &Arc<Self::Row>) -> Self {
        Self(Arc::clone(row))
    }

    fn fields(_: &Arc<Self::Row>) -> EmptyFields {
        EmptyFields
    }
}

/// A link from one character to another. Read it as: this character – kind – `character`.
#[Object]
impl CharacterLink {
    /// Kind of link, seen from this character.
    async fn kind(&self) -> CharacterLinkKind {
        if self.0.inverse == 0 { self.0.kind.into() } else { self.0.kind.inverse().into() }
    }

    /// The other character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.other_id).await
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::CharacterLink, self.0.id)
    }
}

/// How one character is linked to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::character_link::Kind")]
pub enum CharacterLinkKind {
    /// A child of the other.
    ChildOf,
    /// A parent of the other.
    ParentOf,
    /// A descendant of the other.
    DescendantOf,
    /// An ancestor of the other.
    AncestorOf,
    /// Made from the other, such as an android from another's neurons.
    DescendsFrom,
    /// The other was made from this one.
    SourceOf,
    /// A brother or sister of the other.
    SiblingOf,
    /// A twin of the other.
    TwinOf,
    /// Made by the other.
    CreatedBy,
    /// The other's creator.
    CreatorOf,
    /// The same person in another universe or timeline.
    AlternateOf,
    /// The same person under another identity.
    SameAs,
    /// Later becomes the other.
    Becomes,
    /// Was formerly the other.
    OnceWas,
    /// A copy of the other.
    CopyOf,
    /// The original that the other is a copy of.
    OriginalOf,
    /// A hologram of the other.
    HologramOf,
    /// The other is a hologram of this one.
    HasHologram,
    /// Made in the likeness of the other.
    ModelledOn,
    /// The other was made in this one's likeness.
    ModelFor,
    /// Looks like the other.
    LooksLike,
    /// Belongs to the same order or profession as the other.
    SameOrderAs,
}
