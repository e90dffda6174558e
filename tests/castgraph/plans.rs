//! Every statement that the API sends finds its rows by an index: the plans of both engines say so.
//!
//! The queries reach every list in every direction, every order, every filter and every relation, over invented shows
//! beside the Star Trek set. SQLite's plans are those it runs. PostgreSQL would rather read small tables whole; it is
//! told not to, so that it does only where no index fits.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use castgraph::{
    generate::{World, fill},
    graphql,
    import::Leftovers,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::{Value, json};
use tracing::{Event, Subscriber, field::Visit};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{
    cut,
    paging::{self, LISTS},
    site::{Set, Site, both},
};

/// The lists that belong to nothing, the type of their items, and their filters: each field of the type's filter.
pub const FILTERS: &[(&str, &str, &[&str])] = &[
    (
        "shows",
        "Show",
        &[
            r#"franchise: {slug: "star-trek"}"#,
            "format: FILM",
            "medium: ANIMATION",
            "status: ENDED",
            r#"title: {equals: "Star Trek: Picard"}"#,
            r#"title: {startsWith: "Star"}"#,
            r#"title: {contains: "trek"}"#,
            r#"premieredOn: {from: "1990", to: "1999"}"#,
            r#"person: {slug: "brent-spiner"}"#,
            r#"character: {slug: "worf"}"#,
            r#"platform: {slug: "paramount-plus"}"#,
            r#"credit: {person: {slug: "brent-spiner"}, billing: MAIN}"#,
        ],
    ),
    (
        "people",
        "Person",
        &[
            r#"name: {equals: "Brent Spiner"}"#,
            r#"name: {startsWith: "b"}"#,
            r#"name: {contains: "spin"}"#,
            r#"born: {from: "1949-02", to: "1955"}"#,
            r#"died: {from: "2000", to: "2010"}"#,
            "birthday: {month: 7, day: 13}",
            r#"show: {slug: "star-trek-picard"}"#,
            r#"franchise: {slug: "star-trek"}"#,
            r#"character: {slug: "worf"}"#,
            "job: DIRECTOR",
            r#"credit: {season: {slug: "star-trek-picard-s02"}, billings: [MAIN, GUEST]}"#,
        ],
    ),
    (
        "characters",
        "Character",
        &[
            r#"name: {equals: "Data"}"#,
            r#"name: {startsWith: "d"}"#,
            r#"name: {contains: "at"}"#,
            r#"species: "Klingon""#,
            r#"franchise: {slug: "star-trek"}"#,
            r#"show: {slug: "star-trek-picard"}"#,
            r#"person: {slug: "brent-spiner"}"#,
            r#"credit: {show: {slug: "star-trek-picard"}, part: VOICE}"#,
        ],
    ),
    (
        "seasons",
        "Season",
        &[
            r#"show: {slug: "star-trek-picard"}"#,
            r#"franchise: {slug: "star-trek"}"#,
            "number: 2",
            r#"premieredOn: {from: "1990", to: "1999"}"#,
            r#"platform: {slug: "paramount-plus"}"#,
            r#"credit: {person: {slug: "brent-spiner"}}"#,
        ],
    ),
    (
        "episodes",
        "Episode",
        &[
            r#"show: {slug: "star-trek-picard"}"#,
            r#"season: {slug: "star-trek-picard-s02"}"#,
            r#"title: {equals: "Penance"}"#,
            r#"title: {startsWith: "p"}"#,
            r#"title: {contains: "the"}"#,
            r#"airedOn: {from: "2022-03", to: "2022"}"#,
            r#"franchise: {slug: "star-trek"}"#,
            "anniversary: {month: 3, day: 3}",
            r#"charactersAll: [{slug: "q"}, {slug: "guinan"}]"#,
            r#"charactersAny: [{slug: "q"}, {slug: "guinan"}]"#,
            r#"charactersNone: [{slug: "q"}]"#,
            r#"peopleAll: [{slug: "brent-spiner"}]"#,
            r#"peopleAny: [{slug: "brent-spiner"}]"#,
            r#"peopleNone: [{slug: "brent-spiner"}]"#,
        ],
    ),
    (
        "credits",
        "Credit",
        &[
            r#"person: {slug: "brent-spiner"}"#,
            r#"character: {slug: "worf"}"#,
            r#"show: {slug: "star-trek-picard"}"#,
            r#"season: {slug: "star-trek-picard-s02"}"#,
            "job: DIRECTOR",
            "billing: GUEST",
            r#"franchise: {slug: "star-trek"}"#,
            r#"species: "Klingon""#,
            r#"platform: {slug: "paramount-plus"}"#,
            r#"releasedOn: {from: "2022", to: "2022-03"}"#,
            r#"knownBy: "2022-02-01""#,
            "jobs: [DIRECTOR, WRITER]",
            "billings: [GUEST, CO_STAR]",
            "part: VOICE",
            "portrayal: YOUNGER",
        ],
    ),
];

