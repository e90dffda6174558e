//! Cached answers against those of a server that caches nothing, after random changes of every kind.
//!
//! `CASTGRAPH_TEST_ANSWERS` is the number of answers that are compared on each engine, and `CASTGRAPH_TEST_SEED` where the
//! random changes begin.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{Executor, Request};
use castgraph::{
    account,
    change::{
        self, Draft, Heading, Wish,
        log::Changes,
        table::{TABLES, Table, named},
    },
    graphql::Api,
    guard::Settings,
    import::Leftovers,
    load::Cache,
    store::Listener,
    written::{self, Welcome},
};
use entity::{account::Role, changeset::Origin};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    cut,
    paging::{LISTS, query_of_page},
    plans::{FILTERS, RELATIONS},
    site::{Set, Site, both, import_set},
};

/// Numbers that look random and are the same in each run (xorshift; G. Marsaglia, 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("64 bits") % bound.max(1)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Hears what the cache hears, after it.
#[derive(Clone, Default)]
struct Told {
    last: Arc<AtomicI32>,
    unknown: Arc<AtomicU64>,
}

impl Listener for Told {
    fn open(&self) {}

    fn changed(&self, changes: &Changes) {
        match changes {
            Changes::Rows(rows) => drop(rows.last().map(|change| self.last.store(change.id, Ordering::SeqCst))),
            Changes::Unknown => drop(self.unknown.fetch_add(1, Ordering::SeqCst)),
        }
    }

    fn shut(&self) {}
}

/// Queries whose answers are cached, and queries over the graph, whose answers are not.
fn queries() -> (Vec<String>, Vec<String>) {
    let lists = LISTS.iter().flat_map(|(_, query)| ["first: 3", "last: 2"].map(|page| query_of_page(query, page)));
    let filters = FILTERS.iter().flat_map(|(list, _, filters)| {
        let queries = filters.iter().map(move |filter| format!("{{ {list}(filter: {{{filter}}}) LIST }}"));
        queries.map(|query| query_of_page(&query, "first: 3"))
    });
    let hot = [
        r#"{ show(by: {slug: "star-trek-picard"}) { title seasons { nodes { number cast { totalCount nodes { billing person { name }
            character { name } } } } } } }"#,
        r#"{ person(by: {slug: "jonathan-frakes"}) { name credits { nodes { show { title } character { name } season { number } } } } }"#,
        r#"{ search(query: "data") { nodes { name } } }"#,
        r#"{ search(query: "picrad") { nodes { name } } }"#,
        r#"{ search(query: "voyager s02e03") { nodes { name } } }"#,
        r#"{ episode(by: {slug: "pic-s01e01"}) { title cast { nodes { person { name } } } crew { nodes { job } } } }"#,
    ];
    let all = lists.chain(filters).chain(RELATIONS.iter().chain(&hot).map(|query| (*query).to_owned()));
    let of_graph = ["path", "sharedCast", "sharedShows", "bridges", "withinDegrees", "neighbourhood"];
    all.partition(|query| !of_graph.iter().any(|field| query.contains(field)))
}

/// Waits until everything that was committed has been told: all changes, or that they are not known.
async fn catch_up(site: &Site, told: &Told, unknown: u64) {
    let statement = Statement::from_string(site.store.write().get_database_backend(), "SELECT max(id) FROM change");
    let row = site.store.write().query_one_raw(statement).await.expect("it answers").expect("a row");
    let last: i32 = row.try_get_by_index(0).expect("a number");
    while told.last.load(Ordering::SeqCst) < last && told.unknown.load(Ordering::SeqCst) == unknown {
        sleep(Duration::from_millis(1)).await;
    }
}

/// The answer to a query; one that is written already is welcome.
async fn ask(api: &Api, query: &str, fresh: bool) -> String {
    let mut request = Request::new(query).data(Welcome);
    request.extensions.0.insert("fresh".to_owned(), fresh.into());
    let body = written::body(&api.execute(request).await).expect("answers are JSON");
    String::from_utf8(body.to_vec()).expect("JSON is UTF-8")
}

/// The condition for the row of a table at a random place.
fn row_of(table: &Table, dice: &mut Dice) -> String {
    let keys: Vec<&str> = table.key().map(|column| column.name).collect();
    let keys = keys.join(", ");
    let (name, place) = (table.name, dice.below(40));
    format!("({keys}) = (SELECT {keys} FROM {name} ORDER BY {keys} LIMIT 1 OFFSET {place})")
}

