use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{person, subject::Kind};

use super::{
    character::{Character, CharacterBy},
    co_star::CoStar,
    connection::{Connection, connect, connect_filtered, connect_sorted},
    credit::{self, Credit, CreditFilter, Job, OwnCreditOrder},
    date::{Age, Date, DateSpan, date, span},
    external_id::{ExternalIdBy, ExternalIdFields},
    filter::{Conditions, DateRange, MonthDay, NAME, TextFilter, days},
    franchise::FranchiseBy,
    get,
    order::Direction,
    picture::PictureFields,
    row::{Fields, Row, by, global_id},
    show::{Show, ShowBy, ShowOrder},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, Many, Order, Window},
    relation::{
        self,
        root::{
            PEOPLE_BY_BIRTH, PEOPLE_BY_BIRTH_DESC, PEOPLE_BY_CHARACTERS, PEOPLE_BY_CHARACTERS_DESC, PEOPLE_BY_EPISODES,
            PEOPLE_BY_EPISODES_DESC, PEOPLE_BY_NAME, PEOPLE_BY_NAME_DESC, PEOPLE_BY_SHOWS, PEOPLE_BY_SHOWS_DESC,
        },
    },
};

pub type Person = Row<person::Entity>;

/// A person with credits, such as an actor, a director or a writer.
#[Object(name = "Person")]
impl Fields<person::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<person::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `brent-spiner`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Best-known name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Other names.
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>, Error> {
        let list = &relation::person::ALIASES;
        let aliases = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(aliases.iter().map(|alias| alias.row.name.clone()).collect())
    }

    /// Date of birth.
    async fn born(&self) -> Option<Date> {
        date(self.0.born.as_ref())
    }

    /// Days that `born` can mean.
    async fn born_span(&self) -> Option<DateSpan> {
        span(self.0.born.as_ref())
    }

    /// Date of death.
    async fn died(&self) -> Option<Date> {
        date(self.0.died.as_ref())
    }

    /// Days that `died` can mean.
    async fn died_span(&self) -> Option<DateSpan> {
        span(self.0.died.as_ref())
    }

    /// Credits in front of and behind the camera, earliest first.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::person::CREDITS;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Characters the person plays, in the order in which the person first played them.
    async fn characters(&self, ctx: &Context<'_>) -> Result<Connection<Character>, Error> {
        connect(ctx, &relation::recast::ROLES, [self.0.id, 0, 0, 0])
    }

    /// Shows and films with a credit of the person, in the order of the first credit in each.
    async fn shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        connect_sorted(ctx, &relation::person::SHOWS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// Age on a date, in whole years; null if the date of birth is unknown or later.
    async fn age(&self, #[graphql(desc = "The date.")] on: Date) -> Option<Age> {
        Age::between(self.0.born.as_ref()?, &on.0)
    }

    /// People who acted in the same seasons and films, most frequent first.
    async fn co_stars(&self, ctx: &Context<'_>) -> Result<Connection<CoStar>, Error> {
        connect(ctx, &relation::person::CO_STARS, [self.0.id])
    }

    #[graphql(flatten)]
    async fn identified(&self) -> ExternalIdFields {
        ExternalIdFields::of(&relation::external_id::OF_PERSON, self.0.id)
    }

    #[graphql(flatten)]
    async fn depicted(&self) -> PictureFields {
        use relation::picture::{PICTURES_OF_PERSON, SUMMARIES_OF_PERSON};
        PictureFields::of(&PICTURES_OF_PERSON, &SUMMARIES_OF_PERSON, self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Person, self.0.id)
    }
}

/// Identifies one person. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum PersonBy {
    /// Slug, such as `brent-spiner`.
    Slug(String),
    /// Global id.
    Id(ID),
    /// Id at another authority, such as IMDb.
    ExternalId(ExternalIdBy),
}

by!(PersonBy, person, ExternalId(by) => by.describe(), |ctx| by.find::<person::Entity>(ctx, Kind::Person));

/// Filter for people. A person must match every given field.
#[derive(Debug, InputObject)]
pub struct PersonFilter {
    /// People whose name matches.
    name: Option<TextFilter>,
    /// People born in this range.
    born: Option<DateRange>,
    /// People who died in this range.
    died: Option<DateRange>,
    /// People born on this day of any year.
    birthday: Option<MonthDay>,
    /// People with a credit in this show. `show`, `franchise`, `character` and `job` must hold for the same credit.
    show: Option<ShowBy>,
    /// People with a credit in this franchise.
    franchise: Option<FranchiseBy>,
    /// People who play this character.
    character: Option<CharacterBy>,
    /// People with a credit for this job.
    job: Option<Job>,
    /// People with at least one credit that matches.
    credit: Option<CreditFilter>,
}

const WITH_CREDIT: &str = "t.id IN (SELECT t.person_id FROM credit AS t WHERE true";

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<PersonFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.text(&NAME, filter.name);
    conditions.days(&days!("born"), filter.born);
    conditions.days(&days!("died"), filter.died);
    conditions.month_day("substr(t.born, 6) = ?", filter.birthday)?;
    let one = CreditFilter::new(filter.show, filter.franchise, filter.character, None, filter.job);
    for credit in one.into_iter().chain(filter.credit) {
        conditions.subquery(WITH_CREDIT, credit::conditions(ctx, Some(credit)).await?);
    }
    Ok(conditions.into_vec())
}

/// Sort order of people. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct PersonOrder {
    /// Field to sort by.
    field: PersonOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which people can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PersonOrderField {
    /// Name, ignoring case and accents.
    Name,
    /// Date of birth; people without one come last in either direction.
    Born,
    /// Number of shows and films with a credit. This reads all credits.
    ShowCount,
    /// Number of characters played. This reads all credits.
    CharacterCount,
    /// Number of episodes in which the person is known to act. This reads all credits.
    KnownEpisodeCount,
}

impl PersonOrder {
    pub(super) fn order(&self) -> &'static Order {
        use PersonOrderField as Field;
        match (self.field, self.direction) {
            (Field::Name, Direction::Asc) => &PEOPLE_BY_NAME,
            (Field::Name, Direction::Desc) => &PEOPLE_BY_NAME_DESC,
            (Field::Born, Direction::Asc) => &PEOPLE_BY_BIRTH,
            (Field::Born, Direction::Desc) => &PEOPLE_BY_BIRTH_DESC,
            (Field::ShowCount, Direction::Asc) => &PEOPLE_BY_SHOWS,
            (Field::ShowCount, Direction::Desc) => &PEOPLE_BY_SHOWS_DESC,
            (Field::CharacterCount, Direction::Asc) => &PEOPLE_BY_CHARACTERS,
            (Field::CharacterCount, Direction::Desc) => &PEOPLE_BY_CHARACTERS_DESC,
            (Field::KnownEpisodeCount, Direction::Asc) => &PEOPLE_BY_EPISODES,
            (Field::KnownEpisodeCount, Direction::Desc) => &PEOPLE_BY_EPISODES_DESC,
        }
    }
}
