use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{person, subject::Kind};

use super::{
    character::Character,
    co_star::CoStar,
    connection::{Connection, connect, connect_filtered},
    credit::{self, Credit, CreditFilter},
    date::{Date, date},
    filter::{Conditions, DateRange, NAME, TextFilter},
    get,
    order::Direction,
    row::{By, Fields, Row, global_id, local_id},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, LookUp, Many, Order, Window},
    relation::{
        self,
        root::{PEOPLE_BY_BIRTH, PEOPLE_BY_BIRTH_DESC, PEOPLE_BY_NAME, PEOPLE_BY_NAME_DESC},
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

    /// Date of death.
    async fn died(&self) -> Option<Date> {
        date(self.0.died.as_ref())
    }

    /// Credits in front of and behind the camera, earliest first.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<Credit>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::person::CREDITS, [self.0.id], relation::person::CREDITS.order, filter)
    }

    /// Characters the person plays, in the order in which the person first played them.
    async fn characters(&self, ctx: &Context<'_>) -> Result<Connection<Character>, Error> {
        connect(ctx, &relation::recast::ROLES, [self.0.id, 0, 0, 0])
    }

    /// People who acted in the same seasons and films, most frequent first.
    async fn co_stars(&self, ctx: &Context<'_>) -> Result<Connection<CoStar>, Error> {
        connect(ctx, &relation::person::CO_STARS, [self.0.id])
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

/// Filter for people. A person must match every given field.
#[derive(Debug, InputObject)]
pub struct PersonFilter {
    /// People whose name matches.
    name: Option<TextFilter>,
    /// People born in this range.
    born: Option<DateRange>,
}

pub(super) fn conditions(filter: Option<PersonFilter>) -> Vec<Condition> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return conditions.into_vec() };
    conditions.text(&NAME, filter.name);
    conditions.days("coalesce(t.born, '') >= ?", "coalesce(t.born, '9999-99-99') <= ?", filter.born);
    conditions.into_vec()
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
}

impl PersonOrder {
    pub(super) fn order(&self) -> &'static Order {
        use PersonOrderField as Field;
        match (self.field, self.direction) {
            (Field::Name, Direction::Asc) => &PEOPLE_BY_NAME,
            (Field::Name, Direction::Desc) => &PEOPLE_BY_NAME_DESC,
            (Field::Born, Direction::Asc) => &PEOPLE_BY_BIRTH,
            (Field::Born, Direction::Desc) => &PEOPLE_BY_BIRTH_DESC,
        }
    }
}
