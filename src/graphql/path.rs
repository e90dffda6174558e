use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use entity::{credit, episode, person, season, show};
use futures_util::{future::try_join_all, try_join};

use super::{
    credit::Credit,
    episode::Episode,
    executor::ObjectList,
    found_connection::{Cut, Found as Listed, FoundConnection, Part},
    link_options::ParsedLinkOptions,
    person::Person,
    request_graph::{answer, row, rows},
    row::Row,
    season::Season,
    show::Show,
};
use crate::{
    error::Error,
    graph::{Graph, Step, View, path::search},
};

/// A shortest path between two people, each of whom worked with the next.
#[derive(Clone, SimpleObject)]
pub struct Path {
    /// Start of the path.
    from: Person,
    /// End of the path.
    to: Person,
    /// Number of links; 0 from a person to themselves.
    length: usize,
    /// People on the path in order, including both ends.
    people: ObjectList<Person>,
    /// Links of the path in order.
    steps: ObjectList<PathStep>,
}

/// Two consecutive people on a path, and a work they share. If they share several, it is the one that began first.
#[derive(Clone, SimpleObject)]
pub struct PathStep {
    /// First person.
    from: Person,
    /// Second person.
    to: Person,
    /// Show or film.
    show: Show,
    /// Season; null for a film, or if the scope is `SHOW`.
    season: Option<Season>,
    /// Episode in which both are known to be, if the scope is `EPISODE`; null for a film, and if both are credited for a
    /// whole season whose episodes are not recorded.
    episode: Option<Episode>,
    /// The first person's credits in that work.
    from_credits: ObjectList<Credit>,
    /// The second person's credits in that work.
    to_credits: ObjectList<Credit>,
}

impl Listed for Path {}

/// Maximum number of paths that can be read.
const MOST: usize = 1_000;

/// The first of the shortest paths from one person to another, if there is any.
pub(super) async fn path(
    ctx: &Context<'_>,
    from: i32,
    to: i32,
    known: ParsedLinkOptions,
) -> Result<Option<Path>, Error> {
    let walk = move |graph: Arc<Graph>| found(graph, from, to, &known, 1, false).0;
    let load = |found: Vec<Found>| async move {
        match found.into_iter().next() {
            Some(found) => Ok(read(ctx, found).await?.map(Some)),
            None => Ok(Some(None)),
        }
    };
    answer(ctx, walk, load).await
}

/// A page of the shortest paths from one person to another.
pub(super) async fn paths(
    ctx: &Context<'_>,
    from: i32,
    to: i32,
    known: ParsedLinkOptions,
) -> Result<FoundConnection<Path>, Error> {
    let cut = Cut::<1>::of(ctx, "paths")?;
    let page = cut.clone();
    let walk = move |graph: Arc<Graph>| {
        let needed = page.needed().unwrap_or(usize::MAX).min(MOST);
        let (found, total) = found(graph, from, to, &known, needed, page.counts);
        let part = page.cut((0..).zip(found).collect(), |(place, _)| [*place]);
        if page.counts { part.of_total(total) } else { part }
    };
    let load = |mut part: Part<(i32, Found)>| {
        let cut = &cut;
        async move {
            let found = std::mem::take(&mut part.items);
            let paths = found.into_iter().map(|(place, found)| async move {
                Ok::<_, Error>(read(ctx, found).await?.map(|path| ([place], path)))
            });
            let paths: Option<Vec<_>> = try_join_all(paths).await?.into_iter().collect();
            Ok(paths.map(|paths| cut.connection(part.with(paths))))
        }
    };
    answer(ctx, walk, load).await
}

/// The first `count` shortest paths, and how many there are if `counts`.
fn found(
    graph: Arc<Graph>,
    from: i32,
    to: i32,
    known: &ParsedLinkOptions,
    count: usize,
    counts: bool,
) -> (Vec<Found>, usize) {
    let options = &known.options;
    let (Some(near), Some(far)) = (graph.person(from), graph.person(to)) else {
        // A person without credits is linked to no one.
        let alone = from == to && !options.avoid_people.contains(&from);
        let found = if alone { vec![Found { people: vec![from], steps: Vec::new() }] } else { Vec::new() };
        let total = found.len();
        return (found, total);
    };
    let view = View::new(graph, options);
    let Some(shortest) = search(&view, near, far, known.longest) else { return (Vec::new(), 0) };
    let paths = shortest.paths(&view, count);
    let found = paths.iter().map(|path| Found {
        people: path.iter().map(|person| view.graph().person_id(*person)).collect(),
        steps: view.steps(path),
    });
    (found.collect(), if counts { shortest.count(&view) } else { 0 })
}

/// A path, by ids.
struct Found {
    people: Vec<i32>,
    steps: Vec<Step>,
}

async fn read(ctx: &Context<'_>, found: Found) -> Result<Option<Path>, Error> {
    let steps = try_join_all(found.steps.iter().map(|each| step(ctx, each)));
    let (people, steps) = try_join!(rows::<person::Entity>(ctx, &found.people), steps)?;
    let (Some(people), Some(steps)) = (people, steps.into_iter().collect::<Option<ObjectList<_>>>()) else {
        return Ok(None);
    };
    let (Some(from), Some(to)) = (people.0.first(), people.0.last()) else { return Ok(None) };
    let (from, to) = (Row::new(Arc::clone(&from.0)), Row::new(Arc::clone(&to.0)));
    Ok(Some(Path { from, to, length: steps.0.len(), people, steps }))
}

async fn step(ctx: &Context<'_>, step: &Step) -> Result<Option<PathStep>, Error> {
    let work = step.work;
    let (from, to, show, season, episode, from_credits, to_credits) = try_join!(
        row::<person::Entity>(ctx, step.from),
        row::<person::Entity>(ctx, step.to),
        row::<show::Entity>(ctx, work.show),
        optional_row::<season::Entity>(ctx, work.season),
        optional_row::<episode::Entity>(ctx, work.episode),
        rows::<credit::Entity>(ctx, &step.from_credits),
        rows::<credit::Entity>(ctx, &step.to_credits),
    )?;
    let (Some(from), Some(to), Some(show)) = (from, to, show) else { return Ok(None) };
    let (Some(from_credits), Some(to_credits)) = (from_credits, to_credits) else { return Ok(None) };
    // A credit may have been moved to another work since the graph was built.
    let is_of = |credit: &Credit, person: i32| {
        let credit = &credit.0;
        credit.person_id == person
            && credit.show_id == work.show
            && (work.season.is_none() || credit.season_id == work.season)
    };
    let is_so = from_credits.0.iter().all(|credit| is_of(credit, step.from))
        && to_credits.0.iter().all(|credit| is_of(credit, step.to))
        && season.is_some() == work.season.is_some()
        && episode.is_some() == work.episode.is_some();
    Ok(is_so.then_some(PathStep { from, to, show, season, episode, from_credits, to_credits }))
}

async fn optional_row<E: super::row::Object>(ctx: &Context<'_>, id: Option<i32>) -> Result<Option<Row<E>>, Error> {
    match id {
        Some(id) => row(ctx, id).await,
        None => Ok(None),
    }
}
