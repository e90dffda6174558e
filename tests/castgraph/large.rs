//! What PostgreSQL plans for the lists that belong to nothing in a large database: with every filter, in every order, and
//! counted. Invented shows get the statistics of a hundred times as many.
//!
//! No plan reads a large table whole, sorts many rows or counts many rows, unless it is listed with a reason. The plans are
//! those for the values that were asked for, with the usual settings.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::{Arc, Mutex},
};

use castgraph::{
    generate::{World, fill},
    import::Leftovers,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::{
    cut,
    paging::LISTS,
    plans::{FILTERS, block, counts_all, is_root, walk},
    site::{self, Set, Site},
};

/// The number of rows from which reading, sorting or counting them takes long: about 10 ms.
const MANY: f64 = 60_000.0;

/// Statements that read, sort or count many rows, by a part of their text.
const SLOW: &[(&str, &str)] = &[
    ("AS n WHERE n.", "orders by a number of credits or episodes count them for every row"),
    ("AS k) AS integer)", "the order by known episodes counts them for every person"),
    ("(replace(t.", "every name is looked at for a text within it"),
    ("FROM subject AS f", "what was known by a date depends on the sources of every credit"),
    ("FROM season AS s WHERE s.id = t.season_id", "credits of all seasons in the range of dates are walked or counted"),
    ("AND h.show_id = t.show_id", "every credit is looked at for the platform of its season"),
    ("(SELECT t.person_id FROM credit AS t WHERE true AND (t.rank", "people with a job are counted by their credits"),
    ("NOT IN (SELECT a.episode_id", "nearly all episodes are counted"),
    ("(t.name_key >= $1 AND t.name_key < $2)) AS total", "names with a first letter are counted in their index"),
    ("WHERE s.franchise_id = $1", "the franchise of the set has a fortieth of all shows, and its credits are counted"),
];

/// The tables that grow with the number of shows.
const LARGE: &[&str] = &["show", "season", "episode", "person", "character", "credit", "appearance"];

/// Gives the tables the statistics of a hundred times as many rows, with as many rows for each show, person, character and
/// season as they have, and none that has more than others.
const AS_LARGE: &str = "DO $$
DECLARE of_id record; share float;
BEGIN
    FOR of_id IN SELECT attrelid::regclass AS of, attname AS name FROM pg_attribute
        WHERE attrelid = ANY (CAST('{season,episode,credit,appearance,show}' AS regclass[])) AND attname LIKE '%\\_id' LOOP
        EXECUTE format('SELECT count(DISTINCT %I) / count(*)::float FROM %s', of_id.name, of_id.of) INTO share;
        EXECUTE format('ALTER TABLE %s ALTER %2$I SET (n_distinct = -%3$s), ALTER %2$I SET STATISTICS 1',
            of_id.of, of_id.name, share::numeric);
    END LOOP;
END $$;
ANALYZE;
UPDATE pg_class SET reltuples = reltuples * 100 WHERE oid IN (
    SELECT c.oid FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    WHERE coalesce(i.indrelid, c.oid) = ANY (CAST('{show,season,episode,person,character,credit,appearance}' AS regclass[])))";

/// Statements with the values that were bound first.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<BTreeMap<String, String>>>);

/// The fields of a traced statement.
#[derive(Default)]
struct Fields {
    sql: Option<String>,
    values: String,
}

impl<S: Subscriber> Layer<S> for Asked {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if !event.metadata().target().starts_with("castgraph::load") {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        if let Some(sql) = fields.sql {
            self.0.lock().expect("no other test holds it").entry(sql).or_insert(fields.values);
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sql" {
            self.sql = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "values" {
            // Without the brackets of the list.
            format!("{value:?}").trim_matches(['[', ']']).clone_into(&mut self.values);
        }
    }
}

impl Asked {
    fn take(&self) -> BTreeMap<String, String> {
        std::mem::take(&mut *self.0.lock().expect("no other test holds it"))
    }
}

/// A database on PostgreSQL with invented shows and the set.
async fn filled(shows: u32) -> Option<Site> {
    let site = site::postgres(Set::Empty).await?;
    fill(&site.store, World::new(shows, 5), |_| ()).await.expect("it is filled");
    site::import_set(site.store.write(), cut::set(), Leftovers::Keep).await.expect("the set goes in");
    site.store.analyze().await.expect("it is analyzed");
    // The place that traces may be met first by a test that nobody listens to, and would stay silent for all.
    site.answer("{ shows { totalCount } }").await;
    tracing::callsite::rebuild_interest_cache();
    Some(site)
}

/// A connection with the usual settings that plans for the values that it gets.
async fn planner(site: &Site) -> DatabaseConnection {
    let options = ConnectOptions::new(site.url.clone()).max_connections(1).to_owned();
    let db = Database::connect(options).await.expect("it answers");
    db.execute_unprepared("SET plan_cache_mode = force_custom_plan; SET jit = off").await.expect("they are settings");
    db
}

async fn plan(db: &DatabaseConnection, options: &str, sql: &str, values: &str) -> Value {
    db.execute_unprepared(&format!("PREPARE asked AS {sql}")).await.unwrap_or_else(|reason| panic!("{reason}: {sql}"));
    let values = if values.is_empty() { String::new() } else { format!("({values})") };
    let explain = format!("EXPLAIN (FORMAT JSON{options}) EXECUTE asked {values}");
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, explain)).await;
    let plan: Value =
        row.unwrap_or_else(|reason| panic!("{reason}: {sql}")).expect("a row").try_get("", "QUERY PLAN").expect("JSON");
    db.execute_unprepared("DEALLOCATE asked").await.expect("it was prepared");
    plan[0]["Plan"].clone()
}

