use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{person, subject::Kind};

use super::{
    character::Character,
    co_star::CoStar,
    connection::{Connection, Paging, connect, connect_by},
    credit::{self, Credit, CreditFilter},
    date::{Date, date},
    filter::{Conditions, DateRange, NAME, TextFilter},
    get,
    order::Direction,
    row::{By, Fields, Row, global_id, local_id},
    sourced::Sourced,
};
use crate::{
    edge::{
        self,
        root::{PEOPLE_BY_BIRTH, PEOPLE_BY_BIRTH_BACKWARDS, PEOPLE_BY_NAME, PEOPLE_BY_NAME_BACKWARDS},
    },
    error::Error,
    load::{Condition, LookUp, Many, Order, Window},
};

pub type Person = Row<person::Entity>;

/// Somebody who is credited: an actor, a director, a writer.
#[Object(name = "Person")]
impl Fields<person::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<person::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `brent-spiner`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name by which the person is known.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Other names of the person.
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>, Error> {
        let list = &edge::person::ALIASES;
        let aliases = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(aliases.iter().map(|alias| alias.row.name.clone()).collect())
    }

    /// Day of birth.
    async fn born(&self) -> Option<Date> {
        date(self.0.born.as_ref())
    }

    /// Day of death.
    async fn died(&self) -> Option<Date> {
        date(self.0.died.as_ref())
    }

    /// The person's credits in front of and behind the camera, the earliest first.
    async fn credits(
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
            &edge::person::CREDITS,
            [self.0.id],
            Paging { first, after, last, before },
            edge::person::CREDITS.order,
            filter,
        )
    }

    /// The characters that the person plays, in the order in which that began.
    async fn characters(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Character>, Error> {
        connect(&edge::recast::ROLES, [self.0.id, 0, 0, 0], Paging { first, after, last, before })
    }

    /// Those who acted in the same seasons and films, the most frequent first.
    async fn co_stars(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<CoStar>, Error> {
        connect(&edge::person::CO_STARS, [self.0.id], Paging { first, after, last, before })
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Person, self.0.id)
    }
}

/// Names one person: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum PersonBy {
    /// Its slug, such as `brent-spiner`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for PersonBy {
    type Entity = person::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<person::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// Which people to take; a person must fit all that is given.
#[derive(Debug, InputObject)]
pub struct PersonFilter {
    /// Only people with such a name.
    name: Option<TextFilter>,
    /// Only people born on such a day.
    born: Option<DateRange>,
}

pub(super) fn conditions(filter: Option<PersonFilter>) -> Vec<Condition> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return conditions.into_vec() };
    conditions.text(&NAME, filter.name);
    conditions.days("coalesce(t.born, '') >= ?", "coalesce(t.born, '9999-99-99') <= ?", filter.born);
    conditions.into_vec()
}

/// The order of people. Items that are equal in it come in the order in which castgraph got to know
/// them, and the other way round from high to low.
#[derive(Debug, InputObject)]
pub struct PersonOrder {
    /// What to sort by.
    field: PersonOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: Direction,
}

/// What people can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PersonOrderField {
    /// By name, without regard to case and accents.
    Name,
    /// By the day of birth; those without one come last.
    Born,
}

impl PersonOrder {
    pub(super) fn order(&self) -> &'static Order {
        use PersonOrderField as Field;
        match (self.field, self.direction) {
            (Field::Name, Direction::Asc) => &PEOPLE_BY_NAME,
            (Field::Name, Direction::Desc) => &PEOPLE_BY_NAME_BACKWARDS,
            (Field::Born, Direction::Asc) => &PEOPLE_BY_BIRTH,
            (Field::Born, Direction::Desc) => &PEOPLE_BY_BIRTH_BACKWARDS,
        }
    }
}
