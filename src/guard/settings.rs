use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Limits;

/// Settings of the guard.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Settings {
    /// Limits on documents.
    #[command(flatten)]
    pub limits: Limits,

    /// Access to documents, and rate limits.
    #[command(flatten)]
    pub access: Access,
}

/// Access to documents, and rate limits.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Documents and clients")]
pub struct Access {
    /// Allow introspection of the schema
    #[arg(long, env = "CASTGRAPH_INTROSPECTION", default_value = "on", value_name = "on|off")]
    pub introspection: Switch,

    /// Suggest similar names in errors about unknown fields
    #[arg(long, env = "CASTGRAPH_SUGGESTIONS", default_value = "on", value_name = "on|off")]
    pub suggestions: Switch,

    /// Size of the store of persisted queries, in bytes; 0 disables it
    #[arg(long, env = "CASTGRAPH_PERSISTED_QUERIES", default_value_t = DEFAULT_PERSISTED, value_name = "BYTES")]
    pub persisted_queries: u64,

    /// Manifests of trusted documents, from Relay, GraphQL Code Generator or Apollo
    #[arg(long, env = "CASTGRAPH_TRUSTED_DOCUMENTS", value_delimiter = ',', value_name = "FILE,…")]
    pub trusted_documents: Vec<PathBuf>,

    /// Documents that are in no manifest: `refuse` rejects them, `log` runs and logs them
    #[arg(long, env = "CASTGRAPH_UNTRUSTED_DOCUMENTS", default_value = "refuse", value_name = "refuse|log")]
    pub untrusted_documents: Untrusted,

    /// Maximum average cost per second for one client; 0 means no limit
    #[arg(long, env = "CASTGRAPH_RATE_LIMIT", default_value_t = 0, value_name = "COST")]
    pub rate_limit: u64,

    /// Maximum cost of a burst of requests from one client
    #[arg(long, env = "CASTGRAPH_RATE_BURST", default_value_t = DEFAULT_BURST, value_name = "COST")]
    pub rate_burst: u64,
}

const DEFAULT_PERSISTED: u64 = 4 << 20;
const DEFAULT_BURST: u64 = 100_000;

impl Default for Access {
    fn default() -> Self {
        Self {
            introspection: Switch::On,
            suggestions: Switch::On,
            persisted_queries: DEFAULT_PERSISTED,
            trusted_documents: Vec::new(),
            untrusted_documents: Untrusted::Refuse,
            rate_limit: 0,
            rate_burst: DEFAULT_BURST,
        }
    }
}

/// Whether a feature is enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Enabled.
    On,
    /// Disabled.
    Off,
}

/// What to do with documents that are in no manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Untrusted {
    /// Reject them.
    Refuse,
    /// Run and log them.
    Log,
}
