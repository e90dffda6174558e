use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{show, subject::Kind};
use sea_orm::ActiveEnum;

use super::{
    character::{Character, CharacterBy, CharacterOrder},
    connection::{Connection, connect, connect_filtered, connect_sorted},
    credit::{self, Credit, CreditFilter, OwnCreditOrder},
    date::{Date, DateSpan, date, span},
    episode::{Episode, EpisodeOrder},
    external_id::{ExternalIdBy, ExternalIdFields},
    filter::{Conditions, DateRange, TITLE, TextFilter, days},
    franchise::{Franchise, FranchiseBy},
    multiple_roles::MultipleRoles,
    order::Direction,
    person::{Person, PersonBy},
    picture::PictureFields,
    platform::PlatformBy,
    recast::{CountOrder, Recast},
    release_fields::ReleaseFields,
    returns::{Return, ReturnOrder, earlier},
    row::{Fields, Row, by, first, global_id, optional_row},
    season::{Season, SeasonOrder},
    show_link::ShowLink,
    source_fields::SourceFields,
};
use crate::{
    error::{Error, shown},
    load::{Condition, Order},
    relation::{
        self,
        root::{
            SHOWS_BY_CAST, SHOWS_BY_CAST_DESC, SHOWS_BY_EPISODES, SHOWS_BY_EPISODES_DESC, SHOWS_BY_PREMIERE,
            SHOWS_BY_PREMIERE_DESC, SHOWS_BY_TITLE, SHOWS_BY_TITLE_DESC,
        },
    },
};

pub type Show = Row<show::Entity>;

