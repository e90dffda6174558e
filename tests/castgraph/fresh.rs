//! Cached answers against those of a server that caches nothing, after random changes of every kind.
//!
//! `CASTGRAPH_TEST_ANSWERS` is the number of answers that are compared on each engine, and `CASTGRAPH_TEST_SEED` where the
//! random changes begin.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{Executor, Request};
use axum::body::{Body, to_bytes};
use castgraph::{
    account,
    change::{
        self, Draft, Heading, Wish,
        log::Changes,
        table::{TABLES, Table, named},
    },
    graphql::{Api, Review},
    guard::Settings,
    import::Leftovers,
    load::{Cache, tables_in},
    relation::{
        search,
        touched::{INDEX, NOT_RECORDED, TALLIES, VIEWS, is_unique},
    },
    store::Listener,
    web,
    written::{self, Welcome},
};
use entity::{account::Role, changeset::Origin};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use serde_json::{Value, json};
use tokio::time::sleep;
use tower::ServiceExt;
use tracing_subscriber::layer::SubscriberExt;

use crate::{
    cut,
    paging::{LISTS, query_of_page},
    plans::{FILTERS, RELATIONS, Statements},
    site::{Set, Site, both, import_set, on_both, sqlite},
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
        1..6 => drop(change::submit(db, author, Draft::new(heading(Origin::Api), vec![edit(dice)]), Wish::Apply).await),
        6 | 7 => {
            let statement = "SELECT max(changeset_id) FROM change WHERE changeset_id > 1";
            let statement = Statement::from_string(db.get_database_backend(), statement);
            let row = db.query_one_raw(statement).await.expect("it answers").expect("a row");
            if let Some(last) = row.try_get_by_index::<Option<i32>>(0).expect("a number") {
                drop(change::undo(db, author, last, heading(Origin::Undo), Wish::Apply).await);
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
        let plain = site.api.clone();
        let (cache, told) = watch(&mut site).await;
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
        site.remove().await;
    }
}

/// Gives a site a watched cache, and says what was told.
async fn watch(site: &mut Site) -> (Arc<Cache>, Told) {
    let (cache, told) = (Arc::new(Cache::new(64 << 20)), Told::default());
    let (store, watched, last) = (site.store.clone(), Arc::clone(&cache), told.clone());
    site.api = Api::new(site.store.read().clone(), Some(Arc::clone(&cache)), &Settings::default()).expect("a schema");
    let graph = site.api.graph();
    tokio::spawn(async move { store.watch(&[&watched, &graph, &last]).await });
    while cache.state().entries == 0 {
        ask(&site.api, "{ franchises { totalCount } }", false).await;
    }
    (cache, told)
}

/// Writes by hand, and waits until it has been told.
async fn write(site: &Site, told: &Told, sql: &str) {
    let unknown = told.unknown.load(Ordering::SeqCst);
    site.store.write().execute_unprepared(sql).await.unwrap_or_else(|reason| panic!("{reason}: {sql}"));
    catch_up(site, told, unknown).await;
}

const CAST: &str = r#"{ season(by: {slug: "star-trek-picard-s02"}) { number cast(first: 5) { totalCount nodes { id
    billing person { name } character { name } show { title } } } } }"#;