/// What the nodes below `node` read, sort or count many rows of.
fn slow(node: &Value, found: &mut Vec<String>) {
    let text = |field: &str| node[field].as_str().unwrap_or_default();
    let rows = |node: &Value| node["Plan Rows"].as_f64().unwrap_or_default();
    let below = || node["Plans"].as_array().into_iter().flatten();
    let (kind, table) = (text("Node Type"), text("Relation Name"));
    let inputs: f64 = below().map(rows).sum();
    let many = match kind {
        "Seq Scan" => LARGE.contains(&table),
        "Sort" | "Aggregate" | "Hash" | "Bitmap Heap Scan" => {
            inputs.max(if kind == "Bitmap Heap Scan" { rows(node) } else { 0.0 }) > MANY
        }
        _ => false,
    };
    if many {
        found.push(format!("{kind} of {table} {inputs} {}", text("Filter")));
    }
    below().for_each(|node| slow(node, found));
}

#[tokio::test]
async fn lists_of_a_large_database_are_read_and_counted_by_index() {
    let asked = Asked::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(asked.clone()));
    let Some(site) = filled(400).await else { return };
    for (_, query) in LISTS {
        walk(&site, query).await;
    }
    for (list, of, filters) in FILTERS {
        for field in block("enum", &format!("{of}OrderField")) {
            for direction in ["ASC", "DESC"] {
                let order = format!("orderBy: {{field: {field}, direction: {direction}}}");
                walk(&site, &format!("{{ {list}({order}) LIST }}")).await;
                for filter in *filters {
                    walk(&site, &format!("{{ {list}({order}, filter: {{{filter}}}) LIST }}")).await;
                }
            }
        }
    }
    let sent = asked.take();
    site.store.write().execute_unprepared(AS_LARGE).await.expect("the statistics change");
    let db = planner(&site).await;
    let (mut refused, mut reasons, mut read, mut counted) = (Vec::new(), BTreeSet::new(), 0, 0);
    for (sql, values) in sent.iter().filter(|(sql, _)| is_root(sql)) {
        let mut found = Vec::new();
        slow(&plan(&db, "", sql, values).await, &mut found);
        if counts_all(sql) {
            counted += 1;
        } else {
            read += 1;
        }
        match SLOW.iter().find(|(part, _)| sql.contains(part)) {
            Some((part, _)) if !found.is_empty() => drop(reasons.insert(*part)),
            _ if !found.is_empty() => refused.push(format!("{}\n{sql}\n{values}", found.join("\n"))),
            _ => {}
        }
    }
    db.close().await.expect("the connection closes");
    site.remove().await;
    assert!(read > 500 && counted > 60, "{read} and {counted} statements are too few to be all");
    assert!(refused.is_empty(), "{}:\n{}", refused.len(), refused.join("\n\n"));
    let needless: Vec<_> = SLOW.iter().filter(|(part, _)| !reasons.contains(part)).collect();
    assert!(needless.is_empty(), "these are not slow: {needless:?}");
}

