use async_graphql::{Context, ID, Object};
use futures_util::{future::join_all, join};
use sea_orm::EntityTrait;

use super::{
    account::{AccessKey, Account},
    availability::{self, Availability, AvailabilityBy},
    cast_changes::CastChanges,
    changeset::{self, Change, Changeset, ChangesetBy, ChangesetFilter},
    character::{self, Character, CharacterBy, CharacterFilter, CharacterOrder},
    claim::{self, Claim, ClaimBy, ClaimStatus},
    connection::{Connection, Item, LARGEST_PAGE, Paging, connect, connect_filtered},
    coverage::Coverage,
    credit::{self, Credit, CreditFilter, CreditOrder},
    data_version::DataVersion,
    date::Date,
    episode::{self, Episode, EpisodeBy, EpisodeFilter, EpisodeOrder},
    feed::{self, ObjectKind},
    filter::DateRange,
    found_connection::{FoundConnection, connect_found},
    franchise::{Franchise, FranchiseBy},
    funding::{Funding, FundingBy},
    get,
    graph_queries::GraphQueries,
    media::{self, Media, MediaBy, MediaKind},
    mutation,
    node::{self, Node},
    offer::{Offer, OfferBy},
    person::{self, Person, PersonBy, PersonFilter, PersonOrder},
    platform::{Platform, PlatformBy},
    row::{self, By, Id, Row, find},
    schedule::{self, Showing},
    search::{self, SearchKind, SearchResults},
    season::{self, Season, SeasonBy, SeasonFilter, SeasonOrder},
    show::{self, Show, ShowBy, ShowFilter, ShowOrder},
    source::{Source, SourceBy},
    territory::{CountryCode, Territory, TerritoryBy},
    topic::Topic,
};
use crate::{
    account::Viewer,
    error::Error,
    load::{Condition, List, One},
    relation,
};

/// Who played whom, in what, when, and who came back.
pub struct Query;

