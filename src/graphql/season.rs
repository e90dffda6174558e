use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{credit as credits, season, subject::Kind};

use super::{
    connection::{Connection, connect_filtered, connect_sorted},
    credit::{self, Credit, CreditFilter, OwnCreditOrder},
    date::{Date, DateSpan, date, span},
    episode::{Episode, EpisodeOrder},
    external_id::{ExternalIdBy, ExternalIdFields},
    filter::{Conditions, DateRange, OF_FRANCHISE, days},
    franchise::FranchiseBy,
    multiple_roles::MultipleRoles,
    order::Direction,
    picture::PictureFields,
    platform::PlatformBy,
    recast::{CountOrder, Recast},
    release_fields::ReleaseFields,
    returns::{Return, ReturnOrder, earlier},
    row::{Fields, Row, by, first, global_id, named, one},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, List, Order},
    relation::{
        self,
        root::{SEASONS_BY_NUMBER, SEASONS_BY_NUMBER_DESC, SEASONS_BY_PREMIERE, SEASONS_BY_PREMIERE_DESC},
    },
};

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

    /// The next season of the show; null after the last one.
    async fn next(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        let found = first(ctx, &relation::season::NEXT, [self.0.show_id, self.0.number], Vec::new()).await;
        found.map(|found| found.map(Row::new)).transpose()
    }

    /// The previous season of the show; null before the first one.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        let found = first(ctx, &relation::season::PREVIOUS, [self.0.show_id, self.0.number], Vec::new()).await;
        found.map(|found| found.map(Row::new)).transpose()
    }

    /// Show it belongs to.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Date of the first episode.
    async fn premiered_on(&self) -> Option<Date> {
        date(self.0.premiered_on.as_ref())
    }

    /// Days that `premieredOn` can mean.
    async fn premiered_on_span(&self) -> Option<DateSpan> {
        span(self.0.premiered_on.as_ref())
    }

    /// Date of the last episode.
    async fn finale_on(&self) -> Option<Date> {
        date(self.0.finale_on.as_ref())
    }

    /// Days that `finaleOn` can mean.
    async fn finale_on_span(&self) -> Option<DateSpan> {
        span(self.0.finale_on.as_ref())
    }

    /// Planned number of episodes; a double-length episode counts twice.
    async fn planned_episode_count(&self) -> Option<i32> {
        self.0.planned_episode_count
    }

    /// How much of the guest cast is recorded. The main cast is recorded apart from that.
    async fn cast_coverage(&self, ctx: &Context<'_>) -> Result<CastCoverage, Error> {
        match self.0.guest_cast {
            Some(guest_cast) => Ok(guest_cast.into()),
            None => CastCoverage::of_guests(ctx, &relation::season::GUESTS, self.0.id).await,
        }
    }

    /// Episodes by number.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<EpisodeOrder>,
    ) -> Result<Connection<Episode>, Error> {
        connect_sorted(ctx, &relation::season::EPISODES, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Cast credits: main cast first, then by billing and position.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::season::CAST;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Crew credits, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::season::CREW;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Characters from earlier productions who return in this season, in billing order. A production is earlier if it
    /// began before this season.
    async fn returns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only characters who were in this show before.")] from: Option<ShowBy>,
        #[graphql(desc = "Sort order (default: by billing).")] order_by: Option<ReturnOrder>,
    ) -> Result<Connection<Return>, Error> {
        let parent = [self.0.show_id, self.0.id, earlier(ctx, from).await?];
        connect_filtered(ctx, &relation::returns::OF_SEASON, parent, ReturnOrder::of(order_by.as_ref()), Vec::new())
    }

    /// Characters that more than one person plays as they usually are in this season, by name. A younger self, a double
    /// or a voice is no recast.
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
    async fn identified(&self) -> ExternalIdFields {
        ExternalIdFields::of(&relation::external_id::OF_SEASON, self.0.id)
    }

    #[graphql(flatten)]
    async fn depicted(&self) -> PictureFields {
        use relation::picture::{PICTURES_OF_SEASON, SUMMARIES_OF_SEASON};
        PictureFields::of(&PICTURES_OF_SEASON, &SUMMARIES_OF_SEASON, self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Season, self.0.id)
    }
}

