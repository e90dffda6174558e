use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{credit, credit::Coverage, subject::Kind};
use sea_orm::ActiveEnum;

use super::{
    appearance::EpisodeOfCredit,
    character::{Character, CharacterBy},
    connection::{Connection, connect},
    date::Date,
    episode::Episode,
    filter::{Conditions, DateRange, OF_FRANCHISE, end_of},
    found_connection::Found,
    franchise::FranchiseBy,
    get,
    order::Direction,
    person::{Person, PersonBy},
    platform::PlatformBy,
    role::Role,
    row::{Fields, Row, end, global_id, one, optional_row},
    season::{Season, SeasonBy},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, Many, Order, Window},
    relation::{
        self,
        credit::{BY_BIRTH, BY_BIRTH_DESC, BY_DAY, BY_DAY_DESC, BY_RANK, BY_RANK_DESC},
    },
};

pub type Credit = Row<credit::Entity>;

impl Found for Credit {
    /// Credits that the graph found have another connection than those of a list in the database.
    fn name() -> std::borrow::Cow<'static, str> {
        "SharedCredit".into()
    }
}

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

    /// What the actor plays; null for jobs other than acting, never for actors. It has the same values as `character`,
    /// `billing`, `part` and `portrayal`, without null.
    async fn role(&self) -> Option<Role> {
        Role::of(&self.0)
    }

    /// Character played; null for jobs other than acting, never for actors. Lists called `cast` have only actors.
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

    /// How the actor's performance relates to others of the character, such as a younger self; null for other jobs.
    async fn portrayal(&self) -> Option<Portrayal> {
        self.0.character_id.map(|_| self.0.portrayal.into())
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

    /// First episode that it is known to hold for: the first listed one or, if it holds for the whole season, the first of
    /// the season. `coverage` says whether there may be earlier ones. Null if no episode is known, and for a film.
    async fn first_episode(&self, ctx: &Context<'_>) -> Option<Result<Episode, Error>> {
        self.episode_at(ctx, false).await
    }

    /// Last episode that it is known to hold for, in the same way.
    async fn last_episode(&self, ctx: &Context<'_>) -> Option<Result<Episode, Error>> {
        self.episode_at(ctx, true).await
    }

    /// Number of listed episodes. `coverage` says whether there may be others.
    async fn known_episode_count(&self, ctx: &Context<'_>) -> Result<i64, Error> {
        let list = &relation::credit::EPISODES;
        let episodes = Many::new(list, [self.0.id], Window::all(list.order));
        Ok(get(ctx, episodes.count()).await?.unwrap_or_default())
    }

    /// Number of episodes it holds for; null if unknown, and for a film. A credit for the whole season counts the recorded
    /// episodes of the season, without specials.
    async fn episode_count(&self, ctx: &Context<'_>) -> Option<Result<i64, Error>> {
        let list = match (self.0.coverage, self.0.season_id) {
            (Coverage::Whole, Some(season)) => {
                let list = &relation::season::REGULAR_EPISODES;
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

impl Fields<credit::Entity> {
    /// The first or last known episode.
    async fn episode_at(&self, ctx: &Context<'_>, from_end: bool) -> Option<Result<Episode, Error>> {
        let found = if let (Coverage::Whole, Some(season)) = (self.0.coverage, self.0.season_id) {
            let list = &relation::season::REGULAR_EPISODES;
            end(ctx, list, [season], from_end).await.map(|found| found.map(Row::new))
        } else {
            let list = &relation::credit::EPISODES;
            let found = end(ctx, list, [self.0.id], from_end).await;
            found.map(|found| found.map(|episode| Row::new(episode.model.clone())))
        };
        found.transpose()
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
#[derive(Debug, Default, InputObject)]
pub struct CreditFilter {
    /// Credits of this person.
    person: Option<PersonBy>,
    /// Credits as this character.
    character: Option<CharacterBy>,
    /// Credits in this show.
    show: Option<ShowBy>,
    /// Credits in this season.
    season: Option<SeasonBy>,
    /// Credits in this franchise.
    franchise: Option<FranchiseBy>,
    /// Credits as a character of exactly this species.
    species: Option<String>,
    /// Credits in seasons and films made for this platform.
    platform: Option<PlatformBy>,
    /// Credits in seasons and films first released in this range.
    released_on: Option<DateRange>,
    /// Credits known by this date: released by then, or supported by a source or a claim of that date.
    known_by: Option<Date>,
    /// Credits for this job.
    job: Option<Job>,
    /// Credits for any of these jobs.
    jobs: Option<Vec<Job>>,
    /// Credits of actors with this billing.
    billing: Option<Billing>,
    /// Credits of actors with any of these billings.
    billings: Option<Vec<Billing>>,
    /// Credits of actors who contributed this part of the performance.
    part: Option<Part>,
    /// Credits of actors who play the character in this way.
    portrayal: Option<Portrayal>,
}

impl CreditFilter {
    /// The filter with these references.
    pub(super) fn new(
        show: Option<ShowBy>,
        franchise: Option<FranchiseBy>,
        character: Option<CharacterBy>,
        person: Option<PersonBy>,
        job: Option<Job>,
    ) -> Option<Self> {
        let any = show.is_some() || franchise.is_some() || character.is_some() || person.is_some() || job.is_some();
        any.then(|| Self { person, character, show, franchise, job, ..Self::default() })
    }
}

const OF_SPECIES: &str = "t.character_id IN (SELECT n.id FROM character AS n WHERE n.species = ?)";

/// The home platform of the season, or of the show if the season has none.
const ON_PLATFORM: &str = "EXISTS (SELECT 1 FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id \
    WHERE n.platform_id = ? AND h.show_id = t.show_id \
      AND (coalesce(h.season_id, 0) = coalesce(t.season_id, 0) \
        OR coalesce(h.season_id, 0) = 0 AND (SELECT count(*) FROM home AS o WHERE o.season_id = t.season_id) = 0))";
const KNOWN_BY: &str = "EXISTS (SELECT 1 FROM dated_credit AS d WHERE d.id = t.id AND d.first_on <= ?) \
    OR EXISTS (SELECT 1 FROM subject AS f JOIN citation AS c ON c.subject_id = f.id JOIN source AS o ON o.id = c.source_id \
               WHERE f.kind = 7 AND f.row_id = t.id AND o.published_on <= ?) \
    OR EXISTS (SELECT 1 FROM subject AS f JOIN claim AS c ON c.subject_id = f.id \
               WHERE f.kind = 7 AND f.row_id = t.id AND c.claimed_on <= ?)";

/// Looks at the dates of seasons and films, which are far fewer than the credits.
macro_rules! released {
    ($condition:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM season AS s WHERE s.id = t.season_id AND ",
            $condition,
            ") OR coalesce(t.season_id, 0) = 0 AND EXISTS (SELECT 1 FROM show AS s WHERE s.id = t.show_id AND ",
            $condition,
            ")"
        )
    };
}

const RELEASED_FROM: &str = released!("coalesce(s.premiered_on, '') >= ?");
const RELEASED_TO: &str = released!("coalesce(s.premiered_on, '9999-99-99') <= ?");

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<CreditFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.person_id = ?", filter.person).await?;
    conditions.named(ctx, "t.character_id = ?", filter.character).await?;
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, "t.season_id = ?", filter.season).await?;
    conditions.named(ctx, OF_FRANCHISE, filter.franchise).await?;
    conditions.equal(OF_SPECIES, filter.species);
    conditions.named(ctx, ON_PLATFORM, filter.platform).await?;
    if let Some(range) = filter.released_on {
        conditions.days_of(RELEASED_FROM, RELEASED_TO, range);
    }
    if let Some(date) = filter.known_by {
        let end = end_of(date.0.as_str());
        conditions.add(KNOWN_BY, [end.clone().into(), end.clone().into(), end.into()]);
    }
    if let Some(jobs) = filter.jobs {
        let jobs: Vec<i32> = jobs.into_iter().map(|job| credit::Job::from(job).into()).collect();
        conditions.ranks(&jobs, RANKS_PER_JOB);
        conditions.add("t.job ?", [jobs.into()]);
    }
    if let Some(billings) = filter.billings {
        let billings: Vec<i32> = billings.into_iter().map(|billing| credit::Billing::from(billing).into()).collect();
        conditions.ranks(&billings, RANKS_PER_BILLING);
        conditions.add("t.billing ?", [billings.into()]);
    }
    if let Some(part) = filter.part.map(credit::Part::from) {
        conditions.add(if part == credit::Part::Screen { "t.part = ?" } else { RARE_PART }, [part.to_value().into()]);
    }
    if let Some(portrayal) = filter.portrayal.map(credit::Portrayal::from) {
        let is_usual = portrayal == credit::Portrayal::Regular;
        conditions.add(if is_usual { "t.portrayal = ?" } else { RARE_PORTRAYAL }, [portrayal.to_value().into()]);
    }
    if let Some(job) = filter.job {
        conditions.ranks(&[credit::Job::from(job).into()], RANKS_PER_JOB);
    }
    if let Some(billing) = filter.billing {
        conditions.ranks(&[credit::Billing::from(billing).into()], RANKS_PER_BILLING);
    }
    Ok(conditions.into_vec())
}

/// As in the index of the parts that are rare.
const RARE_PART: &str = "t.part = ? AND t.part <> 'SCREEN'";

/// As in the index of the portrayals that are rare.
const RARE_PORTRAYAL: &str = "t.portrayal = ? AND t.portrayal <> 'REGULAR'";

impl Conditions {
    /// Adds the condition that the rank is among those of the lowest to the highest of `numbers`, jobs or billings with
    /// `width` ranks each. Only actors have a billing, and acting is job 0, so the ranks of billings start at 0 as well.
    fn ranks(&mut self, numbers: &[i32], width: i32) {
        let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max()) else { return };
        self.add("t.rank >= ? AND t.rank < ?", [(least * width).into(), ((most + 1) * width).into()]);
    }
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

/// Sort order of the credits of one object. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct OwnCreditOrder {
    /// Field to sort by.
    field: OwnCreditOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which the credits of one object can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OwnCreditOrderField {
    /// Order of the credits: cast by billing and position, then crew by job.
    Billing,
    /// First date of the season or film; credits without one come last in either direction.
    ReleasedOn,
    /// Date of birth of the person; people without one come last in either direction.
    Born,
}

impl OwnCreditOrder {
    pub(super) fn order(&self) -> &'static Order {
        use OwnCreditOrderField as Field;
        match (self.field, self.direction) {
            (Field::Billing, Direction::Asc) => &BY_RANK,
            (Field::Billing, Direction::Desc) => &BY_RANK_DESC,
            (Field::ReleasedOn, Direction::Asc) => &BY_DAY,
            (Field::ReleasedOn, Direction::Desc) => &BY_DAY_DESC,
            (Field::Born, Direction::Asc) => &BY_BIRTH,
            (Field::Born, Direction::Desc) => &BY_BIRTH_DESC,
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

/// How a performance relates to others of the same character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit::Portrayal")]
pub enum Portrayal {
    /// As the character usually is. Two people who play it like this are a recast.
    Regular,
    /// As a younger self, such as a child.
    Younger,
    /// As an older self.
    Older,
    /// As a double or stand-in.
    Double,
    /// As a voice that is not the regular one.
    Voice,
    /// As a body without the voice.
    Body,
    /// As an alternate, disguised or transformed version.
    Alternate,
    /// Unknown.
    Unknown,
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
