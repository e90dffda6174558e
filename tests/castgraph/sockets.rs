//! The subprotocol graphql-transport-ws to the letter, with each difference from async-graphql-axum.

use std::{net::SocketAddr, time::Duration};

use castgraph::{
    account,
    store::Listener,
    web::{self, Settings},
};
use entity::account::Role;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    site::{Set, Site, sqlite},
    socket::{Heard, Socket},
};

/// A site that is served, and what stops it.
pub struct Served {
    pub address: SocketAddr,
    pub stop: oneshot::Sender<()>,
    pub ended: tokio::task::JoinHandle<()>,
}

/// Serves a site, whose subscriptions hear of commits.
pub async fn serve(site: &Site, settings: Settings) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let api = site.api.clone();
    let (store, commits) = (site.store.clone(), api.commits());
    tokio::spawn(async move { store.watch(&[&commits as &dyn Listener]).await });
    let ended = tokio::spawn(async move {
        let server = web::Server::new(api, settings);
        let stop = async {
            // It also stops if the test ends.
            let _ = stopped.await;
            Duration::ZERO
        };
        web::serve(&server, listener, stop).await;
    });
    Served { address, stop, ended }
}

const TITLE: &str = r#"{ show(by: {slug: "star-trek-picard"}) { title } }"#;

#[tokio::test]
async fn a_session_runs_queries_and_mutations_and_says_how_they_end() {
    let site = sqlite(Set::Cut).await;
    let served = serve(&site, Settings::default()).await;
    let mut socket = Socket::open(served.address).await;
    assert_eq!(socket.protocol.as_deref(), Some("graphql-transport-ws"));
    // A ping is answered before the acknowledgement too.
    socket.say(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert!(matches!(socket.hear().await, Heard::Message(pong) if pong["type"] == "pong"));
    socket.say(json!({ "type": "pong" })).await;
    socket.say(json!({ "type": "connection_init", "payload": null })).await;
    assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));

    socket.subscribe("1", TITLE).await;
    assert_eq!(socket.expect("1", "next").await, json!({ "data": { "show": { "title": "Star Trek: Picard" } } }));
    socket.expect("1", "complete").await;
    // The id is free again.
    socket.subscribe("1", "{ nothing }").await;
    let errors = socket.expect("1", "error").await;
    assert_eq!(errors[0]["extensions"]["code"], "VALIDATION", "{errors}");
    socket.subscribe("1", "subscription { shows { totalCount } people { totalCount } }").await;
    let errors = socket.expect("1", "error").await;
    assert_eq!(errors[0]["message"], "Anonymous Subscription must select only one top level field.");
    socket.subscribe("1", "subscription { __typename }").await;
    assert_eq!(socket.expect("1", "error").await[0]["extensions"]["code"], "VALIDATION");
    // One that runs and fails has data.
    socket
        .subscribe("1", "mutation { withdrawChangeset(input: {changeset: {number: 1}}) { changeset { number } } }")
        .await;
    let failed = socket.expect("1", "next").await;
    assert_eq!(failed["errors"][0]["extensions"]["code"], "BAD_INPUT", "{failed}");
    socket.expect("1", "complete").await;
    // What a client completes, also what it never began, gets no answer.
    socket.say(json!({ "type": "complete", "id": "2" })).await;
    socket.subscribe("3", "subscription { shows { totalCount } }").await;
    assert_eq!(socket.expect("3", "next").await, json!({ "data": { "shows": { "totalCount": 27 } } }));
    socket.say(json!({ "type": "complete", "id": "3" })).await;
    socket.subscribe("3", TITLE).await;
    socket.expect("3", "next").await;
    socket.expect("3", "complete").await;
    site.remove().await;
}

