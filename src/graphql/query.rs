use async_graphql::{Context, ID, Object};
use futures_util::future::join_all;

use super::{
    character::{self, Character, CharacterBy, CharacterFilter, CharacterOrder},
    claim::{self, Claim, ClaimStatus},
    connected::Connected,
    connection::{Connection, LARGEST_PAGE, Paging, connect, connect_by},
    coverage::Coverage,
    credit::{self, Credit, CreditFilter, CreditOrder},
    date::Date,
    episode::{self, Episode, EpisodeBy, EpisodeFilter, EpisodeOrder},
    filter::DateRange,
    franchise::{Franchise, FranchiseBy},
    node::{self, Node},
    person::{self, Person, PersonBy, PersonFilter, PersonOrder},
    platform::{self, Platform, PlatformBy},
    row::find,
    schedule::{self, Showing},
    search::{self, SearchKind, SearchResults},
    season::{Season, SeasonBy},
    show::{self, Show, ShowBy, ShowFilter, ShowOrder},
    source::{Source, SourceBy},
    territory::CountryCode,
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
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<ShowFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        let order = order_by.map_or(edge::root::SHOWS.order, |order| order.order());
        let filter = show::conditions(ctx, filter).await?;
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
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<CharacterFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CharacterOrder>,
    ) -> Result<Connection<Character>, Error> {
        let order = order_by.map_or(edge::root::CHARACTERS.order, |order| order.order());
        let filter = character::conditions(ctx, filter).await?;
        connect_by(&edge::root::CHARACTERS, [], Paging { first, after, last, before }, order, filter)
    }

    /// All episodes, the earliest first unless another order is given.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<EpisodeFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<EpisodeOrder>,
    ) -> Result<Connection<Episode>, Error> {
        let order = order_by.map_or(edge::root::EPISODES.order, |order| order.order());
        let filter = episode::conditions(ctx, filter).await?;
        connect_by(&edge::root::EPISODES, [], Paging { first, after, last, before }, order, filter)
    }

    /// All credits: the cast by billing and place, then the crew by job, unless another order is given.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones to take.")] filter: Option<CreditFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let order = order_by.map_or(edge::root::CREDITS.order, |order| order.order());
        let filter = credit::conditions(ctx, filter).await?;
        connect_by(&edge::root::CREDITS, [], Paging { first, after, last, before }, order, filter)
    }

    /// The platform that is named, under any of its names, or null if there is none.
    async fn platform(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which platform.")] by: PlatformBy,
    ) -> Option<Result<Platform, Error>> {
        platform::platform(ctx, by).await
    }

    /// All platforms by their slugs.
    async fn platforms(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Platform>, Error> {
        connect(&edge::watch::PLATFORMS, [], Paging { first, after, last, before })
    }

    /// The source that is named, or null if there is none.
    async fn source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which source.")] by: SourceBy,
    ) -> Option<Result<Source, Error>> {
        find(ctx, by).await
    }

    /// All sources, the earliest first; with an unknown day last.
    async fn sources(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Source>, Error> {
        connect(&edge::source::SOURCES, [], Paging { first, after, last, before })
    }

    /// What was said and what became of it, the earliest first; with an unknown day last.
    #[expect(clippy::too_many_arguments, reason = "they are those of the API")]
    async fn claims(
        &self,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only claims about this, such as `premiere_date`.")] about: Option<String>,
        #[graphql(desc = "Only claims of which this became.")] status: Option<ClaimStatus>,
        #[graphql(desc = "Only what was said by this day, or by the end of this month or year; never an unknown day.")]
        as_of: Option<Date>,
    ) -> Result<Connection<Claim>, Error> {
        let claims = &edge::source::ALL_CLAIMS;
        let filter = claim::conditions(about, status, as_of);
        connect_by(claims, [], Paging { first, after, last, before }, claims.order, filter)
    }

    /// How many facts have no source, one, or several independent ones.
    async fn coverage(&self, ctx: &Context<'_>) -> Result<Coverage, Error> {
        Coverage::read(ctx).await
    }

    /// What is shown when, the earliest first: each episode on the day on which it was first shown or, in a territory,
    /// on the days on which it could first be seen there. Episodes without a known day are left out.
    #[expect(clippy::too_many_arguments, reason = "they are those of the API")]
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
        #[graphql(desc = "This day or later.")] from: Option<Date>,
        #[graphql(desc = "This day or earlier; a month or a year means all of its days.")] to: Option<Date>,
        #[graphql(desc = "In this country: its code (ISO 3166-1), such as `CA`.")] territory: Option<CountryCode>,
        #[graphql(desc = "Only episodes of this show.")] show: Option<ShowBy>,
    ) -> Result<Connection<Showing>, Error> {
        schedule::schedule(ctx, Paging { first, after, last, before }, DateRange { from, to }, territory, show).await
    }

    /// People, characters, shows and episodes by any of their names, what fits best first. Case, accents and signs do not
    /// matter, and the beginnings of words are enough. If nothing fits so, typing errors are forgiven: one in words of
    /// four letters or more, two in words of eight.
    async fn search(
        &self,
        #[graphql(desc = "What to look for: words of a name, at most 200 letters.")] query: String,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "Takes this many from the start: 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Starts behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Takes this many from the end: at most 100.")] last: Option<i32>,
        #[graphql(desc = "Ends before this cursor.")] before: Option<String>,
    ) -> Result<SearchResults, Error> {
        search::search(&query, kinds.as_deref(), Paging { first, after, last, before })
    }

    #[graphql(flatten)]
    async fn connected(&self) -> Connected {
        Connected
    }
}
