//! What the guard and the web room cost for each request, beside the schema alone: CPU time of the whole process, as
//! ratios within one run.
//!
//! `cargo bench --bench layers` on Linux, on an SQLite file with the Star Trek set, one request after the other.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made ends")]

use std::{
    fs,
    time::{Duration, Instant},
};

use async_graphql::{Executor, Request, parser::parse_query};
use axum::{
    body::{Body, to_bytes},
    http,
};
use castgraph::{
    account,
    change::{self, Heading},
    graphql::{Api, Cast},
    guard,
    import::{self, Leftovers},
    store::Store,
    web,
};
use entity::changeset::Origin;
use tower::ServiceExt;

const QUERIES: [(&str, &str); 3] = [
    ("point read", r#"{ show(by: {slug: "star-trek-picard"}) { id title } }"#),
    (
        "nested",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { number show { title } cast(first: 20) { nodes {
            person { name } character { name credits(first: 5) { nodes { person { name } season { number } } } } } } } }"#,
    ),
    (
        "returns",
        r#"{ season(by: {slug: "star-trek-picard-s02"}) { returns(from: {slug: "star-trek-the-next-generation"}) {
            nodes { character { name } yearsAway samePerformer } } } }"#,
    ),
];

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(700);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("castgraph.db");
    let store = Store::open(file.to_str().expect("a path"), None).await.expect("it opens");
    store.migrate().await.expect("the schema comes up to date");
    let set = import::check(&import::embedded()).expect("the set is right");
    change::import(store.write(), &set, Leftovers::Keep, Heading::new(Origin::Import, None, "The set", account::now()))
        .await
        .expect("the set goes in");

    let cast = Cast::new(store.read().clone(), None);
    let api = Api::new(store.read().clone(), None, &guard::Settings::default()).expect("the schema is one");
    let router = web::Server::new(api.clone(), web::Settings::default()).router();
    // The log is written, to nowhere.
    let log = tracing_subscriber::fmt().with_writer(std::io::sink).json().finish();
    tracing::subscriber::set_global_default(log).expect("one log");

    println!("{:12} {:>14} {:>14} {:>14} {:>16}", "", "schema alone", "with parsing", "guard", "guard and web");
    for (name, query) in QUERIES {
        let parsed = parse_query(query).expect("a query");
        let alone = async || {
            let mut request = Request::new(query);
            request.set_parsed_query(parsed.clone());
            assert!(cast.execute(request).await.errors.is_empty());
        };
        let parsing = async || assert!(cast.execute(Request::new(query)).await.errors.is_empty());
        let guarded = async || assert!(api.execute(Request::new(query)).await.errors.is_empty());
        let body = serde_json::json!({ "query": query }).to_string();
        let served = async || {
            let request = http::Request::post("/graphql").header("content-type", "application/json");
            let request = request.body(Body::from(body.clone())).expect("a request");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), 200);
            to_bytes(answer.into_body(), usize::MAX).await.expect("it is read");
        };
        let mut costs = [const { Vec::new() }; 4];
        for _ in 0..ROUNDS {
            costs[0].push(cost(alone).await);
            costs[1].push(cost(parsing).await);
            costs[2].push(cost(guarded).await);
            costs[3].push(cost(served).await);
        }
        let [alone, parsing, guarded, served] = costs.map(median);
        println!(
            "{name:12} {alone:11.1} µs {:13.3}x {:13.3}x {:15.3}x",
            parsing / alone,
            guarded / alone,
            served / alone
        );
    }
    store.close().await.expect("it closes");
}

/// Microseconds of CPU that one run takes, in all threads of this process.
async fn cost(run: impl AsyncFn()) -> f64 {
    let (begun, before) = (Instant::now(), cpu());
    let mut runs = 0.0;
    while begun.elapsed() < ROUND {
        for _ in 0..10 {
            run().await;
        }
        runs += 10.0;
    }
    (cpu() - before) / runs
}

/// Microseconds of CPU that this process has taken.
fn cpu() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux");
    let of = |task: std::io::Result<fs::DirEntry>| {
        // The first number is the time on a CPU in nanoseconds.
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.filter_map(of).sum::<f64>() / 1e3
}

fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    *costs.get(costs.len() / 2).unwrap_or_else(|| panic!("no rounds"))
}
