//! The settings of the server. Each has a flag, an environment variable and a working default.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::{
    cli::Database,
    graphql::Review,
    guard::{self, Switch},
    web,
};

/// All settings of the server.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Config {
    /// Address and port to listen on; a port alone means 127.0.0.1, which only this machine can reach
    #[arg(long, env = "CASTGRAPH_LISTEN", default_value = "127.0.0.1:8080", value_name = "[ADDRESS:]PORT", value_parser = web::listen)]
    pub listen: SocketAddr,

    /// Format of the log: text for people, or one JSON object per line
    #[arg(long, env = "CASTGRAPH_LOG_FORMAT", default_value = "pretty", value_name = "pretty|json")]
    pub log_format: LogFormat,

    /// OpenTelemetry collector to send traces to, such as <http://127.0.0.1:4318/v1/traces>
    #[arg(long, env = "CASTGRAPH_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,

    /// Limits of connections and requests.
    #[command(flatten)]
    pub server: web::Settings,

    /// The database.
    #[command(flatten)]
    pub database: Database,

    /// URLs of PostgreSQL read replicas; castgraph reads from those that are at most --replica-lag behind
    #[arg(long, env = "CASTGRAPH_READ_URL", hide_env_values = true, value_delimiter = ',', value_name = "URL,…")]
    pub read_url: Vec<String>,

    /// URL of the same PostgreSQL database that bypasses a transaction pooler, to receive notifications of changes;
    /// without it, castgraph caches nothing behind such a pooler
    #[arg(long, env = "CASTGRAPH_NOTIFY_URL", hide_env_values = true, value_name = "URL")]
    pub notify_url: Option<String>,

    /// Maximum replication lag of a replica, in seconds
    #[arg(long, env = "CASTGRAPH_REPLICA_LAG", default_value_t = 5.0, value_name = "SECONDS", value_parser = web::seconds)]
    pub replica_lag: f64,

    /// Migrate the database at startup: `auto` creates the tables of a new database and migrates SQLite files, `on`
    /// migrates PostgreSQL too, `off` changes nothing
    #[arg(long, env = "CASTGRAPH_MIGRATE", default_value = "auto", value_name = "auto|on|off")]
    pub migrate: Migrate,

    /// Size of the cache for rows and answers, in bytes; 0 disables it
    #[arg(long, env = "CASTGRAPH_CACHE", default_value_t = 128 << 20, value_name = "BYTES")]
    pub cache: u64,

    /// Cache whole answers as well as rows
    #[arg(long, env = "CASTGRAPH_CACHE_ANSWERS", default_value = "on", value_name = "on|off")]
    pub cache_answers: Switch,

    /// Minimum time between two runs of a subscription, in seconds
    #[arg(long, env = "CASTGRAPH_LIVE_INTERVAL", default_value_t = 0.1, value_name = "SECONDS", value_parser = web::seconds)]
    pub live_interval: f64,

    /// How long a cursor of `changes` stays valid, in days; 0 means forever. The history of objects does not expire
    #[arg(long, env = "CASTGRAPH_CHANGE_RETENTION", default_value_t = 0.0, value_name = "DAYS", value_parser = days)]
    pub change_retention: f64,

    /// Changesets that wait for a reviewer: those of `editors`, `all`, or none (`off`)
    #[arg(long, env = "CASTGRAPH_REVIEW", default_value = "editors", value_name = "off|editors|all")]
    pub review: Review,

    /// Load rows in batches. Turn it off only to measure its effect
    #[arg(long, default_value = "on", value_name = "on|off", hide = true)]
    pub batch: Switch,

    /// Limits of documents, and access.
    #[command(flatten)]
    pub guard: guard::Settings,
}

/// Parses a number of days, up to a hundred years.
fn days(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(days) if (0.0..=36_500.0).contains(&days) => Ok(days),
        _ => Err("must be a number of days from 0 to 36500, such as 90".to_owned()),
    }
}

/// Whether to migrate the database at startup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Migrate {
    /// Migrates new databases and SQLite files, which no other process depends on.
    #[default]
    Auto,
    /// Always migrates. Older castgraph processes on the same PostgreSQL database may not support the new schema.
    On,
    /// Never migrates, and does not import data into an empty database.
    Off,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Pretty,
    /// One JSON object per line.
    Json,
}
