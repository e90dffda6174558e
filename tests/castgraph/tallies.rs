//! Tallies have the same totals as the tables after every kind of write, and the lists that they count have the same
//! numbers of rows as when they are read.

use castgraph::{
    generate::{World, fill},
    import::Leftovers,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, Statement};

use crate::{
    cut,
    site::{Set, Site, both, import_set, on_both},
};

/// Each tally with its columns.
const TALLIES: &[(&str, &[&str])] = &[
    ("show", &["format", "medium", "status"]),
    ("season", &["number"]),
    ("episode", &["aired_on"]),
    ("person", &["born"]),
    ("character", &["species"]),
    ("credit", &["job", "billing", "part", "portrayal"]),
    ("subject", &["kind", "general"]),
    ("cited_fact", &["kind", "general", "publishers"]),
];

/// What `cited_fact` is derived from.
const CITED: &str = "SELECT s.id, s.kind, s.general,
        CASE WHEN count(DISTINCT coalesce(x.publisher, x.slug)) > 1 THEN 2 ELSE 1 END AS publishers
    FROM subject AS s JOIN citation AS c ON c.subject_id = s.id JOIN source AS x ON x.id = c.source_id
    GROUP BY s.id, s.kind, s.general";

/// The rows in which the results of two queries differ.
async fn difference(db: &DatabaseConnection, one: &str, other: &str) -> Vec<String> {
    let either = format!(
        "SELECT '-' AS side, a.* FROM (SELECT * FROM ({one}) AS x EXCEPT SELECT * FROM ({other}) AS y) AS a
         UNION ALL SELECT '+', b.* FROM (SELECT * FROM ({other}) AS y EXCEPT SELECT * FROM ({one}) AS x) AS b"
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), either)).await.expect("it answers");
    rows.iter().map(|row| format!("{row:?}")).collect()
}

async fn check(site: &Site, after: &str) {
    let db = site.store.write();
    for (table, columns) in TALLIES {
        let columns = columns.join(", ");
        let tally = format!("SELECT {columns}, total FROM {table}_tally WHERE total <> 0");
        let counted = format!("SELECT {columns}, count(*) AS total FROM {table} GROUP BY {columns}");
        let wrong = difference(db, &tally, &counted).await;
        assert!(wrong.is_empty(), "{table} on {} after {after}: {wrong:?}", site.engine);
    }
    let kept = "SELECT subject_id AS id, kind, general, publishers FROM cited_fact";
    let wrong = difference(db, kept, CITED).await;
    assert!(wrong.is_empty(), "cited_fact on {} after {after}: {wrong:?}", site.engine);
}

#[tokio::test]
async fn totals_follow_every_write() {
    on_both(Set::Cut, async |site| {
        check(&site, "the import").await;
        for write in [
            "UPDATE person SET born = '1949-02-02' WHERE id % 3 = 0",
            "UPDATE person SET born = NULL WHERE id % 5 = 0",
            "UPDATE person SET name = name || '!'",
            "UPDATE show SET medium = CASE WHEN id % 2 = 0 THEN NULL ELSE 'ANIMATION' END, status = 'ENDED' WHERE format <> 'FILM'",
            "UPDATE character SET species = CASE WHEN id % 2 = 0 THEN NULL ELSE 'Klingon' END",
            "UPDATE credit SET billing = 50, part = 'VOICE', portrayal = 'YOUNGER' WHERE job = 0 AND id % 4 = 0",
            "UPDATE episode SET aired_on = NULL WHERE id % 3 = 0",
            "UPDATE season SET number = number + 1000",
            "DELETE FROM appearance",
            "UPDATE subject SET general = 1 - general WHERE id % 7 = 0",
            "UPDATE source SET publisher = 'One' WHERE id % 2 = 0",
            "UPDATE source SET publisher = NULL WHERE id % 3 = 0",
            "UPDATE citation SET source_id = (SELECT max(id) FROM source) WHERE claim_id IS NULL AND field IS NULL
                AND id IN (SELECT max(id) FROM citation WHERE claim_id IS NULL AND field IS NULL GROUP BY subject_id)
                AND subject_id NOT IN (SELECT subject_id FROM citation WHERE source_id = (SELECT max(id) FROM source))",
            "DELETE FROM citation WHERE id % 3 = 0",
            "INSERT INTO citation (subject_id, source_id, field)
                SELECT s.id, x.id, 'TALLY' FROM subject AS s, source AS x WHERE s.id % 2 = 0 AND x.id IN (SELECT id FROM source ORDER BY id LIMIT 2)",
            "DELETE FROM claim",
            "DELETE FROM credit WHERE id % 2 = 0",
            "DELETE FROM episode WHERE id % 2 = 0",
            "DELETE FROM show WHERE id = (SELECT min(id) FROM show)",
            "DELETE FROM citation",
        ] {
            site.store.write().execute_unprepared(write).await.unwrap_or_else(|reason| panic!("{reason}: {write}"));
            check(&site, write).await;
        }
    })
    .await;
}