#[tokio::test]
async fn what_breaks_the_protocol_is_closed_with_its_code() {
    let site = sqlite(Set::Empty).await;
    let served = serve(&site, Settings { init_timeout: 0.5, max_message: 2_000, ..Settings::default() }).await;
    let address = served.address;
    for text in ["", "nonsense", "[]", r#"{"type":"start"}"#, r#"{"id":"1","type":"subscribe","payload":{"query":1}}"#]
    {
        let mut socket = Socket::ready(address).await;
        socket.say_text(text).await;
        assert_eq!(socket.closed().await.0, 4400, "{text:?}");
    }
    let mut socket = Socket::ready(address).await;
    socket.frame(2, br#"{"type":"ping"}"#).await;
    assert_eq!(socket.closed().await.0, 4400, "binary");

    let mut socket = Socket::open(address).await;
    socket.subscribe("1", TITLE).await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));

    let mut socket = Socket::open(address).await;
    socket.say(json!({ "type": "connection_init", "payload": { "Authorization": "Bearer wrong" } })).await;
    assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));

    for headers in ["", "Sec-WebSocket-Protocol: graphql-ws\r\n"] {
        let mut socket = Socket::open_with(address, headers).await.expect("an upgrade");
        assert_eq!(socket.protocol, None);
        assert_eq!(socket.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
    }
    // The library would speak the older protocol.
    let both = "Sec-WebSocket-Protocol: graphql-ws, graphql-transport-ws\r\n";
    let socket = Socket::open_with(address, both).await.expect("an upgrade");
    assert_eq!(socket.protocol.as_deref(), Some("graphql-transport-ws"));

    let mut socket = Socket::open(address).await;
    assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));

    let mut socket = Socket::ready(address).await;
    for _ in 0..2 {
        socket.subscribe("one", "subscription { shows { totalCount } }").await;
    }
    let closed = loop {
        match socket.hear().await {
            Heard::Message(_) => {}
            other => break other,
        }
    };
    assert_eq!(closed, Heard::Close(4409, "Subscriber for one already exists".to_owned()));

    let mut socket = Socket::ready(address).await;
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, (4429, "Too many initialisation requests".to_owned()));

    let mut socket = Socket::ready(address).await;
    socket.say(json!({ "type": "ping", "payload": { "a": "x".repeat(3_000) } })).await;
    assert_eq!(socket.closed().await, (1009, "the message is too large".to_owned()));
    site.remove().await;
}

#[tokio::test]
async fn a_failure_of_the_server_closes_with_4500() {
    let site = sqlite(Set::Empty).await;
    let mut site = site;
    site.api = site.api.writing(site.store.write().clone(), castgraph::graphql::Review::Off);
    let served = serve(&site, Settings::default()).await;
    let mut socket = Socket::open(served.address).await;
    site.store.close().await.expect("the database closes");
    socket.say(json!({ "type": "connection_init", "payload": { "Authorization": "Bearer cg_key" } })).await;
    assert_eq!(socket.closed().await, (4500, "Internal server error".to_owned()));
}

#[tokio::test]
async fn keys_come_in_the_payload_or_the_header_and_can_be_needed() {
    let mut site = sqlite(Set::Cut).await;
    let db = site.store.write().clone();
    let account = account::create(&db, "kim", Role::Editor, &account::now()).await.expect("an account");
    let (key, row) = account::create_key(&db, &account, "test", None, &account::now()).await.expect("a key");
    site.api = site.api.writing(db.clone(), castgraph::graphql::Review::Off);
    let served = serve(&site, Settings { require_key: true, ping_interval: 0.2, ..Settings::default() }).await;
    let mut socket = Socket::open(served.address).await;
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await.0, 4403);
    let header = format!("Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer {key}\r\n");
    let wrong = header.replace(&key, "wrong");
    assert!(Socket::open_with(served.address, &wrong).await.is_err_and(|answer| answer.starts_with("HTTP/1.1 401")));
    let bearer = format!("Bearer {key}");
    for payload in [
        json!({ "Authorization": bearer }),
        json!({ "authorization": bearer }),
        json!({ "headers": { "Authorization": bearer } }),
        Value::Null,
    ] {
        let headers =
            if payload.is_null() { header.as_str() } else { "Sec-WebSocket-Protocol: graphql-transport-ws\r\n" };
        let mut socket = Socket::open_with(served.address, headers).await.expect("an upgrade");
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })), "{payload}");
        socket.subscribe("1", "{ viewer { name } }").await;
        assert_eq!(socket.expect("1", "next").await, json!({ "data": { "viewer": { "name": "kim" } } }));
    }
    // A key that is revoked ends the sockets that it opened.
    let mut socket = Socket::open_with(served.address, &header).await.expect("an upgrade");
    socket.say(json!({ "type": "connection_init" })).await;
    socket.hear().await;
    account::revoke(&db, row.id, &account::now()).await.expect("it is revoked");
    let closed = loop {
        match socket.hear().await {
            Heard::Ping => socket.frame(10, b"").await,
            other => break other,
        }
    };
    assert_eq!(closed, Heard::Close(4403, "Forbidden".to_owned()));
    site.remove().await;
}

