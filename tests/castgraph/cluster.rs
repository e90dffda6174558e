//! Two castgraphs on one primary with two streaming replicas, of which some are killed under load.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{
    commands::{address_in, first_line},
    sold::import_cut,
};

/// How far a replica may be behind.
const LAG: Duration = Duration::from_secs(2);

/// A primary and two replicas, which end with it.
struct Cluster {
    folder: PathBuf,
    urls: Vec<String>,
}

impl Cluster {
    /// Starts one, or tells loudly that it cannot.
    async fn start(folder: &Path) -> Option<Self> {
        let mut ports = Vec::new();
        for _ in 0..3 {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            ports.push(listener.local_addr().expect("an address").port().to_string());
        }
        let folder = folder.join("cluster");
        let output = script("start", &folder, &ports);
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                output.status.code() == Some(3) && std::env::var_os("CASTGRAPH_TEST_REQUIRE_POSTGRES").is_none(),
                "the cluster does not start: {reason}"
            );
            eprintln!("\n*** NOT TESTED WITH REPLICAS: {reason} ***\n");
            return None;
        }
        let urls = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        Some(Self { folder, urls })
    }

    fn tell(&self, step: &str, number: usize) {
        let output = script(step, &self.folder, &[number.to_string()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script("stop", &self.folder, &[]);
    }
}

fn script(step: &str, folder: &Path, rest: &[String]) -> std::process::Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster");
    // What the script starts must not hold its output open: the servers log to files.
    Command::new(script).arg(step).arg(folder).args(rest).stdin(Stdio::null()).output().expect("the script runs")
}

/// A castgraph of its own process.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, urls: &[String]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_castgraph"))
            .current_dir(folder)
            .env("CASTGRAPH_LISTEN", "127.0.0.1:0")
            .env("DATABASE_URL", &urls[0])
            .env("CASTGRAPH_READ_URL", urls[1..].join(","))
            .env("CASTGRAPH_REPLICA_LAG", LAG.as_secs().to_string())
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        Self { address: address_in(&first_line(&mut process)), process }
    }

    /// Waits until so many replicas are read from.
    async fn reads_from(&self, count: u64) {
        let wanted = format!("castgraph_replicas_read {count}\n");
        while !exchange(&self.address, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .is_some_and(|text| text.contains(&wanted))
        {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// All that comes back, or nothing if the connection fails.
async fn exchange(address: &str, request: &str) -> Option<String> {
    let mut connection = TcpStream::connect(address).await.ok()?;
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.ok()?;
    Some(answer).filter(|answer| !answer.is_empty())
}

/// The number in the title that a castgraph tells, or nothing if it does not answer.
async fn told(address: &str, fresh: bool) -> Option<u64> {
    // As it comes along with a credit.
    let query = r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { show { title } } } } }"#;
    let body = serde_json::json!({ "query": query, "extensions": { "fresh": fresh } }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n";
    let answer = exchange(address, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())).await?;
    let number = answer.split_once(r#""title":"Title "#).and_then(|(_, rest)| rest.split('"').next()?.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{answer}")))
}

/// What was written, and when that was acknowledged.
#[derive(Default)]
struct Written {
    begun: AtomicU64,
    acknowledged: Mutex<Vec<(Instant, u64)>>,
}

impl Written {
    /// The newest that was acknowledged by `then`.
    fn by(&self, then: Instant) -> u64 {
        let acknowledged = self.acknowledged.lock().expect("no test panics with it");
        acknowledged.iter().rev().find(|(at, _)| *at <= then).map_or(0, |(_, number)| *number)
    }
}

/// Writes one number after the other until told to stop.
async fn write(db: DatabaseConnection, written: Arc<Written>, stop: Arc<AtomicBool>) {
    for number in 1.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        written.begun.store(number, Ordering::SeqCst);
        let statement = format!("UPDATE show SET title = 'Title {number}' WHERE slug = 'star-trek-picard'");
        db.execute_unprepared(&statement).await.expect("it is written");
        written.acknowledged.lock().expect("no test panics with it").push((Instant::now(), number));
        sleep(Duration::from_millis(2)).await;
    }
}

