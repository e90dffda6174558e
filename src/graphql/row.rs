//! Table rows as API objects.

use std::sync::Arc;

use async_graphql::{Context, ID, OutputType};
use entity::{
    access_key, account, availability, changeset, character, claim, credit, episode, franchise, funding, media, offer,
    person, platform, season, show, source, territory,
};
use futures_util::future::join_all;
use sea_orm::EntityTrait;

use super::{connection::LARGEST_PAGE, executor::Resolved, get};
use crate::{
    change::table::of_type,
    error::{Error, shown},
    load::{Condition, List, LookUp, Many, One, Parent, Record, Window},
    relation::change::REDIRECTS,
};

/// A row of the table `E` as an API object.
pub(super) type Row<E> = Resolved<Fields<E>>;

/// The fields of a row that the API exposes. Each type's file implements its own.
pub struct Fields<E: EntityTrait>(pub(super) Arc<E::Model>);

impl<E: EntityTrait> Clone for Fields<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: EntityTrait> Row<E> {
    /// The node for a row.
    pub(super) fn new(row: impl Into<Arc<E::Model>>) -> Self {
        Self::wrap(Fields(row.into()))
    }
}

/// A row that a list of [`crate::relation`] derives from credits, such as a return. It has no global id.
pub struct Derived<R>(pub(super) Arc<R>);

/// A table whose rows are API objects with a global id.
pub trait Object: EntityTrait<Model: Record> {
    /// Name of the GraphQL type.
    const NAME: &'static str;
}

impl Object for franchise::Entity {
    const NAME: &'static str = "Franchise";
}

impl Object for show::Entity {
    const NAME: &'static str = "Show";
}

impl Object for season::Entity {
    const NAME: &'static str = "Season";
}

impl Object for episode::Entity {
    const NAME: &'static str = "Episode";
}

impl Object for person::Entity {
    const NAME: &'static str = "Person";
}

impl Object for character::Entity {
    const NAME: &'static str = "Character";
}

impl Object for credit::Entity {
    const NAME: &'static str = "Credit";
}

impl Object for platform::Entity {
    const NAME: &'static str = "Platform";
}

impl Object for territory::Entity {
    const NAME: &'static str = "Territory";
}

impl Object for availability::Entity {
    const NAME: &'static str = "Availability";
}

impl Object for offer::Entity {
    const NAME: &'static str = "Offer";
}

impl Object for funding::Entity {
    const NAME: &'static str = "Funding";
}

impl Object for media::Entity {
    const NAME: &'static str = "Media";
}

impl Object for source::Entity {
    const NAME: &'static str = "Source";
}

impl Object for claim::Entity {
    const NAME: &'static str = "Claim";
}

impl Object for changeset::Entity {
    const NAME: &'static str = "Changeset";
}

impl Object for account::Entity {
    const NAME: &'static str = "Account";
}

impl Object for access_key::Entity {
    const NAME: &'static str = "AccessKey";
}

/// The global id of the row of `E` with the primary key `id`.
pub(super) fn global_id<E: Object>(id: i32) -> ID {
    ID(crate::global_id::print(E::NAME, id))
}

/// Decodes the global id of a row of `E`.
pub(super) fn local_id<E: Object>(id: &ID) -> Result<i32, Error> {
    match crate::global_id::parse(id) {
        Some((name, number)) if name == E::NAME => Ok(number),
        Some((name, _)) => {
            let (id, name) = (shown(&id.0), shown(&name));
            Err(Error::BadInput(format!("{id} is the id of a {name}; expected the id of a {}", E::NAME)))
        }
        None => {
            let id = shown(&id.0);
            Err(Error::BadInput(format!("{id} is not a valid id; use an `id` returned by the API")))
        }
    }
}

/// An input that identifies one row of a table.
pub(super) trait By: Sized + Send {
    /// The table.
    type Entity: Object;

    /// What identifies the row, as in "the slug \"guinan\"".
    fn describe(&self) -> String;