#[tokio::test]
async fn sockets_are_limited_and_pinged_and_come_from_allowed_origins() {
    let site = sqlite(Set::Cut).await;
    let settings =
        Settings { max_client_streams: 2, max_socket_operations: 2, ping_interval: 0.3, ..Settings::default() };
    let served = serve(&site, settings).await;
    let protocol = "Sec-WebSocket-Protocol: graphql-transport-ws\r\n";
    for (origin, allowed) in [("http://x", true), ("https://evil.example", false), ("null", false)] {
        let opened = Socket::open_with(served.address, &format!("{protocol}Origin: {origin}\r\n")).await;
        match opened {
            Ok(_) => assert!(allowed, "{origin}"),
            Err(answer) => assert!(!allowed && answer.starts_with("HTTP/1.1 403"), "{origin} {answer}"),
        }
    }
    let mut first = Socket::ready(served.address).await;
    for id in ["1", "2", "3"] {
        first.subscribe(id, "subscription { shows { totalCount } }").await;
    }
    let mut kinds = Vec::new();
    while kinds.len() < 3 {
        match first.hear().await {
            Heard::Message(message) => kinds.push((message["id"].clone(), message["type"].clone())),
            Heard::Ping => first.frame(10, b"").await,
            other => panic!("{other:?}"),
        }
    }
    kinds.sort_by_key(|(id, _)| id.to_string());
    assert_eq!(kinds[2], (json!("3"), json!("error")), "{kinds:?}");
    assert_eq!((&kinds[0].1, &kinds[1].1), (&json!("next"), &json!("next")));
    let second = Socket::ready(served.address).await;
    let refused = Socket::open_with(served.address, protocol).await.err().expect("no third socket");
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("--max-client-streams"), "{refused}");
    drop(second);
    // A client that answers pings stays, and one that does not is closed.
    for _ in 0..4 {
        assert_eq!(first.hear().await, Heard::Ping);
        first.frame(10, b"").await;
    }
    assert_eq!(first.hear().await, Heard::Ping);
    let closed = loop {
        match first.hear().await {
            Heard::Ping => {}
            other => break other,
        }
    };
    assert_eq!(closed, Heard::Close(1001, "the client does not answer pings".to_owned()));
    site.remove().await;
}

#[tokio::test]
async fn a_server_that_stops_closes_sockets_one_after_the_other_and_asks_them_to_come_back() {
    let site = sqlite(Set::Empty).await;
    let served = serve(&site, Settings { drain_timeout: 2.0, ..Settings::default() }).await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(Socket::ready(served.address).await);
    }
    served.stop.send(()).expect("the server listens");
    let begun = tokio::time::Instant::now();
    let closes = sockets.into_iter().map(|mut socket| async move { (socket.closed().await, begun.elapsed()) });
    let closes = futures_util::future::join_all(closes).await;
    assert!(closes.iter().all(|((code, _), _)| *code == 1012), "{closes:?}");
    let times = || closes.iter().map(|(_, time)| *time);
    let (first, last) = (times().min().expect("eight"), times().max().expect("eight"));
    assert!(first < Duration::from_millis(700) && last > Duration::from_secs(1), "{closes:?}");
    served.ended.await.expect("the server ends");
    site.remove().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected_and_what_waits_for_it_is_bounded() {
    let site = sqlite(Set::Cut).await;
    let served = serve(&site, Settings { send_timeout: 0.5, ..Settings::default() }).await;
    let start = site.data("{ changes(first: 1) { nodes { cursor } } }").await;
    let start = start["changes"]["nodes"][0]["cursor"].as_str().expect("a cursor").to_owned();
    let mut socket = Socket::ready(served.address).await;
    let fields =
        "number what label operation kind fields { field before after } changeset { title note basis createdAt }";
    for id in 0..40 {
        let feed = format!(r#"subscription {{ changes(after: "{start}", first: 100) {{ nodes {{ {fields} }} }} }}"#);
        socket.subscribe(&id.to_string(), &feed).await;
    }
    let metric = r#"castgraph_socket_closes_total{code="1013"} 1"#;
    let begun = tokio::time::Instant::now();
    while !metrics(served.address).await.contains(metric) {
        assert!(begun.elapsed() < Duration::from_mins(1), "{}", metrics(served.address).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // It can still read what was sent before.
    let end = loop {
        match socket.hear().await {
            Heard::Message(_) | Heard::Ping => {}
            other => break other,
        }
    };
    assert!(matches!(end, Heard::End | Heard::Close(1013, _)), "{end:?}");
    site.remove().await;
}

async fn metrics(address: SocketAddr) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.expect("it is sent");
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.expect("an answer");
    text
}
