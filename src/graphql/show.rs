use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{show, subject::Kind};
use sea_orm::ActiveEnum;

use super::{
    character::Character,
    connection::{Connection, Paging, connect, connect_by},
    credit::{self, Credit, CreditFilter},
    date::{Date, date},
    episode::Episode,
    filter::{Conditions, DateRange, TITLE, TextFilter},
    franchise::{Franchise, FranchiseBy},
    get,
    multiple_roles::MultipleRoles,
    order::Direction,
    published::Published,
    recast::Recast,
    returns::{Return, earlier},
    row::{By, Fields, Row, global_id, local_id, maybe},
    season::Season,
    show_link::ShowLink,
    sourced::Sourced,
};
use crate::{
    edge::{
        self,
        root::{SHOWS_BY_PREMIERE, SHOWS_BY_PREMIERE_BACKWARDS, SHOWS_BY_TITLE, SHOWS_BY_TITLE_BACKWARDS},
    },
    error::Error,
    load::{Condition, LookUp, Many, Order, Window},
};

pub type Show = Row<show::Entity>;

/// A production: a series, a miniseries, an anthology or a film.
#[Object(name = "Show")]
impl Fields<show::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<show::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `star-trek-picard`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Short name among those who know it, such as `PIC`.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What kind of production it is.
    async fn format(&self) -> ShowFormat {
        self.0.format.into()
    }

    /// How it was made, if known.
    async fn medium(&self) -> Option<ShowMedium> {
        self.0.medium.map(Into::into)
    }

    /// Whether it goes on; null for films.
    async fn status(&self) -> Option<ShowStatus> {
        self.0.status.map(Into::into)
    }

    /// The first day on which it was shown.
    async fn premiered_on(&self) -> Option<Date> {
        date(self.0.premiered_on.as_ref())
    }

    /// The day of its last episode, if it has ended.
    async fn ended_on(&self) -> Option<Date> {
        date(self.0.ended_on.as_ref())
    }

    /// The franchise that it belongs to, if any.
    async fn franchise(&self, ctx: &Context<'_>) -> Option<Result<Franchise, Error>> {
        maybe(ctx, self.0.franchise_id).await
    }

    /// Its seasons by number.
    async fn seasons(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Season>, Error> {
        connect(&edge::show::SEASONS, [self.0.id], Paging { first, after, last, before })
    }

    /// The season with a number, if there is one.
    async fn season(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number within the show.")] number: i32,
    ) -> Option<Result<Season, Error>> {
        let list = &edge::season::NUMBERED;
        let found = get(ctx, Many::new(list, [self.0.id, number], Window::all(list.order))).await.transpose()?;
        found.map(|found| found.first().map(|season| Row::new(season.row.clone()))).transpose()
    }

    /// Its episodes in the order of seasons and numbers.
    async fn episodes(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Episode>, Error> {
        connect(&edge::show::EPISODES, [self.0.id], Paging { first, after, last, before })
    }

    /// The credits of its actors in all seasons: main cast first, then by billing and place.
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
            &edge::show::CAST,
            [self.0.id],
            Paging { first, after, last, before },
            edge::show::CAST.order,
            filter,
        )
    }

    /// The credits of its crew in all seasons, by job.
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
            &edge::show::CREW,
            [self.0.id],
            Paging { first, after, last, before },
            edge::show::CREW.order,
            filter,
        )
    }

    /// Its characters, the most prominent first.
    async fn characters(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Character>, Error> {
        connect(&edge::show::CHARACTERS, [self.0.id], Paging { first, after, last, before })
    }

    /// How it is linked to other shows, the links stated of it first. Each link is seen from both its ends.
    async fn links(&self, ctx: &Context<'_>) -> Result<Vec<ShowLink>, Error> {
        let list = &edge::show::LINKS;
        let links = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(links.iter().map(|link| ShowLink::of(&link.row)).collect())
    }

    /// Characters who were in an earlier production and are in this show, as in the credits here. A production is
    /// earlier if it began before the character's first season here.
    async fn returns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only characters who were in this show before.")] from: Option<ShowBy>,
    ) -> Result<Connection<Return>, Error> {
        let parent = [self.0.id, 0, earlier(ctx, from).await?];
        connect(&edge::returns::OF_SHOW, parent, Paging { first, after, last, before })
    }

    /// Characters who are played by more than one person in this show, by name.
    async fn recasts(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Recast>, Error> {
        connect(&edge::show::RECASTS, [0, self.0.id, 0], Paging { first, after, last, before })
    }

    /// People who play more than one character in this show, by name.
    async fn multiple_roles(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<MultipleRoles>, Error> {
        connect(&edge::show::MULTIPLE_ROLES, [0, self.0.id, 0], Paging { first, after, last, before })
    }

    #[graphql(flatten)]
    async fn published(&self) -> Published {
        Published::of_show(self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Show, self.0.id)
    }
}

/// Names one show: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum ShowBy {
    /// Its slug, such as `star-trek-picard`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for ShowBy {
    type Entity = show::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<show::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// Which shows to take; a show must fit all that is given. To name what does not exist
/// is an error.
#[derive(Debug, InputObject)]
pub struct ShowFilter {
    /// Only shows of this franchise.
    franchise: Option<FranchiseBy>,
    /// Only shows of this format.
    format: Option<ShowFormat>,
    /// Only shows made so.
    medium: Option<ShowMedium>,
    /// Only shows with this status.
    status: Option<ShowStatus>,
    /// Only shows with such a title.
    title: Option<TextFilter>,
    /// Only shows first shown on such a day.
    premiered_on: Option<DateRange>,
}

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<ShowFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.franchise_id = ?", filter.franchise).await?;
    conditions.equal("t.format = ?", filter.format.map(|word| show::Format::from(word).to_value()));
    conditions.equal("t.medium = ?", filter.medium.map(|word| show::Medium::from(word).to_value()));
    conditions.equal("t.status = ?", filter.status.map(|word| show::Status::from(word).to_value()));
    conditions.text(&TITLE, filter.title);
    conditions.days(
        "coalesce(t.premiered_on, '') >= ?",
        "coalesce(t.premiered_on, '9999-99-99') <= ?",
        filter.premiered_on,
    );
    Ok(conditions.into_vec())
}

