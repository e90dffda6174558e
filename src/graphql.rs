//! The GraphQL API: one public type per file. Resolvers are thin: each names a column, a relation or a function.
//!
//! API types are `row::Row`s with hand-written fields. Relations are the lists in [`crate::relation`], read through the
//! request's [`Loader`]; no resolver uses the database directly.

mod query;
mod franchise;
mod show;
mod show_link;
mod season;
mod episode;
mod person;
mod character;
mod character_link;
mod credit;
mod role;
mod appearance;
mod performer;
mod recast;
mod multiple_roles;
mod returns;
mod absence;
mod cast_changes;
mod co_star;
mod response_cache;
mod object_counts;
mod request_graph;
mod link_options;
mod graph_queries;
mod path;
mod degree;
mod cast_overlap;
mod neighbourhood;
mod platform;
mod territory;
mod availability;
mod offer;
mod funding;
mod money;
mod media;
mod external_id;
mod picture;
mod source;
mod claim;
mod citation;
mod source_fields;
mod record_fields;
mod read_position;
mod topic;
mod data_version;
mod account;
mod changeset;
mod feed;
mod change_input;
mod mutation;
mod subscription;
mod live_run;
mod release_fields;
mod coverage;
mod schedule;
mod search;
mod calendar_feed;
mod node;
mod row;
mod executor;
mod schema_rules;
mod introspection;
mod interfaces;
mod connection;
mod found_connection;
mod page_info;
mod filter;
mod order;
mod date;

use std::{
    any::TypeId,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{
    Context, Data, Executor, InputType, InputValueError, PathSegment, Pos, Request, Response, SDLExportOptions,
    ScalarType, Schema, SchemaBuilder, ServerError, ValidationMode, Value,
};
use futures_util::stream::{self, BoxStream, StreamExt};
use sea_orm::DatabaseConnection;

use crate::{
    account::{self as accounts, Refused, Viewer},
    change::log::{self, Position},
    error::{self, Error},
    graph::GraphCache,
    guard::{
        self, Answers, Changes, Client, Document, Guarded, ObjectCounts, ParseScalar, RequestStats, Run,
        SchemaDefinition,
    },
    live::{Commits, Live, Pace},
    load::{Cache, CacheState, Connections, Dependencies, Key, Loader, Reader, Replica, drive},
    relation::touched::touched,
    written,
};
pub use calendar_feed::Feed;
use date::Date;
use mutation::{Mutation, MutationRoot, Writer};
pub use mutation::{PERMISSIONS, Review};
use object_counts::CountObjects;
use query::Query;
use read_position::ReadPosition;
use request_graph::RequestGraph;
use response_cache::{CacheableRequest, ResponseCache};
use schema_rules::Root;
use subscription::{FEED, Subscription};
use territory::CountryCode;

/// Extra cost of derived fields per parent, in objects: these fields read many credits to return few rows.
pub const WEIGHTS: &[(&str, u64)] = &[
    ("Mutation.submitChangeset", 500),
    ("Mutation.acceptChangeset", 500),
    ("Mutation.undoChangeset", 500),
    ("Query.coverage", 5_000),
    ("Query.castChanges", 50),
    ("Query.schedule", 50),
    ("Query.search", 200),
    ("Subscription.schedule", 50),
    ("Subscription.search", 200),
    ("Query.path", 200),
    ("Query.paths", 500),
    ("Query.withinDegrees", 5_000),
    ("Query.centrality", 5_000),
    ("Query.sharedCast", 200),
    ("Query.sharedShows", 50),
    ("Query.castOverlap", 500),
    ("Query.bridges", 500),
    ("Query.neighbourhood", 500),
    ("Franchise.recasts", 1_000),
    ("Franchise.multipleRoles", 1_000),
    ("Franchise.absences", 1_000),
    ("Show.returns", 100),
    ("Show.recasts", 100),
    ("Show.multipleRoles", 100),
    ("Season.returns", 50),
    ("Season.recasts", 50),
    ("Season.multipleRoles", 50),
    ("Production.returns", 100),
    ("Production.recasts", 100),
    ("Production.multipleRoles", 100),
    ("Person.coStars", 50),
    ("Character.performers", 10),
];

/// The custom scalars of arguments.
const SCALARS: &[(&str, ParseScalar)] = &[("CountryCode", parse::<CountryCode>), ("PartialDate", parse::<Date>)];

/// Why `T` does not take a value, without the name of the scalar, which the guard adds.
fn parse<T: ScalarType + InputType>(value: Value) -> Result<(), String> {
    let reason = |error: InputValueError<T>| {
        let message = error.into_server_error(Pos::default()).message;
        if message.starts_with("Expected input type") {
            return "it must be a string".to_owned();
        }
        let prefix = format!("Failed to parse \"{}\": ", <T as InputType>::type_name());
        message.strip_prefix(&prefix).map_or_else(|| message.clone(), str::to_owned)
    };
    ScalarType::parse(value).map(drop::<T>).map_err(reason)
}

/// The schema `sdl` as the guard needs it.
pub fn described(sdl: &str) -> SchemaDefinition<'_> {
    SchemaDefinition { sdl, weights: WEIGHTS, scalars: SCALARS }
}