#[tokio::test]
async fn invented_shows_and_a_set_are_counted() {
    for site in both(Set::Empty).await {
        // What was there once leaves rows in tallies.
        let db = site.store.write();
        for write in
            ["INSERT INTO show (slug, title, title_key, format) VALUES ('x', 'X', 'x', 'FILM')", "DELETE FROM show"]
        {
            db.execute_unprepared(write).await.unwrap_or_else(|reason| panic!("{reason}: {write}"));
        }
        fill(&site.store, World::new(30, 3), |_| ()).await.expect("it is filled");
        check(&site, "generating").await;
        import_set(site.store.write(), cut::set(), Leftovers::Keep).await.expect("the set goes in");
        check(&site, "importing beside it").await;
        let before = site.data("{ coverage { facts none one several general kinds { kind facts } } }").await;
        assert!(
            before["coverage"]["several"].as_i64() > Some(0) && before["coverage"]["none"].as_i64() > Some(0),
            "{before}"
        );
        // Facts without a source, claim or note count too.
        let credits = entity::credit::Entity::find().count(site.store.read()).await.expect("they are counted");
        let kinds = before["coverage"]["kinds"].as_array().expect("kinds");
        let counted = kinds.iter().find(|kind| kind["kind"] == "CREDIT").expect("credits");
        assert_eq!(counted["facts"], credits, "{}", site.engine);
        if site.store.is_postgres() {
            let empty = "TRUNCATE citation, claim; TRUNCATE appearance, credit CASCADE";
            site.store.write().execute_unprepared(empty).await.expect("they are emptied");
            check(&site, "TRUNCATE").await;
        }
        site.remove().await;
    }
}

/// A list is counted by its tally or by reading it; all pages together have as many rows as either says.
#[tokio::test]
async fn counts_are_those_of_the_pages() {
    on_both(Set::Cut, async |site| {
        for list in [
            "people(filter: {born: {from: \"1949-02\", to: \"1955\"}}",
            "people(filter: {born: {to: \"1940\"}}, orderBy: {field: BORN, direction: DESC}",
            "people(filter: {born: {from: \"1970\"}}, orderBy: {field: BORN}",
            "people(filter: {birthday: {month: 7, day: 13}}",
            "shows(filter: {premieredOn: {from: \"2018\"}}",
            "shows(filter: {premieredOn: {from: \"1990\", to: \"1999\"}}, orderBy: {field: PREMIERED_ON, direction: DESC}",
            "shows(filter: {format: FILM, status: ENDED}",
            "seasons(filter: {number: 2}",
            "seasons(filter: {premieredOn: {from: \"2020\"}}",
            "episodes(filter: {airedOn: {from: \"2022-03\", to: \"2022\"}}",
            "schedule(from: \"2022-03\", to: \"2022\"",
            "characters(filter: {species: \"Klingon\"}",
            "credits(filter: {jobs: [DIRECTOR, SHOWRUNNER], }",
            "credits(filter: {jobs: []}",
            "credits(filter: {billings: [SPECIAL_GUEST, RECURRING], part: VOICE}",
            "credits(filter: {portrayal: YOUNGER}",
            "credits(filter: {job: WRITER, billing: MAIN}",
            "credits(filter: {releasedOn: {from: \"2022\", to: \"2022-03\"}}",
        ] {
            let (mut after, mut rows) = (String::new(), 0);
            let total = loop {
                let field = list.split('(').next().expect("a name");
                let query = format!("{{ {list}, first: 100{after}) {{ totalCount nodes {{ __typename }} pageInfo {{ endCursor hasNextPage }} }} }}");
                let page = &site.data(&query).await[field];
                rows += page["nodes"].as_array().expect("a page").len();
                after = format!(", after: {}", page["pageInfo"]["endCursor"]);
                if page["pageInfo"]["hasNextPage"] != true {
                    break page["totalCount"].as_u64().expect("a number");
                }
            };
            assert_eq!(rows as u64, total, "{list} on {}", site.engine);
        }
    })
    .await;
}
