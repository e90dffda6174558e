//! `castgraph serve`: opens the database and runs the server.

use std::{
    error::Error,
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use async_graphql::{Request, Response};
use entity::{changeset::Origin, franchise, person, show};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QuerySelect};
use tokio::{net::TcpListener, signal};

use super::{Outcome, calendar_route, migrate::migrations, output};
use crate::{
    account::{self, Refused, Viewer},
    change::{self, Heading},
    config::{Config, Migrate},
    graphql::{Api, FeedSettings},
    guard::{self, Answers, Switch},
    import::{self, Leftovers},
    live::Pace,
    load::Cache,
    store::{self, Listener, Opening, Store},
    web::{self, Backend, Server, Traces},
};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

pub(super) async fn serve(config: &Config) -> Outcome {
    let signals = Signals::new()?;
    // Before the database is opened, so that no database is created if the address is in use.
    let listener = bind(config.listen, "--listen").await?;
    let operators = match config.server.metrics_listen {
        Some(address) => Some(bind(address, "--metrics-listen").await?),
        None => None,
    };
    let traces = config.otlp_endpoint.as_deref().map(Traces::to).transpose()?;
    guard::check_manifests(&config.guard.access)?;
    let store = open(config).await?;
    let cache = (config.cache > 0).then(|| Cache::new(config.cache));
    let cache = cache.map(|cache| if config.cache_answers == Switch::On { cache } else { cache.without_answers() });
    let cache = cache.map(Arc::new);
    if config.batch == Switch::Off {
        store.connections().read_one_by_one();
    }
    let api = Api::new(store.connections().clone(), cache.clone(), &config.guard)?;
    let retention = config.change_retention;
    let feed = FeedSettings { retention: (retention > 0.0).then(|| Duration::from_secs_f64(retention * DAY)) };
    let pace =
        Pace { interval: Duration::from_secs_f64(config.live_interval), time_limit: config.server.request_timeout() };
    let api = api.writing(store.write().clone(), config.review).live(pace, feed);
    if !config.read_url.is_empty() {
        let (store, lag) = (store.clone(), Duration::from_secs_f64(config.replica_lag));
        tokio::spawn(async move { store.follow(lag).await });
    }
    tokio::spawn({
        let (store, graph, commits) = (store.clone(), api.graph(), api.commits());
        async move {
            // The cache first: a newer graph must not be combined with cached rows from before the change. Subscriptions last:
            // they read both.
            let cache = cache.as_ref().map(|cache| cache as &dyn Listener);
            let listeners: Vec<&dyn Listener> = cache.into_iter().chain([&graph as &dyn Listener, &commits]).collect();
            store.watch(&listeners).await;
        }
    });
    let mut site = Server::new(api.clone(), config.server.clone()).with_routes(calendar_route::routes(api));
    if let Some(traces) = traces.clone() {
        site = site.with_traces(traces);
    }
    if let Some(listener) = operators {
        tracing::info!("metrics and health checks are at http://{}/", listener.local_addr()?);
        let site = site.clone();
        tokio::spawn(async move { web::serve_operators(&site, listener).await });
    }
    tell(config);
    let address = listener.local_addr()?;
    output::print(format_args!(
        "castgraph listens at http://{address}/\n  \
         http://{address}/explore  explore the cast graph\n  \
         http://{address}/         GraphiQL\n  \
         http://{address}/schema   the schema as a drawing\n  \
         http://{address}/graphql  the endpoint\n"
    ))?;
    web::serve(&site, listener, signals.stop(config.server.stop_delay())).await;
    if let Some(traces) = traces {
        tokio::task::spawn_blocking(move || traces.finish()).await?;
    }
    Ok(store.close().await?)
}

async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|reason| match reason.kind() {
        ErrorKind::AddrInUse => {
            format!("{address} is already in use; stop the other program, or choose another port with {setting}")
        }
        ErrorKind::PermissionDenied => {
            format!("no permission to listen at {address}; choose a port above 1023 with {setting}")
        }
        ErrorKind::AddrNotAvailable => {
            format!("{} is not an address of this machine; choose another with {setting}", address.ip())
        }
        _ => format!("cannot listen at {address}: {reason}; choose another address with {setting}"),
    })
}