/// Root fields whose value depends on who asks.
const OF_VIEWER: &[&str] = &["viewer", "accounts", "accessKeys"];

/// Maximum number of errors in a response. When every object of a page fails, further errors add nothing.
const MOST_ERRORS: usize = 100;

/// The API: the schema and its database, behind the guard.
#[derive(Clone)]
pub struct Api {
    guarded: Guarded<Cast>,
}

/// The schema and its database, without the guard.
#[derive(Clone)]
pub struct Cast {
    schema: Schema<Root, MutationRoot, Subscription>,
    connections: Connections,
    cache: Option<Arc<Cache>>,
    /// `None` if responses are not cached.
    answers: Option<ResponseCache>,
    graph: Arc<GraphCache>,
    /// `None` if the data cannot be changed.
    writer: Option<Writer>,
    live: Arc<Live>,
    feed: FeedSettings,
}

/// Settings of the feed of changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedSettings {
    /// How long cursors last; `None` if they last forever.
    pub retention: Option<std::time::Duration>,
}

impl Api {
    /// Creates the API on `database`, with an optional `cache` and the limits in `settings`.
    ///
    /// # Errors
    ///
    /// Returns the reasons if a manifest of trusted documents cannot be read or contains a document that is not
    /// allowed.
    pub fn new(
        database: impl Into<Connections>,
        cache: Option<Arc<Cache>>,
        settings: &guard::Settings,
    ) -> Result<Self, String> {
        Ok(Self { guarded: Guarded::new(Cast::new(database, cache), settings, &described(&sdl()))? })
    }

    /// Lets accounts change the data, through the pool `db` for writes.
    #[must_use]
    pub fn writing(mut self, db: DatabaseConnection, review: Review) -> Self {
        self.guarded.inner_mut().writer = Some(Writer { db, review, written: Arc::default() });
        self
    }

    /// Sets how often subscriptions run and how long cursors of the feed last.
    #[must_use]
    pub fn live(mut self, pace: Pace, feed: FeedSettings) -> Self {
        let inner = self.guarded.inner_mut();
        inner.live = Arc::new(Live::new(Arc::clone(inner.live.commits()), pace));
        inner.feed = feed;
        self
    }

    /// The commits that subscriptions follow. Without a change listener, they look for changes once a second.
    pub fn commits(&self) -> Arc<Commits> {
        Arc::clone(self.guarded.inner().live.commits())
    }

    /// Number of times that operations have run for subscribers.
    pub fn live_runs(&self) -> u64 {
        self.guarded.inner().live.runs()
    }

    /// The account that a key opens. Without a way to write, no key opens anything.
    ///
    /// # Errors
    ///
    /// If the database fails. The inner error says why the key opens nothing.
    pub async fn open(&self, key: &str) -> Result<Result<Viewer, Refused>, Error> {
        let Some(writer) = &self.guarded.inner().writer else { return Ok(Err(Refused::Unknown)) };
        let now = accounts::now();
        let opened = accounts::open(self.connections().primary(), key, &now).await?;
        if let Ok(viewer) = &opened
            && !viewer.was_used_at(&now)
        {
            // Nobody waits for it, and it matters little if it fails.
            let (db, key) = (writer.db.clone(), viewer.key);
            tokio::spawn(async move {
                if let Err(reason) = accounts::note_use(&db, key, &now).await {
                    tracing::debug!(%reason, "the use of a key was not noted");
                }
            });
        }
        Ok(opened)
    }

    /// Charges a client's rate limit for work done outside the API.
    ///
    /// # Errors
    ///
    /// Fails if the client has exceeded its rate limit.
    pub fn charge(&self, client: Client, cost: u64) -> Result<(), ServerError> {
        self.guarded.charge(client, cost)
    }

    /// Runs a trusted request, bypassing the guard.
    async fn run(&self, request: Request) -> Response {
        self.guarded.inner().execute(request).await
    }

    /// Checks that the database responds.
    pub async fn ping(&self) -> Result<(), Error> {
        let connections = &self.guarded.inner().connections;
        // One usable replica is enough to serve the API.
        if connections.replicas().iter().any(Replica::is_usable) {
            return Ok(());
        }
        Ok(connections.primary().ping().await?)
    }

    /// The database connections of the API.
    pub fn connections(&self) -> &Connections {
        &self.guarded.inner().connections
    }