    /// Loads the row. `None` if there is none.
    fn find(
        self,
        ctx: &Context<'_>,
    ) -> impl Future<Output = Result<Option<Arc<<Self::Entity as EntityTrait>::Model>>, Error>> + Send;
}

/// The unique keys that inputs for all tables have in common.
pub(super) enum Key<'a> {
    Slug(&'a str),
    Id(&'a ID),
}

impl Key<'_> {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Slug(slug) => format!("the slug {}", shown(slug)),
            Self::Id(id) => format!("the id {}", shown(id)),
        }
    }

    /// Loads the row of `E` with this key.
    pub(super) async fn find<E: Object>(self, ctx: &Context<'_>) -> Result<Option<Arc<E::Model>>, Error> {
        match self {
            Self::Slug(slug) => match get(ctx, One::<E>::new(LookUp::Slug(slug.to_owned()))).await? {
                Some(row) => Ok(Some(row)),
                None => successor::<E>(ctx, Condition::new("t.slug = ?", [slug.into()])).await,
            },
            Self::Id(id) => with_id::<E>(ctx, local_id::<E>(id)?).await,
        }
    }
}

/// The row with this id, or the one that it was merged into.
pub(super) async fn with_id<E: Object>(ctx: &Context<'_>, id: i32) -> Result<Option<Arc<E::Model>>, Error> {
    match get(ctx, One::<E>::id(id)).await? {
        Some(row) => Ok(Some(row)),
        None => successor::<E>(ctx, Condition::new("t.old_id = ?", [id.into()])).await,
    }
}

/// The row that has taken the place of one that was renamed or merged.
async fn successor<E: Object>(ctx: &Context<'_>, former: Condition) -> Result<Option<Arc<E::Model>>, Error> {
    let Some(table) = of_type(E::NAME) else { return Ok(None) };
    let filter = vec![Condition::new("t.kind = ?", [table.kind.into()]), former];
    match first(ctx, &REDIRECTS, [], filter).await? {
        Some(redirect) => get(ctx, One::<E>::id(redirect.target_id)).await,
        None => Ok(None),
    }
}

/// Implements [`By`] for an input with the fields `slug` and `id`. Each further field needs a description for errors and a
/// future that loads the row.
macro_rules! by {
    ($input:ident, $table:ident $(, $variant:ident($name:ident) => $describe:expr, |$ctx:ident| $find:expr)*) => {
        impl $crate::graphql::row::By for $input {
            type Entity = $table::Entity;

            fn describe(&self) -> String {
                match self {
                    Self::Slug(slug) => $crate::graphql::row::Key::Slug(slug).describe(),
                    Self::Id(id) => $crate::graphql::row::Key::Id(id).describe(),
                    $(Self::$variant($name) => $describe,)*
                }
            }

            async fn find(
                self,
                ctx: &async_graphql::Context<'_>,
            ) -> Result<Option<std::sync::Arc<$table::Model>>, $crate::error::Error> {
                match self {
                    Self::Slug(slug) => $crate::graphql::row::Key::Slug(&slug).find::<$table::Entity>(ctx).await,
                    Self::Id(id) => $crate::graphql::row::Key::Id(&id).find::<$table::Entity>(ctx).await,
                    $(Self::$variant($name) => {
                        let $ctx = ctx;
                        $find.await
                    })*
                }
            }
        }
    };
}
pub(super) use by;

