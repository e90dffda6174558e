use std::sync::Arc;

use async_graphql::{Context, Enum, Object, connection::EmptyFields};
use entity::{show_link, subject::Kind};

use super::{connection::Item, row::one, show::Show, source_fields::SourceFields};
use crate::{error::Error, relation::link::Link};

/// A link from one show to another. Read it as: this show – kind – `show`.
pub struct ShowLink(Arc<Link<show_link::Kind>>);

impl Item for ShowLink {
    type Row = Link<show_link::Kind>;
    type Node = Self;
    type Fields = EmptyFields;

    fn node(row: &Arc<Self::Row>) -> Self {
        Self(Arc::clone(row))
    }

    fn fields(_: &Arc<Self::Row>) -> EmptyFields {
        EmptyFields
    }
}

/// A link from one show to another. Read it as: this show – kind – `show`.
#[Object]
impl ShowLink {
    /// Kind of link, seen from this show.
    async fn kind(&self) -> ShowLinkKind {
        if self.0.inverse == 0 { self.0.kind.into() } else { self.0.kind.inverse().into() }
    }

    /// The other show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.other_id).await
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::ShowLink, self.0.id)
    }
}

/// How one show is linked to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show_link::Kind")]
pub enum ShowLinkKind {
    /// A spin-off of the other show.
    SpinOffOf,
    /// The other show is a spin-off of this one.
    HasSpinOff,
    /// A sequel to the other show.
    SequelTo,
    /// The other show is a sequel to this one.
    HasSequel,
    /// A prequel to the other show.
    PrequelTo,
    /// The other show is a prequel to this one.
    HasPrequel,
    /// The two shows accompany each other.
    CompanionTo,
    /// A reboot of the other show.
    RebootOf,
    /// The other show is a reboot of this one.
    HasReboot,
}
