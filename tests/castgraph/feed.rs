//! The feed of changes against what the writers did: every reader gets every change once, in the same order.

use std::time::Duration;

use async_graphql::{Executor, Request, Variables};
use castgraph::{
    export::{Format, export},
    graphql::{Api, FeedSettings},
    live::Pace,
    store::Listener,
    written,
};
use futures_util::{StreamExt, future::join_all};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::site::{Set, Site, on_both};

const WRITERS: usize = 8;
const READERS: usize = 6;

/// Changes of all writers together. `CASTGRAPH_TEST_FEED=20000` is the whole size.
fn changes() -> usize {
    std::env::var("CASTGRAPH_TEST_FEED").ok().and_then(|size| size.parse().ok()).unwrap_or(400)
}

const FEED: &str = "subscription($after: String, $first: Int) { changes(after: $after, first: $first) { \
                    nodes { number fields { field after } } pageInfo { endCursor } } }";

/// Writes `count` names, some in transactions of several changes, of which some are given up.
async fn write(site: &Site, writer: usize, count: usize) {
    let db = site.store.write();
    let mut done = 0;
    while done < count {
        let length = (1 + (done + writer) % 3).min(count - done);
        let gives_up = (done + writer).is_multiple_of(7);
        if gives_up {
            let tx = db.begin().await.expect("a transaction");
            tx.execute_unprepared(&rename(writer, "nobody")).await.expect("a write");
            tx.rollback().await.expect("it is given up");
        }
        let tx = db.begin().await.expect("a transaction");
        for number in done..done + length {
            tx.execute_unprepared(&rename(writer, &format!("{writer}:{number}"))).await.expect("a write");
        }
        tx.commit().await.expect("it is committed");
        done += length;
    }
}

fn rename(writer: usize, name: &str) -> String {
    format!("UPDATE person SET name = '{name}' WHERE id = (SELECT id FROM person ORDER BY id LIMIT 1 OFFSET {writer})")
}

