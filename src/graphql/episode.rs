use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use entity::{episode, subject::Kind};

use super::{
    appearance::CreditInEpisode,
    character::CharacterBy,
    connection::{Connection, connect_filtered},
    credit::{self, CreditFilter},
    date::{Date, DateSpan, date, span},
    external_id::{ExternalIdBy, ExternalIdFields},
    filter::{Conditions, DateRange, MonthDay, OF_FRANCHISE, TITLE, TextFilter, days},
    franchise::FranchiseBy,
    order::Direction,
    person::PersonBy,
    picture::PictureFields,
    row::{Fields, Row, arguments, by, first, global_id, named, one, optional_row},
    season::{CastCoverage, Season, SeasonBy, SeasonNumber},
    show::{Show, ShowBy},
    source_fields::SourceFields,
};
use crate::{
    error::Error,
    load::{Condition, List, Order},
    relation::{
        self,
        episode::{WITH_CHARACTER, WITH_CHARACTERS, WITH_PEOPLE, WITH_PERSON, WITHOUT_CHARACTERS, WITHOUT_PEOPLE},
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

    /// Days that `airedOn` can mean.
    async fn aired_on_span(&self) -> Option<DateSpan> {
        span(self.0.aired_on.as_ref())
    }

    /// Length in minutes.
    async fn runtime_minutes(&self) -> Option<i32> {
        self.0.runtime_minutes
    }

    /// The next episode of the show, also across seasons; null after the last one.
    async fn next(&self, ctx: &Context<'_>) -> Option<Result<Episode, Error>> {
        self.neighbour(ctx, &relation::episode::NEXT).await
    }

    /// The previous episode of the show, also across seasons; null before the first one.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<Episode, Error>> {
        self.neighbour(ctx, &relation::episode::PREVIOUS).await
    }

    /// Season it belongs to. It always has one; the field is nullable as it is on other types.
    async fn season(&self, ctx: &Context<'_>) -> Option<Result<Season, Error>> {
        optional_row(ctx, Some(self.0.season_id)).await
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

    /// How much of the guest cast is recorded. The main cast is recorded with the season.
    async fn cast_coverage(&self, ctx: &Context<'_>) -> Result<CastCoverage, Error> {
        match self.0.guest_cast {
            Some(guest_cast) => Ok(guest_cast.into()),
            None => CastCoverage::of_guests(ctx, &relation::episode::GUESTS, self.0.id).await,
        }
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
    async fn identified(&self) -> ExternalIdFields {
        ExternalIdFields::of(&relation::external_id::OF_EPISODE, self.0.id)
    }

    #[graphql(flatten)]
    async fn depicted(&self) -> PictureFields {
        use relation::picture::{PICTURES_OF_EPISODE, SUMMARIES_OF_EPISODE};
        PictureFields::of(&PICTURES_OF_EPISODE, &SUMMARIES_OF_EPISODE, self.0.id)
    }

    #[graphql(flatten)]
    async fn sourced(&self) -> SourceFields {
        SourceFields::of(Kind::Episode, self.0.id)
    }
}

impl Fields<episode::Entity> {
    async fn neighbour(
        &self,
        ctx: &Context<'_>,
        list: &'static List<episode::Model>,
    ) -> Option<Result<Episode, Error>> {
        first(ctx, list, [self.0.id], Vec::new()).await.map(|found| found.map(Row::new)).transpose()
    }
}

/// Identifies one episode. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum EpisodeBy {
    /// Slug, such as `pic-s02e04`.
    Slug(String),
    /// Show, season and number.
    Number(EpisodeNumber),
    /// Global id.
    Id(ID),
    /// Id at another authority, such as IMDb.
    ExternalId(ExternalIdBy),
}

/// An episode by its numbers. A double-length episode has several. A show or season that does not exist is an error.
#[derive(Debug, InputObject)]
pub struct EpisodeNumber {
    /// The show.
    show: ShowBy,
    /// Number of the season within the show.
    season: i32,
    /// Number of the episode within the season.
    number: i32,
}

by!(EpisodeBy, episode, ExternalId(by) => by.describe(), |ctx| by.find::<episode::Entity>(ctx, Kind::Episode), Number(by) => format!("the number {} in season {} of the show with {}", by.number, by.season, by.show.describe()), |ctx| async {
    let season = named(ctx, SeasonBy::Number(SeasonNumber { show: by.show, season: by.season })).await?;
    first(ctx, &relation::episode::NUMBERED, [season, by.number], Vec::new()).await
});

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
    /// Episodes of this franchise.
    franchise: Option<FranchiseBy>,
    /// Episodes first aired on this day of any year.
    anniversary: Option<MonthDay>,
    /// Episodes in which all of these characters are known to be.
    characters_all: Option<Vec<CharacterBy>>,
    /// Episodes in which at least one of these characters is known to be.
    characters_any: Option<Vec<CharacterBy>>,
    /// Episodes in which none of these characters is known to be. They may be there all the same.
    characters_none: Option<Vec<CharacterBy>>,
    /// Episodes on which all of these people are known to have worked, in front of or behind the camera.
    people_all: Option<Vec<PersonBy>>,
    /// Episodes on which at least one of these people is known to have worked.
    people_any: Option<Vec<PersonBy>>,
    /// Episodes on which none of these people is known to have worked. They may have all the same.
    people_none: Option<Vec<PersonBy>>,
}

pub(super) async fn conditions(ctx: &Context<'_>, filter: Option<EpisodeFilter>) -> Result<Vec<Condition>, Error> {
    let mut conditions = Conditions::default();
    let Some(filter) = filter else { return Ok(conditions.into_vec()) };
    conditions.named(ctx, "t.show_id = ?", filter.show).await?;
    conditions.named(ctx, "t.season_id = ?", filter.season).await?;
    conditions.text(&TITLE, filter.title);
    conditions.days(&days!("aired_on"), filter.aired_on);
    conditions.named(ctx, OF_FRANCHISE, filter.franchise).await?;
    conditions.month_day("substr(t.aired_on, 6) = ?", filter.anniversary)?;
    for id in arguments(ctx, "charactersAll", filter.characters_all).await? {
        conditions.add(WITH_CHARACTER, [id.into(), id.into()]);
    }
    for id in arguments(ctx, "peopleAll", filter.people_all).await? {
        conditions.add(WITH_PERSON, [id.into(), id.into()]);
    }
    conditions.any(ctx, WITH_CHARACTERS, "charactersAny", filter.characters_any).await?;
    conditions.any(ctx, WITH_PEOPLE, "peopleAny", filter.people_any).await?;
    conditions.any(ctx, WITHOUT_CHARACTERS, "charactersNone", filter.characters_none).await?;
    conditions.any(ctx, WITHOUT_PEOPLE, "peopleNone", filter.people_none).await?;
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
