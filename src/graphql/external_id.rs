//! The ids of objects at other authorities: the fields of every type that has them, and look-ups by them.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object};
use entity::external_id::{self, Kind};

use super::{
    executor::ObjectList,
    get,
    row::{Derived, optional_row},
    source::Source,
};
use crate::{
    error::{Error, shown},
    load::{List, Many, One, Record, Window},
    relation::external_id::WithExternalId,
};
use sea_orm::EntityTrait;

/// The id of an object at another authority.
pub type ExternalId = Derived<external_id::Model>;

/// The id of an object at another authority, such as IMDb.
#[Object(name = "ExternalId")]
impl ExternalId {
    /// Who gave the id.
    async fn authority(&self) -> Authority {
        self.0.authority.into()
    }

    /// What the id identifies there.
    async fn kind(&self) -> ExternalIdKind {
        self.0.kind.into()
    }

    /// The id, such as `nm0001772`.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// Address of the page about the object at the authority; null if there is none, or it needs more than the id.
    async fn url(&self) -> Option<String> {
        self.0.authority.page(self.0.kind, &self.0.value)
    }

    /// The source that the id came from, with its licence and the day on which it was fetched; null if a person gave it.
    async fn source(&self, ctx: &Context<'_>) -> Option<Result<Source, Error>> {
        optional_row(ctx, self.0.source_id).await
    }
}

/// The ids of an object at other authorities.
pub struct ExternalIdFields {
    list: &'static List<external_id::Model>,
    number: i32,
}

impl ExternalIdFields {
    /// The fields of the object with the primary key `number`, whose ids are in `list`.
    pub(super) fn of(list: &'static List<external_id::Model>, number: i32) -> Self {
        Self { list, number }
    }
}

/// The ids of an object at other authorities.
#[Object]
impl ExternalIdFields {
    /// Its ids at other authorities. Of several ids of one authority, the first is preferred.
    async fn external_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only ids of these authorities.")] authorities: Option<Vec<Authority>>,
    ) -> Result<ObjectList<ExternalId>, Error> {
        let found = get(ctx, Many::new(self.list, [self.number], Window::all(self.list.order))).await?;
        let wanted =
            |id: &external_id::Model| authorities.as_ref().is_none_or(|only| only.contains(&id.authority.into()));
        let found = found.unwrap_or_default();
        let found = found.iter().filter(|entry| wanted(&entry.row));
        Ok(ObjectList(found.map(|entry| Derived(Arc::clone(&entry.row))).collect()))
    }
}

/// Identifies an object by its id at another authority.
#[derive(Debug, InputObject)]
pub struct ExternalIdBy {
    /// Who gave the id.
    authority: Authority,
    /// The id, such as `nm0001772`.
    value: String,
    /// What the id identifies there. Needed only if the authority gives the same id to a series and to a film.
    kind: Option<ExternalIdKind>,
}

impl ExternalIdBy {
    pub(super) fn describe(&self) -> String {
        format!("the {:?} id {}", entity::Authority::from(self.authority), shown(&self.value))
    }

    /// Loads the row of `E` with this id.
    pub(super) async fn find<E>(
        self,
        ctx: &Context<'_>,
        table: entity::subject::Kind,
    ) -> Result<Option<Arc<E::Model>>, Error>
    where
        E: EntityTrait,
        E::Model: Record,
    {
        let described = self.describe();
        let key =
            WithExternalId { authority: self.authority.into(), kind: self.kind.map(Into::into), value: self.value };
        let found = get(ctx, key).await?.unwrap_or_default();
        let mut own = found.iter().filter(|found| found.of_kind == table);
        match (own.next(), own.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => get(ctx, One::<E>::id(one.of_id)).await,
            _ => Err(Error::BadInput(format!("{described} is that of a series and of a film; say which with `kind`"))),
        }
    }
}

/// Who gives ids to shows and people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::Authority")]
pub enum Authority {
    /// IMDb (imdb.com): `tt0092455`, `nm0001772`.
    Imdb,
    /// The Movie Database (themoviedb.org): numbers, on their own for series, films and people.
    Tmdb,
    /// TVmaze (tvmaze.com): numbers, on their own for each kind.
    Tvmaze,
    /// TheTVDB (thetvdb.com): numbers, on their own for each kind.
    Tvdb,
    /// Wikidata (wikidata.org): `Q16290`.
    Wikidata,
    /// TVRage, which no longer exists: numbers.
    Tvrage,
    /// International Standard Name Identifier (isni.org), of people: 16 digits, the last of which may be an X.
    Isni,
    /// Virtual International Authority File (viaf.org): numbers.
    Viaf,
}

/// What an external id identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub enum ExternalIdKind {
    /// A series, miniseries or anthology.
    Series,
    /// A film.
    Film,
    /// A season.
    Season,
    /// An episode.
    Episode,
    /// A person.
    Person,
    /// A character.
    Character,
}
