use async_graphql::{Context, ID, Object, OneofObject};
use entity::{season, subject::Kind};

use super::{
    connection::{Connection, Paging, connect, connect_by},
    credit::{self, Credit, CreditFilter},
    date::{Date, date},
    episode::Episode,
    multiple_roles::MultipleRoles,
    published::Published,
    recast::Recast,
    returns::{Return, earlier},
    row::{By, Fields, Row, global_id, local_id, one},
    show::{Show, ShowBy},
    sourced::Sourced,
};
use crate::{edge, error::Error, load::LookUp};

pub type Season = Row<season::Entity>;

/// A season of a show.
#[Object(name = "Season")]
impl Fields<season::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<season::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `star-trek-picard-s02`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its number within the show.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The show that it belongs to.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// The day of its first episode.
    async fn premiered_on(&self) -> Option<Date> {
        date(self.0.premiered_on.as_ref())
    }

    /// The day of its last episode.
    async fn finale_on(&self) -> Option<Date> {
        date(self.0.finale_on.as_ref())
    }

    /// How many episodes it was made to have; a double-length one counts twice.
    async fn planned_episode_count(&self) -> Option<i32> {
        self.0.planned_episode_count
    }

    /// Its episodes by number.
    async fn episodes(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Episode>, Error> {
        connect(&edge::season::EPISODES, [self.0.id], Paging { first, after, last, before })
    }

    /// The credits of its actors: main cast first, then by billing and place.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which credits to take.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_by(
            &edge::season::CAST,
            [self.0.id],
            Paging { first, after, last, before },
            edge::season::CAST.order,
            filter,
        )
    }

    /// The credits of its crew, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which credits to take.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_by(
            &edge::season::CREW,
            [self.0.id],
            Paging { first, after, last, before },
            edge::season::CREW.order,
            filter,
        )
    }

    /// Characters who were in an earlier production and are in this season, as in the credits here. A production is
    /// earlier if it began before this season.
    async fn returns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only characters who were in this show before.")] from: Option<ShowBy>,
    ) -> Result<Connection<Return>, Error> {
        let parent = [self.0.show_id, self.0.id, earlier(ctx, from).await?];
        connect(&edge::returns::OF_SEASON, parent, Paging { first, after, last, before })
    }

    /// Characters who are played by more than one person in this season, by name.
    async fn recasts(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Recast>, Error> {
        connect(&edge::season::RECASTS, [0, 0, self.0.id], Paging { first, after, last, before })
    }

    /// People who play more than one character in this season, by name.
    async fn multiple_roles(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        connect(&edge::season::MULTIPLE_ROLES, [0, 0, self.0.id], Paging { first, after, last, before })
    }

    #[graphql(flatten)]
    async fn published(&self) -> Published {
        Published::of_season(self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Season, self.0.id)
    }
}

/// Names one season: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum SeasonBy {
    /// Its slug, such as `star-trek-picard-s02`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for SeasonBy {
    type Entity = season::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<season::Entity>(&id).map(LookUp::Id),
        }
    }
}