/// A statement that changes some row of some table, or that the database refuses.
fn by_hand(dice: &mut Dice, number: usize) -> String {
    let weighted = ["credit", "credit", "appearance", "show", "season", "episode", "person", "character"];
    let table = match dice.below(2) {
        0 => named(weighted[dice.below(weighted.len())]).expect("a table"),
        _ => dice.of(TABLES),
    };
    let (name, row) = (table.name, row_of(table, dice));
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let copy = |values: Vec<String>, columns: &[&str], verb: &str| {
        format!("{verb} INTO {name} ({}) SELECT {} FROM {name} WHERE {row}", columns.join(", "), values.join(", "))
    };
    match dice.below(8) {
        0 => format!("DELETE FROM {name} WHERE {row}"),
        1 | 2 => {
            let (mut values, mut kept) = (Vec::new(), Vec::new());
            for column in columns.iter().filter(|column| **column != "id") {
                let other = dice.below(40);
                values.push(match *column {
                    "slug" => format!("slug || '-{number}'"),
                    "number" | "position" => format!("{column} + {number}"),
                    column if column.ends_with("_id") && dice.below(3) == 0 => {
                        format!("(SELECT o.{column} FROM {name} AS o ORDER BY 1 LIMIT 1 OFFSET {other})")
                    }
                    column => column.to_owned(),
                });
                kept.push(*column);
            }
            copy(values, &kept, "INSERT")
        }
        3 => {
            let id = format!("UPDATE {name} SET {0} = {0}", columns[columns.len() - 1]);
            format!("{id} WHERE {row}")
        }
        _ => {
            let column = dice.of(&columns);
            let value = match *column {
                "slug" | "name" | "title" | "statement" => format!("{column} || ' {number}'"),
                column => format!("(SELECT o.{column} FROM {name} AS o ORDER BY 1 LIMIT 1 OFFSET {})", dice.below(60)),
            };
            format!("UPDATE {name} SET {column} = {value} WHERE {row}")
        }
    }
}

/// Makes a random change. Those that the database refuses change nothing.
async fn change(site: &Site, author: &entity::account::Model, dice: &mut Dice, number: usize) {
    let db = site.store.write();
    let heading = |origin| Heading::new(origin, Some(author), "A change", "2026-11-28T10:00:00Z");
    let people = ["brent-spiner", "jonathan-frakes", "michael-dorn", "jeri-ryan", "marina-sirtis"];
    let edit = |dice: &mut Dice| match dice.below(3) {
        0 => json!({"person": {"update": {"of": dice.of(&people), "set": {"name": format!("Somebody {number}")}}}}),
        1 => json!({"person": {"merge": {"from": dice.of(&people), "into": dice.of(&people)}}}),
        _ => json!({"show": {"update": {"of": "star-trek-picard", "set": {"title": format!("Title {number}")}}}}),
    };
    match dice.below(40) {
        0 => drop(import_set(db, cut::set(), Leftovers::Keep).await),
        1..6 => drop(
            change::submit(db, author, Draft::new(heading(Origin::Api), vec![edit(dice)]), Wish::Apply).await,
        ),
        6 | 7 => {
            let statement = "SELECT max(changeset_id) FROM change WHERE changeset_id > 1";
            let statement = Statement::from_string(db.get_database_backend(), statement);
            let row = db.query_one_raw(statement).await.expect("it answers").expect("a row");
            if let Some(last) = row.try_get_by_index::<Option<i32>>(0).expect("a number") {
                drop(change::undo(db, author, last, heading(Origin::Undo)).await);
            }
        }
        8 => {
            // Two statements in one transaction.
            let tx = db.begin().await.expect("a transaction");
            for statement in [by_hand(dice, number), by_hand(dice, number + 1)] {
                drop(tx.execute_unprepared(&statement).await);
            }
            drop(tx.commit().await);
        }
        9 if site.engine == "SQLite" => {
            drop(db.execute_unprepared(&by_hand(dice, number).replace("INSERT", "INSERT OR REPLACE")).await);
        }
        _ => drop(db.execute_unprepared(&by_hand(dice, number)).await),
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cached_answers_are_those_of_the_database_after_any_change() {
    let answers = number("CASTGRAPH_TEST_ANSWERS", 1_200);
    let seed = number("CASTGRAPH_TEST_SEED", 0x9E37_79B9);
    let (queries, of_graph) = queries();
    for mut site in both(Set::Cut).await {
        let mut dice = Dice(seed);
        let author = account::create(site.store.write(), "rae", Role::Reviewer, "2026-11-28T10:00:00Z").await;
        let author = author.expect("the account is new");
        let (cache, told) = (Arc::new(Cache::new(64 << 20)), Told::default());
        let (store, watched, last) = (site.store.clone(), Arc::clone(&cache), told.clone());
        let watcher = tokio::spawn(async move { store.watch(&[&watched, &last]).await });
        let plain = site.api.clone();
        site.api = Api::new(site.store.read().clone(), Some(Arc::clone(&cache)), &Settings::default()).expect("a schema");
        // The first change is heard only once the cache is open.
        while cache.state().entries == 0 {
            ask(&site.api, &queries[0], false).await;
        }
        let (mut compared, mut step) = (0, 0);
        while compared < answers {
            step += 1;
            let unknown = told.unknown.load(Ordering::SeqCst);
            change(&site, &author, &mut dice, step).await;
            catch_up(&site, &told, unknown).await;
            for _ in 0..40 {
                let query = dice.of(&queries);
                let (cached, expected) = (ask(&site.api, query, false).await, ask(&plain, query, true).await);
                assert_eq!(cached, expected, "{} seed {seed} step {step}: {query}", site.engine);
                compared += 1;
            }
            if step % 7 == 0 {
                let scratch = Api::new(site.store.read().clone(), None, &Settings::default()).expect("a schema");
                let query = dice.of(&of_graph);
                let (followed, built) = (ask(&plain, query, true).await, ask(&scratch, query, true).await);
                assert_eq!(followed, built, "{} seed {seed} step {step}: {query}", site.engine);
            }
        }
        let (state, again) = (cache.state(), site.api.answers_again());
        eprintln!("{}: {compared} answers, {again} of them cached, {step} changes, {state:?}", site.engine);
        assert!(again > compared / 20, "too few come from the cache: {again}");
        watcher.abort();
        site.remove().await;
    }
}
