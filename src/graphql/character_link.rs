use async_graphql::{Context, Enum, Object};
use entity::{character_link, subject::Kind};

use super::{character::Character, row::one, sourced::Sourced};
use crate::{edge::link::Link, error::Error};

/// How a character is linked to another: read it as this character – kind – `character`.
pub struct CharacterLink(Link<character_link::Kind>);

impl CharacterLink {
    pub(super) fn of(link: &Link<character_link::Kind>) -> Self {
        Self(link.clone())
    }
}

/// How a character is linked to another: read it as this character – kind – `character`.
#[Object]
impl CharacterLink {
    /// How the two are linked, seen from this character.
    async fn kind(&self) -> CharacterLinkKind {
        if self.0.inverse == 0 { self.0.kind.into() } else { self.0.kind.inverse().into() }
    }

    /// The other character.
    async fn character(&self, ctx: &Context<'_>) -> Result<Character, Error> {
        one(ctx, self.0.other_id).await
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::CharacterLink, self.0.id)
    }
}

/// How two characters are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::character_link::Kind")]
pub enum CharacterLinkKind {
    /// A child of the other.
    ChildOf,
    /// A parent of the other.
    ParentOf,
    /// A later member of the other's family.
    DescendantOf,
    /// An earlier member of the other's family.
    AncestorOf,
    /// Made from the other, as an android from another's neurons.
    DescendsFrom,
    /// What the other was made from.
    SourceOf,
    /// Brother or sister of the other.
    SiblingOf,
    /// Twin of the other.
    TwinOf,
    /// Made by the other.
    CreatedBy,
    /// The maker of the other.
    CreatorOf,
    /// The same somebody in another universe or timeline.
    AlternateOf,
    /// The same somebody under another identity.
    SameAs,
    /// Turns into the other.
    Becomes,
    /// Was the other before.
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
    /// The other was made in this one's likeness.
    ModelFor,
    /// Looks like the other.
    LooksLike,
    /// Belongs to the same order or calling as the other.
    SameOrderAs,
}
