use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{character, subject::Kind};

use super::{
    appearance::Appearance,
    character_link::CharacterLink,
    connection::{Connection, connect, connect_filtered, connect_sorted},
    credit::{self, Credit, CreditFilter, OwnCreditOrder},
    external_id::{ExternalIdBy, ExternalIdFields},
    filter::{Conditions, NAME, TextFilter},
    franchise::FranchiseBy,
    get,
    order::Direction,
    performer::Performer,
    person::PersonBy,
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
            CHARACTERS_BY_NAME, CHARACTERS_BY_NAME_DESC, CHARACTERS_BY_PERFORMERS, CHARACTERS_BY_PERFORMERS_DESC,
            CHARACTERS_BY_SHOWS, CHARACTERS_BY_SHOWS_DESC,
        },
    },
};

pub type Character = Row<character::Entity>;

/// A character, the same one throughout a franchise, however many people play the part.
#[Object(name = "Character")]
impl Fields<character::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<character::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `borg-queen`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Best-known name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Species, if the story mentions it.
    async fn species(&self) -> Option<&str> {
        self.0.species.as_deref()
    }

    /// Other names.
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>, Error> {
        let list = &relation::character::ALIASES;
        let aliases = get(ctx, Many::new(list, [self.0.id], Window::all(list.order))).await?.unwrap_or_default();
        Ok(aliases.iter().map(|alias| alias.row.name.clone()).collect())
    }

    /// All credits for playing the character, earliest first.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<OwnCreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let list = &relation::character::CREDITS;
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, list, [self.0.id], order_by.map_or(list.order, |order| order.order()), filter)
    }

    /// Shows and films with the character, in the order of the first credit in each.
    async fn shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sort order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        connect_sorted(ctx, &relation::character::SHOWS, [self.0.id], order_by.map(|order| order.order()))
    }

    /// People who play the character, in the order in which they first did.
    async fn performers(&self, ctx: &Context<'_>) -> Result<Connection<Performer>, Error> {
        connect(ctx, &relation::recast::PERFORMERS, [self.0.id, 0, 0, 0])
    }

    /// First recorded appearance; `certainty` says how sure it is. If no episode of a season is known, the season's first
    /// date is used.
    async fn first_appearance(&self, ctx: &Context<'_>) -> Option<Result<Appearance, Error>> {
        Appearance::first_of(ctx, &relation::character::FIRST_APPEARANCES, self.0.id).await
    }

    /// Last recorded appearance; `certainty` says how sure it is. If no episode of a season is known, the season's last date
    /// is used, or else its first.
    async fn last_appearance(&self, ctx: &Context<'_>) -> Option<Result<Appearance, Error>> {
        Appearance::first_of(ctx, &relation::character::LAST_APPEARANCES, self.0.id).await
    }

    /// Links to other characters; those recorded for this character come first. Every link appears on both characters.
    async fn links(&self, ctx: &Context<'_>) -> Result<Connection<CharacterLink>, Error> {
        connect(ctx, &relation::character::LINKS, [self.0.id])
    }

    #[graphql(flatten)]
    async fn identified(&self) -> ExternalIdFields {
        ExternalIdFields::of(&relation::external_id::OF_CHARACTER, self.0.id)
    }

    #[graphql(flatten)]
    async fn depicted(&self) -> PictureFields {
        use relation::picture::{PICTURES_OF_CHARACTER, SUMMARIES_OF_CHARACTER};
        PictureFields::of(&PICTURES_OF_CHARACTER, &SUMMARIES_OF_CHARACTER, self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Character, self.0.id)
    }
}

/// Identifies one character. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum CharacterBy {
    /// Slug, such as `borg-queen`.
    Slug(String),
    /// Global id.
    Id(ID),
    /// Id at another authority, such as IMDb.
    ExternalId(ExternalIdBy),
}

by!(CharacterBy, character, ExternalId(by) => by.describe(), |ctx| by.find::<character::Entity>(ctx, Kind::Character));

/// Filter for characters. A character must match every given field. A reference to something that does not exist is an
/// error.
#[derive(Debug, InputObject)]
pub struct CharacterFilter {
    /// Characters whose name matches.
    name: Option<TextFilter>,
    /// Characters of exactly this species.
    species: Option<String>,
    /// Characters in this franchise.
    franchise: Option<FranchiseBy>,
    /// Characters in this show.
    show: Option<ShowBy>,
    /// Characters played by this person.
    person: Option<PersonBy>,
    /// Characters with at least one credit that matches.
    credit: Option<CreditFilter>,
}

const WITH_CREDIT: &str = "t.id IN (SELECT t.character_id FROM credit AS t WHERE true";
const OF_PERSON: &str = "t.id IN (SELECT c.character_id FROM credit AS c WHERE c.person_id = ?)";

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
    conditions.named(ctx, OF_PERSON, filter.person).await?;
    if let Some(credit) = filter.credit {
        conditions.subquery(WITH_CREDIT, credit::conditions(ctx, Some(credit)).await?);
    }
    Ok(conditions.into_vec())
}

/// Sort order of characters. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct CharacterOrder {
    /// Field to sort by.
    field: CharacterOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which characters can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CharacterOrderField {
    /// Name, ignoring case and accents.
    Name,
    /// Number of people who play the character. This reads all credits.
    PerformerCount,
    /// Number of shows and films with the character. This reads all credits.
    ShowCount,
}

impl CharacterOrder {
    pub(super) fn order(&self) -> &'static Order {
        use CharacterOrderField as Field;
        match (self.field, self.direction) {
            (Field::Name, Direction::Asc) => &CHARACTERS_BY_NAME,
            (Field::Name, Direction::Desc) => &CHARACTERS_BY_NAME_DESC,
            (Field::PerformerCount, Direction::Asc) => &CHARACTERS_BY_PERFORMERS,
            (Field::PerformerCount, Direction::Desc) => &CHARACTERS_BY_PERFORMERS_DESC,
            (Field::ShowCount, Direction::Asc) => &CHARACTERS_BY_SHOWS,
            (Field::ShowCount, Direction::Desc) => &CHARACTERS_BY_SHOWS_DESC,
        }
    }
}
