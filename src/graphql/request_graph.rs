//! Walks the graph and loads the rows that the walk found.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::Context;
use entity::credit;
use futures_util::future::try_join_all;

use super::{
    credit::Credit,
    executor::ObjectList,
    get,
    row::{Object, Row},
};
use crate::{
    error::Error,
    graph::{Graph, GraphCache},
    load::One,
};

/// Access to the graph for one request.
pub(super) struct RequestGraph {
    graph_cache: Arc<GraphCache>,
    /// Whether the caller requires all writes that were committed before the request.
    fresh: bool,
    asked: AtomicBool,
}

impl RequestGraph {
    pub(super) fn new(graph_cache: Arc<GraphCache>, fresh: bool) -> Self {
        Self { graph_cache, fresh, asked: AtomicBool::new(false) }
    }

    /// Whether the request has used the graph.
    pub(super) fn was_used(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Number of graphs to try before returning an error.
const TRIES: usize = 3;

/// Runs `walk` on the graph to find ids, then `load` to read their rows. If a row was deleted or changed in between,
/// `load` returns `None`, and both are repeated on a newer graph.
pub(super) async fn answer<R, W, T, F, L>(ctx: &Context<'_>, walk: W, load: L) -> Result<T, Error>
where
    R: Send + 'static,
    W: Fn(Arc<Graph>) -> R + Clone + Send + 'static,
    F: Future<Output = Result<Option<T>, Error>>,
    L: Fn(R) -> F,
{
    let Ok(casts) = ctx.data::<Arc<RequestGraph>>() else {
        return Err(Error::internal("the request has no graph"));
    };
    casts.asked.store(true, Ordering::Relaxed);
    let RequestGraph { graph_cache, fresh, .. } = &**casts;
    let mut graph = if *fresh { graph_cache.fresh().await? } else { graph_cache.graph().await? };
    for _ in 0..TRIES {
        let walk = walk.clone();
        let found = graph_cache.walk(move || walk(graph)).await?;
        if let Some(answer) = load(found).await? {
            return Ok(answer);
        }
        graph = graph_cache.fresh().await?;
    }
    Err(Error::NotYet("the data is changing faster than it can be read; try again in a moment"))
}

/// The row with `id`, an id taken from the graph; `None` if the row no longer exists.
pub(super) async fn row<E: Object>(ctx: &Context<'_>, id: i32) -> Result<Option<Row<E>>, Error> {
    Ok(get(ctx, One::<E>::id(id)).await?.map(Row::new))
}

/// The rows with these ids; `None` if any of them no longer exists.
pub(super) async fn rows<E: Object>(ctx: &Context<'_>, ids: &[i32]) -> Result<Option<ObjectList<Row<E>>>, Error> {
    Ok(try_join_all(ids.iter().map(|id| row(ctx, *id))).await?.into_iter().collect())
}

/// The credits with these ids, without those that no longer exist.
pub(super) async fn credits(ctx: &Context<'_>, ids: &[i32]) -> Result<ObjectList<Credit>, Error> {
    Ok(try_join_all(ids.iter().map(|id| row::<credit::Entity>(ctx, *id))).await?.into_iter().flatten().collect())
}

/// Validates a count given by the caller.
pub(super) fn count(name: &str, given: i32, least: i32, most: i32) -> Result<usize, Error> {
    if given > most {
        return Err(Error::TooMuch(format!("`{name}: {given}` exceeds the limit of {most}")));
    }
    match usize::try_from(given) {
        Ok(count) if given >= least => Ok(count),
        _ => Err(Error::BadInput(format!("`{name}: {given}` is too small; use {least} to {most}"))),
    }
}
