//! Connections as strangers use them, over real sockets.

use std::{future::pending, net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use castgraph::web::{self, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::site::{Site, sqlite};

fn impatient() -> Settings {
    Settings { header_timeout: 2.0, request_timeout: 2.0, max_connections: 500, ..Settings::default() }
}

async fn start(router: Router, settings: Settings, stop: impl Future<Output = ()> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { web::serve(listener, router, &settings, stop).await });
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

fn ask(length: usize) -> String {
    format!("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n")
}

const BODY: &str = r#"{"query":"{ shows { totalCount } }"}"#;

async fn served(address: SocketAddr) -> bool {
    let request = format!("{}Connection: close\r\n\r\n{BODY}", ask(BODY.len()));
    read(send(address, &request).await).await.ends_with(r#"{"data":{"shows":{"totalCount":27}}}"#)
}

fn router(site: &Site) -> Router {
    web::router(site.api.clone(), &impatient())
}

#[tokio::test]
async fn half_sent_requests_are_closed_while_others_are_served() {
    let site = sqlite(true).await;
    let address = start(router(&site), impatient(), pending()).await;
    let (head, body) = (ask(BODY.len()), format!("{}\r\n{{\"que", ask(BODY.len())));
    let mut half = Vec::new();
    for number in 0..200 {
        half.push(send(address, if number % 2 == 0 { &head } else { &body }).await);
    }
    assert!(served(address).await);
    for stream in half {
        let answer = read(stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408") || answer.starts_with("HTTP/1.1 503"),
            "{answer}"
        );
    }
    assert!(served(address).await);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let site = sqlite(true).await;
    let address = start(router(&site), Settings { max_connections: 2, ..impatient() }, pending()).await;
    let idle = [send(address, "").await, send(address, "").await];
    assert!(served(address).await, "it is served when the idle ones are closed");
    drop(idle);
}

#[tokio::test]
async fn a_stop_lets_open_requests_end() {
    let (begun, has_begun) = oneshot::channel();
    let (finish, may_finish) = oneshot::channel::<()>();
    let (stop, stopped) = oneshot::channel::<()>();
    let once = std::sync::Mutex::new(Some((begun, may_finish)));
    let once = std::sync::Arc::new(once);
    let slow = move || {
        let (begun, may_finish) = once.lock().expect("the lock").take().expect("one request");
        async move {
            begun.send(()).expect("the test waits");
            may_finish.await.expect("the test lets it end");
            "the answer"
        }
    };
    let router = Router::new().route("/", get(slow));
    let address = start(router, Settings::default(), async { drop(stopped.await) }).await;
    let open = send(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    has_begun.await.expect("the request begins");
    stop.send(()).expect("the server runs");
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    finish.send(()).expect("the request waits");
    assert!(read(open).await.ends_with("the answer"));
}
