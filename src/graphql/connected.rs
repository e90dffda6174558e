use async_graphql::{Context, Object};
use futures_util::try_join;

use super::{
    casts::count,
    common::{self, Bridge, BridgeEnds, CastOverlap, SharedCast, SharedShow},
    degree::{self, Centrality, Degree},
    link_options::{LinkOptions, known},
    neighbourhood::{self, Neighbourhood, NeighbourhoodOf, Wanted},
    path::{self, Path},
    person::PersonBy,
    row::argument,
    season::SeasonBy,
    show::ShowBy,
};
use crate::error::Error;

/// How people are connected.
pub struct Connected;

/// How people are connected.
#[Object]
impl Connected {
    /// A shortest chain of people who worked together, or null if there is none under the options. Of several it is the
    /// first in the order of `paths`. From a person to the same person it has no links. Who has no credit is connected
    /// with nobody.
    async fn path(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it begins.")] from: PersonBy,
        #[graphql(desc = "Where it ends.")] to: PersonBy,
        #[graphql(desc = "Which shared work counts.")] options: Option<LinkOptions>,
    ) -> Option<Result<Path, Error>> {
        connect(ctx, from, to, options, 1).await.map(|paths| paths.into_iter().next()).transpose()
    }

    /// The shortest chains of people who worked together, all of the same length. They come in the order in which
    /// castgraph got to know the first person in whom two of them differ, seen from `from`.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where they begin.")] from: PersonBy,
        #[graphql(desc = "Where they end.")] to: PersonBy,
        #[graphql(desc = "Which shared work counts.")] options: Option<LinkOptions>,
        #[graphql(desc = "At most so many, up to 20.", default = 5)] first: i32,
    ) -> Result<Vec<Path>, Error> {
        connect(ctx, from, to, options, count("first", first, 0, 20)?).await
    }

    /// How many people are one, two, three … links away from a person.
    async fn within_degrees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to start from.")] of: PersonBy,
        #[graphql(desc = "How many links at most, 1 to 100.", default = 3)] degrees: i32,
        #[graphql(desc = "Which shared work counts.")] options: Option<LinkOptions>,
    ) -> Result<Vec<Degree>, Error> {
        let degrees = count("degrees", degrees, 1, 100)?;
        let (of, known) = try_join!(argument(ctx, "of", of), known(ctx, options))?;
        degree::within(ctx, of, degrees, known).await
    }

    /// How near a person is to all others who are no more than the options' `maxLength` links away.
    async fn centrality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] of: PersonBy,
        #[graphql(desc = "Which shared work counts.")] options: Option<LinkOptions>,
    ) -> Result<Centrality, Error> {
        let (of, known) = try_join!(argument(ctx, "of", of), known(ctx, options))?;
        degree::centrality(ctx, of, known).await
    }

    /// Who acted in all of these shows: those with the most credits in them first.
    async fn shared_cast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shows, 1 to 20.")] shows: Vec<ShowBy>,
        #[graphql(desc = "At most so many people, up to 100.", default = 20)] first: i32,
    ) -> Result<Vec<SharedCast>, Error> {
        common::shared_cast(ctx, shows, count("first", first, 0, 100)?).await
    }

    /// Where all of these people acted: the earliest show first, those with an unknown day last.
    async fn shared_shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The people, 1 to 20.")] people: Vec<PersonBy>,
        #[graphql(desc = "At most so many shows, up to 100.", default = 20)] first: i32,
    ) -> Result<Vec<SharedShow>, Error> {
        common::shared_shows(ctx, people, count("first", first, 0, 100)?).await
    }

    /// How many actors each of these shows has in common with each.
    async fn cast_overlap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shows, 1 to 20.")] shows: Vec<ShowBy>,
    ) -> Result<CastOverlap, Error> {
        common::overlap(ctx, shows).await
    }

    /// Who joins two shows or franchises by acting in both: those with the most credits in them first.
    async fn bridges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two shows or franchises.")] between: BridgeEnds,
        #[graphql(desc = "At most so many people, up to 100.", default = 20)] first: i32,
    ) -> Result<Vec<Bridge>, Error> {
        common::bridges(ctx, between, count("first", first, 0, 100)?).await
    }

    /// What lies around a person, a character or a show, for a drawing.
    async fn neighbourhood(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look around.")] of: NeighbourhoodOf,
        #[graphql(desc = "How many links away at most, 1 to 3.", default = 1)] depth: i32,
        #[graphql(desc = "At most so many nodes, the one that is asked for included; 1 to 200.", default = 40)]
        first: i32,
        #[graphql(desc = "Only credits in these shows or in `seasons`.")] shows: Option<Vec<ShowBy>>,
        #[graphql(desc = "Only credits in these seasons or in `shows`.")] seasons: Option<Vec<SeasonBy>>,
    ) -> Result<Neighbourhood, Error> {
        neighbourhood::neighbourhood(ctx, of, Wanted { depth, first, shows, seasons }).await
    }
}

async fn connect(
    ctx: &Context<'_>,
    from: PersonBy,
    to: PersonBy,
    options: Option<LinkOptions>,
    count: usize,
) -> Result<Vec<Path>, Error> {
    let (from, to, known) = try_join!(argument(ctx, "from", from), argument(ctx, "to", to), known(ctx, options))?;
    path::paths(ctx, from, to, known, count).await
}