/// Queries that reach what is neither a list of [`LISTS`] nor a filter of [`FILTERS`].
pub const RELATIONS: &[&str] = &[
    "{ shows(first: 3) { nodes { franchise { name } season(number: 1) { show { title } } links { nodes { show { title } } }
        homePlatform { name names { name } territory { includes { name } excludes { name } } } independentSources } } }",
    "{ episodes(first: 3) { nodes { season { homePlatform { name } independentSources } show { title } } } }",
    "{ people(first: 3) { nodes { aliases independentSources characters(first: 2) { nodes { aliases
        links { nodes { character { name } } } firstAppearance { episode { title } credit { id } }
        lastAppearance { season { number } show { title } } } } } } }",
    "{ credits(first: 3) { nodes { person { name } character { name } show { title } season { number } } } }",
    "{ claims { nodes { source { slug } supersededBy { slug } subject { id } } } }",
    "{ claims(about: PREMIERED_ON, status: CONFIRMED) { totalCount nodes { slug } } }",
    r#"{ show(by: {slug: "star-trek-picard"}) { credits: cast(first: 3) { nodes { citations(field: NAME) { nodes { field } }
        claims(about: ROLE, status: CONFIRMED, asOf: "2022") { nodes { slug } } } } } }"#,
    r#"{ show(by: {slug: "star-trek-picard"}) { availability(territory: "CA", on: "2023") { totalCount nodes { platform { slug }
        territory { includes { slug } } season { number } } } } }"#,
    r#"{ platform(by: {slug: "paramount-plus"}) { offers(territory: "CA", on: "2023") { totalCount nodes { platform { slug }
        territory { slug } } } } }"#,
    r#"{ schedule(show: {slug: "star-trek-picard"}) { totalCount nodes { episode { title } } } }"#,
    r#"{ schedule(show: {slug: "star-trek-picard"}, territory: "DE", from: "2022") { totalCount nodes { availability { slug } } } }"#,
    "{ coverage { kinds { facts } } }",
    r#"{ season(by: {slug: "star-trek-picard-s02"}) { returns(from: {slug: "star-trek-voyager"}) { totalCount nodes { character { name }
        credits { totalCount } earlierCredits { totalCount } from { title } } } } }"#,
    r#"{ season(by: {slug: "star-trek-picard-s02"}) { recasts { nodes { performers { nodes { person { name } credits { nodes { id } } } } } }
        multipleRoles { nodes { characters { nodes { name } } credits { nodes { id } } } } } }"#,
    r#"{ show(by: {slug: "star-trek-picard"}) { recasts { nodes { performers { nodes { credits { nodes { id } } } } } }
        multipleRoles { nodes { characters { nodes { name } } credits { nodes { id } } } } } }"#,
    r#"{ path(from: {slug: "brent-spiner"}, to: {slug: "kate-mulgrew"}) { steps { fromCredits { id } toCredits { id } episode { title } } } }"#,
    r#"{ neighbourhood(of: {show: {slug: "star-trek-picard"}}) { nodes { node { id } } } }"#,
    "{ people(first: 2) { nodes { credits { totalCount } } } }",
    "{ characters(last: 2) { nodes { credits { totalCount } } } }",
    "{ shows(first: 2) { nodes { seasons { totalCount } episodes { totalCount } cast { totalCount } crew { totalCount }
        characters { totalCount } } } }",
    r#"{ show(by: {slug: "star-trek-picard"}) { seasons { nodes { episodes { totalCount } cast { totalCount }
        crew { totalCount } } } } }"#,
];

/// Statements that look at every row of a table because of what they are asked, by a part of their text.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("FROM franchise UNION ALL", "coverage sums tallies, and counts links and other small kinds of facts by an index"),
    ("FROM subject AS f", "what was known by a date depends on the sources of every credit"),
    ("FROM showing AS t", "the days in a country are reckoned from all that is available there"),
    ("AS k) AS integer)", "the order by known episodes counts them for every person"),
    ("AS n WHERE n.", "orders by a number of credits or episodes count them for every row"),
    (
        "FROM show AS t WHERE t.franchise_id = p.franchise ORDER BY t.title_key",
        "in the set of this test, nearly all shows are in one franchise, so walking the titles finds a page at once",
    ),
];