    /// State of the cache, if there is one.
    pub fn cache(&self) -> Option<CacheState> {
        self.guarded.inner().cache.as_ref().map(|cache| cache.state())
    }

    /// Number of responses served from the cache.
    pub fn answers_again(&self) -> u64 {
        self.guarded.inner().answers.as_ref().map_or(0, ResponseCache::hits)
    }

    /// Maintains the graph of who worked with whom. Without a change listener, every graph query first checks for
    /// changes.
    pub fn graph(&self) -> Arc<GraphCache> {
        Arc::clone(&self.guarded.inner().graph)
    }

    /// Admits an operation of any kind.
    ///
    /// # Errors
    ///
    /// Returns the response that says why it may not run.
    pub async fn begin(&self, request: Request) -> Result<Answers, Response> {
        self.guarded.begin(request).await
    }

    /// Size in bytes and number of the parsed documents cached by the guard.
    pub fn kept_documents(&self) -> (u64, usize) {
        self.guarded.kept()
    }
}

impl Executor for Api {
    async fn execute(&self, request: Request) -> Response {
        self.guarded.execute(request).await
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.guarded.execute_stream(request, session)
    }
}

impl Cast {
    /// Creates the schema on `database`, with an optional `cache`.
    pub fn new(database: impl Into<Connections>, cache: Option<Arc<Cache>>) -> Self {
        // The guard has already validated the document, with stricter rules than async-graphql's.
        let schema = builder().validation_mode(ValidationMode::Fast).disable_introspection().finish();
        let connections = database.into();
        let graph = GraphCache::new(connections.primary().clone());
        let answers = cache.clone().filter(|cache| cache.caches_answers()).map(ResponseCache::new);
        let live = Arc::new(Live::new(Arc::default(), Pace::default()));
        Self { schema, connections, cache, answers, graph, writer: None, live, feed: FeedSettings::default() }
    }

    /// Runs a request. Also returns what the response depends on, if it `may_stay` in the cache.
    async fn answer(&self, request: Request, may_stay: bool) -> (Response, Option<Dependencies>) {
        let tally = guard::data::<Arc<RequestStats>>(&request).cloned();
        let changes = request.data.contains_key(&TypeId::of::<Changes>());
        // A run for subscribers must not miss the commit that caused it.
        let reader = Reader::new(self.connections.clone());
        let lags = request.data.contains_key(&TypeId::of::<live_run::ForSubscribers>()) && !reader.is_current();
        let positioned = request.data.contains_key(&TypeId::of::<ReadPosition>());
        let fresh = changes || lags || positioned || is_fresh(&request);
        let cache = self.cache.clone().filter(|_| !fresh);
        let reader = if fresh { Reader::fresh(self.connections.clone()) } else { reader };
        let loader = Loader::new(reader, cache);
        let loader = Arc::new(if may_stay { loader.collecting() } else { loader });
        let is_current = loader.is_current();
        let casts = Arc::new(RequestGraph::new(Arc::clone(&self.graph), fresh));
        let mut request = request.data(Arc::clone(&loader)).data(Arc::clone(&casts)).data(self.feed);
        let written = Arc::new(AtomicBool::new(false));
        if let Some(writer) = &self.writer {
            request = request.data(Writer { written: Arc::clone(&written), ..writer.clone() });
        }
        let before = match &self.cache {
            Some(_) if changes => log::position(self.connections.primary()).await.ok(),
            _ => None,
        };
        let mut response = drive(Arc::clone(&loader), self.schema.execute(request)).await;
        if written.load(Ordering::Acquire) {
            // The change listener does it too, but perhaps only after the client's next request.
            if let Some(cache) = &self.cache {
                self.drop_changed(cache, before).await;
            }
            self.live.commits().committed();
        }
        sort_errors(&mut response.errors);
        response.errors.truncate(MOST_ERRORS);
        response.errors.iter_mut().for_each(error::add_code);
        if let Some(tally) = tally {
            let tally: Arc<RequestStats> = tally;
            tally.read(loader.statements(), loader.rows());
        }
        let stays = is_current && response.errors.is_empty() && !casts.was_used();
        (response, loader.take_dependencies().filter(|_| stays))
    }

    /// Like [`Self::answer`], at a [`ReadPosition`] if the request needs one.
    async fn answer_positioned(
        &self,
        mut request: Request,
        needs_position: bool,
        may_stay: bool,
    ) -> (Response, Option<Dependencies>) {
        if needs_position {
            match ReadPosition::read(self.connections.primary()).await {
                Ok(position) => request = request.data(position),
                Err(reason) => return (failed(reason.into()), None),
            }
        }
        // Boxed because the future is large and would be moved through every layer of the server.
        Box::pin(self.answer(request, may_stay)).await
    }