/// The row that the caller identifies, or `None` if there is none.
pub(super) async fn find<B: By>(ctx: &Context<'_>, by: B) -> Option<Result<Row<B::Entity>, Error>>
where
    Row<B::Entity>: OutputType,
{
    by.find(ctx).await.map(|row| row.map(Row::new)).transpose()
}

/// The first row of a filtered list.
pub(super) async fn first<R: Record>(
    ctx: &Context<'_>,
    list: &'static List<R>,
    parent: impl Into<Parent>,
    filter: Vec<Condition>,
) -> Result<Option<Arc<R>>, Error> {
    row_of(ctx, list, parent, Window { filter: filter.into(), ..Window::all(list.order) }).await
}

/// The first or the last row of a list.
pub(super) async fn end<R: Record>(
    ctx: &Context<'_>,
    list: &'static List<R>,
    parent: impl Into<Parent>,
    from_end: bool,
) -> Result<Option<Arc<R>>, Error> {
    row_of(ctx, list, parent, Window { from_end, ..Window::all(list.order) }).await
}

/// The first row of a window.
async fn row_of<R: Record>(
    ctx: &Context<'_>,
    list: &'static List<R>,
    parent: impl Into<Parent>,
    window: Window,
) -> Result<Option<Arc<R>>, Error> {
    let found = get(ctx, Many::new(list, parent, Window { limit: Some(1), ..window })).await?;
    Ok(found.and_then(|found| found.first().map(|entry| Arc::clone(&entry.row))))
}

/// The id of the row that the caller identifies. A missing row is an error.
pub(super) async fn named<B: By>(ctx: &Context<'_>, by: B) -> Result<i32, Error>
where
    <B::Entity as EntityTrait>::Model: Id,
{
    let description = by.describe();
    match by.find(ctx).await? {
        Some(row) => Ok(row.id()),
        None => Err(Error::NotFound(format!("no {} has {description}", B::Entity::NAME))),
    }
}

/// Like [`named`], with the input's name added to errors.
pub(super) async fn argument<B: By>(ctx: &Context<'_>, name: &str, by: B) -> Result<i32, Error>
where
    <B::Entity as EntityTrait>::Model: Id,
{
    named(ctx, by).await.map_err(|error| match error {
        Error::NotFound(text) => Error::NotFound(format!("`{name}`: {text}")),
        Error::BadInput(text) => Error::BadInput(format!("`{name}`: {text}")),
        error => error,
    })
}

/// The ids of the rows identified by the list input `name`, which may have at most [`LARGEST_PAGE`] entries. If several
/// are wrong, the error is that of the first, not of the one that is found out first, which depends on the cache.
pub(super) async fn arguments<B: By>(ctx: &Context<'_>, name: &str, by: Option<Vec<B>>) -> Result<Vec<i32>, Error>
where
    <B::Entity as EntityTrait>::Model: Id,
{
    let by = by.unwrap_or_default();
    if by.len() > LARGEST_PAGE as usize {
        return Err(Error::TooMuch(format!("`{name}` has {} entries; the limit is {LARGEST_PAGE}", by.len())));
    }
    join_all(by.into_iter().map(|by| argument(ctx, name, by))).await.into_iter().collect()
}

/// A row with a numeric primary key.
pub(super) trait Id {
    /// Its primary key in this database.
    fn id(&self) -> i32;
}

macro_rules! id {
    ($($table:ident)+) => {
        $(impl Id for $table::Model {
            fn id(&self) -> i32 {
                self.id
            }
        })+
    };
}

id! {
    franchise show season episode person character platform territory availability offer funding media source claim
}

/// The row with this id, which another row references.
pub(super) async fn one<E: Object>(ctx: &Context<'_>, id: i32) -> Result<Row<E>, Error> {
    match get(ctx, One::<E>::id(id)).await? {
        Some(row) => Ok(Row::new(row)),
        None => Err(Error::internal(format!("{} {id} is referenced by another row but does not exist", E::NAME))),
    }
}

/// The row with this id, if an id is given.
pub(super) async fn optional_row<E: Object>(ctx: &Context<'_>, id: Option<i32>) -> Option<Result<Row<E>, Error>> {
    Some(one(ctx, id?).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back() {
        let id = global_id::<show::Entity>(12);
        assert!(matches!(local_id::<show::Entity>(&id), Ok(12)));
        assert!(matches!(local_id::<person::Entity>(&id), Err(Error::BadInput(_))));
        for wrong in ["", "12", "Show:12", "%%%", "U2hvdzo", "U2hvdzorMTI", "U2hvdzowMTI"] {
            assert!(matches!(local_id::<show::Entity>(&ID::from(wrong)), Err(Error::BadInput(_))), "{wrong}");
        }
    }
}
