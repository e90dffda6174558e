//! The settings of the server: each has a flag, an environment variable and a default that works.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::{cli::Database, guard, web};

/// All settings of the server.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The address to answer at; the default takes connections from this machine only
    #[arg(long, env = "CASTGRAPH_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// The form of the log
    #[arg(long, env = "CASTGRAPH_LOG_FORMAT", default_value = "pretty", value_name = "pretty|json")]
    pub log_format: LogFormat,

    /// The collector that OpenTelemetry traces go to, such as <http://127.0.0.1:4318/v1/traces>; without it none are made
    #[arg(long, env = "CASTGRAPH_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,

    /// Times and sizes of connections and requests.
    #[command(flatten)]
    pub server: web::Settings,

    /// Where the data is.
    #[command(flatten)]
    pub database: Database,

    /// Bytes of rows that are kept in memory for later requests until the database changes; 0 keeps none
    #[arg(long, env = "CASTGRAPH_CACHE", default_value_t = 128 << 20, value_name = "BYTES")]
    pub cache: u64,

    /// What documents may ask, and who.
    #[command(flatten)]
    pub guard: guard::Settings,
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
