//! Connections as strangers use them, over real sockets; and what fails, dawdles or goes away behind the server.

use std::{
    future::pending,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{Data, Executor, Request, Response, value};
use castgraph::{
    account::{Refused, Viewer},
    graphql::Api,
    guard::{self, Answers},
    store::Store,
    web::{self, Backend, Settings},
};
use futures_util::stream::{self, BoxStream, StreamExt};
use sea_orm::ConnectionTrait;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot, watch},
};

use crate::site::{Set, postgres, sqlite};

fn impatient() -> Settings {
    Settings { header_timeout: 2.0, request_timeout: 2.0, max_connections: 500, ..Settings::default() }
}

async fn start<B: Backend>(
    backend: B,
    settings: Settings,
    stop: impl Future<Output = Duration> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = listener.local_addr().expect("an address");
    let site = web::Server::new(backend, settings);
    tokio::spawn(async move { web::serve(&site, listener, stop).await });
    address
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("it is sent");
    stream
}

/// All that comes until the server closes the connection.
async fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset is closed too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(length: usize) -> String {
    format!("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n")
}

/// The whole answer to a document.
async fn ask(address: SocketAddr, document: &str) -> String {
    let body = serde_json::json!({ "query": document }).to_string();
    read(send(address, &format!("{}Connection: close\r\n\r\n{body}", head(body.len()))).await).await
}

