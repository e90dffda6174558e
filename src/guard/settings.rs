use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Limits;

/// What the guard lets pass.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Settings {
    /// How large a document may be.
    #[command(flatten)]
    pub limits: Limits,

    /// Who may run what.
    #[command(flatten)]
    pub access: Access,
}

/// Who may run what.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Documents and clients")]
pub struct Access {
    /// Let clients read the schema by introspection
    #[arg(long, env = "CASTGRAPH_INTROSPECTION", default_value = "on", value_name = "on|off")]
    pub introspection: Switch,

    /// Name similar fields in errors about unknown fields
    #[arg(long, env = "CASTGRAPH_SUGGESTIONS", default_value = "on", value_name = "on|off")]
    pub suggestions: Switch,

    /// Size of the store of persisted queries, in bytes; 0 disables it
    #[arg(long, env = "CASTGRAPH_PERSISTED_QUERIES", default_value_t = DEFAULT_PERSISTED, value_name = "BYTES")]
    pub persisted_queries: u64,

    /// Manifests of trusted documents, as Relay, GraphQL Code Generator and Apollo write them
    #[arg(long, env = "CASTGRAPH_TRUSTED_DOCUMENTS", value_delimiter = ',', value_name = "FILE,…")]
    pub trusted_documents: Vec<PathBuf>,

    /// Refuse or only log documents that are in none of the manifests
    #[arg(long, env = "CASTGRAPH_UNTRUSTED_DOCUMENTS", default_value = "refuse", value_name = "refuse|log")]
    pub untrusted_documents: Untrusted,

    /// Average cost per second that one client may request; 0 sets no limit
    #[arg(long, env = "CASTGRAPH_RATE_LIMIT", default_value_t = 0, value_name = "COST")]
    pub rate_limit: u64,

    /// Cost that one client may request at once after a pause
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

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// What becomes of documents that are in no manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Untrusted {
    /// They are refused.
    Refuse,
    /// They are run, and written to the log.
    Log,
}