/// A production: a series, a miniseries, an anthology or a film.
#[Object(name = "Show")]
impl Fields<show::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<show::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `star-trek-picard`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Short name used by fans, such as `PIC`.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Kind of production.
    async fn format(&self) -> ShowFormat {
        self.0.format.into()
    }

    /// How it was made, if known.
    async fn medium(&self) -> Option<ShowMedium> {
        self.0.medium.map(Into::into)
    }

    /// Production status; null for films.
    async fn status(&self) -> Option<ShowStatus> {
        self.0.status.map(Into::into)
    }

    /// Premiere date.
    async fn premiered_on(&self) -> Option<Date> {
        date(self.0.premiered_on.as_ref())
    }

    /// Days that `premieredOn` can mean.
    async fn premiered_on_span(&self) -> Option<DateSpan> {
        span(self.0.premiered_on.as_ref())
    }

    /// Date of the last episode, if the show has ended.
    async fn ended_on(&self) -> Option<Date> {
        date(self.0.ended_on.as_ref())
    }

    /// Days that `endedOn` can mean.
    async fn ended_on_span(&self) -> Option<DateSpan> {
        span(self.0.ended_on.as_ref())
    }

    /// Genres, such as `Drama`.
    async fn genres(&self) -> Vec<&str> {
        self.0.genres.as_deref().into_iter().flat_map(|genres| genres.split("; ")).collect()
    }

    /// Language in which it was made, as a BCP 47 tag: `en`. Null if it is not known.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// Length of an episode or of the film in minutes, as usual or announced.
    async fn runtime_minutes(&self) -> Option<i32> {
        self.0.runtime_minutes
    }

    /// Address of its official web site.
    async fn official_site(&self) -> Option<&str> {
        self.0.official_site.as_deref()
    }

    /// Franchise it belongs to, if any.
    async fn franchise(&self, ctx: &Context<'_>) -> Option<Result<Franchise, Error>> {
        optional_row(ctx, self.0.franchise_id).await
    }

    /// Seasons by number.
    async fn seasons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<SeasonOrder>,
    ) -> Result<Connection<Season>, Error> {
        connect_sorted(ctx, &relation::show::SEASONS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// The season with this number, or null if there is none.
    async fn season(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number within the show.")] number: i32,
    ) -> Option<Result<Season, Error>> {
        let found = first(ctx, &relation::season::NUMBERED, [self.0.id, number], Vec::new()).await;
        found.map(|found| found.map(Row::new)).transpose()
    }

    /// Episodes by season and number.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<EpisodeOrder>,
    ) -> Result<Connection<Episode>, Error> {
        connect_sorted(ctx, &relation::show::EPISODES, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Cast credits of all seasons: main cast first, then by billing and position.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::show::CAST;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Crew credits of all seasons, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::show::CREW;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Characters, most prominent first.
    async fn characters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<CharacterOrder>,
    ) -> Result<Connection<Character>, Error> {
        connect_sorted(ctx, &relation::show::CHARACTERS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// People with main billing in every season, or in the film, by name.
    async fn main_in_every_season(&self, ctx: &Context<'_>) -> Result<Connection<Person>, Error> {
        connect(ctx, &relation::show::MAIN_IN_EVERY_SEASON, [self.0.id])
    }

    /// Links to other shows; those recorded for this show come first. Every link appears on both shows.
    async fn links(&self, ctx: &Context<'_>) -> Result<Connection<ShowLink>, Error> {
        connect(ctx, &relation::show::LINKS, [self.0.id])
    }

    /// Characters from earlier productions who return in this show, in billing order. A production is earlier if it
    /// began before the character's first season here.
    async fn returns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only characters who were in this show before.")] from: Option<ShowBy>,
        #[graphql(desc = "Sort order (default: by billing).")] order_by: Option<ReturnOrder>,
    ) -> Result<Connection<Return>, Error> {
        let parent = [self.0.id, 0, earlier(ctx, from).await?];
        connect_filtered(ctx, &relation::returns::OF_SHOW, parent, ReturnOrder::of(order_by.as_ref()), Vec::new())
    }

    /// Characters that more than one person plays as they usually are in this show, by name. A younger self, a double
    /// or a voice is no recast.
    async fn recasts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<Recast>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::show::RECASTS, [0, self.0.id, 0], order, Vec::new())
    }

    /// People who play more than one character in this show, by name.
    async fn multiple_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order (default: by name).")] order_by: Option<CountOrder>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        let order = CountOrder::of(order_by.as_ref());
        connect_filtered(ctx, &relation::show::MULTIPLE_ROLES, [0, self.0.id, 0], order, Vec::new())
    }

    #[graphql(flatten)]
    async fn published(&self) -> ReleaseFields {
        ReleaseFields::of_show(self.0.id)
    }

    #[graphql(flatten)]
    async fn identified(&self) -> ExternalIdFields {
        ExternalIdFields::of(&relation::external_id::OF_SHOW, self.0.id)
    }

    #[graphql(flatten)]
    async fn depicted(&self) -> PictureFields {
        use relation::picture::{PICTURES_OF_SHOW, SUMMARIES_OF_SHOW};
        PictureFields::of(&PICTURES_OF_SHOW, &SUMMARIES_OF_SHOW, self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Show, self.0.id)
    }
}

/// Identifies one show. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum ShowBy {
    /// Slug, such as `star-trek-picard`.
    Slug(String),
    /// Code, such as `PIC`. If several shows have it, the earliest.
    Code(String),
    /// Global id.
    Id(ID),
    /// Id at another authority, such as IMDb.
    ExternalId(ExternalIdBy),
}

by!(ShowBy, show, ExternalId(by) => by.describe(), |ctx| by.find::<show::Entity>(ctx, Kind::Show), Code(code) => format!("the code {}", shown(code)), |ctx| {
    first(ctx, &relation::root::SHOWS, [], vec![Condition::new("t.code = ?", [code.into()])])
});

