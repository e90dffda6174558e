//! What writes cost the readers: requests per second for hot shows, from memory, while 0, 1, 10 and 50 writes a second are
//! committed, as ratios to a quiet database; and how soon a new credit is in `path`.
//!
//! `cargo bench --bench writes -- [SHOWS] [SECONDS] [postgres://…]`: the number of invented shows (5,000), the seconds for each
//! figure (5), and an empty PostgreSQL database instead of an SQLite file. Readers and writers are one process; requests
//! pass the guard and the web layer, but no sockets.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a measurement that cannot be made ends")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http,
};
use castgraph::{
    generate::{World, fill},
    graphql::Api,
    guard,
    load::Cache,
    store::{Listener, Store},
    web,
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tower::ServiceExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Shows that are read again and again.
const HOT: usize = 300;

/// Concurrent readers.
const READERS: usize = 4;

const SHOW: &str = "query($slug: String!) { show(by: {slug: $slug}) { title premieredOn seasons { nodes { number
    cast(first: 20) { totalCount nodes { billing creditedAs person { name } character { name } } } } } } }";

/// What is written, with the statement: `{}` is the id of a show.
#[derive(Clone, Copy)]
struct Writes {
    name: &'static str,
    statement: &'static str,
    /// Whether the shows are among those that are read.
    hot: bool,
}

