//! Pictures and summaries: the fields of every type that has them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use entity::{picture, summary};

use super::{executor::ObjectList, get, row::Derived};
use crate::{
    error::Error,
    load::{List, Many, Window},
};

/// A picture of an object.
pub type Picture = Derived<picture::Model>;

/// A picture, which stays at its address. Show it with its credit, and only as its licence allows.
#[Object(name = "Picture")]
impl Picture {
    /// What it shows.
    async fn kind(&self) -> PictureKind {
        self.0.kind.into()
    }

    /// Its address.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// Address of a smaller version; null if there is none.
    async fn small_url(&self) -> Option<&str> {
        self.0.small_url.as_deref()
    }

    /// Whom to credit.
    async fn credit(&self) -> &str {
        &self.0.credit
    }

    /// Its licence, as an SPDX identifier if there is one: `CC-BY-SA-4.0`. Null if it is not known.
    async fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }
}

/// A summary of an object.
pub type Summary = Derived<summary::Model>;

/// A summary, as plain text. Show it with its credit, and only as its licence allows.
#[Object(name = "Summary")]
impl Summary {
    /// The text.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Its language, as a BCP 47 tag: `en`, `pt-BR`. Null if it is not known.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// Its licence, as an SPDX identifier if there is one: `CC-BY-SA-4.0`.
    async fn licence(&self) -> &str {
        &self.0.licence
    }

    /// Whom to credit; null if nobody has to be.
    async fn credit(&self) -> Option<&str> {
        self.0.credit.as_deref()
    }
}

/// The pictures and summaries of an object.
pub struct PictureFields {
    pictures: &'static List<picture::Model>,
    summaries: &'static List<summary::Model>,
    number: i32,
}

impl PictureFields {
    /// The fields of the object with the primary key `number`, whose pictures and summaries are in these lists.
    pub(super) fn of(
        pictures: &'static List<picture::Model>,
        summaries: &'static List<summary::Model>,
        number: i32,
    ) -> Self {
        Self { pictures, summaries, number }
    }

    async fn of_kind(&self, ctx: &Context<'_>, kind: Option<PictureKind>) -> Result<Vec<Picture>, Error> {
        let found = get(ctx, Many::new(self.pictures, [self.number], Window::all(self.pictures.order))).await?;
        let found = found.unwrap_or_default();
        let wanted = found.iter().filter(|entry| kind.is_none_or(|kind| kind == entry.row.kind.into()));
        Ok(wanted.map(|entry| Derived(Arc::clone(&entry.row))).collect())
    }
}

/// The pictures and summaries of an object.
#[Object]
impl PictureFields {
    /// Its pictures, the best first.
    async fn pictures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pictures of this kind.")] kind: Option<PictureKind>,
    ) -> Result<ObjectList<Picture>, Error> {
        self.of_kind(ctx, kind).await.map(ObjectList)
    }

    /// Its best picture, which is the first of `pictures`; null if there is none.
    async fn picture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pictures of this kind.")] kind: Option<PictureKind>,
    ) -> Option<Result<Picture, Error>> {
        self.of_kind(ctx, kind).await.map(|found| found.into_iter().next()).transpose()
    }

    /// Its summaries, the preferred one first.
    async fn summaries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only summaries in this language, as a BCP 47 tag. `en` includes `en-US`, but not the other way round."
        )]
        language: Option<String>,
    ) -> Result<ObjectList<Summary>, Error> {
        let found = get(ctx, Many::new(self.summaries, [self.number], Window::all(self.summaries.order))).await?;
        let found = found.unwrap_or_default();
        let wanted = found.iter().filter(|entry| language.as_ref().is_none_or(|range| is_in(&entry.row, range)));
        Ok(wanted.map(|entry| Derived(Arc::clone(&entry.row))).collect())
    }
}

/// Whether a summary is in a language, by the rules of RFC 4647 (3.3.1).
fn is_in(summary: &summary::Model, range: &str) -> bool {
    let Some(language) = &summary.language else { return false };
    match language.get(..range.len()) {
        Some(front) if front.eq_ignore_ascii_case(range) => {
            language.get(range.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        }
        _ => false,
    }
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "picture::Kind")]
pub enum PictureKind {
    /// A poster of a show or season.
    Poster,
    /// A wide picture that fits behind a title.
    Backdrop,
    /// A picture from an episode.
    Still,
    /// A person or character.
    Portrait,
}
