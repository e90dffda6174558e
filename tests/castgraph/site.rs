//! A castgraph of its own for each test, on each engine.

mod template;

use std::{
    io::Write,
    panic::resume_unwind,
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_graphql::{Executor, Request, Response, Variables};
use castgraph::{
    change::{self, Heading},
    graphql::Api,
    guard::{RequestStats, Settings},
    import::{self, DataSet, Leftovers},
    store::Store,
};
use entity::changeset::Origin;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use serde_json::Value;
use tempfile::TempDir;

use crate::cut;

/// The initial rows of a site.
#[derive(Clone, Copy)]
pub enum Set {
    /// None.
    Empty,
    /// The [`cut`], for tests that import or read many rows, whatever the answers are.
    Cut,
    /// The whole Star Trek set.
    Whole,
}

impl Set {
    fn rows(self) -> Option<&'static DataSet> {
        match self {
            Self::Empty => None,
            Self::Cut => Some(cut::set()),
            Self::Whole => Some(whole()),
        }
    }
}

/// The embedded set, checked.
fn whole() -> &'static DataSet {
    static SET: LazyLock<DataSet> =
        LazyLock::new(|| import::check(&import::embedded()).expect("the embedded set is right"));
    &SET
}

/// A database and the API on it.
pub struct Site {
    pub api: Api,
    pub store: Store,
    pub engine: &'static str,
    pub url: String,
    folder: Option<TempDir>,
}

/// An answer, and what it took.
pub struct Answer {
    pub response: Response,
    pub statements: u64,
    pub rows: u64,
}

/// Runs `test` on SQLite and on PostgreSQL.
pub async fn on_both<T, F>(set: Set, test: T)
where
    T: Fn(Site) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    for site in both(set).await {
        let (name, folder) = (site.database(), site.folder.is_some());
        let outcome = tokio::spawn(test(site)).await;
        if !folder {
            drop_database(&name).await;
        }
        if let Err(panic) = outcome {
            resume_unwind(panic.into_panic());
        }
    }
}

/// Sites on SQLite and, if it answers, on PostgreSQL. Those on PostgreSQL must be dropped by [`Site::remove`].
pub async fn both(set: Set) -> Vec<Site> {
    let mut sites = vec![sqlite(set).await];
    sites.extend(postgres(set).await);
    sites
}

/// A site on SQLite.
pub async fn sqlite(set: Set) -> Site {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("castgraph.db");
    let copied = template::sqlite(set).await;
    if let Some(copied) = copied {
        std::fs::copy(copied, &file).expect("the database is copied");
    }
    let url = file.to_str().expect("a path in UTF-8").to_owned();
    let rows = if copied.is_some() { Set::Empty } else { set };
    let mut site = open("SQLite", url, rows).await;
    site.folder = Some(folder);
    site
}

/// A site on PostgreSQL, or nothing, said loudly, if none answers.
pub async fn postgres(set: Set) -> Option<Site> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // A server that is not there is not waited for; one that is there answers at once.
    let patience = Duration::from_secs(3);
    let server = ConnectOptions::new(server_url()).acquire_timeout(patience).connect_timeout(patience).to_owned();
    let Ok(server) = Database::connect(server).await else {
        assert!(
            std::env::var_os("CASTGRAPH_TEST_REQUIRE_POSTGRES").is_none(),
            "no PostgreSQL answers at {}; set CASTGRAPH_TEST_POSTGRES",
            server_url()
        );
        // Not eprintln!, which the test harness hides.
        let text = "\n*** NOT TESTED ON POSTGRESQL: none answers; start one, or set CASTGRAPH_TEST_POSTGRES ***\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
        return None;
    };
    let name = format!("castgraph_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let copied = template::postgres(&server, set).await;
    let rows = if copied.is_some() { Set::Empty } else { set };
    let template = copied.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}{template}")] {
        server.execute_unprepared(&statement).await.expect("the test server lets us make databases");
    }
    server.close().await.expect("the connection closes");
    Some(open("PostgreSQL", database_url(&name), rows).await)
}

/// Opens the database at `url`, and imports `set` into it.
async fn open(engine: &'static str, url: String, set: Set) -> Site {
    let store = Store::open(&url, None).await.expect("the database opens");
    store.migrate().await.expect("the schema comes up to date");
    if let Some(rows) = set.rows() {
        import_set(store.write(), rows, Leftovers::Keep).await.expect("the set goes in");
    }
    let api = Api::new(store.read().clone(), None, &Settings::default()).expect("the schema is one");
    Site { api, store, engine, url, folder: None }
}

impl Site {
    /// The whole answer to a query.
    pub async fn answer(&self, query: &str) -> Value {
        self.answer_with(query, Value::Null).await
    }

    /// The whole answer to a query with variables.
    pub async fn answer_with(&self, query: &str, variables: Value) -> Value {
        serde_json::to_value(self.execute(query, variables).await.response).expect("answers are JSON")
    }

    /// The data that answers a query. Errors fail the test.
    pub async fn data(&self, query: &str) -> Value {
        let mut answer = self.answer(query).await;
        assert_eq!(answer.get("errors"), None, "{} {query}", self.engine);
        answer["data"].take()
    }

    /// The answer to a query and what it took.
    pub async fn execute(&self, query: &str, variables: Value) -> Answer {
        let tally = Arc::new(RequestStats::default());
        let request = Request::new(query).variables(Variables::from_json(variables)).data(Arc::clone(&tally));
        let response = self.api.execute(request).await;
        Answer { response, statements: tally.statements(), rows: tally.rows() }
    }

    /// Lets pass what other settings let pass.
    pub fn guard(&mut self, settings: &Settings) {
        self.api = Api::new(self.store.read().clone(), None, settings).expect("the settings are right");
    }

    /// Closes the database and takes it away.
    pub async fn remove(self) {
        let name = self.database();
        self.store.close().await.expect("the connections close");
        if self.folder.is_none() {
            drop_database(&name).await;
        }
    }

    fn database(&self) -> String {
        let address = self.url.split('?').next().unwrap_or_default();
        address.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

async fn drop_database(name: &str) {
    let server = Database::connect(server_url()).await.expect("the test server answers");
    let statement = format!("DROP DATABASE {name} WITH (FORCE)");
    server.execute_unprepared(&statement).await.expect("the test database goes away");
}

/// The URL of the test server. Turns TLS off unless the URL has settings: a handshake takes a tenth of a second, each test
/// makes at least six, and TLS has its own tests.
fn server_url() -> String {
    let server =
        std::env::var("CASTGRAPH_TEST_POSTGRES").unwrap_or("postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    if server.contains('?') { server } else { format!("{server}?sslmode=disable") }
}

fn database_url(name: &str) -> String {
    let server = server_url();
    let (server, settings) = server.split_once('?').expect("it has settings");
    let (server, _) = server.rsplit_once('/').expect("CASTGRAPH_TEST_POSTGRES names a database");
    format!("{server}/{name}?{settings}")
}

/// The number of rows of a file of the embedded set.
pub fn rows(file: &str) -> i64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file).with_extension("csv");
    let text = std::fs::read_to_string(path).expect("the file is read");
    i64::try_from(text.lines().count() - 1).expect("a small number")
}

/// Imports a data set, as a changeset of nobody.
pub async fn import_set(
    db: &DatabaseConnection,
    set: &DataSet,
    leftovers: Leftovers,
) -> Result<import::Summary, sea_orm::DbErr> {
    let heading = Heading::new(Origin::Import, None, "A data set", "2026-11-28T10:00:00Z");
    change::import(db, set, leftovers, heading).await
}