const WRITES: [Writes; 3] = [
    Writes {
        name: "titles of other shows",
        statement: "UPDATE show SET title = title || '.' WHERE id = {}",
        hot: false,
    },
    Writes {
        name: "credits of other shows",
        statement: "UPDATE credit SET credited_as = coalesce(credited_as, '') || '.' \
                    WHERE id = (SELECT min(id) FROM credit WHERE show_id = {})",
        hot: false,
    },
    Writes {
        name: "titles of these shows",
        statement: "UPDATE show SET title = title || '.' WHERE id = {}",
        hot: true,
    },
];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let shows: i32 = arguments.next().map_or(5_000, |text| text.parse().expect("a number of shows"));
    let seconds: f64 = arguments.next().map_or(5.0, |text| text.parse().expect("a number of seconds"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("castgraph.db").to_str().expect("a path").to_owned();
    let store = Store::open(&arguments.next().unwrap_or(file), None).await.expect("it opens");
    store.migrate().await.expect("the schema comes up to date");
    fill(&store, World::new(shows.unsigned_abs(), 1), |_| ()).await.expect("it is filled");
    store.analyze().await.expect("it is analyzed");
    let cache = Arc::new(Cache::new(1 << 30));
    let api = Api::new(store.connections().clone(), Some(Arc::clone(&cache)), &guard::Settings::default());
    let api = api.expect("the schema is one");
    tokio::spawn({
        let (store, cache, graph) = (store.clone(), Arc::clone(&cache), api.graph());
        async move { store.watch(&[&cache as &dyn Listener, &graph]).await }
    });
    let router = web::Server::new(api.clone(), web::Settings::default()).router();
    let ids = Arc::new(ids(&store, shows).await);
    let (hot, cold) = (Arc::new(ids[..HOT].to_vec()), Arc::new(ids[HOT..].to_vec()));
    while api.graph().graph().await.is_err() {
        sleep(Duration::from_millis(100)).await;
    }

    println!("{shows} shows on {}; {HOT} of them are read", if store.is_postgres() { "PostgreSQL" } else { "SQLite" });
    println!("{:24} {:>6} {:>12} {:>9} {:>12}", "writes", "per s", "requests/s", "ratio", "writes done");
    reads(&router, &hot, seconds).await;
    for writes in WRITES {
        let targets = if writes.hot { &hot } else { &cold };
        let mut quiet = 0.0;
        for rate in [0, 1, 10, 50] {
            let done = Arc::new(AtomicU64::new(0));
            let writer = (rate > 0).then(|| {
                let (store, targets, done) = (store.clone(), Arc::clone(targets), Arc::clone(&done));
                tokio::spawn(async move { write(&store, writes, &targets, rate, &done).await })
            });
            let answers = reads(&router, &hot, seconds).await;
            if let Some(writer) = writer {
                writer.abort();
            }
            quiet = if rate == 0 { answers } else { quiet };
            let done = done.load(Ordering::SeqCst);
            println!("{:24} {rate:6} {answers:12.0} {:9.2} {done:12}", writes.name, answers / quiet);
        }
    }
    links(&store, &api).await;
    store.close().await.expect("it closes");
}

/// The ids and slugs of the shows, in an order that does not depend on when they were made.
async fn ids(store: &Store, shows: i32) -> Vec<(i32, String)> {
    let sql = format!("SELECT id, slug FROM show ORDER BY (id * 7919) % 10007, id LIMIT {shows}");
    let statement = Statement::from_string(store.read().get_database_backend(), sql);
    let rows = store.read().query_all_raw(statement).await.expect("the shows");
    rows.iter().map(|row| (row.try_get("", "id").expect("an id"), row.try_get("", "slug").expect("a slug"))).collect()
}

/// Requests per second.
async fn reads(router: &Router, hot: &Arc<Vec<(i32, String)>>, seconds: f64) -> f64 {
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (router, hot, stop) = (router.clone(), Arc::clone(hot), Arc::clone(&stop));
            tokio::spawn(async move {
                let (mut answers, mut place) = (0_u32, reader * HOT / READERS);
                while !stop.load(Ordering::Relaxed) {
                    place = (place + 1) % HOT;
                    let body = serde_json::json!({ "query": SHOW, "variables": { "slug": hot[place].1 } }).to_string();
                    let request = http::Request::post("/graphql").header("content-type", "application/json");
                    let answer = router.clone().oneshot(request.body(Body::from(body)).expect("a request")).await;
                    let answer = answer.expect("an answer");
                    assert_eq!(answer.status(), 200);
                    to_bytes(answer.into_body(), usize::MAX).await.expect("it is read");
                    answers += 1;
                    // What is in memory is answered without a pause, and the writer wants to run too.
                    tokio::task::yield_now().await;
                }
                answers
            })
        })
        .collect();
    let begun = Instant::now();
    sleep(Duration::from_secs_f64(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let took = begun.elapsed().as_secs_f64();
    let mut answers = 0.0;
    for reader in readers {
        answers += f64::from(reader.await.expect("a reader ends"));
    }
    answers / took
}

/// Commits `rate` writes a second until it is aborted.
async fn write(store: &Store, writes: Writes, targets: &[(i32, String)], rate: u32, done: &AtomicU64) {
    let mut turns = interval(Duration::from_secs(1) / rate);
    turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for (id, _) in targets.iter().cycle() {
        turns.tick().await;
        let statement = writes.statement.replace("{}", &id.to_string());
        store.write().execute_unprepared(&statement).await.expect("it is written");
        done.fetch_add(1, Ordering::SeqCst);
    }
}

/// How long it takes until a committed credit is in `path`, for new people of one film.
async fn links(store: &Store, api: &Api) {
    let mut took = Vec::new();
    let film = "INSERT INTO show (slug, title, title_key, format) VALUES ('bench-film', 'Film', 'film', 'FILM')";
    store.write().execute_unprepared(film).await.expect("it is written");
    sleep(Duration::from_secs(15)).await;
    for number in 0..50 {
        let person = format!("INSERT INTO person (slug, name, name_key) VALUES ('bench-{number}', 'B', 'b')");
        store.write().execute_unprepared(&person).await.expect("it is written");
        let credit = format!(
            "INSERT INTO credit (person_id, show_id, character_id, job, billing, part) SELECT p.id, s.id, \
             (SELECT min(id) FROM character), 0, 50, 'SCREEN' FROM person AS p, show AS s \
             WHERE p.slug = 'bench-{number}' AND s.slug = 'bench-film'"
        );
        store.write().execute_unprepared(&credit).await.expect("it is written");
        let begun = Instant::now();
        if number > 0 {
            let query =
                format!("{{ path(from: {{slug: \"bench-0\"}}, to: {{slug: \"bench-{number}\"}}) {{ length }} }}");
            while !found(api, &query).await {
                assert!(begun.elapsed() < Duration::from_mins(1), "the credit is not found");
                sleep(Duration::from_micros(500)).await;
            }
            took.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    took.sort_by(f64::total_cmp);
    println!("a new credit is in path after {:.1} ms, at most {:.1} ms", took[took.len() / 2], took[took.len() - 1]);
}

async fn found(api: &Api, query: &str) -> bool {
    let answer = async_graphql::Executor::execute(api, async_graphql::Request::new(query)).await;
    answer.errors.is_empty() && answer.data.to_string().contains("length: 1")
}
