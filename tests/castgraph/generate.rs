//! Invented data: the same everywhere, as the tables want it, and shaped like real life.

use std::collections::{HashMap, HashSet};

use castgraph::generate::{Cell, Step, TABLES, World, fill};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;

use crate::site::{Set, Site, both};

/// All rows of a table as texts, in the order of their first columns.
async fn rows(db: &DatabaseConnection, table: &str, columns: &[&str]) -> Vec<String> {
    texts(db, &format!("{} ORDER BY {}", joined(table, columns), columns[..2].join(", "))).await
}

/// A query for the rows of a table as texts.
fn joined(table: &str, columns: &[&str]) -> String {
    let cells: Vec<_> = columns.iter().map(|column| format!("coalesce(CAST({column} AS text), '-')")).collect();
    format!("SELECT {} AS row FROM {table}", cells.join(" || '|' || "))
}

/// The column `row` of what `text` asks for.
async fn texts(db: &DatabaseConnection, text: &str) -> Vec<String> {
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), text)).await.expect("it is read");
    found.iter().map(|row| row.try_get("", "row").expect("a text")).collect()
}

/// Everything that the schema consists of, in the words of the engine.
async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let queries: &[&str] = if db.get_database_backend() == DbBackend::Sqlite {
        // What the planner counts is no part of it.
        &["SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') AS row FROM sqlite_schema
           WHERE tbl_name NOT LIKE 'sqlite_stat%'"]
    } else {
        &[
            "SELECT concat_ws(' ', conrelid::regclass, conname, contype, convalidated, conindid::regclass,
                 pg_get_constraintdef(oid)) AS row FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT concat_ws(' ', indisvalid, indisprimary, indisunique, pg_get_indexdef(indexrelid)) AS row
             FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg_%'",
            "SELECT concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) AS row FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT concat_ws(' ', tgrelid::regclass, tgenabled, tgfoid::regproc, tgconstrrelid::regclass) AS row
             FROM pg_trigger WHERE tgisinternal",
            "SELECT concat_ws(' ', attrelid::regclass, attnum, attname, attnotnull, attidentity, attgenerated) AS row
             FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
                 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind <> 'i')",
        ]
    };
    let mut all = Vec::new();
    for query in queries {
        let found = texts(db, query).await;
        assert!(found.len() > 20, "{query} tells of the schema");
        all.extend(found);
    }
    all.sort_unstable();
    all
}

/// What search looks names up in, without its numbers, which follow the order of writing.
async fn search(db: &DatabaseConnection) -> [Vec<String>; 3] {
    let name = ["kind", "row_id", "place", "name", "key", "words"];
    let word = ["word", "kind", "row_id", "place"];
    let gram = ["gram", "length", "word"];
    let mut all = [
        texts(db, &joined("search_name", &name)).await,
        texts(db, &joined("search_word JOIN search_name ON id = name_id", &word)).await,
        texts(db, &joined("search_gram", &gram)).await,
    ];
    for rows in &mut all {
        rows.sort_unstable();
    }
    all
}

/// Writes a world row by row, as anybody does.
async fn write_plainly(db: &DatabaseConnection, world: World) {
    for batch in world {
        for (table, rows) in TABLES.iter().zip(&batch.rows).filter(|(_, rows)| !rows.is_empty()) {
            let cell = |cell: &Cell| match cell {
                Cell::Null => "NULL".to_owned(),
                Cell::Int(number) => number.to_string(),
                Cell::Text(words) => format!("'{}'", words.replace('\'', "''")),
            };
            let row = |row: &Vec<Cell>| format!("({})", row.iter().map(cell).collect::<Vec<_>>().join(", "));
            let (columns, rows) = (table.columns.join(", "), rows.iter().map(row).collect::<Vec<_>>().join(", "));
            let text = format!("INSERT INTO {} ({columns}) VALUES {rows}", table.name);
            db.execute_unprepared(&text).await.expect("it is written");
        }
    }
}

