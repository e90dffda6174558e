use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Object, SimpleObject};
use entity::person;
use futures_util::future::try_join_all;

use super::{
    executor::ObjectList,
    found_connection::{Cut, Found, FoundConnection},
    link_options::ParsedLinkOptions,
    person::Person,
    request_graph::{answer, row},
};
use crate::{
    error::Error,
    graph::{Graph, View, reach},
};

/// The people at one distance from a person.
pub struct Degree {
    degree: usize,
    people: Arc<[i32]>,
}

/// The people at one distance from a person.
#[Object]
impl Degree {
    /// Distance in links, from 1.
    async fn degree(&self) -> usize {
        self.degree
    }

    /// Number of people at this distance.
    async fn count(&self) -> usize {
        self.people.len()
    }

    /// These people, by internal id.
    async fn people(&self, ctx: &Context<'_>) -> Result<FoundConnection<Person>, Error> {
        let cut = Cut::<1>::of(ctx, "degree.people")?;
        let mut part = cut.cut(self.people.to_vec(), |id| [*id]);
        // Somebody may have been deleted since the graph was built.
        let people = try_join_all(part.items.iter().map(|id| row::<person::Entity>(ctx, *id))).await?;
        let ids = std::mem::take(&mut part.items).into_iter();
        let items = ids.zip(people).filter_map(|(id, person)| Some(([id], person?)));
        let items = items.collect();
        Ok(cut.connection(part.with(items)))
    }
}

impl Found for Person {
    fn name() -> Cow<'static, str> {
        "DegreePerson".into()
    }
}

/// How close a person is to everyone else.
#[derive(SimpleObject)]
pub struct Centrality {
    /// The person.
    person: Person,
    /// Number of people connected to the person.
    reached: usize,
    /// Mean distance to them; null if there are none.
    mean_distance: Option<f64>,
    /// Harmonic mean of the distances, which gives near people more weight; null if there are none.
    harmonic_mean: Option<f64>,
    /// Number of people at each distance.
    degrees: ObjectList<Degree>,
}

/// The people within `degrees` links of a person, limited by the maximum length in the options.
pub(super) async fn within(
    ctx: &Context<'_>,
    of: i32,
    degrees: usize,
    known: ParsedLinkOptions,
) -> Result<ObjectList<Degree>, Error> {
    let ParsedLinkOptions { options, longest } = known;
    let longest = degrees.min(longest.into());
    let walk = move |graph: Arc<Graph>| -> Vec<Arc<[i32]>> {
        let Some(person) = graph.person(of) else { return Vec::new() };
        let view = View::new(graph, &options);
        let levels = reach::reach(&view, person, longest).into_iter().skip(1);
        levels.map(|level| level.into_iter().map(|person| view.graph().person_id(person)).collect()).collect()
    };
    let load = |levels: Vec<Arc<[i32]>>| async move {
        Ok(Some(levels.into_iter().zip(1..).map(|(people, degree)| Degree { degree, people }).collect()))
    };
    answer(ctx, walk, load).await
}

/// How close a person is to everyone else.
pub(super) async fn centrality(ctx: &Context<'_>, of: i32, known: ParsedLinkOptions) -> Result<Centrality, Error> {
    let longest = known.longest.into();
    let degrees = within(ctx, of, longest, known).await?;
    let counts: Vec<usize> = degrees.0.iter().map(|degree| degree.people.len()).collect();
    let nearness = reach::nearness(&counts);
    let person = super::row::one(ctx, of).await?;
    Ok(Centrality {
        person,
        reached: nearness.map_or(0, |nearness| nearness.reached),
        mean_distance: nearness.map(|nearness| nearness.mean),
        harmonic_mean: nearness.map(|nearness| nearness.harmonic),
        degrees,
    })
}