/// Reads from `address` until told to stop or `may_fail` and it does: always the newest where fresh data is asked for,
/// else one that is not too old. Counts what it reads.
async fn read(
    address: String,
    fresh: bool,
    written: Arc<Written>,
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
) -> bool {
    while !stop.load(Ordering::SeqCst) {
        let begun = Instant::now();
        let least = written.by(if fresh { begun } else { begun.checked_sub(LAG + SLACK).unwrap_or(begun) });
        let Some(number) = told(&address, fresh).await else { return false };
        assert!(number >= least, "{number} is older than {least}, fresh: {fresh}");
        assert!(number <= written.begun.load(Ordering::SeqCst), "{number} was not written yet");
        reads.fetch_add(1, Ordering::SeqCst);
    }
    true
}

/// Between two looks at a replica, and for a machine that is busy.
const SLACK: Duration = Duration::from_secs(2);

/// Waits until so much more was read.
async fn more(reads: &AtomicU64, count: u64) {
    let enough = reads.load(Ordering::SeqCst) + count;
    while reads.load(Ordering::SeqCst) < enough {
        sleep(Duration::from_millis(5)).await;
    }
}

async fn number_in(url: &str) -> String {
    let db = Database::connect(url).await.expect("it answers");
    let statement = "SELECT title FROM show WHERE slug = 'star-trek-picard'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), statement)).await;
    row.expect("it is read").expect("the show is there").try_get_by_index(0).expect("a title")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_and_castgraphs_are_killed_under_load_and_no_answer_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    let Some(cluster) = Cluster::start(folder.path()).await else { return };
    import_cut(&cluster.urls[0]);
    let servers = [Server::start(folder.path(), &cluster.urls), Server::start(folder.path(), &cluster.urls)];
    let (written, stop, reads) =
        (Arc::new(Written::default()), Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
    let db = Database::connect(&cluster.urls[0]).await.expect("it answers");
    db.execute_unprepared("UPDATE show SET title = 'Title 0' WHERE slug = 'star-trek-picard'").await.expect("written");
    for server in &servers {
        server.reads_from(2).await;
        while told(&server.address, true).await != Some(0) {}
    }
    let writer = tokio::spawn(write(db, Arc::clone(&written), Arc::clone(&stop)));
    let readers: Vec<Vec<_>> = servers
        .iter()
        .map(|server| {
            let reader = |fresh| {
                let address = server.address.clone();
                tokio::spawn(read(address, fresh, Arc::clone(&written), Arc::clone(&stop), Arc::clone(&reads)))
            };
            vec![reader(true), reader(false), reader(false)]
        })
        .collect();
    more(&reads, 300).await;

    cluster.tell("kill", 1);
    more(&reads, 300).await;
    for server in &servers {
        server.reads_from(1).await;
    }
    cluster.tell("revive", 1);
    for server in &servers {
        server.reads_from(2).await;
    }
    more(&reads, 300).await;

    let [first, second] = servers;
    drop(first);
    more(&reads, 300).await;
    let third = Server::start(folder.path(), &cluster.urls);
    third.reads_from(2).await;
    assert!(
        told(&third.address, true).await >= Some(written.by(Instant::now())).map(|number| number.saturating_sub(5))
    );

    stop.store(true, Ordering::SeqCst);
    writer.await.expect("nothing was refused");
    let mut outcomes = Vec::new();
    for readers in readers {
        for reader in readers {
            outcomes.push(reader.await.expect("no answer was wrong"));
        }
    }
    assert_eq!(
        outcomes,
        [false, false, false, true, true, true],
        "only the castgraph that was killed failed its clients"
    );
    let last = written.by(Instant::now());
    assert!(last > 100, "{last}");
    for url in &cluster.urls {
        while number_in(url).await != format!("Title {last}") {
            sleep(Duration::from_millis(10)).await;
        }
    }

    // While the primary is gone, replicas answer.
    cluster.tell("kill", 0);
    for _ in 0..10 {
        assert_eq!(told(&second.address, false).await, Some(last));
    }
}