    /// Drops what depends on what was changed since a position. If that is not known, clears the cache.
    async fn drop_changed(&self, cache: &Cache, since: Option<Position>) {
        let changes = match since {
            Some(position) => log::since(self.connections.primary(), position).await.ok(),
            None => None,
        };
        match changes.and_then(|(changes, _)| touched(&changes)) {
            Some(touched) => cache.touch(&touched),
            None => cache.invalidate_all(),
        }
    }
}

/// Orders errors by their place in the document and in the response instead of by the time at which they occurred, which
/// depends on what is cached.
fn sort_errors(errors: &mut Vec<ServerError>) {
    let place = |error: &ServerError| {
        let location = error.locations.first().map(|at| (at.line, at.column));
        let path = error.path.iter().map(|segment| match segment {
            PathSegment::Field(name) => (0, name.clone()),
            PathSegment::Index(index) => (*index, String::new()),
        });
        (location, path.collect::<Vec<_>>())
    };
    errors.sort_by_cached_key(place);
    // A field that is selected twice fails twice.
    errors.dedup_by(|one, other| one.message == other.message && place(one) == place(other));
}

/// The response to a request that failed before it ran.
fn failed(reason: Error) -> Response {
    let mut error = async_graphql::Error::from(reason).into_server_error(Pos::default());
    error.locations.clear();
    error::add_code(&mut error);
    Response::from_errors(vec![error])
}

/// Whether the caller asked for fresh data, which bypasses the cache and the replicas.
fn is_fresh(request: &Request) -> bool {
    request.extensions.0.get("fresh") == Some(&Value::Boolean(true))
}

impl Run for Cast {
    async fn run(&self, mut request: Request, document: &Document) -> Response {
        let needs_position = ReadPosition::is_needed(document);
        let welcome = request.data.contains_key(&TypeId::of::<written::Welcome>())
            && !request.data.contains_key(&TypeId::of::<Changes>())
            && !needs_position
            && !document.selects(request.operation_name.as_deref(), OF_VIEWER)
            && !is_fresh(&request);
        // The feed of changes gets shorter with time, without a commit.
        let lasts = self.feed.retention.is_none() || !document.mentions(FEED);
        let answers = self.answers.as_ref().filter(|_| welcome && lasts);
        let question = answers.and_then(|answers| answers.question(&request, document));
        if let Some(answer) = question.as_ref().and_then(CacheableRequest::again) {
            return answer;
        }
        let document = document.executable(request.operation_name.as_deref(), &request.variables);
        request.set_parsed_query(document);
        let (answer, dependencies) = self.answer_positioned(request, needs_position, question.is_some()).await;
        match (question, dependencies) {
            (Some(question), Some(dependencies)) => question.keep(answer, dependencies),
            _ => answer,
        }
    }

    fn subscribe(&self, request: Request, document: Arc<Document>) -> BoxStream<'static, Response> {
        self.live.subscribe(live_run::question(self, request, &document))
    }

    async fn counts(&self) -> Arc<ObjectCounts> {
        let loader = Arc::new(Loader::new(Reader::new(self.connections.clone()), self.cache.clone()));
        match drive(Arc::clone(&loader), loader.get(CountObjects)).await {
            Ok(counts) => counts.unwrap_or_default(),
            Err(reason) => {
                // The estimate is then too high, which is safe.
                tracing::debug!(?reason, "objects were not counted");
                Arc::default()
            }
        }
    }
}

impl Executor for Cast {
    async fn execute(&self, request: Request) -> Response {
        self.answer(request, false).await.0
    }

    /// The response to a trusted query or mutation. Subscriptions need a document that the guard has parsed.
    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let cast = self.clone();
        stream::once(async move { cast.execute(request).await }).boxed()
    }
}

/// What the schema is for.
const DESCRIPTION: &str = "Who played whom, in what, when, and who came back.";

/// The schema in SDL, as in `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().use_space_ident().prefer_single_line_descriptions();
    let sdl = builder().finish().sdl_with_options(options);
    // async-graphql has no place for the description of a schema.
    let interfaces = interfaces::definitions(&sdl);
    sdl.replace("\nschema {", &format!("{interfaces}\n\"{DESCRIPTION}\"\nschema {{"))
}

fn builder() -> SchemaBuilder<Root, MutationRoot, Subscription> {
    Schema::build(Root(Query), MutationRoot(Mutation), Subscription)
}

/// Loads the value of `key`, if there is one.
async fn get<K: Key>(ctx: &Context<'_>, key: K) -> Result<Option<K::Value>, Error> {
    loader(ctx)?.get(key).await
}

/// The loader of this request.
fn loader<'a>(ctx: &Context<'a>) -> Result<&'a Loader, Error> {
    match ctx.data::<Arc<Loader>>() {
        Ok(loader) => Ok(loader),
        Err(_) => Err(Error::internal("the request has no loader")),
    }
}