#[tokio::test]
async fn a_change_drops_what_depends_on_it_and_nothing_else() {
    on_both(Set::Cut, |mut site: Site| async move {
        let (cache, told) = watch(&mut site).await;
        let season = "(SELECT id FROM season WHERE slug = 'star-trek-picard-s02')";
        let first = format!("(SELECT id FROM credit WHERE season_id = {season} AND job = 0 ORDER BY rank, id LIMIT 1)");
        let other =
            "(SELECT id FROM credit WHERE season_id = (SELECT id FROM season WHERE slug = 'star-trek-voyager-s01')
            ORDER BY id LIMIT 1)";
        for (sql, drops) in [
            ("UPDATE person SET name = name || '!' WHERE id = (SELECT max(id) FROM person)".to_owned(), false),
            (format!("UPDATE credit SET credited_as = 'X' WHERE id = {other}"), false),
            ("UPDATE franchise SET name = name || '!'".to_owned(), false),
            ("UPDATE show SET title = title || '!' WHERE slug = 'star-trek-voyager'".to_owned(), false),
            ("UPDATE show SET title = title || '!' WHERE slug = 'star-trek-picard'".to_owned(), true),
            (format!("UPDATE credit SET billing = 40 WHERE id = {first}"), true),
            (
                format!("UPDATE person SET name = 'P' WHERE id = (SELECT person_id FROM credit WHERE id = {first})"),
                true,
            ),
            (format!("UPDATE season SET premiered_on = '2022-03-04' WHERE id = {season}"), true),
            (format!("DELETE FROM credit WHERE id = {first}"), true),
        ] {
            ask(&site.api, CAST, false).await;
            let (before, again) = (cache.state(), site.api.answers_again());
            write(&site, &told, &sql).await;
            let cached = ask(&site.api, CAST, false).await;
            assert_eq!(cached, ask(&site.api, CAST, true).await, "{} {sql}", site.engine);
            assert_eq!(site.api.answers_again() == again, drops, "{} {sql}", site.engine);
            assert_eq!(cache.state().drops, before.drops, "nothing else is dropped: {} {sql}", site.engine);
        }
        // Of all these changes, the graph has only the day of a season and the credit that is gone.
        while site.api.graph().state().updates < 2 {
            sleep(Duration::from_millis(1)).await;
        }
        let graph = site.api.graph().state();
        assert_eq!((graph.builds, graph.updates), (1, 2), "{graph:?}");
    })
    .await;
}

