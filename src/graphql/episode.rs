use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{episode, subject::Kind};

use super::{
    appearance::CreditInEpisode,
    connection::{Connection, connect_filtered},
    credit::{self, CreditFilter},
    date::{Date, date},
    filter::{Conditions, DateRange, TITLE, TextFilter},
    order::Direction,
    row::{By, Fields, Row, global_id, local_id, one},
    season::{Season, SeasonBy},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, LookUp, Order},
    relation::{
        self,
        root::{EPISODES_BY_DAY, EPISODES_BY_DAY_DESC, EPISODES_BY_TITLE, EPISODES_BY_TITLE_DESC},
    },
};

pub type Episode = Row<episode::Entity>;

/// An episode of a season.
#[Object(name = "Episode")]
impl Fields<episode::Entity> {
    /// Opaque global id, for `node` and `nodes`.
    pub(super) async fn id(&self) -> ID {
        global_id::<episode::Entity>(self.0.id)
    }

    /// Stable identifier for URLs and lookups, such as `pic-s02e04`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Number within the season.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Last number it covers, if it is a double-length episode.
    async fn number_end(&self) -> Option<i32> {
        self.0.number_end
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// First air date.
    async fn aired_on(&self) -> Option<Date> {
        date(self.0.aired_on.as_ref())
    }

    /// Season it belongs to.
    async fn season(&self, ctx: &Context<'_>) -> Result<Season, Error> {
        one(ctx, self.0.season_id).await
    }

    /// Show it belongs to.
    async fn show(&self, ctx: &Context<'_>) -> Result<Show, Error> {
        one(ctx, self.0.show_id).await
    }

    /// Actors known to be in the episode, in credit order: those listed in it, and those credited for the whole season,
    /// as the main cast is. `basis` on the edge says which. Guests may be missing.
    async fn cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<CreditInEpisode>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::episode::CAST, [self.0.id], relation::episode::CAST.order, filter)
    }

    /// Crew known to have worked on the episode, by job.
    async fn crew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the credits.")] filter: Option<CreditFilter>,
    ) -> Result<Connection<CreditInEpisode>, Error> {
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::episode::CREW, [self.0.id], relation::episode::CREW.order, filter)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Episode, self.0.id)
    }
}

/// Identifies one episode. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum EpisodeBy {
    /// Slug, such as `pic-s02e04`.
    Slug(String),
    /// Global id.
    Id(ID),
}

impl By for EpisodeBy {
    type Entity = episode::Entity;

    fn look_up(self) -> Result<LookUp, Error> {
        match self {
            Self::Slug(slug) => Ok(LookUp::Slug(slug)),
            Self::Id(id) => local_id::<episode::Entity>(&id).map(LookUp::Id),
        }
    }
}

/// Filter for episodes. An episode must match every given field. A reference to something that does not exist is an
/// error.
#[derive(Debug, InputObject)]
pub struct EpisodeFilter {
    /// Episodes of this show.
    show: Option<ShowBy>,
    /// Episodes of this season.
    season: Option<SeasonBy>,
    /// Episodes whose title matches.
    title: Option<TextFilter>,
    /// Episodes first aired in this range.
    aired_on: Option<DateRange>,
}

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<EpisodeFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, "t.season_id = ?", filter.season).await?;
    conditions.text(&TITLE, filter.title);
    conditions.days("coalesce(t.aired_on, '') >= ?", "coalesce(t.aired_on, '9999-99-99') <= ?", filter.aired_on);
    Ok(conditions.into_vec())
}

/// Sort order of episodes. Ties are sorted by internal id, in the same direction.
#[derive(Debug, InputObject)]
pub struct EpisodeOrder {
    /// Field to sort by.
    field: EpisodeOrderField,
    /// Sort direction.
    #[graphql(default)]
    direction: Direction,
}

/// Fields by which episodes can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EpisodeOrderField {
    /// First air date; episodes without one come last in either direction.
    AiredOn,
    /// Title, ignoring case and accents.
    Title,
}

impl EpisodeOrder {
    pub(super) fn order(&self) -> &'static Order {
        use EpisodeOrderField as Field;
        match (self.field, self.direction) {
            (Field::AiredOn, Direction::Asc) => &EPISODES_BY_DAY,
            (Field::AiredOn, Direction::Desc) => &EPISODES_BY_DAY_DESC,
            (Field::Title, Direction::Asc) => &EPISODES_BY_TITLE,
            (Field::Title, Direction::Desc) => &EPISODES_BY_TITLE_DESC,
        }
    }
}
