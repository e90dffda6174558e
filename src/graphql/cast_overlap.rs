use std::sync::Arc;

use async_graphql::{ComplexObject, Context, OneofObject, SimpleObject};
use entity::{credit, person, show};
use futures_util::future::try_join_all;

use super::{
    credit::Credit,
    executor::ObjectList,
    found_connection::{Cut, Found, FoundConnection, Part},
    franchise::FranchiseBy,
    person::Person,
    request_graph::{answer, row, rows},
    row::{Object, Row, arguments},
    show::{Show, ShowBy},
};
use crate::{
    error::Error,
    graph::{Graph, Shared},
};

/// A person who acted in all of the given shows.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct SharedCast {
    /// The person.
    person: Person,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

impl Found for SharedCast {}

#[ComplexObject]
impl SharedCast {
    /// The person's acting credits in these shows.
    async fn credits(&self, ctx: &Context<'_>) -> Result<FoundConnection<Credit>, Error> {
        shared_credits(ctx, &self.credit_ids).await
    }
}

/// A show in which all of the given people acted.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct SharedShow {
    /// The show.
    show: Show,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

impl Found for SharedShow {}

#[ComplexObject]
impl SharedShow {
    /// The acting credits of these people in the show.
    async fn credits(&self, ctx: &Context<'_>) -> Result<FoundConnection<Credit>, Error> {
        shared_credits(ctx, &self.credit_ids).await
    }
}

/// A person who acted in both shows or franchises.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Bridge {
    /// The person.
    person: Person,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

impl Found for Bridge {}

#[ComplexObject]
impl Bridge {
    /// The person's acting credits on both sides.
    async fn credits(&self, ctx: &Context<'_>) -> Result<FoundConnection<Credit>, Error> {
        shared_credits(ctx, &self.credit_ids).await
    }
}

/// One page of the credits with these ids, without those that no longer exist.
async fn shared_credits(ctx: &Context<'_>, ids: &[i32]) -> Result<FoundConnection<Credit>, Error> {
    let cut = Cut::<1>::of(ctx, "sharedCredits")?;
    let ids: Vec<([i32; 1], i32)> = (0..).zip(ids).map(|(at, id)| ([at], *id)).collect();
    let mut part = cut.cut(ids, |(at, _)| *at);
    let read = std::mem::take(&mut part.items).into_iter().map(async |(at, id)| {
        let found = row::<credit::Entity>(ctx, id).await?;
        Ok::<_, Error>(found.map(|credit| (at, credit)))
    });
    let found = try_join_all(read).await?.into_iter().flatten().collect();
    Ok(cut.connection(part.with(found)))
}

/// Number of actors that shows share.
#[derive(SimpleObject)]
pub struct CastOverlap {
    /// The shows, in the order given.
    shows: ObjectList<Show>,
    /// Matrix with a row and a column for each show: the number of people who acted in both. The diagonal holds the
    /// number of actors in each show.
    counts: Vec<Vec<usize>>,
}

/// The two shows or franchises to compare.
#[derive(Debug, OneofObject)]
pub enum BridgeEnds {
    /// Exactly two shows.
    Shows(Vec<ShowBy>),
    /// Exactly two franchises.
    Franchises(Vec<FranchiseBy>),
}

/// Maximum number of shows or people per query.
const MOST: usize = 20;

pub(super) async fn shared_cast(ctx: &Context<'_>, shows: Vec<ShowBy>) -> Result<FoundConnection<SharedCast>, Error> {
    let groups =
        some("shows", arguments(ctx, "shows", Some(shows)).await?)?.into_iter().map(|show| vec![show]).collect();
    in_all(ctx, "sharedCast", Ends::Shows(groups), |person, credit_ids| SharedCast { person, credit_ids }).await
}

pub(super) async fn bridges(ctx: &Context<'_>, between: BridgeEnds) -> Result<FoundConnection<Bridge>, Error> {
    let ends = match between {
        BridgeEnds::Shows(shows) => {
            let shows = two(arguments(ctx, "between.shows", Some(shows)).await?)?;
            Ends::Shows(shows.into_iter().map(|show| vec![show]).collect())
        }
        BridgeEnds::Franchises(franchises) => {
            Ends::Franchises(two(arguments(ctx, "between.franchises", Some(franchises)).await?)?)
        }
    };
    in_all(ctx, "bridges", ends, |person, credit_ids| Bridge { person, credit_ids }).await
}

