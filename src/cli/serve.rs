//! `castgraph serve`: from an address of a database to a server that answers.

use std::{
    error::Error,
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use entity::{franchise, person, show};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QuerySelect};
use tokio::{net::TcpListener, signal};

use super::{Outcome, calendar, migrate::migrations, output};
use crate::{
    config::{Config, Migrate},
    graphql::Api,
    guard::{self, Switch},
    import::{self, Leftovers},
    load::Cache,
    store::{self, Listener, Opening, Store},
    web::{self, Backend, Site, Traces},
};

pub(super) async fn serve(config: &Config) -> Outcome {
    let signals = Signals::new()?;
    // First, so that an address that is in use leaves no database behind.
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
    if !config.read_url.is_empty() {
        let (store, lag) = (store.clone(), Duration::from_secs_f64(config.replica_lag));
        tokio::spawn(async move { store.follow(lag).await });
    }
    tokio::spawn({
        let (store, graph) = (store.clone(), api.graph());
        async move {
            // The cache first: what the newer graph names must not be looked up among what was read before.
            let cache = cache.as_ref().map(|cache| cache as &dyn Listener);
            let listeners: Vec<&dyn Listener> = cache.into_iter().chain([&graph as &dyn Listener]).collect();
            store.watch(&listeners).await;
        }
    });
    let mut site = Site::new(api.clone(), config.server.clone()).with_routes(calendar::routes(api));
    if let Some(traces) = traces.clone() {
        site = site.with_traces(traces);
    }
    if let Some(listener) = operators {
        tracing::info!("metrics and health are at http://{}/", listener.local_addr()?);
        let site = site.clone();
        tokio::spawn(async move { web::serve_operators(&site, listener).await });
    }
    tell(config);
    let address = listener.local_addr()?;
    output::print(format_args!(
        "castgraph listens at http://{address}/\n  \
         http://{address}/explore  explore the cast graph\n  \
         http://{address}/         GraphiQL\n  \
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
            format!("another program listens at {address}; stop it, or choose another port with {setting}")
        }
        ErrorKind::PermissionDenied => {
            format!("permission denied to listen at {address}; choose a port from 1024 on with {setting}")
        }
        ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}; choose one of its own with {setting}", address.ip())
        }
        _ => format!("cannot listen at {address}: {reason}; choose another address with {setting}"),
    })
}

