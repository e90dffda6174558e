use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Enum, Object};
use entity::{credit, episode};

use super::{
    connection::Item,
    credit::{Billing, Credit},
    date::{Date, DateSpan, date, span},
    episode::Episode,
    row::{Row, first, one, optional_row},
    season::Season,
    show::Show,
};
use crate::{
    error::Error,
    load::List,
    relation::credit::{AppearanceDate, WithAppearance},
};

/// An appearance of a character in an episode, a season or a film.
pub struct Appearance(Arc<AppearanceDate>);

impl Appearance {
    /// The first entry of a list of a character's appearances.
    pub(super) async fn first_of(
        ctx: &Context<'_>,
        list: &'static List<AppearanceDate>,
        character: i32,
    ) -> Option<Result<Self, Error>> {
        first(ctx, list, [character], Vec::new()).await.map(|found| found.map(Self)).transpose()
    }
}

/// An appearance of a character in an episode, a season or a film.
#[Object]
impl Appearance {
    /// First air date of the episode or film; if no episode is known, the first or last date of the season.
    async fn date(&self) -> Option<Date> {
        date(self.0.day.as_ref())
    }

    /// Days that `date` can mean.
    async fn date_span(&self) -> Option<DateSpan> {
        span(self.0.day.as_ref())
    }

    /// How certain it is.
    async fn certainty(&self) -> AppearanceCertainty {
        if self.0.certain != 0 { AppearanceCertainty::Episode } else { AppearanceCertainty::Season }
    }

    /// Show or film.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Season; null for films.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        optional_row(ctx, self.0.season_id).await
    }

    /// Episode, if known.
    async fn episode(&self, ctx: &Context<'_>) -> Option<Result<Episode, Error>> {
        optional_row(ctx, self.0.episode_id).await
    }

    /// Credit of the person who played the character.
    async fn credit(&self, ctx: &Context<'_>) -> Result<Credit, Error> {
        one(ctx, self.0.credit_id).await
    }
}

/// How certain a first or last appearance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AppearanceCertainty {
    /// It is the first or last of the episodes and films that are recorded.
    Episode,
    /// It is in the season, but it is not known in which episodes. `episode` is the first or last in which the character
    /// is known to be, if any; others may come before or after it.
    Season,
}

/// A credit within an episode.
pub struct CreditInEpisode;

impl Item for CreditInEpisode {
    type Row = WithAppearance<credit::Model>;
    type Node = Credit;
    type Fields = InEpisode;

    fn name() -> Cow<'static, str> {
        "EpisodeCredit".into()
    }

    fn node(row: &Arc<Self::Row>) -> Credit {
        Row::new(row.model.clone())
    }

    fn fields(row: &Arc<Self::Row>) -> InEpisode {
        InEpisode {
            billing: row.billing,
            position: row.position,
            credited_as: row.credited_as.clone(),
            listed: row.listed != 0,
        }
    }
}

/// An episode within a credit.
pub struct EpisodeOfCredit;

impl Item for EpisodeOfCredit {
    type Row = WithAppearance<episode::Model>;
    type Node = Episode;
    type Fields = InEpisode;

    fn name() -> Cow<'static, str> {
        "CreditEpisode".into()
    }

    fn node(row: &Arc<Self::Row>) -> Episode {
        Row::new(row.model.clone())
    }

    fn fields(row: &Arc<Self::Row>) -> InEpisode {
        InEpisode {
            billing: row.billing,
            position: row.position,
            credited_as: row.credited_as.clone(),
            listed: row.listed != 0,
        }
    }
}

/// How a credit is listed in one episode.
pub struct InEpisode {
    billing: Option<entity::credit::Billing>,
    position: Option<i32>,
    credited_as: Option<String>,
    listed: bool,
}

/// Why a person is known to be in an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EpisodeBasis {
    /// The credit is listed in the episode.
    Listed,
    /// The credit holds for every episode of the season, as for the main cast.
    WholeSeason,
}

/// How a credit is listed in one episode.
#[Object]
impl InEpisode {
    /// Why the person is known to be in the episode.
    async fn basis(&self) -> EpisodeBasis {
        if self.listed { EpisodeBasis::Listed } else { EpisodeBasis::WholeSeason }
    }

    /// Billing of the actor in this episode; null for other jobs.
    async fn billing(&self) -> Option<Billing> {
        self.billing.map(Into::into)
    }

    /// Position in this episode's credits among those with the same job and billing, from 1, if known.
    async fn position(&self) -> Option<i32> {
        self.position
    }

    /// Name used in this episode's credits, if it differs from the person's name.
    async fn credited_as(&self) -> Option<&str> {
        self.credited_as.as_deref()
    }
}