/// The rows that all nodes of an executed plan handled.
fn handled(node: &Value) -> f64 {
    let number = |field: &str| node[field].as_f64().unwrap_or_default();
    let removed = number("Rows Removed by Filter") + number("Rows Removed by Join Filter");
    let own = (number("Actual Rows") + removed) * number("Actual Loops");
    own + node["Plans"].as_array().into_iter().flatten().map(handled).sum::<f64>()
}

/// Questions about a show in which a character returns whom one person played in very many seasons, and about the
/// character.
const OF_MANY: &[&str] = &[
    r#"{ show(by: {slug: "last"}) { returns { totalCount nodes { samePerformer lastSeenOn credits { nodes { id } }
        earlierCredits(first: 3) { nodes { id } } } } } }"#,
    r#"{ season(by: {slug: "last-s01"}) { returns(from: {slug: "first"}) { totalCount nodes { samePerformer } } } }"#,
    r#"{ show(by: {slug: "first"}) { recasts { totalCount nodes { performers { nodes { person { name } } } } }
        multipleRoles { totalCount nodes { characters { nodes { name } } } } } }"#,
    r#"{ character(by: {slug: "everywhere"}) { firstAppearance { date } lastAppearance { date }
        credits(first: 3) { totalCount nodes { id } } performers { nodes { person { name } } } shows { nodes { title } } } }"#,
];

/// Adds a show with this number of seasons, in which one person plays one character, and a later show with both.
async fn with_credits(site: &Site, seasons: u32) {
    let text = format!(
        "INSERT INTO person (id, slug, name, name_key) VALUES (1, 'one', 'One', 'one'), (2, 'two', 'Two', 'two');
        INSERT INTO character (id, slug, name, name_key) VALUES (1, 'everywhere', 'E', 'e'), (2, 'another', 'A', 'a');
        INSERT INTO show (id, slug, title, title_key, format, premiered_on)
            VALUES (1, 'first', 'First', 'first', 'SERIES', '1000'), (2, 'last', 'Last', 'last', 'SERIES', '9000');
        INSERT INTO season (id, slug, show_id, number, premiered_on)
            SELECT n, 'first-s' || n, 1, n, CAST(1000 + n AS text) FROM generate_series(1, {seasons}) AS n;
        INSERT INTO season (id, slug, show_id, number, premiered_on) VALUES (9999, 'last-s01', 2, 1, '9001');
        INSERT INTO episode (slug, show_id, season_id, number, title, title_key)
            SELECT 'first-' || n || '-' || e, 1, n, e, 'T', 't' FROM generate_series(1, {seasons}) AS n, generate_series(1, 10) AS e;
        INSERT INTO credit (person_id, show_id, season_id, character_id, job, billing, part)
            SELECT p, s.show_id, s.id, p, 0, 10, 'SCREEN' FROM season AS s, generate_series(1, 2) AS p;
        INSERT INTO appearance (credit_id, episode_id, season_id)
            SELECT c.id, e.id, e.season_id FROM credit AS c JOIN episode AS e ON e.season_id = c.season_id AND e.number < 4"
    );
    site.store.write().execute_unprepared(&text).await.expect("they are added");
    site.store.analyze().await.expect("it is analyzed");
}

#[tokio::test]
async fn work_grows_no_faster_than_the_credits_of_a_character() {
    let asked = Asked::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(asked.clone()));
    let mut work = Vec::new();
    for seasons in [500, 2_000] {
        let Some(site) = site::postgres(Set::Empty).await else { return };
        with_credits(&site, seasons).await;
        site.answer("{ shows { totalCount } }").await;
        tracing::callsite::rebuild_interest_cache();
        let db = planner(&site).await;
        let mut rows = Vec::new();
        for query in OF_MANY {
            asked.take();
            site.data(query).await;
            let sent = asked.take();
            assert!(sent.len() > 1, "nobody listens");
            let mut sum = 0.0;
            for (sql, values) in &sent {
                sum += handled(&plan(&db, ", ANALYZE, TIMING OFF", sql, values).await);
            }
            rows.push(sum);
        }
        db.close().await.expect("the connection closes");
        site.remove().await;
        work.push(rows);
    }
    for ((few, many), query) in work[0].iter().zip(&work[1]).zip(OF_MANY) {
        assert!(
            *many > 2_000.0 && many / few < 6.0,
            "{few} rows become {many} for four times as many credits: {query}"
        );
    }
}