/// What triggers do not record, or cannot see, drops everything that it may have changed.
#[tokio::test]
async fn what_is_not_recorded_drops_everything() {
    for mut site in both(Set::Cut).await {
        let (cache, told) = watch(&mut site).await;
        let aliases = r#"{ person(by: {slug: "brent-spiner"}) { name born aliases } }"#;
        ask(&site.api, aliases, false).await;
        let drops = cache.state().drops;
        if site.store.is_postgres() {
            site.store.write().execute_unprepared("TRUNCATE alias").await.expect("it is truncated");
        } else {
            let name = "INSERT OR REPLACE INTO person (slug, name, name_key) VALUES ('tom-hardy', 'New', 'new')";
            let gone = "DELETE FROM credit WHERE person_id = (SELECT id FROM person WHERE slug = 'tom-hardy')";
            let by_id = site.data(r#"{ person(by: {slug: "tom-hardy"}) { id } }"#).await["person"]["id"].clone();
            let by_id = format!("{{ node(id: {by_id}) {{ ... on Person {{ name }} }} }}");
            write(&site, &told, gone).await;
            assert!(ask(&site.api, &by_id, false).await.contains("Tom Hardy"));
            write(&site, &told, name).await;
            assert_eq!(ask(&site.api, &by_id, false).await, ask(&site.api, &by_id, true).await);
            // Whoever changes the schema may have changed anything.
            site.store.write().execute_unprepared("CREATE INDEX more ON person (died)").await.expect("it is made");
        }
        while cache.state().drops == drops {
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(ask(&site.api, aliases, false).await, ask(&site.api, aliases, true).await);
        site.remove().await;
    }
}

/// Whoever changes something sees it in the next answer, whatever the poll has heard by then.
#[tokio::test]
async fn a_client_sees_its_own_change() {
    on_both(Set::Cut, |mut site: Site| async move {
        watch(&mut site).await;
        let rae = account::create(site.store.write(), "rae", Role::Reviewer, "2026-11-28T10:00:00Z").await;
        let (key, _) =
            account::create_key(site.store.write(), &rae.expect("it is new"), "", None, "2026-11-28T10:00:00Z")
                .await
                .expect("a key");
        let api = site.api.clone().writing(site.store.write().clone(), Review::Off);
        let server = web::Server::new(api, web::Settings::default());
        let send = async |query: String| -> Value {
            let request = axum::http::Request::post("/graphql").header("content-type", "application/json");
            let request = request.header("authorization", format!("Bearer {key}"));
            let request = request.body(Body::from(json!({ "query": query }).to_string())).expect("a request");
            let answer = server.router().oneshot(request).await.expect("an answer");
            let body = to_bytes(answer.into_body(), usize::MAX).await.expect("it is read");
            serde_json::from_slice(&body).expect("it is JSON")
        };
        for number in 0..20 {
            let name = format!("Somebody {number}");
            let set = format!("{{person: {{update: {{of: \"brent-spiner\", set: {{name: \"{name}\"}}}}}}}}");
            let changed = send(format!(
                "mutation {{ submitChangeset(input: {{title: \"T\", changes: [{set}]}}) {{ changeset {{ number }} }} }}"
            ))
            .await;
            assert_eq!(changed["errors"], Value::Null, "{changed}");
            for _ in 0..2 {
                let seen = send(r#"{ person(by: {slug: "brent-spiner"}) { name } }"#.to_owned()).await;
                assert_eq!(seen["data"]["person"]["name"], json!(name), "{}", site.engine);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_unique_column_is_known() {
    let site = sqlite(Set::Empty).await;
    let db = site.store.read();
    let sql = "SELECT m.name AS found, c.name AS col FROM sqlite_schema AS m JOIN pragma_index_list(m.name) AS i
        JOIN pragma_index_info(i.name) AS c WHERE m.type = 'table' AND i.\"unique\" = 1 AND c.name IS NOT NULL";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("the indexes");
    let mut checked = 0;
    for row in &rows {
        let (table, column): (String, String) =
            (row.try_get("", "found").expect("a table"), row.try_get("", "col").expect("a column"));
        if named(&table).is_some() {
            assert!(is_unique(&table, &column), "{table}.{column} is part of a unique index");
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
    site.remove().await;
}

/// SQLite says which tables each statement opens. castgraph, which only looks at the text, must have found them all, and
/// must hear of changes of each of them, by each column by which it selects rows.
#[tokio::test]
async fn every_table_that_is_read_is_known_and_its_changes_are_told() {
    let statements = Statements::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(statements.clone()));
    let site = sqlite(Set::Cut).await;
    ask(&site.api, "{ shows { totalCount } }", false).await;
    tracing::callsite::rebuild_interest_cache();
    let (queries, of_graph) = queries();
    for query in queries.iter().chain(&of_graph) {
        ask(&site.api, query, false).await;
    }
    let sent = std::mem::take(&mut *statements.0.lock().expect("no other test holds it"));
    assert!(sent.len() > 300, "{} statements are too few to be all", sent.len());
    let db = site.store.read();
    let pages = "SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), pages)).await.expect("the tables");
    let pages: BTreeMap<i32, String> = rows
        .iter()
        .map(|row| (row.try_get("", "rootpage").expect("a page"), row.try_get("", "tbl_name").expect("a name")))
        .collect();
    for sql in &sent {
        let explain = Statement::from_string(db.get_database_backend(), format!("EXPLAIN {sql}"));
        let steps = db.query_all_raw(explain).await.expect("it has a program");
        let opened = steps.iter().filter(|step| {
            let (step, database) = (step.try_get::<String>("", "opcode"), step.try_get::<i32>("", "p3"));
            step.is_ok_and(|step| step == "OpenRead") && database == Ok(0)
        });
        let opened: BTreeSet<&str> =
            opened.filter_map(|step| Some(pages.get(&step.try_get("", "p2").ok()?)?.as_str())).collect();
        let mut known = BTreeSet::new();
        for found in tables_in(sql) {
            let view = VIEWS.iter().find(|(view, _)| *view == found.table);
            let tables = view.map_or(vec![found.table.clone()], |(_, tables)| {
                tables.iter().map(|table| (*table).to_owned()).collect()
            });
            if let Some((column, _)) = &found.rows {
                let table = tables.first().expect("a table");
                let recorded = named(table).is_some_and(|table| table.columns.iter().any(|own| own.name == column));
                let generated = table == "subject" && column == "row_id";
                let told = recorded || generated || NOT_RECORDED.contains(&table.as_str());
                assert!(told, "nobody tells of changes of {}.{column}: {sql}", found.table);
            }
            for table in &tables {
                let index = INDEX.0.contains(&table.as_str());
                let derived = index || TALLIES.iter().any(|(tally, _)| tally == table);
                let told = named(table).is_some() || derived || NOT_RECORDED.contains(&table.as_str());
                // Names of common table expressions.
                let inner = ["p", "asked", "rarest"].contains(&table.as_str());
                assert!(told || inner, "nobody tells of changes of {table}: {sql}");
            }
            known.extend(tables);
        }
        let missed: Vec<_> = opened.iter().filter(|table| !known.contains(**table)).collect();
        assert!(missed.is_empty(), "{missed:?} are not among {known:?}: {sql}");
        if known.contains("search_name") {
            let others: Vec<_> = opened.iter().filter(|table| !search::TABLES.contains(table)).collect();
            assert!(others.is_empty(), "a search reads {others:?} too: {sql}");
        }
    }
    site.remove().await;
}
