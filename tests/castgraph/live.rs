//! Subscriptions: live reads and the feed, over both transports, on both engines.

use std::time::Duration;

use castgraph::web::Settings;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::{
    site::{Set, Site, on_both},
    socket::{Heard, Socket},
    sockets::serve,
};

const PATRICK: &str = r#"subscription { person(by: {slug: "patrick-stewart"}) { name } }"#;

async fn rename(site: &Site, name: &str) {
    let statement = format!("UPDATE person SET name = '{name}' WHERE slug = 'patrick-stewart'");
    site.store.write().execute_unprepared(&statement).await.expect("the name is changed");
}

fn named(name: &str) -> Value {
    json!({ "data": { "person": { "name": name } } })
}

#[tokio::test]
async fn a_live_read_sends_its_answer_and_each_that_differs() {
    on_both(Set::Cut, |site| async move {
        let served = serve(&site, Settings::default()).await;
        let mut socket = Socket::ready(served.address).await;
        socket.subscribe("1", PATRICK).await;
        assert_eq!(socket.expect("1", "next").await, named("Patrick Stewart"), "{}", site.engine);
        rename(&site, "Sir Patrick Stewart").await;
        assert_eq!(socket.expect("1", "next").await, named("Sir Patrick Stewart"));
        // What does not change the answer sends nothing; of a burst the last answer always comes.
        site.store
            .write()
            .execute_unprepared("UPDATE show SET title = title || '!' WHERE slug = 'star-trek-picard'")
            .await
            .expect("a write");
        for number in 1..=30 {
            rename(&site, &format!("Patrick {number}")).await;
        }
        let mut events = 0;
        while socket.expect("1", "next").await != named("Patrick 30") {
            events += 1;
        }
        assert!(events < 30);
        assert_eq!(socket.hear_within(Duration::from_millis(300)).await, None, "nothing is sent twice");
    })
    .await;
}

