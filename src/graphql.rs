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
mod appearance;
mod performer;
mod recast;
mod multiple_roles;
mod returns;
mod absence;
mod cast_changes;
mod co_star;
mod response_cache;
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
mod source;
mod claim;
mod citation;
mod source_fields;
mod record_fields;
mod account;
mod changeset;
mod change_input;
mod mutation;
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
mod cursor;
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
    Context, Data, EmptySubscription, Executor, InputType, InputValueError, PathSegment, Pos, Request, Response,
    SDLExportOptions, ScalarType, Schema, SchemaBuilder, ServerError, ValidationMode, Value,
};
use futures_util::stream::{self, BoxStream, StreamExt};
use sea_orm::DatabaseConnection;

use crate::{
    account::{self as accounts, Refused, Viewer},
    code::Code,
    error::{self, Error},
    graph::GraphCache,
    guard::{self, Changes, Client, Document, Guarded, ParseScalar, RequestStats, Run, SchemaDefinition},
    load::{Cache, CacheState, Connections, Key, Loader, Reader, Replica, drive},
    written,
};
pub use calendar_feed::Feed;
use date::Date;
use mutation::{Mutation, MutationRoot, Writer};
pub use mutation::{PERMISSIONS, Review};
use query::Query;
use request_graph::RequestGraph;
use response_cache::{CacheableRequest, ResponseCache};
use schema_rules::Root;
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
    schema: Schema<Root, MutationRoot, EmptySubscription>,
    connections: Connections,
    cache: Option<Arc<Cache>>,
    /// `None` if responses are not cached.
    answers: Option<ResponseCache>,
    graph: Arc<GraphCache>,
    /// `None` if the data cannot be changed.
    writer: Option<Writer>,
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
        Self { schema, connections, cache, answers, graph, writer: None }
    }

    /// Runs a request. The flag says whether the response may be cached until the database changes.
    async fn answer(&self, request: Request) -> (Response, bool) {
        let tally =
            request.data.get(&TypeId::of::<Arc<RequestStats>>()).and_then(|tally| tally.downcast_ref()).cloned();
        let changes = request.data.contains_key(&TypeId::of::<Changes>());
        let fresh = changes || is_fresh(&request);
        let cache = self.cache.clone().filter(|_| !fresh);
        let read = if fresh { Reader::fresh } else { Reader::new };
        let loader = Arc::new(Loader::new(read(self.connections.clone()), cache));
        let is_current = loader.is_current();
        let casts = Arc::new(RequestGraph::new(Arc::clone(&self.graph), fresh));
        let mut request = request.data(Arc::clone(&loader)).data(Arc::clone(&casts));
        let written = Arc::new(AtomicBool::new(false));
        if let Some(writer) = &self.writer {
            request = request.data(Writer { written: Arc::clone(&written), ..writer.clone() });
        }
        let mut response = drive(Arc::clone(&loader), self.schema.execute(request)).await;
        if written.load(Ordering::Acquire)
            && let Some(cache) = &self.cache
        {
            // The listener hears of the commit too, but the client may be faster.
            cache.invalidate_all();
        }
        sort_errors(&mut response.errors);
        response.errors.truncate(MOST_ERRORS);
        response.errors.iter_mut().for_each(error::add_code);
        if let Some(tally) = tally {
            let tally: Arc<RequestStats> = tally;
            tally.read(loader.statements(), loader.rows());
        }
        let stays = is_current && response.errors.is_empty() && !casts.was_used();
        (response, stays)
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

/// Whether the caller asked for fresh data, which bypasses the cache and the replicas.
fn is_fresh(request: &Request) -> bool {
    request.extensions.0.get("fresh") == Some(&Value::Boolean(true))
}

impl Run for Cast {
    async fn run(&self, mut request: Request, document: &Document) -> Response {
        let welcome = request.data.contains_key(&TypeId::of::<written::Welcome>())
            && !request.data.contains_key(&TypeId::of::<Changes>())
            && !document.selects(request.operation_name.as_deref(), OF_VIEWER)
            && !is_fresh(&request);
        let answers = self.answers.as_ref().filter(|_| welcome);
        let question = answers.and_then(|answers| answers.question(&request, document));
        if let Some(answer) = question.as_ref().and_then(CacheableRequest::again) {
            return answer;
        }
        let document = document.executable(request.operation_name.as_deref(), &request.variables);
        request.set_parsed_query(document);
        // Boxed because the future is large and would be moved through every layer of the server.
        let (answer, stays) = Box::pin(self.answer(request)).await;
        match question {
            Some(question) if stays => question.keep(answer),
            _ => answer,
        }
    }
}

impl Executor for Cast {
    async fn execute(&self, request: Request) -> Response {
        self.answer(request).await.0
    }

    fn execute_stream(&self, _: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let error = Code::Validation.error("the schema has no subscriptions");
        stream::once(async { Response::from_errors(vec![error]) }).boxed()
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

fn builder() -> SchemaBuilder<Root, MutationRoot, EmptySubscription> {
    Schema::build(Root(Query), MutationRoot(Mutation), EmptySubscription)
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
