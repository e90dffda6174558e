//! Who is measured, and how each is started and asked.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    Result, Settings,
    http::{Connection, get, post},
    process::{Server, pinned},
    question::Question,
};

/// Bytes of castgraph's cache: what is asked for fits.
const CACHE: &str = "1073741824";

/// The kinds of contenders, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A body that never changes, as long as the hand-written answer.
    Constant,
    /// Plain structs in memory, serialised for each request.
    Memory,
    /// One statement for each question, which makes the JSON.
    Handwritten,
    /// castgraph on PostgreSQL with its cache off, and each key read by a statement of its own.
    CastgraphOneByOne,
    /// castgraph on PostgreSQL with its cache off.
    CastgraphCold,
    /// castgraph on PostgreSQL with rows in its cache and no whole answers, once everything was asked for.
    CastgraphRows,
    /// castgraph on PostgreSQL with its cache, once everything was asked for.
    CastgraphWarm,
    /// castgraph on SQLite with its cache off.
    CastgraphSqliteCold,
    /// castgraph on SQLite with its cache.
    CastgraphSqliteWarm,
    /// `PostGraphile` 5.
    Postgraphile,
    /// Mercurius.
    Mercurius,
    /// Seaography 2.
    Seaography,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Constant,
        Self::Memory,
        Self::Handwritten,
        Self::CastgraphOneByOne,
        Self::CastgraphCold,
        Self::CastgraphRows,
        Self::CastgraphWarm,
        Self::CastgraphSqliteCold,
        Self::CastgraphSqliteWarm,
        Self::Postgraphile,
        Self::Mercurius,
        Self::Seaography,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant body",
            Self::Memory => "structs in memory",
            Self::Handwritten => "hand-written statement",
            Self::CastgraphOneByOne => "castgraph, cache off, without batching",
            Self::CastgraphCold => "castgraph, cache off",
            Self::CastgraphRows => "castgraph, warm, rows alone",
            Self::CastgraphWarm => "castgraph, warm",
            Self::CastgraphSqliteCold => "castgraph on SQLite, cache off",
            Self::CastgraphSqliteWarm => "castgraph on SQLite, warm",
            Self::Postgraphile => "PostGraphile",
            Self::Mercurius => "Mercurius",
            Self::Seaography => "Seaography",
        }
    }

    /// Whether it is castgraph, which counts its statements.
    pub fn is_castgraph(self) -> bool {
        matches!(
            self,
            Self::CastgraphOneByOne
                | Self::CastgraphCold
                | Self::CastgraphRows
                | Self::CastgraphWarm
                | Self::CastgraphSqliteCold
                | Self::CastgraphSqliteWarm
        )
    }

    /// Whether it is somebody else's server. Some need the packages in `peers`.
    pub fn is_peer(self) -> bool {
        matches!(self, Self::Postgraphile | Self::Mercurius | Self::Seaography)
    }

    fn speaks_graphql(self) -> bool {
        !matches!(self, Self::Constant | Self::Memory | Self::Handwritten)
    }
}

/// A contender that answers.
#[derive(Debug)]
pub struct Contender {
    /// Which one.
    pub kind: Kind,
    /// Where.
    pub address: SocketAddr,
    /// Its process.
    pub server: Server,
}

