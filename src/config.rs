//! The settings of the server: each has a flag, an environment variable and a default that works.

use std::net::SocketAddr;

use clap::Args;

use crate::{cli::Database, guard::Limits, web};

/// All settings of the server.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The address to answer at; the default takes connections from this machine only
    #[arg(long, env = "CASTGRAPH_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// Times and sizes of connections and requests.
    #[command(flatten)]
    pub server: web::Settings,

    /// Where the data is.
    #[command(flatten)]
    pub database: Database,

    /// How large a document may be.
    #[command(flatten)]
    pub limits: Limits,
}