async fn get(address: SocketAddr, path: &str) -> String {
    read(send(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await).await
}

const COUNT: &str = "{ shows { totalCount } }";

async fn served(address: SocketAddr) -> bool {
    ask(address, COUNT).await.ends_with(r#"{"data":{"shows":{"totalCount":27}}}"#)
}

/// A backend that does what the document says: answers, waits to be let go, or fails.
#[derive(Clone, Default)]
struct Stub {
    waiting: Arc<AtomicUsize>,
    go: Arc<Notify>,
}

impl Executor for Stub {
    async fn execute(&self, request: Request) -> Response {
        match request.query.as_str() {
            "panic" => panic!("secret"),
            "never" => pending().await,
            "wait" => {
                self.waiting.fetch_add(1, Ordering::SeqCst);
                self.go.notified().await;
                self.waiting.fetch_sub(1, Ordering::SeqCst);
            }
            _ => {}
        }
        Response::new(value!({ "a": 1 }))
    }

    fn execute_stream(&self, _: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        stream::empty().boxed()
    }
}

impl Backend for Stub {
    async fn begin(&self, request: Request) -> Result<Answers, Response> {
        let stub = self.clone();
        Ok(Answers::Single(Box::pin(async move { stub.execute(request).await })))
    }

    async fn ready(&self) -> bool {
        true
    }

    async fn open(&self, _: &str) -> Result<Result<Viewer, Refused>, castgraph::error::Error> {
        Ok(Err(Refused::Unknown))
    }

    fn numbers(&self) -> Vec<(&'static str, &'static str, u64)> {
        vec![("jobs_total", "Jobs", 3), ("bytes", "Bytes", 7)]
    }
}

impl Stub {
    async fn has_waiting(&self, count: usize) {
        while self.waiting.load(Ordering::SeqCst) != count {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn half_sent_requests_are_closed_while_others_are_served() {
    let site = sqlite(Set::Whole).await;
    let address = start(site.api.clone(), impatient(), pending()).await;
    let (half_head, half_body) = (head(40), format!("{}\r\n{{\"que", head(40)));
    let mut half = Vec::new();
    for number in 0..200 {
        half.push(send(address, if number % 2 == 0 { &half_head } else { &half_body }).await);
    }
    assert!(served(address).await);
    for stream in half {
        let answer = read(stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!(served(address).await);
}

/// A proxy may speak HTTP/2 without TLS. The frames are written by hand: <https://www.rfc-editor.org/rfc/rfc9113>.
#[tokio::test]
async fn http_2_is_spoken_without_tls_and_idle_connections_are_closed() {
    let site = sqlite(Set::Empty).await;
    let address = start(site.api.clone(), impatient(), pending()).await;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // `GET http://x/livez` in HPACK: two entries of the static table, and two literals.
    let headers = [&[0x82, 0x86, 0x04, 6][..], b"/livez", &[0x01, 1], b"x"].concat();
    let length = u8::try_from(headers.len()).expect("a short frame");
    let request = [&[0, 0, length, 1, 0x05, 0, 0, 0, 1][..], &headers].concat();
    stream
        .write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &settings[..], &request].concat())
        .await
        .expect("it is sent");
    let mut status = None;
    while status.is_none() {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.expect("a frame");
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        stream.read_exact(&mut payload).await.expect("a frame");
        // The first header is `:status 200`, an entry of the static table.
        status = (head[3] == 1).then(|| payload[0]);
    }
    assert_eq!(status, Some(0x88));
    // Neither of the two asks for anything more.
    let silent = TcpStream::connect(address).await.expect("a connection");
    assert_eq!(read(silent).await, "");
    read(stream).await;
}

#[tokio::test]
async fn who_does_not_read_the_answers_loses_the_connection() {
    let site = sqlite(Set::Whole).await;
    let settings = Settings { max_connections: 2, request_timeout: 1.0, ..impatient() };
    let address = start(site.api.clone(), settings, pending()).await;
    let query = r#"{"query":"{ __schema { types { name description fields { name description args { name description } } } } }"}"#;
    let request = format!("{}\r\n{query}", head(query.len())).repeat(200);
    let mut deaf = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        // It stops to be read when the server's answers are not taken.
        let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(request.as_bytes())).await;
        deaf.push(stream);
    }
    assert!(served(address).await, "their places are free again");
    drop(deaf);
}

#[tokio::test]
async fn a_client_that_goes_away_is_counted() {
    let stub = Stub::default();
    let address = start(stub.clone(), Settings::default(), pending()).await;
    let body = r#"{"query":"wait"}"#;
    let gone = send(address, &format!("{}\r\n{body}", head(body.len()))).await;
    stub.has_waiting(1).await;
    drop(gone);
    let line = r#"castgraph_requests_total{route="Graphql",status="499",code=""} 1"#;
    while !get(address, "/metrics").await.contains(line) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let site = sqlite(Set::Whole).await;
    let address = start(site.api.clone(), Settings { max_connections: 2, ..impatient() }, pending()).await;
    let idle = [send(address, "").await, send(address, "").await];
    assert!(served(address).await, "it is served when the idle ones are closed");
    drop(idle);
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_to_come_again() {
    let stub = Stub::default();
    let address = start(stub.clone(), Settings { max_requests: 2, ..Settings::default() }, pending()).await;
    let open = [tokio::spawn(ask(address, "wait")), tokio::spawn(ask(address, "wait"))];
    stub.has_waiting(2).await;
    let refused = ask(address, "more").await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("OVERLOADED"), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(get(address, "/livez").await.starts_with("HTTP/1.1 200"), "health is not turned away");
    stub.go.notify_waiters();
    for open in open {
        assert!(open.await.expect("it is answered").ends_with(r#"{"data":{"a":1}}"#));
    }
    assert!(ask(address, "more").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_panic_and_a_request_without_end_are_one_failed_answer_each() {
    let settings = Settings { request_timeout: 0.2, ..Settings::default() };
    let address = start(Stub::default(), settings, pending()).await;
    let panicked = ask(address, "panic").await;
    assert!(panicked.starts_with("HTTP/1.1 500") && panicked.contains("\"INTERNAL\""), "{panicked}");
    assert!(!panicked.contains("secret"), "{panicked}");
    let late = ask(address, "never").await;
    assert!(late.starts_with("HTTP/1.1 503") && late.contains("\"TIMEOUT\""), "{late}");
    assert!(ask(address, "well").await.starts_with("HTTP/1.1 200"));
    // The same for a client that wants events.
    for (document, status) in [("panic", 500), ("never", 503)] {
        let body = serde_json::json!({ "query": document }).to_string();
        let head = format!("{}Accept: text/event-stream\r\nConnection: close\r\n\r\n", head(body.len()));
        let answer = read(send(address, &format!("{head}{body}")).await).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    let metrics = get(address, "/metrics").await;
    for line in [
        "castgraph_panics_total 2",
        r#"castgraph_requests_total{route="Graphql",status="500",code="INTERNAL"} 2"#,
        r#"castgraph_requests_total{route="Graphql",status="503",code="TIMEOUT"} 2"#,
        r#"castgraph_requests_total{route="Graphql",status="200",code=""} 1"#,
        "castgraph_connections 1",
        "castgraph_jobs_total 3",
        "castgraph_bytes 7",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn a_stop_turns_readiness_off_then_takes_no_more_and_lets_open_requests_end() {
    let stub = Stub::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let (delay, drain) = (Duration::from_millis(300), Settings { drain_timeout: 60.0, ..Settings::default() });
    let address = start(stub.clone(), drain, async move {
        drop(stopped.await);
        delay
    })
    .await;
    let open = tokio::spawn(ask(address, "wait"));
    stub.has_waiting(1).await;
    assert!(get(address, "/readyz").await.starts_with("HTTP/1.1 200"));
    stop.send(()).expect("the server runs");
    while !get(address, "/readyz").await.starts_with("HTTP/1.1 503") {}
    assert!(ask(address, "well").await.starts_with("HTTP/1.1 200"), "requests are still taken");
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stub.go.notify_waiters();
    assert!(open.await.expect("it is answered").ends_with(r#"{"data":{"a":1}}"#));
}

#[tokio::test]
async fn a_stop_under_load_loses_no_request() {
    let site = sqlite(Set::Whole).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let address = start(site.api.clone(), Settings::default(), async move {
        drop(stopped.await);
        Duration::from_millis(50)
    })
    .await;
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..16)
        .map(|_| {
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let body = serde_json::json!({ "query": COUNT }).to_string();
                let request = format!("{}Connection: close\r\n\r\n{body}", head(body.len()));
                // A connection that was taken is answered; one that was not taken is refused.
                while let Ok(mut stream) = TcpStream::connect(address).await {
                    stream.write_all(request.as_bytes()).await.expect("it is sent");
                    let answer = read(stream).await;
                    assert!(answer.ends_with(r#"{"data":{"shows":{"totalCount":27}}}"#), "{answer:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while answered.load(Ordering::Relaxed) < 100 {
        tokio::task::yield_now().await;
    }
    stop.send(()).expect("the server runs");
    for client in clients {
        client.await.expect("no request is lost");
    }
}

/// What stands between castgraph and its database, and can be cut.
struct Wire {
    address: SocketAddr,
    up: watch::Sender<bool>,
}

impl Wire {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let address = listener.local_addr().expect("an address");
        let (up, is_up) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut is_up = is_up.clone();
                tokio::spawn(async move {
                    if !*is_up.borrow() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = is_up.wait_for(|up| !up) => {}
                    }
                });
            }
        });
        Self { address, up }
    }
}

/// Words that no client may read: of libraries, of SQL, of the database's own messages, of addresses.
const INTERNALS: [&str; 17] = [
    "sqlx",
    "sea_orm",
    "SELECT",
    "relation",
    "does not exist",
    "no such table",
    "no such column",
    "syntax error",
    "pool",
    "DbErr",
    "postgres",
    "sqlite",
    "127.0.0.1:5",
    ".rs",
    "panicked",
    "Connection refused",
    "os error",
];

fn without_internals(answer: &str) {
    for word in INTERNALS {
        assert!(!answer.contains(word), "{word:?} in {answer}");
    }
}

#[tokio::test]
async fn a_database_that_goes_away_gives_clean_errors_and_is_found_again() {
    let Some(site) = postgres(Set::Whole).await else { return };
    let (scheme, rest) = site.url.split_once("://").expect("a URL");
    let (user, rest) = rest.split_once('@').expect("a user");
    let (server, database) = rest.split_once('/').expect("a database");
    let server = tokio::net::lookup_host(server).await.expect("the server has an address").next().expect("one");
    let wire = Wire::to(server).await;
    let url = format!("{scheme}://{user}@{}/{database}", wire.address);
    let store = Store::open(&url, Some(Duration::from_secs(30))).await.expect("it opens");
    let api = Api::new(store.read().clone(), None, &guard::Settings::default()).expect("the schema is one");
    let address = start(api, Settings::default(), pending()).await;
    assert!(served(address).await);

    // Under load, all the while.
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let done = Arc::clone(&done);
            tokio::spawn(async move {
                let mut failed = 0;
                while !done.load(Ordering::Relaxed) {
                    let answer = ask(address, COUNT).await;
                    without_internals(&answer);
                    if answer.starts_with("HTTP/1.1 503") {
                        assert!(answer.contains("\"UNAVAILABLE\"") && answer.contains("retry-after"), "{answer}");
                        failed += 1;
                    } else {
                        assert!(answer.ends_with(r#"{"data":{"shows":{"totalCount":27}}}"#), "{answer}");
                    }
                }
                failed
            })
        })
        .collect();
    wire.up.send(false).expect("the wire is there");
    let refused = ask(address, COUNT).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(get(address, "/readyz").await.starts_with("HTTP/1.1 503"));
    assert!(get(address, "/livez").await.starts_with("HTTP/1.1 200"));
    wire.up.send(true).expect("the wire is there");
    while !served(address).await {}
    while !get(address, "/readyz").await.starts_with("HTTP/1.1 200") {}
    done.store(true, Ordering::Relaxed);
    let mut failed = 0;
    for client in clients {
        failed += client.await.expect("every answer is clean");
    }
    assert!(failed > 0, "the load met the gap");
    store.close().await.expect("the connections close");
    site.remove().await;
}

#[tokio::test]
async fn a_broken_database_shows_nothing_of_itself() {
    for site in crate::site::both(Set::Whole).await {
        let address = start(site.api.clone(), Settings::default(), pending()).await;
        assert!(served(address).await);
        let load: Vec<_> = (0..200)
            .map(|number| {
                let slug = number % 3;
                let document = format!(
                    r#"{{ shows {{ totalCount nodes {{ title cast(first: 5) {{ nodes {{ person {{ name }} }} }} }} }}
                       a{slug}: person(by: {{slug: "patrick-stewart"}}) {{ name credits {{ totalCount }} }} }}"#
                );
                tokio::spawn(async move { ask(address, &document).await })
            })
            .collect();
        for statement in ["ALTER TABLE credit RENAME TO debit", "ALTER TABLE person RENAME COLUMN name TO nom"] {
            site.store.write().execute_unprepared(statement).await.expect("the database is broken");
        }
        let mut broken = 0;
        for answer in load {
            let answer = answer.await.expect("it is answered");
            without_internals(&answer);
            broken += usize::from(answer.contains("\"INTERNAL\""));
        }
        let answer = ask(address, r#"{ person(by: {slug: "patrick-stewart"}) { name } }"#).await;
        without_internals(&answer);
        assert!(broken > 0 || answer.contains("\"INTERNAL\""), "{answer}");
        site.remove().await;
    }
}

#[tokio::test]
async fn a_collector_is_told_of_requests_and_of_the_trace_that_they_belong_to() {
    let collector = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let endpoint = format!("http://{}/v1/traces", collector.local_addr().expect("an address"));
    let told = tokio::spawn(async move {
        let (mut stream, _) = collector.accept().await.expect("a connection");
        let mut got = Vec::new();
        while !contains(&got, b"castgraph.statements") {
            assert!(stream.read_buf(&mut got).await.expect("it is read") > 0);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.expect("it is answered");
        got
    });
    let site = sqlite(Set::Whole).await;
    let traces = web::Traces::to(&endpoint).expect("a collector");
    let watched = web::Server::new(site.api.clone(), Settings::default()).with_traces(traces.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { web::serve(&watched, listener, pending()).await });
    let body = r#"{"query":"query Named { shows { totalCount } }","operationName":"Named"}"#;
    let parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = format!("{}{parent}\r\nConnection: close\r\n\r\n{body}", head(body.len()));
    assert!(read(send(address, &request).await).await.ends_with(r#"{"data":{"shows":{"totalCount":27}}}"#));
    tokio::task::spawn_blocking(move || traces.finish()).await.expect("what is left is sent");
    let got = told.await.expect("the collector is told");
    for part in [&b"POST /v1/traces"[..], b"Named", b"graphql.document.hash", b"\x0a\xf7\x65\x19\x16\xcd\x43\xdd"] {
        assert!(contains(&got, part), "{}", String::from_utf8_lossy(part));
    }
    assert!(web::Traces::to("127.0.0.1:4318").is_err_and(|reason| reason.contains("http://")));
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn what_takes_too_long_ends_in_the_database_too() {
    let Some(site) = postgres(Set::Empty).await else { return };
    let store = Store::open(&site.url, Some(Duration::from_millis(100))).await.expect("it opens");
    let outcome = store.read().execute_unprepared("SELECT pg_sleep(60)").await;
    assert!(outcome.is_err_and(|reason| reason.to_string().contains("statement timeout")));
    store.write().execute_unprepared("SELECT pg_sleep(0.3)").await.expect("changes may take their time");
    store.close().await.expect("the connections close");
    site.remove().await;
}