#[tokio::test]
async fn both_engines_get_the_rows_of_the_seed_and_take_more_after_them() {
    let mut found = Vec::new();
    for site in both(Set::Empty).await {
        let mut told = Vec::new();
        fill(&site.store, World::new(25, 7), |step| told.push(step)).await.expect("it is filled");
        assert!(told.contains(&Step::Shows(25)) && told.last() == Some(&Step::Count), "{told:?}");
        let mut all = Vec::new();
        for table in &TABLES {
            all.push(rows(site.store.write(), table.name, table.columns).await);
        }
        assert!(all.iter().skip(1).all(|rows| rows.len() >= 25), "{:?}", all.iter().map(Vec::len).collect::<Vec<_>>());
        found.push(all);

        let again = fill(&site.store, World::new(1, 7), |_| ()).await.expect_err("there are rows");
        assert!(again.to_string().contains("use an empty one"), "{again}");
        let more = "INSERT INTO franchise (slug, name) VALUES ('after', 'After')";
        site.store.write().execute_unprepared(more).await.expect("its number is a new one");
        let answer = site
            .data("{ shows(first: 3) { totalCount nodes { title cast(first: 2) { nodes { person { name } } } } } }");
        assert_eq!(answer.await["shows"]["totalCount"], 25);
        site.remove().await;
    }
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "the engines differ");
}

#[tokio::test]
async fn a_fill_leaves_the_schema_as_it_was_and_what_the_triggers_would_have_written() {
    for (site, plain) in both(Set::Empty).await.into_iter().zip(both(Set::Empty).await) {
        let db = site.store.write();
        let before = schema(db).await;
        fill(&site.store, World::new(40, 5), |_| ()).await.expect("it is filled");
        let after = schema(db).await;
        assert_eq!(before, after, "{}", site.engine);

        write_plainly(plain.store.write(), World::new(40, 5)).await;
        let (at_once, one_by_one) = (search(db).await, search(plain.store.write()).await);
        assert!(at_once.iter().all(|rows| rows.len() > 500), "{:?}", at_once.iter().map(Vec::len).collect::<Vec<_>>());
        assert_eq!(at_once, one_by_one, "{}", site.engine);
        for table in &TABLES {
            let theirs = rows(plain.store.write(), table.name, table.columns).await;
            assert_eq!(rows(db, table.name, table.columns).await, theirs, "{} {}", site.engine, table.name);
        }
        if site.engine == "SQLite" {
            assert!(
                db.query_all_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check"))
                    .await
                    .expect("it is read")
                    .is_empty()
            );
        }
        rules_hold(&site).await;
        site.remove().await;
        plain.remove().await;
    }
}

/// What was put aside works again.
async fn rules_hold(site: &Site) {
    let db = site.store.write();
    for wrong in [
        "INSERT INTO person (slug, name, name_key) VALUES ('person-1', 'Twice', 'twice')",
        "INSERT INTO season (slug, show_id, number) VALUES ('of-no-show', 1000000, 1)",
        "INSERT INTO character_link (from_id, to_id, kind) VALUES (1000000, 1000001, 'TWIN_OF')",
        "INSERT INTO credit (person_id, show_id, season_id, character_id, job, billing, part)
         SELECT person_id, show_id, season_id, character_id, job, billing, part FROM credit WHERE id = 1",
        "DELETE FROM person WHERE id = (SELECT min(person_id) FROM credit)",
    ] {
        let refused = db.execute_unprepared(wrong).await.expect_err(wrong);
        let reason = refused.to_string().to_lowercase();
        assert!(reason.contains("constraint"), "{} {wrong}: {reason}", site.engine);
    }
    db.execute_unprepared("INSERT INTO person (slug, name, name_key) VALUES ('zx', 'Zoë Xylander', 'zoe xylander')")
        .await
        .expect("it is written");
    for (typed, name) in [("zoe xyl", "Zoë Xylander"), ("xilander", "Zoë Xylander")] {
        let query = "query($q: String!) { search(query: $q, kinds: [PERSON]) { nodes { matched } } }";
        let answer = site.answer_with(query, json!({ "q": typed })).await;
        assert_eq!(answer["data"]["search"]["nodes"][0]["matched"], name, "{} {typed}: {answer}", site.engine);
    }
}

