use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{character, subject::Kind};

use super::{
    appearance::Appearance,
    character_link::CharacterLink,
    connection::{Connection, Paging, connect, connect_by},
    credit::{self, Credit, CreditFilter},
    filter::{Conditions, NAME, TextFilter},
    franchise::FranchiseBy,
    get,
    order::Direction,
    performer::Performer,
    row::{By, Fields, Row, global_id, local_id},
    show::ShowBy,
    sourced::Sourced,
};
use crate::{
    edge::{
        self,
        root::{CHARACTERS_BY_NAME, CHARACTERS_BY_NAME_BACKWARDS},
    },
    error::Error,
    load::{Condition, LookUp, Many, Order, Window},
};

pub type Character = Row<character::Entity>;

/// Somebody in the story, the same through a whole franchise, however many people play the part.
#[Object(name = "Character")]
impl Fields<character::Entity> {
    /// Global id, for `node` and `nodes`. Opaque.
    pub(super) async fn id(&self) -> ID {
        global_id::<character::Entity>(self.0.id)
    }

    /// Stable name in addresses and look-ups, such as `borg-queen`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name by which the character is known.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The species, where the story tells.
    async fn species(&self) -> Option<&str> {
        self.0.species.as_deref()
    }

    /// Other names of the character.
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>, Error> {
        let list = &edge::character::ALIASES;
        let aliases = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(aliases.iter().map(|alias| alias.row.name.clone()).collect())
    }

    /// Who played the character in what, the earliest first.
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
            &edge::character::CREDITS,
            [self.0.id],
            Paging { first, after, last, before },
            edge::character::CREDITS.order,
            filter,
        )
    }

    /// Who plays the character, in the order in which they first did.
    async fn performers(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Performer>, Error> {
        connect(&edge::recast::PERFORMERS, [self.0.id, 0, 0, 0], Paging { first, after, last, before })
    }

    /// The first known appearance. Where no episode of a season is known, the season's first day stands for it.
    async fn first_appearance(&self, ctx: &Context<'_>) -> Option<Result<Appearance, Error>> {
        Appearance::first_of(ctx, &edge::character::FIRST_APPEARANCES, self.0.id).await
    }

    /// The last known appearance. Where no episode of a season is known, the season's last day stands for
    /// it, or its first where no more is known.
    async fn last_appearance(&self, ctx: &Context<'_>) -> Option<Result<Appearance, Error>> {
        Appearance::first_of(ctx, &edge::character::LAST_APPEARANCES, self.0.id).await
    }

    /// How the character is linked to others, the links stated of this one first. Each link is seen from both its ends.
    async fn links(&self, ctx: &Context<'_>) -> Result<Vec<CharacterLink>, Error> {
        let list = &edge::character::LINKS;
        let links = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(links.iter().map(|link| CharacterLink::of(&link.row)).collect())
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> Sourced {
        Sourced::of(Kind::Character, self.0.id)
    }
}

/// Names one character: give one of the fields.
#[derive(Debug, OneofObject)]
pub enum CharacterBy {
    /// Its slug, such as `borg-queen`.
    Slug(String),
    /// Its global id.
    Id(ID),
}

impl By for CharacterBy {
    type Entity = character::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<character::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// Which characters to take; a character must fit all that is given. To name what does not exist
/// is an error.
#[derive(Debug, InputObject)]
pub struct CharacterFilter {
    /// Only characters with such a name.
    name: Option<TextFilter>,
    /// Only characters of exactly this species.
    species: Option<String>,
    /// Only characters of this franchise.
    franchise: Option<FranchiseBy>,
    /// Only characters of this show.
    show: Option<ShowBy>,
}

const OF_FRANCHISE: &str =
    "t.id IN (SELECT c.character_id FROM show AS s JOIN credit AS c ON c.show_id = s.id WHERE s.franchise_id = ?)";
const OF_SHOW: &str = "t.id IN (SELECT c.character_id FROM credit AS c WHERE c.show_id = ?)";

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<CharacterFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.text(&NAME, filter.name);
    conditions.equal("t.species = ?", filter.species);
    conditions.named(ctx, OF_FRANCHISE, filter.franchise).await?;
    conditions.named(ctx, OF_SHOW, filter.show).await?;
    Ok(conditions.into_vec())
}

/// The order of characters. Items that are equal in it come in the order in which castgraph got to know
/// them, and the other way round from high to low.
#[derive(Debug, InputObject)]
pub struct CharacterOrder {
    /// What to sort by.
    field: CharacterOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: Direction,
}

/// What characters can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CharacterOrderField {
    /// By name, without regard to case and accents.
    Name,
}

impl CharacterOrder {
    pub(super) fn order(&self) -> &'static Order {
        use CharacterOrderField as Field;
        match (self.field, self.direction) {
            (Field::Name, Direction::Asc) => &CHARACTERS_BY_NAME,
            (Field::Name, Direction::Desc) => &CHARACTERS_BY_NAME_BACKWARDS,
        }
    }
}