/// Checks all settings as far as that needs no database.
pub(super) fn check_settings(config: &Config) -> Result<(), String> {
    let problems = store::check(&config.database.database_url, &opening(config));
    let mut faults: Vec<String> = problems.iter().map(ToString::to_string).collect();
    faults.extend(guard::check_manifests(&config.guard.access).err());
    faults.extend(config.otlp_endpoint.as_deref().and_then(|endpoint| Traces::to(endpoint).err()));
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Says in the log what the settings leave open or switch off.
fn tell(config: &Config) {
    let access = &config.guard.access;
    if !config.listen.ip().is_loopback() && access.rate_limit == 0 {
        tracing::warn!("others can reach this address, and no client is limited; see --rate-limit");
    }
    if access.introspection == Switch::Off {
        tracing::info!("introspection is switched off; GraphiQL cannot complete what is typed");
    }
    if access.suggestions == Switch::Off {
        tracing::info!("suggestions are switched off");
    }
    if !access.trusted_documents.is_empty() {
        tracing::info!(others = ?access.untrusted_documents, "trusted documents are read from manifests");
    }
}

impl Backend for Api {
    async fn ready(&self) -> bool {
        self.ping().await.is_ok()
    }

    fn numbers(&self) -> Vec<(&'static str, &'static str, u64)> {
        let (bytes, documents) = self.kept_documents();
        let mut numbers = vec![
            ("kept_documents", "Documents that are kept parsed and checked", documents as u64),
            ("kept_documents_bytes", "The memory that they take, estimated", bytes),
        ];
        let (replicas, usable) = store::replicas(self.connections());
        if replicas > 0 {
            numbers.extend([
                ("replicas", "Replicas that the settings name", replicas as u64),
                ("replicas_read", "Replicas that are read from", usable as u64),
            ]);
        }
        let graph = self.graph().state();
        numbers.extend([
            ("graph_people", "People in the graph of who worked with whom", graph.people as u64),
            ("graph_credits", "Credits in the graph", graph.credits as u64),
            ("graph_bytes", "The memory that the graph takes", graph.bytes as u64),
            ("graph_builds_total", "How often a newer graph took the place of another", graph.builds),
            (
                "graph_build_milliseconds",
                "How long the last one took to make, with the reading",
                u64::try_from(graph.took.as_millis()).unwrap_or(u64::MAX),
            ),
        ]);
        if let Some(cache) = self.cache() {
            numbers.extend([
                ("answers_again_total", "Answers that were given again from memory", self.answers_again()),
                ("cache_hits_total", "Reads that were answered from memory", cache.hits),
                ("cache_misses_total", "Reads that were not", cache.misses),
                ("cache_drops_total", "How often a change of the database emptied the cache", cache.drops),
                ("cache_entries", "Rows, lists and counts in memory", cache.entries as u64),
                ("cache_bytes", "Their size, estimated", cache.bytes),
            ]);
        }
        numbers
    }
}

/// Opens the database, and makes it ready as far as the settings allow.
async fn open(config: &Config) -> Result<Store, Box<dyn Error>> {
    let store = Store::open_with(&config.database.database_url, &opening(config)).await?;
    if config.migrate == Migrate::Off {
        check(&store, config.migrate).await?;
    } else {
        store.alone(async |store| prepare(store, config.migrate).await).await?;
    }
    Ok(store)
}

/// How the settings want the database to be opened.
fn opening(config: &Config) -> Opening {
    Opening {
        replicas: config.read_url.clone(),
        notify_url: config.notify_url.clone(),
        longest: Some(config.server.request_timeout()),
        shared_schema: config.database.shared_schema,
    }
}

/// Refuses a database whose schema is old and may not be changed.
async fn check(store: &Store, migrate: Migrate) -> Result<(), Box<dyn Error>> {
    let (pending, is_new) = store.pending().await?;
    let may_migrate = match migrate {
        Migrate::On => true,
        Migrate::Auto => is_new || !store.is_postgres(),
        Migrate::Off => false,
    };
    if pending > 0 && !may_migrate {
        return Err(format!(
            "the database lacks {}; run castgraph migrate up, or start with --migrate on, once no older castgraph uses it",
            migrations(pending)
        )
        .into());
    }
    Ok(())
}

/// Brings the schema up to date and fills an empty database.
async fn prepare(store: &Store, migrate: Migrate) -> Result<(), Box<dyn Error>> {
    check(store, migrate).await?;
    match store.migrate().await? {
        0 => tracing::debug!("no migration is pending"),
        count => tracing::info!("applied {}", migrations(count)),
    }
    if is_empty(store.write()).await? {
        tracing::info!("the database is empty; importing the Star Trek set");
        let set = import::check(&import::embedded())?;
        let summary = import::apply(store.write(), &set, Leftovers::Keep).await?;
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

/// Signals by which a process is asked to stop.
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
    /// From now on such a signal does not end the process by itself.
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal::unix::signal(signal::unix::SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Ends with the next signal.
    #[cfg(unix)]
    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::ByPerson,
            _ = self.terminate.recv() => Asked::BySupervisor,
        }
    }

    /// Ends with the next signal.
    #[cfg(not(unix))]
    async fn next(&mut self) -> Asked {
        // Without the signal there is no such way to stop.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Asked::ByPerson
    }

    /// Ends when the process is asked to stop, and says how long requests are still taken: for `delay` if a supervisor
    /// stops it, so that load balancers notice, and no longer if a person does. A second signal ends the process at once.
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
