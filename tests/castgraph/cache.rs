//! What is kept in memory: it saves statements, never shows what is gone, and keeps within its bound.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{Executor, Request, Variables};
use castgraph::{
    graphql::Api,
    guard::{RequestStats, Settings},
    load::Cache,
    written::{self, Welcome},
};
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::site::{Set, Site, on_both, postgres};

const DEEP: &str = r#"{ season(by: {slug: "star-trek-picard-s02"}) { number cast(first: 20) { totalCount nodes {
    person { name } character { name credits(first: 5) { nodes { person { name } } } } } } } }"#;
const TITLE: &str = r#"{ show(by: {slug: "star-trek-picard"}) { title } }"#;

/// Gives the site a cache that is watched, and waits until it is open.
async fn keep(site: &mut Site, bytes: u64) -> Arc<Cache> {
    let cache = Arc::new(Cache::new(bytes));
    let (store, watched) = (site.store.clone(), Arc::clone(&cache));
    tokio::spawn(async move { store.watch(&[&watched]).await });
    site.api = Api::new(site.store.read().clone(), Some(Arc::clone(&cache)), &Settings::default()).expect("a schema");
    while site.execute(TITLE, Value::Null).await.statements > 0 {
        sleep(Duration::from_millis(1)).await;
    }
    cache
}

async fn ask(api: &Api, query: &str, fresh: bool) -> (Value, u64) {
    let (mut answer, statements) = send(api, asking(query, fresh)).await;
    assert_eq!(answer.get("errors"), None);
    (answer["data"].take(), statements)
}

/// As [`ask`], and takes an answer that is written already.
async fn ask_again(api: &Api, query: &str, fresh: bool) -> (Value, u64) {
    let (mut answer, statements) = send(api, asking(query, fresh).data(Welcome)).await;
    (answer["data"].take(), statements)
}

fn asking(query: &str, fresh: bool) -> Request {
    let mut request = Request::new(query);
    request.extensions.0.insert("fresh".to_owned(), fresh.into());
    request
}

/// The JSON of the answer to a request, and how many statements it took.
async fn send(api: &Api, request: Request) -> (Value, u64) {
    let tally = Arc::new(RequestStats::default());
    let answer = api.execute(request.data(Arc::clone(&tally))).await;
    let body = written::body(&answer).expect("answers are JSON");
    (serde_json::from_slice(&body).expect("it is JSON"), tally.statements())
}

async fn title(api: &Api, fresh: bool) -> String {
    shown(ask(api, TITLE, fresh).await)
}

/// The same title, which comes along with a credit.
const TITLE_ALONG: &str =
    r#"{ season(by: {slug: "star-trek-picard-s02"}) { cast(first: 1) { nodes { show { title } } } } }"#;

fn shown((answer, _): (Value, u64)) -> String {
    let show = answer.get("show").unwrap_or_else(|| &answer["season"]["cast"]["nodes"][0]["show"]);
    show["title"].as_str().expect("a title").to_owned()
}

async fn rename(site: &Site, title: &str) {
    let statement = format!("UPDATE show SET title = '{title}' WHERE slug = 'star-trek-picard'");
    site.store.write().execute_unprepared(&statement).await.expect("it is renamed");
}

#[tokio::test]
async fn what_was_read_is_read_no_more_and_the_answer_is_the_same() {
    on_both(Set::Whole, |mut site: Site| async move {
        let cold = ask(&site.api, DEEP, false).await;
        let cache = keep(&mut site, 10 << 20).await;
        assert_eq!(ask(&site.api, DEEP, false).await, cold, "{} statements of another number", site.engine);
        assert_eq!(ask(&site.api, DEEP, false).await, (cold.0.clone(), 0));
        assert_eq!(ask(&site.api, DEEP, true).await, cold, "who asks for fresh data gets it from the database");
        let missing = r#"{ show(by: {slug: "no-such-show"}) { title } }"#;
        // One statement looks for the slug, and one for an object that had it.
        assert_eq!(ask(&site.api, missing, false).await, (json!({ "show": null }), 2));
        assert_eq!(
            ask(&site.api, missing, false).await,
            (json!({ "show": null }), 0),
            "that there is none is kept too"
        );
        let state = cache.state();
        assert!(state.hits > 50 && state.misses > 10 && state.entries > 50 && state.bytes > 10_000, "{state:?}");
    })
    .await;
}

