use async_graphql::{Context, Object};
use futures_util::join;

use super::{
    cast_overlap::{self, Bridge, BridgeEnds, CastOverlap, SharedCast, SharedShow},
    degree::{self, Centrality, Degree},
    executor::ObjectList,
    found_connection::FoundConnection,
    link_options::{LinkOptions, ParsedLinkOptions, known},
    neighbourhood::{self, Neighbourhood, NeighbourhoodOf, Wanted},
    path::{self, Path},
    person::PersonBy,
    request_graph::count,
    row::argument,
    season::SeasonBy,
    show::ShowBy,
};
use crate::error::Error;

/// Queries on the graph of who worked with whom.
pub struct GraphQueries;

/// Queries on the graph of who worked with whom.
#[Object]
impl GraphQueries {
    /// A shortest path between two people, linked by shared work; null if the options allow none. If there are several,
    /// it is the first one that `paths` returns. The path from a person to themselves has no links. A person without
    /// credits is connected to no one else.
    async fn path(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the path.")] from: PersonBy,
        #[graphql(desc = "End of the path.")] to: PersonBy,
        #[graphql(desc = "Which shared work counts as a link.")] options: Option<LinkOptions>,
    ) -> Option<Result<Path, Error>> {
        let found = match ends(ctx, from, to, options).await {
            Ok((from, to, known)) => path::path(ctx, from, to, known).await,
            Err(error) => Err(error),
        };
        found.transpose()
    }

    /// The shortest paths between two people, all of the same length. Paths are ordered by the internal id of the first
    /// person, counted from `from`, at which they differ. Only the first 1000 can be read.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the paths.")] from: PersonBy,
        #[graphql(desc = "End of the paths.")] to: PersonBy,
        #[graphql(desc = "Which shared work counts as a link.")] options: Option<LinkOptions>,
    ) -> Result<FoundConnection<Path>, Error> {
        let (from, to, known) = ends(ctx, from, to, options).await?;
        path::paths(ctx, from, to, known).await
    }

    /// People at each distance from a person, nearest first: one link away, two links away, and so on.
    async fn within_degrees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person to start from.")] of: PersonBy,
        #[graphql(desc = "Maximum number of links, 1 to 100.", default = 3)] degrees: i32,
        #[graphql(desc = "Which shared work counts as a link.")] options: Option<LinkOptions>,
    ) -> Result<ObjectList<Degree>, Error> {
        let degrees = count("degrees", degrees, 1, 100)?;
        let (of, known) = join!(argument(ctx, "of", of), known(ctx, options));
        let (of, known) = (of?, known?);
        degree::within(ctx, of, degrees, known).await
    }

    /// How close a person is to everyone within `maxLength` links, as set in the options.
    async fn centrality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] of: PersonBy,
        #[graphql(desc = "Which shared work counts as a link.")] options: Option<LinkOptions>,
    ) -> Result<Centrality, Error> {
        let (of, known) = join!(argument(ctx, "of", of), known(ctx, options));
        let (of, known) = (of?, known?);
        degree::centrality(ctx, of, known).await
    }

    /// People who acted in all of these shows, those with the most credits in them first.
    async fn shared_cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shows, 1 to 20.")] shows: Vec<ShowBy>,
    ) -> Result<FoundConnection<SharedCast>, Error> {
        cast_overlap::shared_cast(ctx, shows).await
    }

    /// Shows in which all of these people acted, earliest first; those with an unknown date come last.
    async fn shared_shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The people, 1 to 20.")] people: Vec<PersonBy>,
    ) -> Result<FoundConnection<SharedShow>, Error> {
        cast_overlap::shared_shows(ctx, people).await
    }

    /// Number of actors that each pair of these shows shares.
    async fn cast_overlap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shows, 1 to 20.")] shows: Vec<ShowBy>,
    ) -> Result<CastOverlap, Error> {
        cast_overlap::overlap(ctx, shows).await
    }

    /// People who acted in both shows or both franchises, those with the most credits in them first.
    async fn bridges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two shows or franchises.")] between: BridgeEnds,
    ) -> Result<FoundConnection<Bridge>, Error> {
        cast_overlap::bridges(ctx, between).await
    }

    /// The graph around a person, a character or a show, for drawing.
    async fn neighbourhood(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The node at the centre.")] of: NeighbourhoodOf,
        #[graphql(desc = "Maximum distance in links, 1 to 3.", default = 1)] depth: i32,
        #[graphql(desc = "Returns at most *n* nodes, 1 to 200, including the one at the centre.", default = 40)]
        first: i32,
        #[graphql(desc = "Only credits in these shows or in `seasons`.")] shows: Option<Vec<ShowBy>>,
        #[graphql(desc = "Only credits in these seasons or in `shows`.")] seasons: Option<Vec<SeasonBy>>,
    ) -> Result<Neighbourhood, Error> {
        neighbourhood::neighbourhood(ctx, of, Wanted { depth, first, shows, seasons }).await
    }
}

/// The ids of the two ends of a path, and what counts as a link.
async fn ends(
    ctx: &Context<'_>,
    from: PersonBy,
    to: PersonBy,
    options: Option<LinkOptions>,
) -> Result<(i32, i32, ParsedLinkOptions), Error> {
    let (from, to, known) = join!(argument(ctx, "from", from), argument(ctx, "to", to), known(ctx, options));
    Ok((from?, to?, known?))
}
