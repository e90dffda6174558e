use async_graphql::{Context, Enum, ID, Object, OneofObject};
use entity::{media, subject::Kind};
use sea_orm::ActiveEnum;

use super::{
    date::{Date, DateSpan, date, span},
    filter::Conditions,
    row::{Fields, Row, by, global_id, one, optional_row},
    season::Season,
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{error::Error, load::Condition};

pub type Media = Row<media::Entity>;

/// A publication about a show or a season: an announcement, a trailer, a poster, a text.
#[Object(name = "Media")]
impl Fields<media::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<media::Entity>(self.0.id)
    }

    /// Stable, URL-safe identifier, such as `pic-s2-logline`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Season; null if this applies to the show as a whole.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        optional_row(ctx, self.0.season_id).await
    }

    /// Kind of publication.
    async fn media_kind(&self) -> MediaKind {
        self.0.kind.into()
    }

    /// Kind of publication.
    #[graphql(deprecation = "Use `mediaKind`, which no other type has with another meaning.")]
    async fn kind(&self) -> MediaKind {
        self.0.kind.into()
    }

    /// Date of publication; null if unknown.
    async fn released_on(&self) -> Option<Date> {
        date(self.0.released_on.as_ref())
    }

    /// Days that `releasedOn` can mean.
    async fn released_on_span(&self) -> Option<DateSpan> {
        span(self.0.released_on.as_ref())
    }

    /// Names in the credit line of the publisher, one per entry.
    async fn issuers(&self) -> Vec<&str> {
        self.0.issuer.iter().flat_map(|issuer| issuer.split(';')).map(str::trim).collect()
    }

    /// The text, if it is one that may be quoted.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// Further notes.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Media, self.0.id)
    }
}

pub(super) async fn conditions(
    ctx: &Context<'_>,
    kinds: Option<Vec<MediaKind>>,
    show: Option<ShowBy>,
) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    if let Some(kinds) = kinds {
        let kinds: Vec<String> = kinds.into_iter().map(|kind| media::Kind::from(kind).to_value()).collect();
        conditions.add("t.kind ?", [kinds.into()]);
    }
    conditions.named(ctx, "t.show_id = ?", show).await?;
    Ok(conditions.into_vec())
}

/// Kind of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "media::Kind")]
pub enum MediaKind {
    /// An announcement.
    Announcement,
    /// A trailer or teaser.
    Trailer,
    /// A poster.
    Poster,
    /// The official plot summary in a few sentences, quoted.
    Logline,
    /// A plot summary in a few sentences, written for this data set.
    Summary,
}

/// Identifies one publication. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum MediaBy {
    /// Slug, such as `pic-s2-logline`.
    Slug(String),
    /// Global id.
    Id(ID),
}

by!(MediaBy, media);