/// How much of a guest cast is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "season::GuestCast")]
pub enum CastCoverage {
    /// Every guest is recorded.
    Complete,
    /// Some guests are recorded; others may be missing.
    Partial,
    /// No guest is recorded. That says nothing about whether there were any.
    NotRecorded,
}

impl CastCoverage {
    /// The coverage that follows from whether any guest is recorded.
    pub(super) async fn of_guests(
        ctx: &Context<'_>,
        guests: &'static List<credits::Model>,
        id: i32,
    ) -> Result<Self, Error> {
        let any = first(ctx, guests, [id], Vec::new()).await?.is_some();
        Ok(if any { Self::Partial } else { Self::NotRecorded })
    }
}

/// Identifies one season. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum SeasonBy {
    /// Slug, such as `star-trek-picard-s02`.
    Slug(String),
    /// Show and number.
    Number(SeasonNumber),
    /// Global id.
    Id(ID),
    /// Id at another authority, such as IMDb.
    ExternalId(ExternalIdBy),
}

/// A season by its number within a show. A show that does not exist is an error.
#[derive(Debug, InputObject)]
pub struct SeasonNumber {
    /// The show.
    pub(super) show: ShowBy,
    /// Number of the season.
    pub(super) season: i32,
}

by!(SeasonBy, season, ExternalId(by) => by.describe(), |ctx| by.find::<season::Entity>(ctx, Kind::Season), Number(number) => format!("the number {} in the show with {}", number.season, number.show.describe()), |ctx| async {
    let show = named(ctx, number.show).await?;
    first(ctx, &relation::season::NUMBERED, [show, number.season], Vec::new()).await
});

/// Filter for seasons. A season must match every given field. A reference to something that does not exist is an error.
#[derive(Debug, InputObject)]
pub struct SeasonFilter {
    /// Seasons of this show.
    show: Option<ShowBy>,
    /// Seasons in this franchise.
    franchise: Option<FranchiseBy>,
    /// Seasons with this number.
    number: Option<i32>,
    /// Seasons that premiered in this range.
    premiered_on: Option<DateRange>,
    /// Seasons made for this platform.
    platform: Option<PlatformBy>,
    /// Seasons with at least one credit that matches.
    credit: Option<CreditFilter>,
}

const WITH_CREDIT: &str = "t.id IN (SELECT t.season_id FROM credit AS t WHERE t.season_id IS NOT NULL";
const ON_PLATFORM: &str = "t.id IN (SELECT h.season_id FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id \
      WHERE n.platform_id = ? AND h.season_id IS NOT NULL \
    UNION ALL \
    SELECT s.id FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id JOIN season AS s ON s.show_id = h.show_id \
      WHERE n.platform_id = ? AND coalesce(h.season_id, 0) = 0 \
        AND (SELECT count(*) FROM home AS o WHERE o.season_id = s.id) = 0)";

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<SeasonFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, OF_FRANCHISE, filter.franchise).await?;
    conditions.equal("t.number = ?", filter.number);
    conditions.days(&days!("premiered_on"), filter.premiered_on);
    conditions.named_twice(ctx, ON_PLATFORM, filter.platform).await?;
    if let Some(credit) = filter.credit {
        conditions.subquery(WITH_CREDIT, credit::conditions(ctx, Some(credit)).await?);
    }
    Ok(conditions.into_vec())
}

/// Sort order of seasons. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct SeasonOrder {
    /// Field to sort by.
    field: SeasonOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which seasons can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SeasonOrderField {
    /// Premiere date; seasons without one come last in either direction.
    PremieredOn,
    /// Number within the show.
    Number,
}

impl SeasonOrder {
    pub(super) fn order(&self) -> &'static Order {
        use SeasonOrderField as Field;
        match (self.field, self.direction) {
            (Field::PremieredOn, Direction::Asc) => &SEASONS_BY_PREMIERE,
            (Field::PremieredOn, Direction::Desc) => &SEASONS_BY_PREMIERE_DESC,
            (Field::Number, Direction::Asc) => &SEASONS_BY_NUMBER,
            (Field::Number, Direction::Desc) => &SEASONS_BY_NUMBER_DESC,
        }
    }
}
