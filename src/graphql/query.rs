use async_graphql::{Context, ID, Object};
use futures_util::future::join_all;

use super::{
    character::{self, Character, CharacterBy, CharacterFilter, CharacterOrder},
    connection::{Connection, LARGEST_PAGE, Paging, connect_by},
    credit::{self, Credit, CreditFilter, CreditOrder},
    episode::{self, Episode, EpisodeBy, EpisodeFilter, EpisodeOrder},
    franchise::{Franchise, FranchiseBy},
    node::{self, Node},
    person::{self, Person, PersonBy, PersonFilter, PersonOrder},
    row::find,
    season::{Season, SeasonBy},
    show::{self, Show, ShowBy, ShowFilter, ShowOrder},
};
use crate::{edge, error::Error};

/// Who played whom, in what, when, and who came back.
pub struct Query;

/// Who played whom, in what, when, and who came back.
#[Object]
impl Query {
    /// The object with a global id, or null if it is gone.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Option<Result<Node, Error>> {
        node::node(ctx, &id).await
    }

    /// The objects with these global ids in their order, null for each that is gone.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node, Error>>>, Error> {
        if ids.len() > LARGEST_PAGE as usize {
            return Err(Error::TooMuch(format!("`ids` has {} ids; give at most {LARGEST_PAGE}", ids.len())));
        }
        Ok(join_all(ids.iter().map(|id| node::node(ctx, id))).await)
    }

    /// The franchise that is named, or null if there is none.
    async fn franchise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which franchise.")] by: FranchiseBy,
    ) -> Option<Result<Franchise, Error>> {
        find(ctx, by).await
    }

    /// The show that is named, or null if there is none.
    async fn show(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which show.")] by: ShowBy,
    ) -> Option<Result<Show, Error>> {
        find(ctx, by).await
    }

    /// The season that is named, or null if there is none.
    async fn season(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which season.")] by: SeasonBy,
    ) -> Option<Result<Season, Error>> {
        find(ctx, by).await
    }

    /// The episode that is named, or null if there is none.
    async fn episode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which episode.")] by: EpisodeBy,
    ) -> Option<Result<Episode, Error>> {
        find(ctx, by).await
    }

    /// The person that is named, or null if there is none.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which person.")] by: PersonBy,
    ) -> Option<Result<Person, Error>> {
        find(ctx, by).await
    }

    /// The character that is named, or null if there is none.
    async fn character(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which character.")] by: CharacterBy,
    ) -> Option<Result<Character, Error>> {
        find(ctx, by).await
    }

    /// All shows and films, the earliest first unless another order is given.
    async fn shows(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<ShowFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        let order = order_by.map_or(edge::root::SHOWS.order, |order| order.order());
        let filter = show::conditions(filter)?;
        connect_by(&edge::root::SHOWS, [], Paging { first, after, last, before }, order, filter)
    }

    /// All people by name, unless another order is given.
    async fn people(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<PersonFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<PersonOrder>,
    ) -> Result<Connection<Person>, Error> {
        let order = order_by.map_or(edge::root::PEOPLE.order, |order| order.order());
        let filter = person::conditions(filter);
        connect_by(&edge::root::PEOPLE, [], Paging { first, after, last, before }, order, filter)
    }

    /// All characters by name, unless another order is given.
    async fn characters(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<CharacterFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CharacterOrder>,
    ) -> Result<Connection<Character>, Error> {
        let order = order_by.map_or(edge::root::CHARACTERS.order, |order| order.order());
        let filter = character::conditions(filter)?;
        connect_by(&edge::root::CHARACTERS, [], Paging { first, after, last, before }, order, filter)
    }

    /// All episodes, the earliest first unless another order is given.
    async fn episodes(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<EpisodeFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<EpisodeOrder>,
    ) -> Result<Connection<Episode>, Error> {
        let order = order_by.map_or(edge::root::EPISODES.order, |order| order.order());
        let filter = episode::conditions(filter)?;
        connect_by(&edge::root::EPISODES, [], Paging { first, after, last, before }, order, filter)
    }

    /// All credits: the cast by billing and place, then the crew by job, unless another order is given.
    async fn credits(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<CreditFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let order = order_by.map_or(edge::root::CREDITS.order, |order| order.order());
        let filter = credit::conditions(filter)?;
        connect_by(&edge::root::CREDITS, [], Paging { first, after, last, before }, order, filter)
    }
}
