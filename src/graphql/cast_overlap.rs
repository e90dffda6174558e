use std::sync::Arc;

use async_graphql::{ComplexObject, Context, OneofObject, SimpleObject};
use entity::{person, show};
use futures_util::future::try_join_all;

use super::{
    credit::Credit,
    executor::ObjectList,
    franchise::FranchiseBy,
    person::Person,
    request_graph::{answer, credits, row, rows},
    row::{Object, Row, arguments},
    show::{Show, ShowBy},
};
use crate::{
    error::Error,
    graph::{Graph, Shared},
};

/// A person who acted in all of the given shows.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SharedCast {
    /// The person.
    person: Person,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

#[ComplexObject]
impl SharedCast {
    /// The person's acting credits in these shows.
    async fn credits(&self, ctx: &Context<'_>) -> Result<ObjectList<Credit>, Error> {
        credits(ctx, &self.credit_ids).await
    }
}

/// A show in which all of the given people acted.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SharedShow {
    /// The show.
    show: Show,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

#[ComplexObject]
impl SharedShow {
    /// The acting credits of these people in the show.
    async fn credits(&self, ctx: &Context<'_>) -> Result<ObjectList<Credit>, Error> {
        credits(ctx, &self.credit_ids).await
    }
}

/// A person who acted in both shows or franchises.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Bridge {
    /// The person.
    person: Person,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

#[ComplexObject]
impl Bridge {
    /// The person's acting credits on both sides.
    async fn credits(&self, ctx: &Context<'_>) -> Result<ObjectList<Credit>, Error> {
        credits(ctx, &self.credit_ids).await
    }
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

pub(super) async fn shared_cast(
    ctx: &Context<'_>,
    shows: Vec<ShowBy>,
    first: usize,
) -> Result<ObjectList<SharedCast>, Error> {
    let groups =
        some("shows", arguments(ctx, "shows", Some(shows)).await?)?.into_iter().map(|show| vec![show]).collect();
    let found = in_all(ctx, Ends::Shows(groups), first).await?;
    Ok(found.into_iter().map(|(person, credit_ids)| SharedCast { person, credit_ids }).collect())
}

pub(super) async fn bridges(ctx: &Context<'_>, between: BridgeEnds, first: usize) -> Result<ObjectList<Bridge>, Error> {
    let ends = match between {
        BridgeEnds::Shows(shows) => {
            let shows = two(arguments(ctx, "between.shows", Some(shows)).await?)?;
            Ends::Shows(shows.into_iter().map(|show| vec![show]).collect())
        }
        BridgeEnds::Franchises(franchises) => {
            Ends::Franchises(two(arguments(ctx, "between.franchises", Some(franchises)).await?)?)
        }
    };
    let found = in_all(ctx, ends, first).await?;
    Ok(found.into_iter().map(|(person, credit_ids)| Bridge { person, credit_ids }).collect())
}

pub(super) async fn shared_shows(
    ctx: &Context<'_>,
    people: Vec<super::person::PersonBy>,
    first: usize,
) -> Result<ObjectList<SharedShow>, Error> {
    let people = some("people", arguments(ctx, "people", Some(people)).await?)?;
    let walk = move |graph: Arc<Graph>| cut(graph.shows_with_all(&people), first);
    let found = answer(ctx, walk, |found| with_rows::<show::Entity>(ctx, found)).await?;
    Ok(found.into_iter().map(|(show, credit_ids)| SharedShow { show, credit_ids }).collect())
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
async fn in_all(ctx: &Context<'_>, ends: Ends, first: usize) -> Result<Vec<(Person, Vec<i32>)>, Error> {
    let walk = move |graph: Arc<Graph>| {
        let groups = match &ends {
            Ends::Shows(groups) => groups.clone(),
            Ends::Franchises(franchises) => franchises.iter().map(|franchise| graph.shows_of(*franchise)).collect(),
        };
        cut(graph.actors_in_all(&groups), first)
    };
    answer(ctx, walk, |found| with_rows::<person::Entity>(ctx, found)).await
}

async fn with_rows<E: Object>(ctx: &Context<'_>, found: Vec<Shared>) -> Result<Option<Vec<(Row<E>, Vec<i32>)>>, Error> {
    let each = found
        .into_iter()
        .map(|shared| async move { Ok::<_, Error>(row::<E>(ctx, shared.id).await?.map(|row| (row, shared.credits))) });
    Ok(try_join_all(each).await?.into_iter().collect())
}

fn cut(mut found: Vec<Shared>, first: usize) -> Vec<Shared> {
    found.truncate(first);
    found
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
