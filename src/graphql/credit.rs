use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{credit, credit::Coverage, subject::Kind};

use super::{
    appearance::EpisodeOfCredit,
    character::{Character, CharacterBy},
    connection::{Connection, connect},
    filter::Conditions,
    get,
    order::Direction,
    person::{Person, PersonBy},
    row::{Fields, Row, global_id, one, optional_row},
    season::{Season, SeasonBy},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, Many, Order, Window},
    relation::{
        self,
        credit::{BY_RANK, BY_RANK_DESC},
    },
};

pub type Credit = Row<credit::Entity>;

/// One person's work on one season, film or show: an actor's as one character, or a job behind the camera.
#[Object(name = "Credit")]
impl Fields<credit::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<credit::Entity>(self.0.id)
    }

    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.person_id).await
    }

    /// Character played; null for jobs other than acting.
    async fn character(&self, ctx: &Context<'_>) -> Option<Result<Character, Error>> {
        optional_row(ctx, self.0.character_id).await
    }

    /// Show or film.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Season; null for films and for work on a show as a whole.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        optional_row(ctx, self.0.season_id).await
    }

    /// What the person did.
    async fn job(&self) -> Job {
        self.0.job.into()
    }

    /// Billing of an actor; null for other jobs.
    async fn billing(&self) -> Option<Billing> {
        self.0.billing.map(Into::into)
    }

    /// Position in the credits among those with the same job and billing, from 1, if known.
    async fn position(&self) -> Option<i32> {
        self.0.position
    }

    /// What the actor contributed to the performance; null for other jobs.
    async fn part(&self) -> Option<Part> {
        self.0.part.map(Into::into)
    }

    /// Name used in the credits, if it differs from the person's name.
    async fn credited_as(&self) -> Option<&str> {
        self.0.credited_as.as_deref()
    }

    /// Which episodes of the season it holds for.
    async fn coverage(&self) -> CreditCoverage {
        self.0.coverage.into()
    }

    /// Listed episodes, by number. `coverage` says whether there may be others.
    async fn episodes(&self, ctx: &Context<'_>) -> Result<Connection<EpisodeOfCredit>, Error> {
        connect(ctx, &relation::credit::EPISODES, [self.0.id])
    }

    /// Number of listed episodes. `coverage` says whether there may be others.
    async fn known_episode_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        let list = &relation::credit::EPISODES;
        let episodes = Many::new(list, [self.0.id], Window::all(list.order));
        Ok(get(ctx, episodes.count()).await?.unwrap_or_default())
    }

    /// Number of episodes it holds for; null if unknown, and for a film. A credit for the whole season counts the recorded
    /// episodes of the season.
    async fn episode_count(&self, ctx: &Context<'_>) -> Option<Result<i64, Error>> {
        let list = match (self.0.coverage, self.0.season_id) {
            (Coverage::Whole, Some(season)) => {
                let list = &relation::season::EPISODES;
                return get(ctx, Many::new(list, [season], Window::all(list.order)).count()).await.transpose();
            }
            (Coverage::Listed, _) => &relation::credit::EPISODES,
            _ => return None,
        };
        get(ctx, Many::new(list, [self.0.id], Window::all(list.order)).count()).await.transpose()
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Credit, self.0.id)
    }
}

/// Which episodes of its season a credit holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "credit::Coverage")]
pub enum CreditCoverage {
    /// Every episode of the season, as for the main cast; or the whole film.
    Whole,
    /// Exactly the listed episodes.
    Listed,
    /// At least the listed episodes.
    AtLeast,
    /// Unknown.
    Unknown,
}

/// Filter for credits. A credit must match every given field. A reference to something that does not exist is an error.
#[derive(Debug, InputObject)]
pub struct CreditFilter {
    /// Credits of this person.
    person: Option<PersonBy>,
    /// Credits as this character.
    character: Option<CharacterBy>,
    /// Credits in this show.
    show: Option<ShowBy>,
    /// Credits in this season.
    season: Option<SeasonBy>,
    /// Credits for this job.
    job: Option<Job>,
    /// Credits of actors with this billing.
    billing: Option<Billing>,
}

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<CreditFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.person_id = ?", filter.person).await?;
    conditions.named(ctx, "t.character_id = ?", filter.character).await?;
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, "t.season_id = ?", filter.season).await?;
    if let Some(job) = filter.job {
        let rank = i32::from(credit::Job::from(job)) * RANKS_PER_JOB;
        conditions.add("t.rank >= ? AND t.rank < ?", [rank.into(), (rank + RANKS_PER_JOB).into()]);
    }
    if let Some(billing) = filter.billing {
        // Only actors have a billing, and acting is job 0, so the rank starts at 0.
        let rank = i32::from(credit::Billing::from(billing)) * RANKS_PER_BILLING;
        conditions.add("t.rank >= ? AND t.rank < ?", [rank.into(), (rank + RANKS_PER_BILLING).into()]);
    }
    Ok(conditions.into_vec())
}

/// The database computes `credit.rank` from job, billing and position like this, so that one index serves all three.
const RANKS_PER_JOB: i32 = 1_000_000;
const RANKS_PER_BILLING: i32 = 10_000;

/// Sort order of credits. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct CreditOrder {
    /// Field to sort by.
    field: CreditOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which credits can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CreditOrderField {
    /// Order of the credits: cast by billing and position, then crew by job.
    Billing,
}

impl CreditOrder {
    pub(super) fn order(&self) -> &'static Order {
        use CreditOrderField as Field;
        match (self.field, self.direction) {
            (Field::Billing, Direction::Asc) => &BY_RANK,
            (Field::Billing, Direction::Desc) => &BY_RANK_DESC,
        }
    }
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Job")]
pub enum Job {
    /// Played a character.
    Actor,
    /// Created the show.
    Creator,
    /// Led the writing and production of a season.
    Showrunner,
    /// Executive producer.
    ExecutiveProducer,
    /// Directed.
    Director,
    /// Wrote.
    Writer,
    /// Wrote the story that was turned into a script.
    Story,
    /// Turned a story into a script.
    Teleplay,
    /// Composed the music.
    Composer,
}

/// How prominently an actor is credited, most prominent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Billing")]
pub enum Billing {
    /// Named in the opening credits.
    Main,
    /// Credited as a special guest star.
    SpecialGuest,
    /// A regular who is not in the opening credits.
    Supporting,
    /// Appears in several episodes.
    Recurring,
    /// Credited as a guest star.
    Guest,
    /// Credited as a co-star.
    CoStar,
    /// Unknown.
    Unspecified,
}

/// What an actor contributes to a performance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Part")]
pub enum Part {
    /// Appears on screen.
    Screen,
    /// Voice only.
    Voice,
    /// Appears on screen, with someone else's voice.
    Body,
}
