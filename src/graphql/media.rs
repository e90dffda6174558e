use async_graphql::{Context, Enum, ID, Object};
use entity::{media, subject::Kind};

use super::{
    date::{Date, date},
    row::{Fields, Row, global_id, maybe, one},
    season::Season,
    show::Show,
    sourced::Sourced,
};
use crate::error::Error;

pub type Media = Row<media::Entity>;

/// Something published about a show or a season: an announcement, a trailer, a poster, a text.
#[Object(name = "Media")]
impl Fields<media::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<media::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `pic-s2-logline`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The show.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// The season; null if the show as a whole is meant.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        maybe(ctx, self.0.season_id).await
    }

    /// What it is.
    async fn kind(&self) -> MediaKind {
        self.0.kind.into()
    }

    /// The day on which it was published; null if it is not known.
    async fn released_on(&self) -> Option<Date> {
        date(self.0.released_on.as_ref())
    }

    /// Who published it: the credit line, one name each.
    async fn issuers(&self) -> Vec<&str> {
        self.0.issuer.iter().flat_map(|issuer| issuer.split(';')).map(str::trim).collect()
    }

    /// Its text, if it is one and may be quoted.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// What else is known, in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Media, self.0.id)
    }
}

/// What was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "media::Kind")]
pub enum MediaKind {
    /// Somebody made something known.
    Announcement,
    /// A trailer or teaser.
    Trailer,
    /// A poster.
    Poster,
    /// The official story in a few sentences, quoted.
    Logline,
    /// The story in a few sentences, in words of our own.
    Summary,
}