/// Tables that stay small however many shows there are.
const SMALL: &[&str] = &[
    "changeset",
    "cited_fact_tally",
    "franchise",
    "platform",
    "platform_name",
    "subject_tally",
    "territory",
    "territory_part",
];

/// Texts of statements, as [`castgraph::load::Reader`] traces them.
#[derive(Clone, Default)]
pub struct Statements(pub Arc<Mutex<BTreeSet<String>>>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("castgraph::load") {
            event.record(&mut self.clone());
        }
    }
}

impl Visit for Statements {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        if field.name() == "sql" {
            self.0.lock().expect("no other test holds it").insert(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

#[test]
fn every_filter_of_the_schema_is_here() {
    let sdl = graphql::sdl();
    let inputs = sdl.lines().filter(|line| line.starts_with("input ") && line.ends_with("Filter {"));
    // A filter of texts is part of others. Changesets have no order of their own; `OTHERS` has their filters.
    let others = ["input TextFilter {", "input ChangesetFilter {"];
    assert_eq!(inputs.filter(|line| !others.contains(line)).count(), FILTERS.len());
    for (list, of, filters) in FILTERS {
        let fields: BTreeSet<String> = block("input", &format!("{of}Filter")).into_iter().collect();
        let here = filters.iter().map(|filter| filter.split(':').next().unwrap_or_default().to_owned()).collect();
        assert_eq!(fields, here, "{list}");
        assert!(!block("enum", &format!("{of}OrderField")).is_empty());
    }
}

/// The names that stand in the braces of an input or enum of the schema.
pub fn block(kind: &str, name: &str) -> Vec<String> {
    let sdl = graphql::sdl();
    let (_, block) = sdl.split_once(&format!("{kind} {name} {{\n")).expect("the schema has it");
    let (block, _) = block.split_once("\n}").expect("it ends");
    let lines = block.lines().filter(|line| line.starts_with(|sign: char| sign.is_whitespace()));
    let names = lines.map(|line| line.trim().split([':', ' ', '@']).next().unwrap_or_default());
    names.filter(|name| name.starts_with(char::is_alphabetic)).map(str::to_owned).collect()
}

#[tokio::test]
async fn no_statement_reads_a_big_table_whole() {
    let statements = Statements::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(statements.clone()));
    // The plans depend on the number of rows, the statements do not.
    for (small, site) in both(Set::Cut).await.into_iter().zip(both(Set::Empty).await) {
        // The place that traces may be met first by a test that nobody listens to, and would stay silent for all.
        small.answer("{ shows { totalCount } }").await;
        tracing::callsite::rebuild_interest_cache();
        ask(&small).await;
        small.remove().await;
        let sent = std::mem::take(&mut *statements.0.lock().expect("no other test holds it"));
        assert!(sent.len() > 2_000, "{} statements are too few to be all", sent.len());

        fill(&site.store, World::new(400, 5), |_| ()).await.expect("it is filled");
        // Not analyzed again: SQLite takes the tables that only the set fills for big ones.
        crate::site::import_set(site.store.write(), cut::set(), Leftovers::Keep).await.expect("the set goes in");
        let planner = Planner::of(&site).await;
        let mut refused = Vec::new();
        for sql in &sent {
            refused.extend(planner.reads_whole(sql).await);
        }
        planner.close().await;
        // What would be refused if there were no such index.
        let indices = [
            ("credit_rank", "FROM credit AS t WHERE true ORDER BY t.rank, t.id"),
            ("episode_last_aired", "FROM episode AS t WHERE true ORDER BY coalesce(t.aired_on, '') DESC"),
            (
                "appearance_episode",
                "FROM appearance AS l) AS a JOIN credit AS t ON t.id = a.credit_id WHERE a.episode_id",
            ),
        ];
        for (index, _) in indices {
            site.store.write().execute_unprepared(&format!("DROP INDEX {index}")).await.expect("it was there");
        }
        // Another connection, which remembers no plan.
        let planner = Planner::of(&site).await;
        let mut missed = Vec::new();
        for (index, part) in indices {
            let sql = sent.iter().find(|sql| sql.contains(part)).expect("it was sent");
            missed.extend(planner.reads_whole(sql).await.is_none().then_some(index));
        }
        planner.close().await;
        let engine = site.engine;
        site.remove().await;
        assert!(refused.is_empty(), "{} on {engine}:\n{}", refused.len(), refused.join("\n\n"));
        assert!(missed.is_empty(), "nobody would miss {missed:?} on {engine}");
        for (part, reason) in EXCEPTIONS {
            assert!(sent.iter().any(|sql| sql.contains(part)), "it is not sent: {reason}");
        }
    }
}

#[tokio::test]
async fn postgresql_does_not_compile_plans_of_reads() {
    for site in both(Set::Empty).await {
        if site.store.is_postgres() {
            let show = Statement::from_string(DbBackend::Postgres, "SHOW jit");
            let row = site.store.read().query_one_raw(show).await.expect("it answers").expect("a row");
            assert_eq!(row.try_get::<String>("", "jit").expect("a text"), "off");
        }
        site.remove().await;
    }
}

/// How many rows a list that belongs to nothing has, with a filter or without: the rows are counted one by one.
pub fn counts_all(sql: &str) -> bool {
    sql.contains(" AS total FROM (SELECT CAST(1 AS bigint)")
}

/// Whether the statement reads a list that belongs to nothing. No other may walk an index from its end.
pub fn is_root(sql: &str) -> bool {
    sql.contains("(SELECT CAST(1 AS bigint) AS parent_place) AS p")
}

/// Sends all queries.
async fn ask(site: &Site) {
    for (_, query) in LISTS {
        walk(site, query).await;
    }
    for (list, of, filters) in FILTERS {
        for field in block("enum", &format!("{of}OrderField")) {
            for direction in ["ASC", "DESC"] {
                let order = format!("orderBy: {{field: {field}, direction: {direction}}}");
                walk(site, &format!("{{ {list}({order}) LIST }}")).await;
                for filter in *filters {
                    walk(site, &format!("{{ {list}({order}, filter: {{{filter}}}) LIST }}")).await;
                }
            }
        }
    }
    for query in RELATIONS {
        site.data(query).await;
    }
}

/// Asks for two pages from either end of a list.
pub async fn walk(site: &Site, query: &str) {
    for (count, bound, end) in [("first", "after", "endCursor"), ("last", "before", "startCursor")] {
        let page = paging::page(site, query, &format!("{count}: 2")).await;
        if let Some(cursor) = page["pageInfo"][end].as_str() {
            paging::page(site, query, &format!("{count}: 2, {bound}: {}", json!(cursor))).await;
        }
    }
}

/// A connection on which plans are asked for.
struct Planner {
    db: DatabaseConnection,
    /// What each of PostgreSQL's indices sorts by first. A condition on nothing but later keys walks through all of it.
    leading_keys: HashMap<String, String>,
}

impl Planner {
    async fn of(site: &Site) -> Self {
        let postgres = site.store.is_postgres();
        let url = if postgres { site.url.clone() } else { format!("sqlite:{}", site.url) };
        let db = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned()).await.expect("it answers");
        if !postgres {
            return Self { db, leading_keys: HashMap::new() };
        }
        let settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
            SET enable_mergejoin = off";
        db.execute_unprepared(settings).await.expect("they are settings");
        let keys =
            "SELECT indexrelid::regclass::text AS index, pg_get_indexdef(indexrelid, 1, true) AS key FROM pg_index";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, keys)).await.expect("it is read");
        let text = |row: &QueryResult, column| row.try_get::<String>("", column).expect("a text");
        Self { db, leading_keys: rows.iter().map(|row| (text(row, "index"), text(row, "key"))).collect() }
    }

    /// What a statement reads whole though it is no exception, with its text.
    async fn reads_whole(&self, sql: &str) -> Option<String> {
        if counts_all(sql) || EXCEPTIONS.iter().any(|(part, _)| sql.contains(part)) {
            return None;
        }
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let whole = if postgres { self.postgres_plan(sql).await } else { sqlite_plan(&self.db, sql).await };
        (!whole.is_empty()).then(|| format!("{}\n{sql}", whole.join("\n")))
    }

    /// The nodes of PostgreSQL's plan that read a big table whole.
    async fn postgres_plan(&self, sql: &str) -> Vec<String> {
        // No statement has so many.
        let values = (1..100).take_while(|number| sql.contains(&format!("${number}"))).count();
        let nulls = if values == 0 { String::new() } else { format!("({})", vec!["NULL"; values].join(", ")) };
        let prepared = self.db.execute_unprepared(&format!("PREPARE asked AS {sql}")).await;
        prepared.unwrap_or_else(|reason| panic!("{reason}: {sql}"));
        let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked {nulls}");
        let explain = Statement::from_string(DbBackend::Postgres, explain);
        let row = self.db.query_one_raw(explain).await.expect("it has a plan").expect("a row");
        let plan: Value = row.try_get("", "QUERY PLAN").expect("JSON");
        self.db.execute_unprepared("DEALLOCATE asked").await.expect("it was prepared");
        let mut whole = Vec::new();
        visit(&plan[0]["Plan"], false, is_root(sql), &self.leading_keys, &mut whole);
        whole
    }

    async fn close(self) {
        self.db.close().await.expect("the connection closes");
    }
}