/// The order of shows. Items that are equal in it come in the order in which castgraph got to know
/// them, and the other way round from high to low.
#[derive(Debug, InputObject)]
pub struct ShowOrder {
    /// What to sort by.
    field: ShowOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: Direction,
}

/// What shows can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ShowOrderField {
    /// By the first day on which they were shown; those without one come last.
    PremieredOn,
    /// By title, without regard to case and accents.
    Title,
}

impl ShowOrder {
    pub(super) fn order(&self) -> &'static Order {
        use ShowOrderField as Field;
        match (self.field, self.direction) {
            (Field::PremieredOn, Direction::Asc) => &SHOWS_BY_PREMIERE,
            (Field::PremieredOn, Direction::Desc) => &SHOWS_BY_PREMIERE_BACKWARDS,
            (Field::Title, Direction::Asc) => &SHOWS_BY_TITLE,
            (Field::Title, Direction::Desc) => &SHOWS_BY_TITLE_BACKWARDS,
        }
    }
}

/// What kind of production a show is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Format")]
pub enum ShowFormat {
    /// A series with one story line or cast over its seasons.
    Series,
    /// A series planned to end after few episodes.
    Miniseries,
    /// Stories that stand for themselves under one title.
    Anthology,
    /// A film.
    Film,
}

/// How a show was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Medium")]
pub enum ShowMedium {
    /// Filmed with actors.
    LiveAction,
    /// Drawn or modelled.
    Animation,
    /// Some parts filmed, some drawn.
    Mixed,
}

/// Whether a show goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::show::Status")]
pub enum ShowStatus {
    /// Made public, not yet shown.
    Announced,
    /// More episodes are to come.
    Running,
    /// Its last episode was shown.
    Ended,
    /// Stopped before its planned end.
    Cancelled,
}
