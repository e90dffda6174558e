use clap::Args;

/// Limits on documents. The defaults leave room for any query that a page of an application sends.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits on documents")]
pub struct Limits {
    /// Maximum size of a document, in bytes
    #[arg(long, env = "CASTGRAPH_MAX_BYTES", default_value_t = DEFAULT.max_bytes, value_name = "N")]
    pub max_bytes: u64,

    /// Maximum tokens of a document: names, values and punctuation
    #[arg(long, env = "CASTGRAPH_MAX_TOKENS", default_value_t = DEFAULT.max_tokens, value_name = "N")]
    pub max_tokens: u64,

    /// Maximum depth of nested fields, with fragments expanded
    #[arg(long, env = "CASTGRAPH_MAX_DEPTH", default_value_t = DEFAULT.max_depth, value_name = "N")]
    pub max_depth: u64,

    /// Maximum fields of an operation, with fragments expanded at each use
    #[arg(long, env = "CASTGRAPH_MAX_SELECTIONS", default_value_t = DEFAULT.max_selections, value_name = "N")]
    pub max_selections: u64,

    /// Maximum fields at the root of an operation
    #[arg(long, env = "CASTGRAPH_MAX_ROOT_FIELDS", default_value_t = DEFAULT.max_root_fields, value_name = "N")]
    pub max_root_fields: u64,

    /// Maximum aliases in a document
    #[arg(long, env = "CASTGRAPH_MAX_ALIASES", default_value_t = DEFAULT.max_aliases, value_name = "N")]
    pub max_aliases: u64,

    /// Maximum fragments in a document
    #[arg(long, env = "CASTGRAPH_MAX_FRAGMENTS", default_value_t = DEFAULT.max_fragments, value_name = "N")]
    pub max_fragments: u64,

    /// Maximum directives in a document
    #[arg(long, env = "CASTGRAPH_MAX_DIRECTIVES", default_value_t = DEFAULT.max_directives, value_name = "N")]
    pub max_directives: u64,

    /// Maximum variables of an operation
    #[arg(long, env = "CASTGRAPH_MAX_VARIABLES", default_value_t = DEFAULT.max_variables, value_name = "N")]
    pub max_variables: u64,

    /// Maximum operations in a document
    #[arg(long, env = "CASTGRAPH_MAX_OPERATIONS", default_value_t = DEFAULT.max_operations, value_name = "N")]
    pub max_operations: u64,

    /// Maximum fields below __schema and __type, with fragments expanded
    #[arg(long, env = "CASTGRAPH_MAX_INTROSPECTION", default_value_t = DEFAULT.max_introspection, value_name = "N")]
    pub max_introspection: u64,

    /// Maximum cost of an operation: the objects it may return, estimated from its page sizes
    #[arg(long, env = "CASTGRAPH_MAX_COST", default_value_t = DEFAULT.max_cost, value_name = "N")]
    pub max_cost: u64,

    /// Maximum size of an answer, in bytes, estimated from page sizes and field names
    #[arg(long, env = "CASTGRAPH_MAX_ANSWER", default_value_t = DEFAULT.max_answer, value_name = "N")]
    pub max_answer: u64,
}

const DEFAULT: Limits = Limits {
    max_bytes: 65_536,
    max_tokens: 5_000,
    max_depth: 25,
    max_selections: 2_000,
    max_root_fields: 30,
    max_aliases: 1_000,
    max_fragments: 100,
    max_directives: 100,
    max_variables: 100,
    max_operations: 20,
    max_introspection: 1_000,
    max_cost: 100_000,
    max_answer: 16 << 20,
};

impl Default for Limits {
    fn default() -> Self {
        DEFAULT
    }
}