/// The steps of SQLite's plan that read a big table whole.
async fn sqlite_plan(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let explain = Statement::from_string(db.get_database_backend(), format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = db.query_all_raw(explain).await.expect("it has a plan");
    let steps: Vec<(i32, String)> = rows
        .iter()
        .map(|row| (row.try_get("", "parent").expect("a number"), row.try_get("", "detail").expect("a text")))
        .collect();
    let made: BTreeSet<&str> = steps
        .iter()
        .filter_map(|(_, step)| step.strip_prefix("CO-ROUTINE ").or_else(|| step.strip_prefix("MATERIALIZE ")))
        .collect();
    let whole = |(parent, step): &&(i32, String)| {
        if step.contains(" AUTOMATIC ") || is_of_nothing(sql, step) {
            return true;
        }
        let Some(scan) = step.strip_prefix("SCAN ") else { return false };
        let name = scan.split(' ').next().unwrap_or_default();
        if scan.contains("VIRTUAL TABLE") || scan.starts_with(['(', 'C']) || is_passed(sql, name, &made) {
            return false;
        }
        let sorted = steps.iter().any(|(other, step)| other == parent && step.starts_with("USE TEMP B-TREE"));
        // An index may be walked in the order of a list, up to the end of a page.
        sorted || !is_root(sql) || !scan.contains(" INDEX ")
    };
    steps.iter().filter(whole).map(|(_, step)| step.clone()).collect()
}

/// Whether a step looks up NULL in an index, which SQLite takes for one value of many, however many rows have it.
fn is_of_nothing(sql: &str, step: &str) -> bool {
    let looked_up = step.strip_prefix("SEARCH ").and_then(|step| step.split_once(" USING "));
    let column = looked_up.and_then(|(name, how)| Some((name, how.split_once('(')?.1.split_once("=?")?.0)));
    column.is_some_and(|(name, column)| sql.contains(&format!("{name}.{column} IS NULL")))
}

/// Whether all that a statement calls by this name are tables that stay small, or what it makes itself.
fn is_passed(sql: &str, name: &str, made: &BTreeSet<&str>) -> bool {
    let passed = |table: &str| SMALL.contains(&table) || made.contains(table);
    let called = format!(" AS {name}");
    let mut tables = sql.match_indices(&called).filter_map(|(end, _)| {
        let after = sql[end + called.len()..].chars().next();
        let table = sql[..end].rsplit(' ').next().unwrap_or_default();
        (!after.is_some_and(char::is_alphanumeric) && !table.ends_with(')')).then_some(table)
    });
    passed(name) || tables.next().is_some_and(passed) && tables.all(passed)
}

/// Adds the nodes below `node` that read a big table whole. `at_once` says whether what is above `node` wants all of its
/// rows before it gives the first one.
fn visit(node: &Value, at_once: bool, is_root: bool, keys: &HashMap<String, String>, whole: &mut Vec<String>) {
    let text = |field: &str| node[field].as_str().unwrap_or_default();
    let (kind, table) = (text("Node Type"), text("Relation Name"));
    let starts = keys.get(text("Index Name")).is_some_and(|key| text("Index Cond").contains(key.as_str()));
    let walks = kind.contains("Index") && kind.contains("Scan") && !starts;
    let refused = match kind {
        "Seq Scan" => true,
        "Bitmap Index Scan" => walks,
        _ => walks && (at_once || !is_root),
    };
    if refused && !SMALL.contains(&table) {
        whole.push(format!("{kind} of {table} as {} by {} {}", text("Alias"), text("Index Name"), text("Filter")));
    }
    let at_once = match kind {
        "Limit" => false,
        "Sort" | "Aggregate" | "Hash" | "Materialize" => true,
        _ => at_once,
    };
    for below in node["Plans"].as_array().into_iter().flatten() {
        let inner = kind == "Nested Loop" && below["Parent Relationship"] == "Inner";
        visit(below, at_once || inner, is_root, keys, whole);
    }
}