/// Filter for shows. A show must match every given field. A reference to something that does not exist is an error.
#[derive(Debug, InputObject)]
pub struct ShowFilter {
    /// Shows in this franchise.
    franchise: Option<FranchiseBy>,
    /// Shows of this format.
    format: Option<ShowFormat>,
    /// Shows made this way.
    medium: Option<ShowMedium>,
    /// Shows with this status.
    status: Option<ShowStatus>,
    /// Shows whose title matches.
    title: Option<TextFilter>,
    /// Shows that premiered in this range.
    premiered_on: Option<DateRange>,
    /// Shows with a credit of this person.
    person: Option<PersonBy>,
    /// Shows with this character.
    character: Option<CharacterBy>,
    /// Shows made for this platform, or with a season made for it.
    platform: Option<PlatformBy>,
    /// Shows with at least one credit that matches.
    credit: Option<CreditFilter>,
}

const WITH_CREDIT: &str = "t.id IN (SELECT t.show_id FROM credit AS t WHERE true";
const OF_PERSON: &str = "t.id IN (SELECT c.show_id FROM credit AS c WHERE c.person_id = ?)";
const OF_CHARACTER: &str = "t.id IN (SELECT c.show_id FROM credit AS c WHERE c.character_id = ?)";
const ON_PLATFORM: &str = "t.id IN (SELECT h.show_id FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id \
    WHERE n.platform_id = ?)";

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<ShowFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.franchise_id = ?", filter.franchise).await?;
    conditions.equal("t.format = ?", filter.format.map(|word| show::Format::from(word).to_value()));
    conditions.equal("t.medium = ?", filter.medium.map(|word| show::Medium::from(word).to_value()));
    conditions.equal("t.status = ?", filter.status.map(|word| show::Status::from(word).to_value()));
    conditions.text(&TITLE, filter.title);
    conditions.days(&days!("premiered_on"), filter.premiered_on);
    conditions.named(ctx, OF_PERSON, filter.person).await?;
    conditions.named(ctx, OF_CHARACTER, filter.character).await?;
    conditions.named(ctx, ON_PLATFORM, filter.platform).await?;
    if let Some(credit) = filter.credit {
        conditions.subquery(WITH_CREDIT, credit::conditions(ctx, Some(credit)).await?);
    }
    Ok(conditions.into_vec())
}

/// Sort order of shows. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct ShowOrder {
    /// Field to sort by.
    field: ShowOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which shows can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ShowOrderField {
    /// Premiere date; shows without one come last in either direction.
    PremieredOn,
    /// Title, ignoring case and accents.
    Title,
    /// Number of episodes; a film has none.
    EpisodeCount,
    /// Number of people in the cast. This reads all credits.
    CastCount,
}

impl ShowOrder {
    pub(super) fn order(&self) -> &'static Order {
        use ShowOrderField as Field;
        match (self.field, self.direction) {
            (Field::PremieredOn, Direction::Asc) => &SHOWS_BY_PREMIERE,
            (Field::PremieredOn, Direction::Desc) => &SHOWS_BY_PREMIERE_DESC,
            (Field::Title, Direction::Asc) => &SHOWS_BY_TITLE,
            (Field::Title, Direction::Desc) => &SHOWS_BY_TITLE_DESC,
            (Field::EpisodeCount, Direction::Asc) => &SHOWS_BY_EPISODES,
            (Field::EpisodeCount, Direction::Desc) => &SHOWS_BY_EPISODES_DESC,
            (Field::CastCount, Direction::Asc) => &SHOWS_BY_CAST,
            (Field::CastCount, Direction::Desc) => &SHOWS_BY_CAST_DESC,
        }
    }
}

/// Kind of production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Format")]
pub enum ShowFormat {
    /// A series with a continuing story or cast.
    Series,
    /// A series planned to end after a few episodes.
    Miniseries,
    /// Self-contained stories under one title.
    Anthology,
    /// A film.
    Film,
}

/// How a show was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Medium")]
pub enum ShowMedium {
    /// Live action.
    LiveAction,
    /// Animated.
    Animation,
    /// Partly live action, partly animated.
    Mixed,
}

/// Production status of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Status")]
pub enum ShowStatus {
    /// Announced, not yet released.
    Announced,
    /// More episodes are expected.
    Running,
    /// The last episode has aired.
    Ended,
    /// Stopped before its planned end.
    Cancelled,
}
