use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{episode, subject::Kind};

use super::{
    appearance::CreditInEpisode,
    connection::{Connection, Paging, connect_by},
    credit::{self, CreditFilter},
    date::{Date, date},
    filter::{Conditions, DateRange, TITLE, TextFilter},
    order::Direction,
    row::{By, Fields, Row, global_id, local_id, one},
    season::{Season, SeasonBy},
    show::{Show, ShowBy},
    sourced::Sourced,
};
use crate::{
    edge::{
        self,
        root::{EPISODES_BY_DAY, EPISODES_BY_DAY_BACKWARDS, EPISODES_BY_TITLE, EPISODES_BY_TITLE_BACKWARDS},
    },
    error::Error,
    load::{Condition, LookUp, Order},
};

pub type Episode = Row<episode::Entity>;

/// An episode of a season.
#[Object(name = "Episode")]
impl Fields<episode::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<episode::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `pic-s02e04`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its number within the season.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The last number that it covers, if it is a double-length episode.
    async fn number_end(&self) -> Option<i32> {
        self.0.number_end
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The day on which it was first shown.
    async fn aired_on(&self) -> Option<Date> {
        date(self.0.aired_on.as_ref())
    }

    /// The season that it belongs to.
    async fn season(&self, ctx: &Context<'_>) -> Result<Season, Error> {
        one(ctx, self.0.season_id).await
    }

    /// The show that it belongs to.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// The actors who are known to be in it, as in its credits. Who is missing here is not proven absent: the cast of
    /// the season may know more.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which credits to take.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<CreditInEpisode>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_by(
            &edge::episode::CAST,
            [self.0.id],
            Paging { first, after, last, before },
            edge::episode::CAST.order,
            filter,
        )
    }

    /// Those who are known to have made it, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which credits to take.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<CreditInEpisode>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_by(
            &edge::episode::CREW,
            [self.0.id],
            Paging { first, after, last, before },
            edge::episode::CREW.order,
            filter,
        )
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Episode, self.0.id)
    }
}

/// Names one episode: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum EpisodeBy {
    /// Its slug, such as `pic-s02e04`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for EpisodeBy {
    type Entity = episode::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<episode::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// Which episodes to take; an episode must fit all that is given. To name what does not exist
/// is an error.
#[derive(Debug, InputObject)]
pub struct EpisodeFilter {
    /// Only episodes of this show.
    show: Option<ShowBy>,
    /// Only episodes of this season.
    season: Option<SeasonBy>,
    /// Only episodes with such a title.
    title: Option<TextFilter>,
    /// Only episodes first shown on such a day.
    aired_on: Option<DateRange>,
}

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<EpisodeFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, "t.season_id = ?", filter.season).await?;
    conditions.text(&TITLE, filter.title);
    conditions.days("coalesce(t.aired_on, '') >= ?", "coalesce(t.aired_on, '9999-99-99') <= ?", filter.aired_on);
    Ok(conditions.into_vec())
}

/// The order of episodes. Items that are equal in it come in the order in which castgraph got to know
/// them, and the other way round from high to low.
#[derive(Debug, InputObject)]
pub struct EpisodeOrder {
    /// What to sort by.
    field: EpisodeOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: Direction,
}

/// What episodes can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EpisodeOrderField {
    /// By the day on which they were first shown; those without one come last.
    AiredOn,
    /// By title, without regard to case and accents.
    Title,
}

impl EpisodeOrder {
    pub(super) fn order(&self) -> &'static Order {
        use EpisodeOrderField as Field;
        match (self.field, self.direction) {
            (Field::AiredOn, Direction::Asc) => &EPISODES_BY_DAY,
            (Field::AiredOn, Direction::Desc) => &EPISODES_BY_DAY_BACKWARDS,
            (Field::Title, Direction::Asc) => &EPISODES_BY_TITLE,
            (Field::Title, Direction::Desc) => &EPISODES_BY_TITLE_BACKWARDS,
        }
    }
}
