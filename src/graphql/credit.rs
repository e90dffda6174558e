use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{credit, subject::Kind};

use super::{
    appearance::EpisodeOfCredit,
    character::{Character, CharacterBy},
    connection::{Connection, Paging, connect},
    filter::Conditions,
    get,
    order::Direction,
    person::{Person, PersonBy},
    row::{Fields, Row, global_id, maybe, one},
    season::{Season, SeasonBy},
    show::{Show, ShowBy},
    sourced::Sourced,
};
use crate::{
    edge::{
        self,
        credit::{BY_RANK, BY_RANK_BACKWARDS},
    },
    error::Error,
    load::{Condition, Many, Order, Window},
};

pub type Credit = Row<credit::Entity>;

/// One person's work in one season, film or show: an actor's as one character, or a job behind the camera.
#[Object(name = "Credit")]
impl Fields<credit::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<credit::Entity>(self.0.id)
    }

    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Person, Error> {
        one(ctx, self.0.person_id).await
    }

    /// As whom; null if the job is not acting.
    async fn character(&self, ctx: &Context<'_>) -> Option<Result<Character, Error>> {
        maybe(ctx, self.0.character_id).await
    }

    /// In what show or film.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// In which season; null for films and for work on a show as a whole.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        maybe(ctx, self.0.season_id).await
    }

    /// What the person did.
    async fn job(&self) -> Job {
        self.0.job.into()
    }

    /// How prominently an actor is credited; null for other jobs.
    async fn billing(&self) -> Option<Billing> {
        self.0.billing.map(Into::into)
    }

    /// Place in the credits among those of the same job and billing, from 1, where it is known.
    async fn position(&self) -> Option<i32> {
        self.0.position
    }

    /// Which part of the performance is the actor's; null for other jobs.
    async fn part(&self) -> Option<Part> {
        self.0.part.map(Into::into)
    }

    /// The name in the credits, where it differs from the person's.
    async fn credited_as(&self) -> Option<&str> {
        self.0.credited_as.as_deref()
    }

    /// The episodes that the credit is known to cover, by number. It may cover more.
    async fn episodes(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<EpisodeOfCredit>, Error> {
        connect(&edge::credit::EPISODES, [self.0.id], Paging { first, after, last, before })
    }

    /// How many episodes the credit is known to cover. It may cover more.
    async fn episode_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        let list = &edge::credit::EPISODES;
        let episodes = Many::new(list, [self.0.id], Window::all(list.order));
        Ok(get(ctx, episodes.count()).await?.unwrap_or_default())
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Credit, self.0.id)
    }
}

/// Which credits to take; a credit must fit all that is given. To name what does not exist
/// is an error.
#[derive(Debug, InputObject)]
pub struct CreditFilter {
    /// Only credits of this person.
    person: Option<PersonBy>,
    /// Only credits as this character.
    character: Option<CharacterBy>,
    /// Only credits in this show.
    show: Option<ShowBy>,
    /// Only credits in this season.
    season: Option<SeasonBy>,
    /// Only credits for this job.
    job: Option<Job>,
    /// Only actors with this billing.
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
        // Only actors have a billing, and theirs is the first job: rank 0.
        let rank = i32::from(credit::Billing::from(billing)) * RANKS_PER_BILLING;
        conditions.add("t.rank >= ? AND t.rank < ?", [rank.into(), (rank + RANKS_PER_BILLING).into()]);
    }
    Ok(conditions.into_vec())
}

/// The database makes `credit.rank` of job, billing and position in this way, so that one index serves all three.
const RANKS_PER_JOB: i32 = 1_000_000;
const RANKS_PER_BILLING: i32 = 10_000;

/// The order of credits. Items that are equal in it come in the order in which castgraph got to know
/// them, and the other way round from high to low.
#[derive(Debug, InputObject)]
pub struct CreditOrder {
    /// What to sort by.
    field: CreditOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: Direction,
}

/// What credits can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CreditOrderField {
    /// As in the credits: the cast by billing and place, then the crew by job.
    Billing,
}

impl CreditOrder {
    pub(super) fn order(&self) -> &'static Order {
        use CreditOrderField as Field;
        match (self.field, self.direction) {
            (Field::Billing, Direction::Asc) => &BY_RANK,
            (Field::Billing, Direction::Desc) => &BY_RANK_BACKWARDS,
        }
    }
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Job")]
pub enum Job {
    /// Played a character.
    Actor,
    /// Thought up the show.
    Creator,
    /// Led the writing and making of a season.
    Showrunner,
    /// Was executive producer.
    ExecutiveProducer,
    /// Directed.
    Director,
    /// Wrote.
    Writer,
    /// Wrote the story that others made into a script.
    Story,
    /// Made a story into a script.
    Teleplay,
    /// Composed the music.
    Composer,
}

/// How prominently an actor is credited, the most prominent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Billing")]
pub enum Billing {
    /// In the opening credits.
    Main,
    /// Named as a special guest star.
    SpecialGuest,
    /// Regular, but not in the opening credits.
    Supporting,
    /// In several episodes.
    Recurring,
    /// Guest star.
    Guest,
    /// Co-star.
    CoStar,
    /// Not known.
    Unspecified,
}

/// Which part of a performance is an actor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Part")]
pub enum Part {
    /// Seen on the screen.
    Screen,
    /// Heard only.
    Voice,
    /// Seen, with another's voice.
    Body,
}