/// Checks all settings, as far as possible without a database.
pub(super) fn check_settings(config: &Config) -> Result<(), String> {
    let problems = store::check(&config.database.database_url, &opening(config));
    let mut faults: Vec<String> = problems.iter().map(ToString::to_string).collect();
    faults.extend(guard::check_manifests(&config.guard.access).err());
    faults.extend(config.otlp_endpoint.as_deref().and_then(|endpoint| Traces::to(endpoint).err()));
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Logs settings that leave the server open or disable features.
fn tell(config: &Config) {
    let access = &config.guard.access;
    if !config.listen.ip().is_loopback() && access.rate_limit == 0 {
        tracing::warn!("other machines can reach this address, and there is no rate limit; see --rate-limit");
    }
    if access.introspection == Switch::Off {
        tracing::info!("introspection is off; GraphiQL has no documentation or completion");
    }
    if access.suggestions == Switch::Off {
        tracing::info!("suggestions are off");
    }
    if !access.trusted_documents.is_empty() {
        tracing::info!(others = ?access.untrusted_documents, "using trusted documents from manifests");
    }
}

impl Backend for Api {
    async fn open(&self, key: &str) -> Result<Result<Viewer, Refused>, crate::error::Error> {
        Self::open(self, key).await
    }

    async fn begin(&self, request: Request) -> Result<Answers, Response> {
        Self::begin(self, request).await
    }

    async fn ready(&self) -> bool {
        self.ping().await.is_ok()
    }

    fn numbers(&self) -> Vec<(&'static str, &'static str, u64)> {
        let (bytes, documents) = self.kept_documents();
        let mut numbers = vec![
            ("kept_documents", "Parsed and validated documents in memory", documents as u64),
            ("kept_documents_bytes", "Estimated size of these documents, in bytes", bytes),
        ];
        let (replicas, usable) = store::replicas(self.connections());
        if replicas > 0 {
            numbers.extend([
                ("replicas", "Configured replicas", replicas as u64),
                ("replicas_read", "Replicas in use", usable as u64),
            ]);
        }
        numbers.push(("live_runs_total", "Operations run for subscribers", self.live_runs()));
        let graph = self.graph().state();
        numbers.extend([
            ("graph_people", "People in the cast graph", graph.people as u64),
            ("graph_credits", "Credits in the cast graph", graph.credits as u64),
            ("graph_bytes", "Size of the cast graph, in bytes", graph.bytes as u64),
            ("graph_builds_total", "Builds of the cast graph from the whole database", graph.builds),
            ("graph_updates_total", "Updates of the cast graph by changes", graph.updates),
            ("graph_edits", "Changes since the arrays of the cast graph were packed", graph.edits as u64),
            (
                "graph_build_milliseconds",
                "Duration of the last build, including reads from the database",
                u64::try_from(graph.took.as_millis()).unwrap_or(u64::MAX),
            ),
        ]);
        if let Some(cache) = self.cache() {
            numbers.extend([
                ("answers_again_total", "Answers from the cache", self.answers_again()),
                ("cache_hits_total", "Reads answered from the cache", cache.hits),
                ("cache_misses_total", "Reads not answered from the cache", cache.misses),
                ("cache_stale_total", "Cached results dropped because what they depend on had changed", cache.stale),
                ("cache_drops_total", "Times that the whole cache was cleared", cache.drops),
                ("cache_entries", "Rows, lists and counts in the cache", cache.entries as u64),
                ("cache_bytes", "Estimated size of the cache, in bytes", cache.bytes),
            ]);
        }
        numbers
    }
}

/// Opens the database, and prepares it as far as the settings allow.
async fn open(config: &Config) -> Result<Store, Box<dyn Error>> {
    let store = Store::open_with(&config.database.database_url, &opening(config)).await?;
    if config.migrate == Migrate::Off {
        check(&store, config.migrate).await?;
    } else {
        store.alone(async |store| prepare(store, config.migrate).await).await?;
    }
    Ok(store)
}

/// How to open the database, according to the settings.
fn opening(config: &Config) -> Opening {
    Opening {
        replicas: config.read_url.clone(),
        notify_url: config.notify_url.clone(),
        longest: Some(config.server.request_timeout()),
        shared_schema: config.database.shared_schema,
    }
}

/// Fails if the schema is out of date and must not be migrated.
async fn check(store: &Store, migrate: Migrate) -> Result<(), Box<dyn Error>> {
    let (pending, is_new) = store.pending().await?;
    let may_migrate = match migrate {
        Migrate::On => true,
        Migrate::Auto => is_new || !store.is_postgres(),
        Migrate::Off => false,
    };
    if pending > 0 && !may_migrate {
        return Err(format!(
            "the database needs {}; run castgraph migrate up or start with --migrate on, once no older version uses it",
            migrations(pending)
        )
        .into());
    }
    Ok(())
}

/// Migrates the schema, and imports the Star Trek data set into an empty database.
async fn prepare(store: &Store, migrate: Migrate) -> Result<(), Box<dyn Error>> {
    check(store, migrate).await?;
    match store.migrate().await? {
        0 => tracing::debug!("no migrations are pending"),
        count => tracing::info!("applied {}", migrations(count)),
    }
    if is_empty(store.write()).await? {
        tracing::info!("the database is empty; importing the Star Trek data set");
        let set = import::check(&import::embedded())?;
        let heading = Heading::new(Origin::Import, None, "The Star Trek data set", account::now());
        let summary = change::import(store.write(), &set, Leftovers::Keep, heading).await?;
        tracing::info!("imported {}", summary.line());
    }
    Ok(())
}

async fn is_empty(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(none::<franchise::Entity>(db).await? && none::<show::Entity>(db).await? && none::<person::Entity>(db).await?)
}

async fn none<E: EntityTrait>(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(E::find().limit(1).one(db).await?.is_none())
}

/// The signals that ask the process to stop.
struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

#[derive(PartialEq, Eq)]
enum Asked {
    ByPerson,
    BySupervisor,
}

impl Signals {
    /// Installs the handlers; from now on the signals do not kill the process.
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal::unix::signal(signal::unix::SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::ByPerson,
            _ = self.terminate.recv() => Asked::BySupervisor,
        }
    }

    /// Waits for the next signal.
    #[cfg(not(unix))]
    async fn next(&mut self) -> Asked {
        // The handler cannot be installed, so the signal never comes.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Asked::ByPerson
    }

    /// Waits until the process is asked to stop. Returns how long to accept further requests: `delay` if a supervisor
    /// stops the process, so that load balancers notice, and zero if a person does. A second signal exits immediately.
    async fn stop(mut self, delay: Duration) -> Duration {
        let delay = if self.next().await == Asked::ByPerson { Duration::ZERO } else { delay };
        tracing::info!("finishing open requests; send the signal again to stop immediately");
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("stopped immediately; open requests were not answered");
            std::process::exit(1);
        });
        delay
    }
}