pub(super) async fn shared_shows(
    ctx: &Context<'_>,
    people: Vec<super::person::PersonBy>,
) -> Result<FoundConnection<SharedShow>, Error> {
    let people = some("people", arguments(ctx, "people", Some(people)).await?)?;
    let cut = Cut::<2>::of(ctx, "sharedShows")?;
    let key = |shared: &Shared| [shared.order, shared.id];
    let page = cut.clone();
    let walk = move |graph: Arc<Graph>| page.cut(graph.shows_with_all(&people), key);
    let object = |show, credit_ids| SharedShow { show, credit_ids };
    answer(ctx, walk, |part| connection::<show::Entity, _, 2>(ctx, &cut, part, key, object)).await
}

pub(super) async fn overlap(ctx: &Context<'_>, shows: Vec<ShowBy>) -> Result<CastOverlap, Error> {
    let ids = some("shows", arguments(ctx, "shows", Some(shows)).await?)?;
    let asked = ids.clone();
    let walk = move |graph: Arc<Graph>| graph.overlap(&asked);
    let load = |overlap: crate::graph::Overlap| {
        let ids = &ids;
        async move { Ok(rows::<show::Entity>(ctx, ids).await?.map(|shows| CastOverlap { shows, counts: overlap.counts })) }
    };
    answer(ctx, walk, load).await
}

/// Groups of shows to compare.
#[derive(Clone)]
enum Ends {
    Shows(Vec<Vec<i32>>),
    Franchises(Vec<i32>),
}

/// People who acted in every group, with their credits.
async fn in_all<O: Found>(
    ctx: &Context<'_>,
    list: &'static str,
    ends: Ends,
    object: impl Fn(Person, Vec<i32>) -> O,
) -> Result<FoundConnection<O>, Error> {
    let cut = Cut::<2>::of(ctx, list)?;
    let key = |shared: &Shared| [shared.order, shared.id];
    let page = cut.clone();
    let walk = move |graph: Arc<Graph>| {
        let groups = match &ends {
            Ends::Shows(groups) => groups.clone(),
            Ends::Franchises(franchises) => franchises.iter().map(|franchise| graph.shows_of(*franchise)).collect(),
        };
        page.cut(graph.actors_in_all(&groups), key)
    };
    answer(ctx, walk, |part| connection::<person::Entity, _, 2>(ctx, &cut, part, key, &object)).await
}

/// The page with the rows of `part`; `None` if one no longer exists.
async fn connection<E: Object, O: Found, const N: usize>(
    ctx: &Context<'_>,
    cut: &Cut<N>,
    mut part: Part<Shared>,
    key: impl Fn(&Shared) -> [i32; N],
    object: impl Fn(Row<E>, Vec<i32>) -> O,
) -> Result<Option<FoundConnection<O>>, Error> {
    let shared = std::mem::take(&mut part.items);
    let ids: Vec<i32> = shared.iter().map(|shared| shared.id).collect();
    let Some(rows) = rows::<E>(ctx, &ids).await? else { return Ok(None) };
    let items = rows.0.into_iter().zip(shared).map(|(row, shared)| (key(&shared), object(row, shared.credits)));
    Ok(Some(cut.connection(part.with(items.collect()))))
}

fn some(name: &str, ids: Vec<i32>) -> Result<Vec<i32>, Error> {
    match ids.len() {
        0 => Err(Error::BadInput(format!("`{name}` is empty; give at least one entry"))),
        count if count > MOST => Err(Error::TooMuch(format!("`{name}` has {count} entries; the limit is {MOST}"))),
        _ => Ok(ids),
    }
}

fn two(ids: Vec<i32>) -> Result<Vec<i32>, Error> {
    match ids.as_slice() {
        [one, other] if one != other => Ok(ids),
        _ => Err(Error::BadInput(format!("`between` has {} entries; give exactly two different ones", ids.len()))),
    }
}
