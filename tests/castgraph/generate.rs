//! Invented data: the same everywhere, as the tables want it, and shaped like real life.

use std::collections::{HashMap, HashSet};

use castgraph::generate::{Cell, TABLES, World, fill};
use sea_orm::{ConnectionTrait, Statement};

use crate::site::both;

/// All rows of a table as texts, in the order of their first columns.
async fn rows(db: &sea_orm::DatabaseConnection, table: &str, columns: &[&str]) -> Vec<String> {
    let cells: Vec<_> = columns.iter().map(|column| format!("coalesce(CAST({column} AS text), '-')")).collect();
    let text = format!("SELECT {} AS row FROM {table} ORDER BY {}", cells.join(" || '|' || "), columns[..2].join(", "));
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), text)).await.expect("it is read");
    found.iter().map(|row| row.try_get("", "row").expect("a text")).collect()
}

#[tokio::test]
async fn both_engines_get_the_rows_of_the_seed_and_take_more_after_them() {
    let mut found = Vec::new();
    for site in both(false).await {
        let mut told = Vec::new();
        fill(&site.store, World::new(25, 7), |shows| told.push(shows)).await.expect("it is filled");
        assert_eq!(told.last(), Some(&25));
        let mut all = Vec::new();
        for table in &TABLES {
            all.push(rows(site.store.write(), table.name, table.columns).await);
        }
        assert!(all.iter().skip(1).all(|rows| rows.len() >= 25), "{:?}", all.iter().map(Vec::len).collect::<Vec<_>>());
        found.push(all);

        let again = fill(&site.store, World::new(1, 7), |_| ()).await.expect_err("there are rows");
        assert!(again.to_string().contains("give an empty one"), "{again}");
        let more = "INSERT INTO franchise (slug, name) VALUES ('after', 'After')";
        site.store.write().execute_unprepared(more).await.expect("its number is a new one");
        let answer = site
            .data("{ shows(first: 3) { totalCount nodes { title cast(first: 2) { nodes { person { name } } } } } }");
        assert_eq!(answer.await["shows"]["totalCount"], 25);
        site.remove().await;
    }
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "the engines differ");
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
