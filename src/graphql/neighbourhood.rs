use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, OneofObject, SimpleObject};
use entity::{character, person, show};
use futures_util::{future::try_join_all, join};

use super::{
    character::CharacterBy,
    credit::Credit,
    executor::ObjectList,
    node::Node,
    person::PersonBy,
    request_graph::{answer, count, credits, row},
    row::{argument, arguments, global_id},
    season::SeasonBy,
    show::ShowBy,
};
use crate::{
    error::Error,
    graph::{self, Around, Graph, Near, Tie, Within},
};

/// The graph around a person, a character or a show, for drawing. An acting credit links the person to the character
/// and the character to the show; any other credit links the person to the show.
#[derive(SimpleObject)]
pub struct Neighbourhood {
    /// Nodes, nearest first, starting with the one at the centre. At equal distance, those with more credits come
    /// first, then people, characters and shows, each by internal id.
    nodes: ObjectList<NeighbourhoodNode>,
    /// Links between these nodes.
    links: ObjectList<NeighbourhoodLink>,
    /// Number of nodes within `depth` that were left out.
    hidden: usize,
}

/// A person, a character or a show in the graph.
#[derive(SimpleObject)]
pub struct NeighbourhoodNode {
    /// The person, the character or the show.
    node: Node,
    /// Name or title.
    name: String,
    /// Distance from the centre in links.
    depth: usize,
    /// Number of nodes it is linked to in the whole graph.
    links: usize,
    /// Notable facts.
    marks: Vec<Mark>,
}

/// A link between two nodes.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct NeighbourhoodLink {
    /// Global id of the person; in a link between a character and a show, of the character.
    source: ID,
    /// Global id of the character or the show.
    target: ID,
    /// Notable facts.
    marks: Vec<Mark>,
    #[graphql(skip)]
    credit_ids: Vec<i32>,
}

#[ComplexObject]
impl NeighbourhoodLink {
    /// Credits behind the link, by internal id, at most 20.
    async fn credits(&self, ctx: &Context<'_>) -> Result<ObjectList<Credit>, Error> {
        credits(ctx, &self.credit_ids).await
    }
}

/// A notable fact about a node or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "graph::Mark")]
pub enum Mark {
    /// On a link from a character to a show: the character was in an earlier production.
    Return,
    /// On a character: several people play it.
    Recast,
    /// On a person: plays several characters in one show.
    MultipleRoles,
}

/// The node at the centre. Set exactly one field.
#[derive(Debug, OneofObject)]
pub enum NeighbourhoodOf {
    /// A person.
    Person(PersonBy),
    /// A character.
    Character(CharacterBy),
    /// A show.
    Show(ShowBy),
}

/// Input of a neighbourhood query.
pub(super) struct Wanted {
    pub(super) depth: i32,
    pub(super) first: i32,
    pub(super) shows: Option<Vec<ShowBy>>,
    pub(super) seasons: Option<Vec<SeasonBy>>,
}

pub(super) async fn neighbourhood(
    ctx: &Context<'_>,
    of: NeighbourhoodOf,
    wanted: Wanted,
) -> Result<Neighbourhood, Error> {
    let (depth, first) = (count("depth", wanted.depth, 1, 3)?, count("first", wanted.first, 1, 200)?);
    let (start, shows, seasons) =
        join!(start(ctx, of), arguments(ctx, "shows", wanted.shows), arguments(ctx, "seasons", wanted.seasons));
    let (start, shows, seasons) = (start?, shows?, seasons?);
    let within = Within { shows: shows.into_iter().collect(), seasons: seasons.into_iter().collect() };
    let walk = move |graph: Arc<Graph>| graph.around(start, depth, first, &within);
    let load = |around: Around| async move {
        let nodes: Option<ObjectList<_>> =
            try_join_all(around.nodes.into_iter().map(|near| node(ctx, near))).await?.into_iter().collect();
        let links = around.ties.into_iter().map(link).collect();
        Ok(nodes.map(|nodes| Neighbourhood { nodes, links, hidden: around.hidden }))
    };
    answer(ctx, walk, load).await
}

async fn start(ctx: &Context<'_>, of: NeighbourhoodOf) -> Result<graph::Node, Error> {
    match of {
        NeighbourhoodOf::Person(by) => argument(ctx, "of.person", by).await.map(graph::Node::Person),
        NeighbourhoodOf::Character(by) => argument(ctx, "of.character", by).await.map(graph::Node::Character),
        NeighbourhoodOf::Show(by) => argument(ctx, "of.show", by).await.map(graph::Node::Show),
    }
}

async fn node(ctx: &Context<'_>, near: Near) -> Result<Option<NeighbourhoodNode>, Error> {
    let named = match near.node {
        graph::Node::Person(id) => {
            row::<person::Entity>(ctx, id).await?.map(|row| (row.0.name.clone(), Node::Person(row)))
        }
        graph::Node::Character(id) => {
            row::<character::Entity>(ctx, id).await?.map(|row| (row.0.name.clone(), Node::Character(row)))
        }
        graph::Node::Show(id) => row::<show::Entity>(ctx, id).await?.map(|row| (row.0.title.clone(), Node::Show(row))),
    };
    let marks = near.marks.into_iter().map(Mark::from).collect();
    Ok(named.map(|(name, node)| NeighbourhoodNode { node, name, depth: near.depth, links: near.links, marks }))
}

fn link(tie: Tie) -> NeighbourhoodLink {
    let id = |node| match node {
        graph::Node::Person(id) => global_id::<person::Entity>(id),
        graph::Node::Character(id) => global_id::<character::Entity>(id),
        graph::Node::Show(id) => global_id::<show::Entity>(id),
    };
    let marks = tie.marks.into_iter().map(Mark::from).collect();
    NeighbourhoodLink { source: id(tie.source), target: id(tie.target), marks, credit_ids: tie.credits }
}