#[tokio::test]
async fn what_came_along_is_kept_too() {
    on_both(Set::Whole, |mut site: Site| async move {
        keep(&mut site, 10 << 20).await;
        let cast = r#"{ show(by: {slug: "star-trek-picard"}) { cast(first: 1) { nodes { person { id name } } } } }"#;
        let (answer, statements) = ask(&site.api, cast, false).await;
        let person = &answer["show"]["cast"]["nodes"][0]["person"];
        let query = format!("{{ node(id: {}) {{ ... on Person {{ id name }} }} }}", person["id"]);
        // The show was asked for before.
        assert_eq!((statements, ask(&site.api, &query, false).await), (1, (json!({ "node": person }), 0)));
        // What came along before a change is not given after it.
        ask(&site.api, TITLE_ALONG, false).await;
        for name in ["One", "Two", "Three"] {
            rename(&site, name).await;
            while shown(ask(&site.api, TITLE_ALONG, false).await) != name {
                sleep(Duration::from_millis(1)).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn counts_that_came_along_are_kept_until_something_changes() {
    const COUNTED: &str =
        r#"{ people(filter: {name: {equals: "Brent Spiner"}}) { nodes { id credits { totalCount } } } }"#;
    on_both(Set::Whole, |mut site: Site| async move {
        keep(&mut site, 10 << 20).await;
        let (answer, statements) = ask(&site.api, COUNTED, false).await;
        let person = answer["people"]["nodes"][0].clone();
        let alone = format!("{{ node(id: {}) {{ ... on Person {{ id credits {{ totalCount }} }} }} }}", person["id"]);
        // The person was not asked for by the number before, but the count was.
        let (found, more) = ask(&site.api, &alone, false).await;
        assert_eq!((statements, more, &found["node"]), (1, 1, &person));
        let count = person["credits"]["totalCount"].as_i64().expect("a count");
        let insert = "INSERT INTO credit (person_id, show_id, job) SELECT p.id, s.id, 40 FROM person AS p, show AS s \
            WHERE p.slug = 'brent-spiner' AND s.slug = 'star-trek-picard'";
        site.store.write().execute_unprepared(insert).await.expect("it goes in");
        for query in [COUNTED, &alone] {
            let counted = |(answer, _): (Value, u64)| {
                let person = answer.pointer("/people/nodes/0").or(answer.pointer("/node")).cloned();
                person.and_then(|person| person["credits"]["totalCount"].as_i64()).expect("a count")
            };
            while counted(ask(&site.api, query, false).await) != count + 1 {
                sleep(Duration::from_millis(1)).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_is_seen_by_all_soon_and_by_those_who_ask_at_once() {
    on_both(Set::Whole, |mut site: Site| async move {
        keep(&mut site, 10 << 20).await;
        for name in ["One", "Two", "Three"] {
            assert_eq!(ask(&site.api, TITLE, false).await.1, 0, "it is kept");
            rename(&site, name).await;
            assert_eq!(title(&site.api, true).await, name);
            while title(&site.api, false).await != name {
                sleep(Duration::from_millis(1)).await;
            }
            assert_eq!(shown(ask_again(&site.api, TITLE, false).await), name);
            while ask(&site.api, TITLE, false).await.1 > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_whole_answer_is_given_again_only_for_the_same_question() {
    on_both(Set::Whole, |mut site: Site| async move {
        keep(&mut site, 10 << 20).await;
        let text = "query A($s: String! = \"star-trek-picard\") { show(by: {slug: $s}) { title } }
            query B($s: String!) { show(by: {slug: $s}) { slug } }";
        let asking = |operation: &str, slug: Option<&str>| {
            let variables = slug.map_or(json!({}), |slug| json!({ "s": slug }));
            Request::new(text).operation_name(operation).variables(Variables::from_json(variables)).data(Welcome)
        };
        let (picard, tng) = (Some("star-trek-picard"), Some("star-trek-the-next-generation"));
        for (operation, slug) in [("A", None), ("A", picard), ("A", tng), ("B", picard), ("B", tng)] {
            let (first, _) = send(&site.api, asking(operation, slug)).await;
            let (again, statements) = send(&site.api, asking(operation, slug)).await;
            assert_eq!((&again, statements), (&first, 0));
            let mut costly = asking(operation, slug);
            costly.extensions.0.insert("cost".to_owned(), true.into());
            let (costly, _) = send(&site.api, costly).await;
            assert_eq!(costly["data"], first["data"]);
            assert!(costly["extensions"]["cost"]["estimated"].is_u64(), "{costly}");
            let shown = if operation == "A" { &first["data"]["show"]["title"] } else { &first["data"]["show"]["slug"] };
            assert!(shown.is_string(), "{first}");
        }
        assert_eq!(site.api.answers_again(), 11, "what has a default for a variable is the same question");
    })
    .await;
}

#[tokio::test]
async fn answers_with_errors_and_from_the_graph_are_not_kept() {
    on_both(Set::Whole, |mut site: Site| async move {
        keep(&mut site, 10 << 20).await;
        let wrong = r#"{ show(by: {slug: "star-trek-picard"}) { seasons(first: -1) { nodes { number } } } }"#;
        let path = r#"{ path(from: {slug: "whoopi-goldberg"}, to: {slug: "chris-pine"}) { length } }"#;
        for query in [wrong, path] {
            let first = send(&site.api, asking(query, false).data(Welcome)).await;
            assert_eq!(send(&site.api, asking(query, false).data(Welcome)).await.0, first.0);
        }
        assert_eq!(site.api.answers_again(), 0);
    })
    .await;
}

#[tokio::test]
async fn many_that_want_the_same_at_once_read_it_once() {
    on_both(Set::Whole, |mut site: Site| async move {
        let cache = keep(&mut site, 10 << 20).await;
        cache.invalidate_all();
        let answers = join_all((0..50).map(|_| ask(&site.api, TITLE, false))).await;
        assert!(answers.iter().all(|(answer, _)| answer == &answers[0].0));
        assert_eq!(answers.iter().map(|(_, statements)| statements).sum::<u64>(), 1);
        // One that gives up does not leave the others waiting.
        cache.invalidate_all();
        let first = tokio::spawn({
            let api = site.api.clone();
            async move { ask(&api, TITLE, false).await }
        });
        tokio::task::yield_now().await;
        first.abort();
        assert_eq!(title(&site.api, false).await, "Star Trek: Picard");
    })
    .await;
}

#[tokio::test]
async fn no_more_is_kept_than_the_bound() {
    on_both(Set::Whole, |mut site: Site| async move {
        let cache = keep(&mut site, 100_000).await;
        for first in 1..=100 {
            ask(
                &site.api,
                &format!(
                    "{{ people(first: {first}) {{ nodes {{ name credits(first: {first}) {{ totalCount }} }} }} }}"
                ),
                false,
            )
            .await;
            assert!(cache.state().bytes <= 100_000, "{:?}", cache.state());
        }
        assert!(cache.state().entries > 0);
        // What is not found is kept under its name, however long that is.
        cache.invalidate_all();
        let before = cache.state().bytes;
        let missing = format!(r#"{{ show(by: {{slug: "{}"}}) {{ title }} }}"#, "x".repeat(5_000));
        assert_eq!(ask(&site.api, &missing, false).await.0, json!({ "show": null }));
        assert!(cache.state().bytes >= before + 5_000, "{:?}", cache.state());
    })
    .await;
}

/// Readers against a writer. Titles are numbers that only grow: no reader may see a number that was not yet committed,
/// nor one below what it has been told was committed, where it asks for fresh data; and the rest comes in time.
/// `CASTGRAPH_TEST_WRITES` makes it go on for longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_committed_states_only_while_a_writer_writes() {
    let writes = std::env::var("CASTGRAPH_TEST_WRITES").map_or(200, |text| text.parse().expect("a number"));
    for mut site in crate::site::both(Set::Whole).await {
        keep(&mut site, 10 << 20).await;
        rename(&site, "0").await;
        let (begun, committed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let done = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..8)
            .map(|reader| {
                let (api, done) = (site.api.clone(), Arc::clone(&done));
                let (begun, committed) = (Arc::clone(&begun), Arc::clone(&committed));
                tokio::spawn(async move {
                    let mut reads = 0_u64;
                    while !done.load(Ordering::SeqCst) {
                        let fresh = reader % 2 == 0;
                        let least = committed.load(Ordering::SeqCst);
                        // Half of them as it comes along with a credit.
                        let query = if reader < 4 { TITLE } else { TITLE_ALONG };
                        let answer = match reader % 4 {
                            0 | 1 => ask(&api, query, fresh).await,
                            _ => ask_again(&api, query, fresh).await,
                        };
                        // The first title is from before the test.
                        if let Ok(seen) = shown(answer).parse::<u64>() {
                            assert!(seen <= begun.load(Ordering::SeqCst), "{seen} was not written yet");
                            assert!(!fresh || seen >= least, "{seen} is older than {least}");
                            reads += 1;
                        }
                        // What is kept is answered without a pause, and others want to run too.
                        tokio::task::yield_now().await;
                    }
                    reads
                })
            })
            .collect();
        for number in 1..=writes {
            begun.store(number, Ordering::SeqCst);
            rename(&site, &number.to_string()).await;
            committed.store(number, Ordering::SeqCst);
            if number % 10 == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        }
        for query in [TITLE, TITLE_ALONG] {
            while shown(ask(&site.api, query, false).await) != writes.to_string() {
                sleep(Duration::from_millis(1)).await;
            }
        }
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            assert!(reader.await.expect("every reader saw what it may") > 0);
        }
        site.remove().await;
    }
}

#[tokio::test]
async fn nothing_is_kept_while_nobody_hears_of_changes() {
    let Some(mut site) = postgres(Set::Whole).await else { return };
    let cache = keep(&mut site, 10 << 20).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query ILIKE 'listen%' AND pid <> pg_backend_pid()";
    site.store.write().execute_unprepared(cut).await.expect("the connection is cut");
    rename(&site, "Written in between").await;
    while title(&site.api, false).await != "Written in between" {
        sleep(Duration::from_millis(1)).await;
    }
    while ask(&site.api, TITLE, false).await.1 > 0 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(title(&site.api, false).await, "Written in between");
    rename(&site, "Heard of again").await;
    while title(&site.api, false).await != "Heard of again" {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(cache.state().drops > 2);
    site.remove().await;
}