/// Who played whom, in what, when, and who came back.
#[Object]
impl Query {
    /// The object with this global id, or null if there is none. If it was removed, the error `GONE` says by which changeset.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Global id.")] id: ID) -> Option<Result<Node, Error>> {
        node::present(ctx, &id).await
    }

    /// The objects with these global ids, in the same order, with null for each that no longer exists.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node, Error>>>, Error> {
        if ids.len() > LARGEST_PAGE as usize {
            return Err(Error::TooMuch(format!("`ids` has {} entries; the limit is {LARGEST_PAGE}", ids.len())));
        }
        Ok(join_all(ids.iter().map(|id| node::node(ctx, id))).await)
    }

    /// Looks up a franchise. Returns null if it does not exist.
    async fn franchise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The franchise to look up.")] by: FranchiseBy,
    ) -> Option<Result<Franchise, Error>> {
        find(ctx, by).await
    }

    /// Looks up a show. Returns null if it does not exist.
    async fn show(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The show to look up.")] by: ShowBy,
    ) -> Option<Result<Show, Error>> {
        find(ctx, by).await
    }

    /// Looks up a season. Returns null if it does not exist.
    async fn season(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The season to look up.")] by: SeasonBy,
    ) -> Option<Result<Season, Error>> {
        find(ctx, by).await
    }

    /// Looks up an episode. Returns null if it does not exist.
    async fn episode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The episode to look up.")] by: EpisodeBy,
    ) -> Option<Result<Episode, Error>> {
        find(ctx, by).await
    }

    /// Looks up a person. Returns null if they do not exist.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person to look up.")] by: PersonBy,
    ) -> Option<Result<Person, Error>> {
        find(ctx, by).await
    }

    /// Looks up a character. Returns null if it does not exist.
    async fn character(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The character to look up.")] by: CharacterBy,
    ) -> Option<Result<Character, Error>> {
        find(ctx, by).await
    }

    /// Looks up a territory. Returns null if it does not exist.
    async fn territory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The territory to look up.")] by: TerritoryBy,
    ) -> Option<Result<Territory, Error>> {
        find(ctx, by).await
    }

    /// Looks up a changeset. Returns null if it does not exist.
    async fn changeset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changeset to look up.")] by: ChangesetBy,
    ) -> Result<Option<Changeset>, Error> {
        let number = by.number()?;
        Ok(get(ctx, One::<entity::changeset::Entity>::id(number)).await?.map(Row::new))
    }

    /// Changesets, newest first, including proposals that wait for a reviewer.
    async fn changesets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only changesets that match the filter.")] filter: Option<ChangesetFilter>,
    ) -> Result<Connection<Changeset>, Error> {
        changeset::list(ctx, filter.unwrap_or_default()).await
    }

    /// The changes of an object and its parts, newest first, even if it was deleted.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] object: ID,
    ) -> Result<Connection<Change>, Error> {
        let (table, number) = changeset::object(&object)?;
        connect(ctx, &relation::change::HISTORY, [table.kind, number])
    }

    /// All changes in commit order, without gaps. To follow the data, keep the cursor of the last change you have read and
    /// request the changes after it. A cursor is valid with any `kinds` and `about`; one that is older than the server's
    /// retention period gets the error `CURSOR_EXPIRED`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only changes of objects of these kinds and their parts.")] kinds: Option<Vec<ObjectKind>>,
        #[graphql(desc = "Only changes of this object and its parts, by global id.")] about: Option<ID>,
    ) -> Result<Connection<Change>, Error> {
        feed::changes(ctx, kinds, about).await
    }

    /// The account of the key in the request; null without a key.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Account> {
        ctx.data::<Viewer>().ok().map(|viewer| Row::new(viewer.account.clone()))
    }

    /// All accounts, by name. Only for admins.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<FoundConnection<Account>, Error> {
        connect_found(ctx, "accounts", mutation::accounts(ctx).await?.into_iter().map(Row::new).collect())
    }

    /// The keys of an account, newest first; of all accounts if none is named. Only for admins.
    async fn access_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the account.")] account: Option<String>,
    ) -> Result<FoundConnection<AccessKey>, Error> {
        connect_found(ctx, "accessKeys", mutation::keys(ctx, account).await?.into_iter().map(Row::new).collect())
    }

    /// All franchises, by slug.
    async fn franchises(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<FranchiseBy>>,
    ) -> Result<Connection<Franchise>, Error> {
        connect_only(ctx, &relation::root::FRANCHISES, by).await
    }

    /// All seasons, earliest first by default.
    async fn seasons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<SeasonBy>>,
        #[graphql(desc = "Filters the list.")] filter: Option<SeasonFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<SeasonOrder>,
    ) -> Result<Connection<Season>, Error> {
        let order = order_by.map_or(relation::root::SEASONS.order, |order| order.order());
        let filter = only(ctx, by, season::conditions(ctx, filter).await?).await?;
        connect_filtered(ctx, &relation::root::SEASONS, [], order, filter)
    }

    /// All countries and groups of countries that the data mentions, by slug.
    async fn territories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<TerritoryBy>>,
    ) -> Result<Connection<Territory>, Error> {
        connect_only(ctx, &relation::root::TERRITORIES, by).await
    }

    /// Where and since when shows and seasons are available, earliest first. An unknown date is null and comes last.
    async fn availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only in this country (ISO 3166-1 code, such as `CA`), including groups of countries that contain it."
        )]
        territory: Option<CountryCode>,
        #[graphql(
            desc = "Only what was available by this date, or by the end of this month or year; excludes unknown dates."
        )]
        on: Option<Date>,
        #[graphql(desc = "Only on this platform, under any of its names.")] platform: Option<PlatformBy>,
        #[graphql(desc = "Only of this show and its seasons.")] show: Option<ShowBy>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<
            Vec<AvailabilityBy>,
        >,
    ) -> Result<Connection<Availability>, Error> {
        let list = &relation::availability::ALL;
        let filter = only(ctx, by, availability::filtered(ctx, territory, on, platform, show).await?).await?;
        connect_filtered(ctx, list, [], list.order, filter)
    }

    /// Public funding of shows and seasons, earliest first; awards with an unknown date come last.
    async fn funding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<FundingBy>>,
    ) -> Result<Connection<Funding>, Error> {
        connect_only(ctx, &relation::media::FUNDING, by).await
    }

    /// Prices of platforms, by slug.
    async fn offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<OfferBy>>,
    ) -> Result<Connection<Offer>, Error> {
        connect_only(ctx, &relation::availability::ALL_OFFERS, by).await
    }

    /// Publications about shows and seasons, earliest first; those with an unknown date come last.
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<MediaKind>>,
        #[graphql(desc = "Only about this show and its seasons.")] show: Option<ShowBy>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<MediaBy>>,
    ) -> Result<Connection<Media>, Error> {
        let list = &relation::media::MEDIA;
        let filter = only(ctx, by, media::conditions(ctx, kinds, show).await?).await?;
        connect_filtered(ctx, list, [], list.order, filter)
    }

    /// All shows and films, earliest first by default.
    async fn shows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<ShowBy>>,
        #[graphql(desc = "Filters the list.")] filter: Option<ShowFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<ShowOrder>,
    ) -> Result<Connection<Show>, Error> {
        let order = order_by.map_or(relation::root::SHOWS.order, |order| order.order());
        let filter = only(ctx, by, show::conditions(ctx, filter).await?).await?;
        connect_filtered(ctx, &relation::root::SHOWS, [], order, filter)
    }

    /// All people, by name by default.
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<PersonBy>>,
        #[graphql(desc = "Filters the list.")] filter: Option<PersonFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<PersonOrder>,
    ) -> Result<Connection<Person>, Error> {
        let order = order_by.map_or(relation::root::PEOPLE.order, |order| order.order());
        let filter = only(ctx, by, person::conditions(ctx, filter).await?).await?;
        connect_filtered(ctx, &relation::root::PEOPLE, [], order, filter)
    }

    /// All characters, by name by default.
    async fn characters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<CharacterBy>>,
        #[graphql(desc = "Filters the list.")] filter: Option<CharacterFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<CharacterOrder>,
    ) -> Result<Connection<Character>, Error> {
        let order = order_by.map_or(relation::root::CHARACTERS.order, |order| order.order());
        let filter = only(ctx, by, character::conditions(ctx, filter).await?).await?;
        connect_filtered(ctx, &relation::root::CHARACTERS, [], order, filter)
    }

    /// All episodes, earliest first by default.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<EpisodeBy>>,
        #[graphql(desc = "Filters the list.")] filter: Option<EpisodeFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<EpisodeOrder>,
    ) -> Result<Connection<Episode>, Error> {
        let order = order_by.map_or(relation::root::EPISODES.order, |order| order.order());
        let filter = only(ctx, by, episode::conditions(ctx, filter).await?).await?;
        connect_filtered(ctx, &relation::root::EPISODES, [], order, filter)
    }

    /// All credits. By default, cast by billing and position, then crew by job.
    async fn credits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filters the list.")] filter: Option<CreditFilter>,
        #[graphql(desc = "Sort order.")] order_by: Option<CreditOrder>,
    ) -> Result<Connection<Credit>, Error> {
        let order = order_by.map_or(relation::root::CREDITS.order, |order| order.order());
        let filter = credit::conditions(ctx, filter).await?;
        connect_filtered(ctx, &relation::root::CREDITS, [], order, filter)
    }

    /// Looks up a platform by any of its names. Returns null if it does not exist.
    async fn platform(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The platform to look up.")] by: PlatformBy,
    ) -> Option<Result<Platform, Error>> {
        find(ctx, by).await
    }

    /// All platforms, by slug.
    async fn platforms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<PlatformBy>>,
    ) -> Result<Connection<Platform>, Error> {
        connect_only(ctx, &relation::availability::PLATFORMS, by).await
    }

    /// Looks up a source. Returns null if it does not exist.
    async fn source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source to look up.")] by: SourceBy,
    ) -> Option<Result<Source, Error>> {
        find(ctx, by).await
    }

    /// All sources, earliest first; those with an unknown date come last.
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<SourceBy>>,
    ) -> Result<Connection<Source>, Error> {
        connect_only(ctx, &relation::source::SOURCES, by).await
    }

    /// Looks up a claim. Returns null if it does not exist.
    async fn claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim to look up.")] by: ClaimBy,
    ) -> Option<Result<Claim, Error>> {
        find(ctx, by).await
    }

    /// All claims with their outcome, earliest first; those with an unknown date come last.
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only claims on this topic.")] about: Option<Topic>,
        #[graphql(
            desc = "Only claims whose `about` is this word, for topics that are `OTHER`. A word that no claim has is an error."
        )]
        word: Option<String>,
        #[graphql(desc = "Only claims with this outcome.")] status: Option<ClaimStatus>,
        #[graphql(
            desc = "Only claims made by this date, or by the end of this month or year; excludes unknown dates."
        )]
        as_of: Option<Date>,
        #[graphql(desc = "Only these, at most 100. One that does not exist is an error.")] by: Option<Vec<ClaimBy>>,
    ) -> Result<Connection<Claim>, Error> {
        let claims = &relation::source::ALL_CLAIMS;
        let filter = only(ctx, by, claim::conditions(ctx, (about, word), status, as_of).await?).await?;
        connect_filtered(ctx, claims, [], claims.order, filter)
    }

    /// How the recorded cast changed between two seasons: who joined, who left and who stayed.
    async fn cast_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First season.")] from: SeasonBy,
        #[graphql(desc = "Second season.")] to: SeasonBy,
    ) -> Result<CastChanges, Error> {
        let (earlier, later) = join!(row::argument(ctx, "from", from), row::argument(ctx, "to", to));
        Ok(CastChanges { earlier: earlier?, later: later? })
    }

    /// The state of the data, for caches and incremental updates.
    async fn data_version(&self, ctx: &Context<'_>) -> Result<DataVersion, Error> {
        DataVersion::read(ctx).await
    }

    /// How well the data is sourced: the number of facts with no source, one source, or several independent sources.
    async fn coverage(&self, ctx: &Context<'_>) -> Result<Coverage, Error> {
        Coverage::read(ctx).await
    }

    /// The release schedule, earliest first: each episode on the date it first aired or, with `territory`, on the dates
    /// it first became available there. Episodes without a known date are left out.
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On or after this date.")] from: Option<Date>,
        #[graphql(desc = "On or before this date; a month or year stands for all its days.")] to: Option<Date>,
        #[graphql(desc = "Only in this country (ISO 3166-1 code, such as `CA`).")] territory: Option<CountryCode>,
        #[graphql(desc = "Only episodes of this show.")] show: Option<ShowBy>,
    ) -> Result<Connection<Showing>, Error> {
        schedule::schedule(ctx, DateRange { from, to }, territory, show).await
    }

    /// Finds people, characters, shows, seasons, episodes, franchises and platforms by any of their names, best first. Case, accents and
    /// punctuation are ignored, and a word matches if it begins with the search word. If nothing matches, words may be
    /// joined or split (`jeanluc`) and numbers spelled out (`deep space 9`); if that does not match either, misspellings
    /// are tolerated: one error in words of four letters or more, two in words of eight or more. A season or an episode
    /// can follow the name of a show: `picard season 2`, `ds9 s04e05`. A text without letters and digits finds nothing.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words of a name, at most 200 characters.")] query: String,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<SearchKind>>,
    ) -> Result<SearchResults, Error> {
        search::search(&query, kinds.as_deref(), Paging::of(ctx)?)
    }

    #[graphql(flatten)]
    async fn connected(&self) -> GraphQueries {
        GraphQueries
    }
}

/// The items of a root list, or only those that `by` names.
async fn connect_only<I: Item, B: By>(
    ctx: &Context<'_>,
    list: &'static List<I::Row>,
    by: Option<Vec<B>>,
) -> Result<Connection<I>, Error>
where
    <B::Entity as EntityTrait>::Model: Id,
{
    connect_filtered(ctx, list, [], list.order, only(ctx, by, Vec::new()).await?)
}

/// Adds the condition that a row is one of those in `by`, if any are given.
async fn only<B: By>(
    ctx: &Context<'_>,
    by: Option<Vec<B>>,
    mut conditions: Vec<Condition>,
) -> Result<Vec<Condition>, Error>
where
    <B::Entity as EntityTrait>::Model: Id,
{
    if by.is_some() {
        conditions.push(Condition::new("t.id ?", [row::arguments(ctx, "by", by).await?.into()]));
    }
    Ok(conditions)
}