#[tokio::test]
async fn a_fill_that_ends_early_leaves_nothing() {
    for site in both(Set::Empty).await {
        let before = schema(site.store.write()).await;
        for last in [Step::Shows(10), Step::Search, Step::Index(20, 0)] {
            let store = site.store.clone();
            let ended = tokio::spawn(async move {
                let stop = |step| match (step, last) {
                    (Step::Index(place, _), Step::Index(last, _)) => assert_ne!(place, last, "as a test wants it"),
                    _ => assert_ne!(step, last, "as a test wants it"),
                };
                fill(&store, World::new(10, 1), stop).await
            });
            assert!(ended.await.is_err(), "{} does not reach {last:?}", site.engine);
            assert_eq!(before, schema(site.store.write()).await, "{} {last:?}", site.engine);
            for table in TABLES.iter().map(|table| table.name).chain(["search_name", "search_word", "search_gram"]) {
                let count = format!("SELECT CAST(count(*) AS text) AS row FROM {table}");
                assert_eq!(texts(site.store.write(), &count).await, ["0"], "{} {last:?} {table}", site.engine);
            }
        }
        fill(&site.store, World::new(10, 1), |_| ()).await.expect("it is filled");
        rules_hold(&site).await;
        site.remove().await;
    }
}

#[test]
fn a_seed_gives_one_world_and_another_seed_another() {
    let cells = |seed| World::new(30, seed).flat_map(|batch| batch.rows.into_iter().flatten()).collect::<Vec<_>>();
    assert_eq!(cells(1), cells(1));
    assert_ne!(cells(1), cells(2));
}

/// As the index `credit_once` wants it: a character comes once in a cast with each of its performers.
#[test]
fn no_credit_comes_twice_however_many_shows_there_are() {
    for seed in 1..5 {
        let mut seen = HashSet::new();
        for batch in World::new(1_000, seed) {
            for row in &batch.rows[6] {
                assert!(seen.insert(format!("{:?} {:?}", &row[1..6], row[8])), "twice with the seed {seed}: {row:?}");
            }
        }
        assert!(seen.len() > 50_000, "{} credits", seen.len());
    }
}

#[test]
fn casts_are_as_uneven_as_real_ones() {
    let (mut credits, mut appearances) = (Vec::new(), 0);
    for batch in World::new(2_000, 3) {
        appearances += batch.rows[7].len();
        credits.extend(batch.rows.into_iter().nth(6).expect("the credits"));
    }
    let count = |column: usize| {
        let mut counts: HashMap<i32, usize> = HashMap::new();
        for row in &credits {
            if let Cell::Int(id) = row[column] {
                *counts.entry(id).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    };
    let (people, shows, characters) = (count(1), count(2), count(4));
    assert_eq!(shows.len(), 2_000);
    assert!((60..90).contains(&(credits.len() / 2_000)), "{} credits for each show", credits.len() / 2_000);
    assert!((15..35).contains(&(10 * appearances / credits.len())), "{appearances} appearances");
    // Half of the people have few credits, some have very many; there are small casts and huge ones.
    assert!(people[people.len() / 2] <= 6 && people[people.len() - 1] > 80, "{:?}", people.last());
    assert!(shows[0] < 25 && shows[shows.len() - 1] > 400, "{:?} {:?}", shows.first(), shows.last());
    assert!(characters.iter().filter(|count| **count > 1).count() > characters.len() / 20, "some come back");
}
