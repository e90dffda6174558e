//! The settings of the server: each has a flag, an environment variable and a default that works.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::{
    cli::Database,
    guard::{self, Switch},
    web,
};

/// All settings of the server.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Config {
    /// Address and port to listen at; a port alone means 127.0.0.1, which only this machine can reach
    #[arg(long, env = "CASTGRAPH_LISTEN", default_value = "127.0.0.1:8080", value_name = "[ADDRESS:]PORT", value_parser = web::listen)]
    pub listen: SocketAddr,

    /// Format of the log: text for people, or one JSON object a line
    #[arg(long, env = "CASTGRAPH_LOG_FORMAT", default_value = "pretty", value_name = "pretty|json")]
    pub log_format: LogFormat,

    /// OpenTelemetry collector to send traces to, such as <http://127.0.0.1:4318/v1/traces>
    #[arg(long, env = "CASTGRAPH_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,

    /// Times and sizes of connections and requests.
    #[command(flatten)]
    pub server: web::Settings,

    /// Where the data is.
    #[command(flatten)]
    pub database: Database,

    /// PostgreSQL read replicas; castgraph reads from those within --replica-lag
    #[arg(long, env = "CASTGRAPH_READ_URL", hide_env_values = true, value_delimiter = ',', value_name = "URL,…")]
    pub read_url: Vec<String>,

    /// A URL of the same PostgreSQL database that bypasses a transaction pooler. Changes are reported over it; without it
    /// nothing is cached behind such a pooler
    #[arg(long, env = "CASTGRAPH_NOTIFY_URL", hide_env_values = true, value_name = "URL")]
    pub notify_url: Option<String>,

    /// How far a replica may lag behind, in seconds
    #[arg(long, env = "CASTGRAPH_REPLICA_LAG", default_value_t = 5.0, value_name = "SECONDS", value_parser = web::seconds)]
    pub replica_lag: f64,

    /// Migrate the database at the start: `auto` creates the tables of a new database and migrates SQLite files, `on`
    /// migrates PostgreSQL too, `off` changes nothing
    #[arg(long, env = "CASTGRAPH_MIGRATE", default_value = "auto", value_name = "auto|on|off")]
    pub migrate: Migrate,

    /// Size of the cache of rows and answers, in bytes; 0 disables it
    #[arg(long, env = "CASTGRAPH_CACHE", default_value_t = 128 << 20, value_name = "BYTES")]
    pub cache: u64,

    /// Cache whole answers as well as rows
    #[arg(long, env = "CASTGRAPH_CACHE_ANSWERS", default_value = "on", value_name = "on|off")]
    pub cache_answers: Switch,

    /// Whether rows that are wanted at once are read at once. Off only to measure what that saves
    #[arg(long, default_value = "on", value_name = "on|off", hide = true)]
    pub batch: Switch,

    /// What documents may ask, and who.
    #[command(flatten)]
    pub guard: guard::Settings,
}

/// Whether the schema of the database may be changed at the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Migrate {
    /// Where nobody else can mind: in a new database, and in an SQLite file.
    #[default]
    Auto,
    /// Always. Other castgraphs on the same PostgreSQL may not know the new schema.
    On,
    /// Never, nor is an empty database filled.
    Off,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For programs: one JSON object a line.
    Json,
}
