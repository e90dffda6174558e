use async_graphql::{Context, ID, Object, OneofObject};
use entity::{season, subject::Kind};

use super::{
    connection::{Connection, connect, connect_filtered},
    credit::{self, Credit, CreditFilter},
    date::{Date, date},
    episode::Episode,
    multiple_roles::MultipleRoles,
    recast::{CountOrder, Recast},
    release_fields::ReleaseFields,
    returns::{Return, earlier},
    row::{By, Fields, Row, global_id, local_id, one},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{error::Error, load::LookUp, relation};

pub type Season = Row<season::Entity>;

/// A season of a show.
#[Object(name = "Season")]
impl Fields<season::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<season::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `star-trek-picard-s02`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Number within the show.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Show it belongs to.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Date of the first episode.
    async fn premiered_on(&self) -> Option<Date> {
        date(self.0.premiered_on.as_ref())
    }

    /// Date of the last episode.
    async fn finale_on(&self) -> Option<Date> {
        date(self.0.finale_on.as_ref())
    }

    /// Planned number of episodes; a double-length episode counts twice.
    async fn planned_episode_count(&self) -> Option<i32> {
        self.0.planned_episode_count
    }

    /// Episodes by number.
    async fn episodes(&self, ctx: &Context<'_>) -> Result<Connection<Episode>, Error> {
        connect(ctx, &relation::season::EPISODES, [self.0.id])
    }

    /// Cast credits: main cast first, then by billing and position.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::season::CAST, [self.0.id], relation::season::CAST.order, filter)
    }

    /// Crew credits, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::season::CREW, [self.0.id], relation::season::CREW.order, filter)
    }

    /// Characters from earlier productions who return in this season, in billing order. A production is earlier if it
    /// began before this season.
    async fn returns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only characters who were in this show before.")] from: Option<ShowBy>,
    ) -> Result<Connection<Return>, Error> {
        let parent = [self.0.show_id, self.0.id, earlier(ctx, from).await?];
        connect(ctx, &relation::returns::OF_SEASON, parent)
    }

    /// Characters played by more than one person in this season, by name.
    async fn recasts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<Recast>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::season::RECASTS, [0, 0, self.0.id], order, Vec::new())
    }

    /// People who play more than one character in this season, by name.
    async fn multiple_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::season::MULTIPLE_ROLES, [0, 0, self.0.id], order, Vec::new())
    }

    #[graphql(flatten)]
    async fn published(&self) -> ReleaseFields {
        ReleaseFields::of_season(self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Season, self.0.id)
    }
}

/// Identifies one season. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum SeasonBy {
    /// Slug, such as `star-trek-picard-s02`.
    Slug(String),
    /// Global id.
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