impl Contender {
    /// Starts it on the first core, and waits until it takes connections.
    pub async fn start(kind: Kind, port: u16, settings: &Settings, sqlite: &Path) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let url = &settings.database_url;
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut command = match kind {
            Kind::Constant | Kind::Memory | Kind::Handwritten | Kind::Seaography => {
                let mut command = pinned(0, &std::env::current_exe()?);
                let name = clap::ValueEnum::to_possible_value(&kind).ok_or("a kind without a name")?;
                command.args(["serve", name.get_name(), url, &address.to_string()]);
                command
            }
            Kind::Postgraphile | Kind::Mercurius => {
                // Their own Node.js, from the same lock file: PostGraphile wants a newer one than many systems have.
                let mut command = pinned(0, &peers.join("node_modules/.bin/node"));
                let name = if kind == Kind::Mercurius { "mercurius.js" } else { "postgraphile.js" };
                command.arg(peers.join(name)).args([url, &port.to_string()]).env("NODE_ENV", "production");
                command
            }
            _ => {
                let mut command = pinned(0, &settings.castgraph);
                command.args(["--listen", &address.to_string(), "--max-cost", "1000000000"]);
                command.args(["--max-answer", "1000000000", "--database-url"]);
                match kind {
                    Kind::CastgraphSqliteCold | Kind::CastgraphSqliteWarm => command.arg(sqlite),
                    _ => command.arg(url),
                };
                match kind {
                    Kind::CastgraphOneByOne => command.args(["--cache", "0", "--batch", "off"]),
                    Kind::CastgraphCold | Kind::CastgraphSqliteCold => command.args(["--cache", "0"]),
                    Kind::CastgraphRows => command.args(["--cache", CACHE, "--cache-answers", "off"]),
                    _ => command.args(["--cache", CACHE]),
                };
                command.env("TOKIO_WORKER_THREADS", "1");
                command
            }
        };
        let server =
            Server::start(&mut command, address).await.map_err(|reason| format!("{}: {reason}", kind.name()))?;
        let contender = Self { kind, address, server };
        if kind.is_castgraph() {
            contender.wait_for_graph().await?;
        }
        Ok(contender)
    }

    /// Waits until castgraph has made its graph of who worked with whom, which it does beside the first requests.
    async fn wait_for_graph(&self) -> Result<()> {
        while self.number("graph_builds_total").await?.is_none_or(|builds| builds < 1.0) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// One of castgraph's own numbers.
    pub async fn number(&self, name: &str) -> Result<Option<f64>> {
        let answer = Connection::open(self.address).await?.exchange(&get("/metrics")).await?;
        let text = String::from_utf8_lossy(&answer.body);
        let start = format!("castgraph_{name} ");
        Ok(text.lines().find_map(|line| line.strip_prefix(start.as_str())).map(str::parse).transpose()?)
    }

    /// The bytes of a request.
    pub fn request(&self, question: Question, key: &str) -> Result<Vec<u8>> {
        let key = if self.by_position(question) { json!(key.parse::<u32>()?) } else { json!(key) };
        let variables = json!({ "key": key });
        let document = match self.kind {
            Kind::Postgraphile => question.postgraphile(),
            Kind::Mercurius => question.mercurius(),
            Kind::Seaography => question.seaography(),
            kind if kind.speaks_graphql() => question.castgraph(),
            _ => return Ok(post(question.path(), &variables.to_string())),
        };
        Ok(post("/graphql", &json!({ "query": document, "variables": variables }).to_string()))
    }

    /// The document that lists shows by title with cursors, where a page is named by a cursor and not by a number.
    pub fn cursors(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Postgraphile => Some(include_str!("../questions/cursors/postgraphile.graphql")),
            kind if kind.is_castgraph() => Some(include_str!("../questions/cursors/castgraph.graphql")),
            _ => None,
        }
    }

    /// Whether a page is named by its position in the list, since cursors know no order but that of ids.
    pub fn by_position(&self, question: Question) -> bool {
        self.kind == Kind::Seaography && question == Question::Shows
    }

    /// Why it is not held to the same values in a question, if so.
    pub fn differs(&self, question: Question) -> Option<&'static str> {
        match (self.kind, question) {
            (Kind::Postgraphile | Kind::Seaography, Question::Others) => {
                Some("cannot order credits by the day of a season or show, and takes others by their number")
            }
            _ => None,
        }
    }

    /// Asks once with a document.
    pub async fn ask(&self, document: &str, variables: &Value) -> Result<Value> {
        self.send(&post("/graphql", &json!({ "query": document, "variables": variables }).to_string())).await
    }

    /// Sends a request and reads the JSON of its answer, which must be one without errors.
    pub async fn send(&self, request: &[u8]) -> Result<Value> {
        let answer = Connection::open(self.address).await?.exchange(request).await?;
        let text = String::from_utf8_lossy(&answer.body);
        if answer.status != 200 || text.contains("\"errors\":") {
            return Err(format!("{} answers {}: {text:.500}", self.kind.name(), answer.status).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }
}