/// The names that an event of the feed sets, and the cursor after it.
fn names(payload: &Value) -> (Vec<String>, String) {
    let changes = &payload["data"]["changes"];
    let nodes = changes["nodes"].as_array().unwrap_or_else(|| panic!("a page: {payload}"));
    let name = |node: &Value| {
        let fields = node["fields"].as_array().expect("fields");
        fields.iter().find(|field| field["field"] == "name").expect("a name")["after"]
            .as_str()
            .expect("a text")
            .to_owned()
    };
    (nodes.iter().map(name).collect(), changes["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned())
}

const FEED: &str = "subscription($after: String) { changes(after: $after, first: 2, kinds: [PERSON]) { \
                    nodes { operation fields { field after } } pageInfo { endCursor } } }";

async fn follow(socket: &mut Socket, id: &str, after: Option<&str>) {
    let payload = json!({ "query": FEED, "variables": { "after": after } });
    socket.say(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
}

#[tokio::test]
async fn the_feed_goes_on_where_its_client_left_it() {
    on_both(Set::Cut, |site| async move {
        let served = serve(&site, Settings::default()).await;
        let mut socket = Socket::ready(served.address).await;
        follow(&mut socket, "1", None).await;
        assert_eq!(socket.hear_within(Duration::from_millis(300)).await, None, "{}: it begins now", site.engine);
        rename(&site, "One").await;
        let (first, cursor) = names(&socket.expect("1", "next").await);
        assert_eq!(first, ["One"]);
        drop(socket);
        for name in ["Two", "Three", "Four"] {
            rename(&site, name).await;
        }
        // Changes of other kinds are not sent.
        site.store.write().execute_unprepared("UPDATE show SET title = title || '!'").await.expect("a write");
        let mut socket = Socket::ready(served.address).await;
        follow(&mut socket, "1", Some(&cursor)).await;
        let (page, _) = names(&socket.expect("1", "next").await);
        assert_eq!(page, ["Two", "Three"], "a page holds as many as were asked for");
        let (page, cursor) = names(&socket.expect("1", "next").await);
        assert_eq!(page, ["Four"]);
        rename(&site, "Five").await;
        assert_eq!(names(&socket.expect("1", "next").await).0, ["Five"]);
        // The cursor is good for a query too.
        let query =
            format!(r#"{{ changes(after: "{cursor}", kinds: [PERSON]) {{ nodes {{ fields {{ after }} }} }} }}"#);
        assert_eq!(site.data(&query).await["changes"]["nodes"][0]["fields"][0]["after"], "Five");
        follow(&mut socket, "2", Some("nonsense")).await;
        let errors = socket.expect("2", "error").await;
        assert_eq!(errors[0]["extensions"]["code"], "BAD_INPUT", "{errors}");
    })
    .await;
}

/// The lines of an event stream, from the head of the response on.
async fn event_stream(address: std::net::SocketAddr, request: String) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    BufReader::new(stream)
}

/// The next event: its type and its data.
async fn event(stream: &mut BufReader<TcpStream>) -> (String, Value) {
    let mut kind = String::new();
    loop {
        let mut line = String::new();
        timeout(Duration::from_secs(20), stream.read_line(&mut line)).await.expect("in time").expect("a line");
        assert!(!line.is_empty(), "the stream has ended");
        if let Some(text) = line.strip_prefix("event: ") {
            text.trim_end().clone_into(&mut kind);
        } else if let Some(data) = line.strip_prefix("data:") {
            return (kind, serde_json::from_str(data.trim()).unwrap_or(Value::Null));
        }
    }
}

fn post(query: &str, accept: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn server_sent_events_carry_subscriptions_and_other_operations() {
    on_both(Set::Cut, |site| async move {
        let served = serve(&site, Settings { ping_interval: 0.2, ..Settings::default() }).await;
        let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("query", PATRICK).finish();
        let get = format!("GET /graphql?{query} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
        let urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        rename(&site, "Nobody").await;
        for request in [get, post(PATRICK, "text/event-stream"), post(PATRICK, urql)] {
            let mut stream = event_stream(served.address, request).await;
            assert_eq!(event(&mut stream).await, ("next".to_owned(), named("Nobody")), "{}", site.engine);
            rename(&site, "Somebody").await;
            assert_eq!(event(&mut stream).await, ("next".to_owned(), named("Somebody")));
            rename(&site, "Nobody").await;
            assert_eq!(event(&mut stream).await, ("next".to_owned(), named("Nobody")));
        }
        let mut stream = event_stream(served.address, post("{ shows { totalCount } }", "text/event-stream")).await;
        assert_eq!(event(&mut stream).await.1, json!({ "data": { "shows": { "totalCount": 27 } } }));
        assert_eq!(event(&mut stream).await.0, "complete");
        // Errors in the document are events too.
        let mut stream = event_stream(served.address, post("subscription { nothing }", "text/event-stream")).await;
        assert_eq!(event(&mut stream).await.1["errors"][0]["extensions"]["code"], "VALIDATION");
        assert_eq!(event(&mut stream).await.0, "complete");
        // A client that also takes JSON gets the answer to a query as JSON, and a subscription needs events.
        for (document, accept, expected) in
            [("{ shows { totalCount } }", urql, "totalCount"), (PATRICK, "application/json", "text/event-stream")]
        {
            let mut stream = event_stream(served.address, post(document, accept)).await;
            let mut answer = String::new();
            tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer).await.expect("an answer");
            assert!(answer.contains("content-type: application/") && answer.contains(expected), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn equal_questions_run_once_for_all_who_ask() {
    on_both(Set::Cut, |site| async move {
        let served = serve(&site, Settings::default()).await;
        let mut sockets = Vec::new();
        for _ in 0..20 {
            let mut socket = Socket::ready(served.address).await;
            socket.subscribe("1", PATRICK).await;
            socket.expect("1", "next").await;
            sockets.push(socket);
        }
        let before = site.api.live_runs();
        rename(&site, "Everybody").await;
        for socket in &mut sockets {
            assert_eq!(socket.expect("1", "next").await, named("Everybody"));
        }
        let runs = site.api.live_runs() - before;
        assert!((1..=3).contains(&runs), "{}: {runs} runs for 20 subscribers", site.engine);
        assert!(before <= 3, "{before} runs for their first answers");
        assert!(!matches!(sockets[0].hear_within(Duration::from_millis(200)).await, Some(Heard::Message(_))));
    })
    .await;
}
