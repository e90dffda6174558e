//! Subscriptions: live reads and the feed, over both transports, on both engines.

use std::time::Duration;

use castgraph::{
    account,
    graphql::{FeedSettings, Review},
    guard::{self, Access},
    live::Pace,
    web::Settings,
};
use entity::account::Role;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::{
    site::{Set, Site, on_both, sqlite},
    socket::{Heard, Socket},
    sockets::serve,
};

const PATRICK: &str = r#"subscription { person(by: {slug: "patrick-stewart"}) { name } }"#;

async fn rename(site: &Site, name: &str) {
    let statement = format!("UPDATE person SET name = '{name}' WHERE slug = 'patrick-stewart'");
    site.store.write().execute_unprepared(&statement).await.expect("the name is changed");
}

/// The number of the newest change.
async fn newest_change(site: &Site) -> i64 {
    let newest = entity::change::Entity::find().order_by_desc(entity::change::Column::Id).one(site.store.write()).await;
    newest.expect("the changes").map_or(0, |change| change.id.into())
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
    post_with(query, accept, "")
}

fn post_with(query: &str, accept: &str, headers: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n{headers}\r\n{body}"
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
            stream.read_to_string(&mut answer).await.expect("an answer");
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

#[tokio::test]
async fn an_event_stream_ends_when_its_key_is_revoked() {
    on_both(Set::Cut, |mut site| async move {
        let db = site.store.write().clone();
        let account = account::create(&db, "kim", Role::Editor, &account::now()).await.expect("an account");
        let (key, row) = account::create_key(&db, &account, "test", None, &account::now()).await.expect("a key");
        site.api = site.api.writing(db.clone(), Review::Off);
        let settings = Settings { require_key: true, ping_interval: 0.1, ..Settings::default() };
        let served = serve(&site, settings).await;
        let bearer = format!("Authorization: Bearer {key}\r\n");
        let mut stream = event_stream(served.address, post_with(PATRICK, "text/event-stream", &bearer)).await;
        assert_eq!(event(&mut stream).await.1, named("Patrick Stewart"), "{}", site.engine);
        account::revoke(&db, row.id, &account::now()).await.expect("it is revoked");
        let (kind, last) = event(&mut stream).await;
        assert_eq!((kind.as_str(), &last["errors"][0]["extensions"]["code"]), ("next", &json!("UNAUTHENTICATED")));
        assert_eq!(event(&mut stream).await.0, "complete");
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.expect("it is closed");
        assert!(!rest.contains("event:"), "{rest}");
    })
    .await;
}

#[tokio::test]
async fn event_streams_leave_room_for_other_connections() {
    let site = sqlite(Set::Cut).await;
    let served = serve(&site, Settings { max_connections: 2, ..Settings::default() }).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = event_stream(served.address, post(PATRICK, "text/event-stream")).await;
        event(&mut stream).await;
        streams.push(stream);
    }
    // A connection that goes on after its stream has its place back.
    let query = post("{ shows { totalCount } }", "text/event-stream").replace("Connection: close\r\n", "");
    let mut stream = event_stream(served.address, query.clone()).await;
    for _ in 0..3 {
        let answer = loop {
            let (kind, data) = event(&mut stream).await;
            if kind == "next" {
                break data;
            }
        };
        assert_eq!(answer, json!({ "data": { "shows": { "totalCount": 27 } } }));
        stream.get_mut().write_all(query.as_bytes()).await.expect("it is sent");
    }
    drop(streams);
    site.remove().await;
}

#[tokio::test]
async fn clients_that_do_not_read_keep_nobody_waiting() {
    on_both(Set::Whole, |site| async move {
        let limits = Settings { init_timeout: 60.0, send_timeout: 600.0, ..Settings::default() };
        let served = serve(&site, limits).await;
        let mut deaf = Vec::new();
        for number in 0..2 {
            let mut socket = Socket::deaf(served.address).await;
            for operation in 0..24 {
                // Some 240 kB each, together more than fits into the buffers of the connection.
                let fields: String = (0..400).map(|field| format!("a{field}_{operation}: name ")).collect();
                let live = format!("subscription {{ people(first: {}) {{ nodes {{ {fields} }} }} }}", 20 + number);
                socket.subscribe(&operation.to_string(), &live).await;
            }
            deaf.push(socket);
        }
        let mut socket = Socket::ready(served.address).await;
        socket.subscribe("1", PATRICK).await;
        assert_eq!(socket.expect("1", "next").await, named("Patrick Stewart"), "{}", site.engine);
        for number in 0..5 {
            let name = format!("Patrick {number}");
            rename(&site, &name).await;
            assert_eq!(socket.expect("1", "next").await, named(&name), "{}", site.engine);
        }
        socket.subscribe("2", "{ shows { totalCount } }").await;
        socket.expect("2", "next").await;
        drop(deaf);
    })
    .await;
}

#[tokio::test]
async fn each_run_is_charged_to_the_rate_limit() {
    let mut site = sqlite(Set::Cut).await;
    // The first run is charged more than the bucket gains in a minute.
    let access = Access { rate_limit: 1, rate_burst: 1, ..Access::default() };
    site.guard(&guard::Settings { access, ..guard::Settings::default() });
    let served = serve(&site, Settings::default()).await;
    let mut socket = Socket::ready(served.address).await;
    let live = "subscription { people(first: 100) { nodes { name credits(first: 9) { nodes { billing } } } } }";
    socket.subscribe("1", live).await;
    socket.expect("1", "next").await;
    rename(&site, "Sir Patrick Stewart").await;
    assert_eq!(socket.hear_within(Duration::from_secs(3)).await, None, "it has to wait");
    site.remove().await;
}

#[tokio::test]
async fn the_version_in_a_live_read_is_never_newer_than_the_fields_beside_it() {
    on_both(Set::Cut, |mut site| async move {
        let pace = Pace { interval: Duration::ZERO, ..Pace::default() };
        site.api = site.api.live(pace, FeedSettings::default());
        let served = serve(&site, Settings::default()).await;
        let mut socket = Socket::ready(served.address).await;
        socket.subscribe("1", "subscription { people(first: 100) { nodes { name version } } }").await;
        socket.expect("1", "next").await;
        let last = 60;
        let writes = async {
            let mut newest = Vec::new();
            for number in 0..=last {
                let db = site.store.write();
                db.execute_unprepared(&format!("UPDATE person SET name = '{number}'")).await.expect("a write");
                newest.push(newest_change(&site).await);
            }
            newest
        };
        let reads = async {
            let mut seen = Vec::new();
            loop {
                let answer = socket.expect("1", "next").await;
                let people = answer["data"]["people"]["nodes"].as_array().expect("people").clone();
                let of = |person: &Value| {
                    let number = person["name"].as_str().and_then(|name| name.parse::<usize>().ok());
                    (number, person["version"].as_i64().expect("a version"))
                };
                seen.extend(people.iter().map(of));
                if seen.last().is_some_and(|(number, _)| *number == Some(last)) {
                    return seen;
                }
            }
        };
        let (newest, seen) = futures_util::join!(writes, reads);
        for (number, version) in seen {
            if let Some(number) = number {
                assert!(version <= newest[number], "{}: version {version} with name {number}", site.engine);
            }
        }
    })
    .await;
}