/// What a reader gets that stops and goes on at random: the numbers and the names of `count` changes.
async fn read(api: Api, reader: usize, count: usize, mut after: String) -> Vec<(i64, String)> {
    let mut random = reader as u64 + 1;
    let mut got = Vec::new();
    while got.len() < count {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (first, events) = (1 + (random >> 33) % 100, 1 + (random >> 50) % 5);
        let variables = Variables::from_json(json!({ "after": after, "first": first }));
        let mut stream = api.execute_stream(Request::new(FEED).variables(variables), None);
        for _ in 0..events {
            if got.len() >= count {
                break;
            }
            let event = tokio::time::timeout(Duration::from_mins(1), stream.next()).await;
            let event =
                event.unwrap_or_else(|_| panic!("reader {reader} has {} of {count}", got.len())).expect("it goes on");
            let event: Value = serde_json::from_slice(&written::body(&event).expect("JSON")).expect("JSON");
            let page = &event["data"]["changes"];
            let nodes = page["nodes"].as_array().unwrap_or_else(|| panic!("{event}"));
            assert!(!nodes.is_empty() && nodes.len() as u64 <= first, "{event}");
            for node in nodes {
                let name = node["fields"][0]["after"].as_str().expect("a name");
                got.push((node["number"].as_i64().expect("a number"), name.to_owned()));
            }
            page["pageInfo"]["endCursor"].as_str().expect("a cursor").clone_into(&mut after);
        }
    }
    got
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_reader_gets_every_change_once_in_the_order_of_the_commits() {
    on_both(Set::Cut, |mut site| async move {
        site.api =
            site.api.live(Pace { interval: Duration::from_millis(5), ..Pace::default() }, FeedSettings::default());
        let commits = site.api.commits();
        let store = site.store.clone();
        tokio::spawn(async move { store.watch(&[&commits as &dyn Listener]).await });
        let newest = site.data("{ changes(last: 1) { pageInfo { endCursor } } }").await;
        let start = newest["changes"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
        let each = changes() / WRITERS;
        let readers =
            (0..READERS).map(|reader| tokio::spawn(read(site.api.clone(), reader, each * WRITERS, start.clone())));
        let readers: Vec<_> = readers.collect();
        join_all((0..WRITERS).map(|writer| write(&site, writer, each))).await;
        let mut all = Vec::new();
        for reader in readers {
            all.push(reader.await.expect("a reader ends"));
        }
        let first = &all[0];
        assert!(all.iter().all(|got| got == first), "{}: readers differ", site.engine);
        assert!(first.is_sorted_by(|one, two| one.0 < two.0), "{}: no order", site.engine);
        for writer in 0..WRITERS {
            let own = first.iter().filter_map(|(_, name)| name.strip_prefix(&format!("{writer}:")));
            let expected = (0..each).map(|number| number.to_string());
            assert!(own.map(str::to_owned).eq(expected), "{}: writer {writer}", site.engine);
        }
    })
    .await;
}

#[tokio::test]
async fn a_removed_object_has_a_tombstone_and_filters_choose_kinds() {
    on_both(Set::Cut, |site| async move {
        let db = site.store.write();
        let newest = site.data("{ changes(last: 1) { nodes { cursor } } }").await;
        let start = newest["changes"]["nodes"][0]["cursor"].as_str().expect("a cursor").to_owned();
        let person = "INSERT INTO person (slug, name, name_key) VALUES ('nobody', 'Nobody', 'nobody')";
        for statement in
            [person, "DELETE FROM person WHERE slug = 'nobody'", "UPDATE show SET title = title || '!' WHERE id = 1"]
        {
            db.execute_unprepared(statement).await.expect("a write");
        }
        let query = |arguments: &str| {
            let fields = "operation kind object { id } tombstone { kind id slug successor { id } }";
            format!(r#"{{ changes(after: "{start}"{arguments}) {{ nodes {{ {fields} }} }} }}"#)
        };
        let answer = site.data(&query(", kinds: [PERSON]")).await;
        let nodes = answer["changes"]["nodes"].as_array().expect("nodes").clone();
        assert_eq!(nodes.len(), 2, "{}: {nodes:?}", site.engine);
        for (node, operation) in nodes.iter().zip(["ADDED", "REMOVED"]) {
            assert_eq!(node["operation"], operation);
            assert_eq!((&node["object"], &node["tombstone"]["slug"]), (&Value::Null, &json!("nobody")));
            assert_eq!((&node["kind"], &node["tombstone"]["successor"]), (&json!("PERSON"), &Value::Null));
        }
        let id = nodes[0]["tombstone"]["id"].as_str().expect("an id");
        let about = site.data(&query(&format!(r#", about: "{id}""#))).await;
        assert_eq!(about["changes"]["nodes"].as_array().map(Vec::len), Some(2));
        let shows = site.data(&query(", kinds: [SHOW, SEASON]")).await;
        assert_eq!(shows["changes"]["nodes"][0]["tombstone"], Value::Null);
        assert!(shows["changes"]["nodes"][0]["object"]["id"].is_string());
    })
    .await;
}

#[tokio::test]
async fn a_cursor_lasts_as_long_as_the_retention() {
    on_both(Set::Cut, |mut site| async move {
        let db = site.store.write().clone();
        let all =
            site.data("{ changes(first: 2) { nodes { cursor } } latest: changes(last: 1) { nodes { cursor } } }").await;
        let cursor = |at: &Value| at["cursor"].as_str().expect("a cursor").to_owned();
        let (old, latest) = (cursor(&all["changes"]["nodes"][0]), cursor(&all["latest"]["nodes"][0]));
        site.api = site.api.live(Pace::default(), FeedSettings { retention: Some(Duration::from_hours(1)) });
        let ask = |after: &str| format!(r#"{{ changes(after: "{after}", first: 1) {{ nodes {{ number }} }} }}"#);
        db.execute_unprepared("UPDATE changeset SET created_at = '2026-01-01T00:00:00Z', decided_at = NULL")
            .await
            .expect("it ages");
        let answer = site.answer(&ask(&old)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CURSOR_EXPIRED", "{}: {answer}", site.engine);
        assert_eq!(site.data(&ask(&latest)).await["changes"]["nodes"], json!([]));
        let mut stream = site.api.execute_stream(Request::new(format!("subscription {}", ask(&old))), None);
        let event = stream.next().await.expect("an event");
        assert!(event.errors[0].message.contains("begin again from an export") && event.errors[0].path.is_empty());
        assert!(stream.next().await.is_none(), "it has ended");
        // Without a cursor it begins where the retention does.
        assert_eq!(site.data("{ changes(first: 1) { nodes { number } } }").await["changes"]["nodes"], json!([]));
        // A subscriber who has begun gets all that comes, however late it reads.
        let mut stream = site.api.execute_stream(Request::new(format!("subscription {}", ask(&latest))), None);
        for (name, is_old) in [("One", false), ("Two", true), ("Three", true)] {
            db.execute_unprepared(&rename(1, name)).await.expect("a write");
            let age = "UPDATE change SET changeset_id = (SELECT max(id) FROM changeset) WHERE changeset_id IS NULL";
            if is_old {
                db.execute_unprepared(age).await.expect("it is as old as the changeset");
            }
            let event = stream.next().await.expect("an event");
            assert!(event.errors.is_empty(), "{:?}", event.errors);
        }
    })
    .await;
}

#[tokio::test]
async fn an_export_says_the_cursor_at_which_it_was_taken() {
    on_both(Set::Cut, |site| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let written = export(site.store.read(), Format::Csv, &folder.path().join("set")).await.expect("it is written");
        let package = std::fs::read_to_string(folder.path().join("set/datapackage.json")).expect("a file");
        let package: Value = serde_json::from_str(&package).expect("JSON");
        let cursor = written.cursor.expect("a cursor");
        assert_eq!(package["cursor"], *cursor);
        let lines = folder.path().join("set.jsonl");
        export(site.store.read(), Format::Jsonl, &lines).await.expect("it is written");
        let lines = std::fs::read_to_string(lines).expect("a file");
        let last: Value = serde_json::from_str(lines.lines().last().expect("a line")).expect("JSON");
        assert_eq!(last, json!({ "table": "changes", "cursor": cursor }));
        let after = format!(r#"{{ changes(after: "{cursor}") {{ totalCount nodes {{ what }} }} }}"#);
        assert_eq!(site.data(&after).await["changes"]["nodes"], json!([]), "{}", site.engine);
        site.store.write().execute_unprepared("UPDATE show SET title = 'x' WHERE id = 1").await.expect("a write");
        assert_eq!(site.data(&after).await["changes"]["nodes"], json!([{ "what": "show" }]));
    })
    .await;
}
