//! Answers from the graph, and the rows of the database that they name.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::Context;
use entity::credit;
use futures_util::future::try_join_all;

use super::{
    credit::Credit,
    get,
    row::{Object, Row},
};
use crate::{
    error::Error,
    graph::{Graph, Keeper},
    load::One,
};

/// The graph of a request.
pub(super) struct Casts {
    keeper: Arc<Keeper>,
    /// Whether the caller wants to see what was committed before.
    fresh: bool,
    asked: AtomicBool,
}

impl Casts {
    pub(super) fn new(keeper: Arc<Keeper>, fresh: bool) -> Self {
        Self { keeper, fresh, asked: AtomicBool::new(false) }
    }

    /// Whether something was answered from the graph.
    pub(super) fn were_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Graphs that are tried before the caller is told to try again.
const TRIES: usize = 3;

/// Answers from the graph: `walk` finds ids, and `load` reads their rows. If a row is gone or is another by now, `load`
/// gives nothing, and the answer is looked for again in a newer graph.
pub(super) async fn answer<R, W, T, F, L>(ctx: &Context<'_>, walk: W, load: L) -> Result<T, Error>
where
    R: Send + 'static,
    W: Fn(Arc<Graph>) -> R + Clone + Send + 'static,
    F: Future<Output = Result<Option<T>, Error>>,
    L: Fn(R) -> F,
{
    let Ok(casts) = ctx.data::<Arc<Casts>>() else {
        return Err(Error::internal("the request has no graph"));
    };
    casts.asked.store(true, Ordering::Relaxed);
    let Casts { keeper, fresh, .. } = &**casts;
    let mut graph = if *fresh { keeper.fresh().await? } else { keeper.graph().await? };
    for _ in 0..TRIES {
        let walk = walk.clone();
        let found = keeper.walk(move || walk(graph)).await?;
        if let Some(answer) = load(found).await? {
            return Ok(answer);
        }
        graph = keeper.fresh().await?;
    }
    Err(Error::NotYet("the data changes faster than it is read; try again in a moment"))
}

/// The row with the number `id`, which the graph names; nothing if it is gone.
pub(super) async fn row<E: Object>(ctx: &Context<'_>, id: i32) -> Result<Option<Row<E>>, Error> {
    Ok(get(ctx, One::<E>::id(id)).await?.map(Row::new))
}

/// The rows with the numbers `ids`; nothing if one of them is gone.
pub(super) async fn rows<E: Object>(ctx: &Context<'_>, ids: &[i32]) -> Result<Option<Vec<Row<E>>>, Error> {
    Ok(try_join_all(ids.iter().map(|id| row(ctx, *id))).await?.into_iter().collect())
}

/// The credits with the numbers `ids` that are still there.
pub(super) async fn credits(ctx: &Context<'_>, ids: &[i32]) -> Result<Vec<Credit>, Error> {
    Ok(try_join_all(ids.iter().map(|id| row::<credit::Entity>(ctx, *id))).await?.into_iter().flatten().collect())
}

/// Reads how many items are wanted of an argument.
pub(super) fn count(name: &str, given: i32, least: i32, most: i32) -> Result<usize, Error> {
    if given > most {
        return Err(Error::TooMuch(format!("`{name}: {given}` is too much; give at most {most}")));
    }
    match usize::try_from(given) {
        Ok(count) if given >= least => Ok(count),
        _ => Err(Error::BadInput(format!("`{name}: {given}` is too little; give {least} to {most}"))),
    }
}
