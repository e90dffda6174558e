use async_graphql::{Context, Enum, Object};
use entity::{show_link, subject::Kind};

use super::{row::one, show::Show, sourced::Sourced};
use crate::{edge::link::Link, error::Error};

/// How a show is linked to another: read it as this show – kind – `show`.
pub struct ShowLink(Link<show_link::Kind>);

impl ShowLink {
    pub(super) fn of(link: &Link<show_link::Kind>) -> Self {
        Self(link.clone())
    }
}

/// How a show is linked to another: read it as this show – kind – `show`.
#[Object]
impl ShowLink {
    /// How the two are linked, seen from this show.
    async fn kind(&self) -> ShowLinkKind {
        if self.0.inverse == 0 { self.0.kind.into() } else { self.0.kind.inverse().into() }
    }

    /// The other show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.other_id).await
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::ShowLink, self.0.id)
    }
}

/// How two shows are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show_link::Kind")]
pub enum ShowLinkKind {
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
