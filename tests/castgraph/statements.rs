//! How many statements a query takes: one for each list and level, however many parents there are. What a row leads to,
//! such as the person of a credit and the number of a person's credits, comes along with the row.

use serde_json::{Value, json};

use crate::site::{self, Set, Site, on_both};

/// person → credits → character → credits → season → show
const DEEP: &str = r#"query($credits: Int!) { person(by: {slug: "patrick-stewart"}) { credits(first: $credits) { nodes {
    character { name credits(first: 100) { nodes { id season { number show { title } } } } } } } } }"#;

#[tokio::test]
async fn a_deep_query_takes_one_statement_a_level_and_gives_the_same_bytes_on_both_engines() {
    let mut answers = Vec::new();
    for site in site::both(Set::Whole).await {
        for credits in [1, 2, 10, 100] {
            let answer = site.execute(DEEP, json!({ "credits": credits })).await;
            assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
            assert_eq!(answer.statements, 4, "{} with {credits} credits", site.engine);
            assert!(answer.rows > answer.statements, "rows are counted: {}", answer.rows);
            answers.push((credits, serde_json::to_string(&answer.response).expect("answers are JSON")));
        }
        site.remove().await;
    }
    let (sqlite, postgres) = answers.split_at(4);
    assert!(sqlite[3].1.len() > 10_000, "the answer is not small");
    assert!(postgres.is_empty() || sqlite == postgres);
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_number_of_parents() {
    on_both(Set::Whole, |site: Site| async move {
        // The query with its number of statements; `$n` parents at the top.
        for (statements, query) in [
            (2, "query($n: Int!) { shows(first: $n) { nodes { title franchise { name } } } }"),
            (3, "query($n: Int!) { shows(first: $n) { nodes { seasons(first: 3) { nodes { cast(first: 10) { nodes { person { name } character { name } } } } } } } }"),
            (2, "query($n: Int!) { shows(first: $n) { totalCount nodes { cast { totalCount } } } }"),
            (4, "query($n: Int!) { shows(first: $n) { nodes { links { nodes { kind show { title } } } recasts { nodes { character { name } } } } } }"),
            (3, "query($n: Int!) { people(first: $n) { nodes { name picture(kind: PORTRAIT) { url } pictures { credit } summaries { text } } } }"),
            (2, "query($n: Int!) { people(first: $n) { nodes { name externalIds { authority value url } } } }"),
            (4, "query($n: Int!) { people(first: $n) { nodes { aliases coStars(first: 2) { nodes { together person { name } credits(first: 2) { nodes { show { title } } } } } } } }"),
            (7, "query($n: Int!) { characters(first: $n) { nodes { firstAppearance { show { title } episode { title } } lastAppearance { season { number } credit { id } } } } }"),
            (6, "query($n: Int!) { shows(first: $n) { nodes { returns(first: 3) { nodes { character { name } from { title } credits { nodes { id } } earlierCredits(first: 2) { nodes { season { number } person { name } } } } } } } }"),
            (3, "query($n: Int!) { episodes(first: $n) { nodes { cast { nodes { creditedAs episodes { nodes { title } } } } } } }"),
            (4, "query($n: Int!) { shows(first: $n) { nodes { availability { nodes { platformName territory { name } } } } } }"),
            (4, r#"query($n: Int!) { shows(first: $n) { nodes { seasons(first: 3) { nodes { homePlatform { name(on: "2021-03-03") owner } } } } } }"#),
            (4, "query($n: Int!) { episodes(first: $n) { nodes { citations { nodes { source { title } } } claims { nodes { statement } } } } }"),
            (4, "query($n: Int!) { people(first: $n) { nodes { independentSources citations { nodes { source { slug } } } } } }"),
            (11, "query($n: Int!) { claims(first: $n) { nodes { source { slug } supersededBy { slug } subject { ... on Season { number } } } } }"),
            (4, "query($n: Int!) { shows(first: $n, orderBy: {field: PREMIERED_ON, direction: DESC}) { nodes { funding { nodes { amount { decimal } season { number } } } media { nodes { kind } } } } }"),
            (3, "query($n: Int!) { schedule(first: $n) { nodes { date episode { title } availability { slug } season: episode { season { number } } } } }"),
        ] {
            for parents in [1, 2, 20] {
                let answer = site.execute(query, json!({ "n": parents })).await;
                assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
                assert!(answer.statements <= statements, "{} took {}: {query}", site.engine, answer.statements);
                if parents == 20 {
                    assert_eq!(answer.statements, statements, "{} with {parents}: {query}", site.engine);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_rows_name_comes_along_wherever_it_is_asked_for() {
    on_both(Set::Whole, |site: Site| async move {
        for (statements, credits) in [
            (2, "nodes { person { name } character { name } show { title } season { number } }"),
            (2, "pageInfo { hasNextPage } edges { node { ...who } } nodes { as: character { name } }"),
            (2, "edges { cursor node { person { slug } season { number } } }"),
            (3, "nodes { show { franchise { name } } }"),
            (3, "first: nodes { id } nodes { person { name credits(first: 0) { nodes { person { id } } } } }"),
        ] {
            // The crew plays nobody, and films have no season.
            for list in ["crew", "cast"] {
                let query =
                    format!(r#"{{ show(by: {{slug: "star-trek-first-contact"}}) {{ {list} {{ {credits} }} }} }}"#);
                let fragment =
                    if credits.contains("...") { "fragment who on Credit { person { name } id }" } else { "" };
                let query = query + fragment;
                let answer = site.execute(&query, Value::Null).await;
                assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
                assert_eq!(answer.statements, statements, "{} for {query}", site.engine);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn counts_come_along_and_are_those_that_are_asked_for_alone() {
    on_both(Set::Whole, |site: Site| async move {
        for (path, kind, fields) in [
            ("people(first: 50)", "Person", "credits"),
            (r#"people(first: 9, filter: {name: {startsWith: "p"}})"#, "Person", "credits"),
            ("characters(last: 50)", "Character", "credits"),
            ("shows(first: 50)", "Show", "seasons episodes cast crew characters"),
            (r#"show(by: {slug: "star-trek-voyager"}) seasons"#, "Season", "episodes cast crew"),
        ] {
            let fields: String = fields.split(' ').map(|field| format!("{field}(first: 1) {{ totalCount }}")).collect();
            let (root, list) = path.split_once(") ").map_or((path, ""), |(root, list)| (&path[..=root.len()], list));
            let statements = if list.is_empty() { 1 } else { 2 };
            for nodes in ["nodes { id ...counted }", "edges { node { ...counted id } }"] {
                let page = if list.is_empty() { nodes.to_owned() } else { format!("{list} {{ {nodes} }}") };
                let query = format!("{{ {root} {{ {page} }} }} fragment counted on {kind} {{ {fields} }}");
                let together = site.execute(&query, Value::Null).await;
                assert!(together.response.errors.is_empty(), "{:?}", together.response.errors);
                assert_eq!(together.statements, statements, "{} for {query}", site.engine);
                let data = together.response.data.into_json().expect("answers are JSON");
                let name = root.split('(').next().unwrap_or_default();
                let page = if list.is_empty() { &data[name] } else { &data[name][list] };
                let nodes: Vec<Value> = match page["nodes"].as_array() {
                    Some(nodes) => nodes.clone(),
                    None => page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect(),
                };
                assert!(nodes.len() > 5, "{} for {query}", nodes.len());
                for node in nodes {
                    let query = format!("query($id: ID!) {{ node(id: $id) {{ id ... on {kind} {{ {fields} }} }} }}");
                    let alone = site.execute(&query, json!({ "id": node["id"] })).await;
                    let alone = alone.response.data.into_json().expect("answers are JSON");
                    assert_eq!(alone["node"], node, "{} for {path}", site.engine);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whether_a_count_comes_along_hangs_on_the_filter_alone() {
    on_both(Set::Whole, |site: Site| async move {
        for (statements, variables, arguments) in [
            (1, "", "first: 3"),
            (1, "($after: String)", "first: 3, after: $after"),
            (1, "", "filter: null"),
            (1, "($filter: CreditFilter)", "filter: $filter"),
            (2, "", "filter: {job: DIRECTOR}"),
            (2, "($filter: CreditFilter = {job: DIRECTOR})", "filter: $filter"),
        ] {
            let query = format!(
                "query{variables} {{ people(first: 2) {{ nodes {{ credits({arguments}) {{ totalCount }} }} }} }}"
            );
            let answer = site.execute(&query, Value::Null).await;
            assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
            assert_eq!(answer.statements, statements, "{} for {query}", site.engine);
        }
    })
    .await;
}

#[tokio::test]
async fn a_count_through_a_filter_is_not_that_of_the_whole_list() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{ people(filter: {name: {equals: "Jonathan Frakes"}}) { nodes {
            all: credits { totalCount }
            some: credits(filter: {job: DIRECTOR}) { totalCount }
        } } }"#;
        let answer = site.execute(query, Value::Null).await;
        assert_eq!(answer.statements, 2, "{}", site.engine);
        let data = answer.response.data.into_json().expect("answers are JSON");
        let count = |name: &str| data["people"]["nodes"][0][name]["totalCount"].as_i64().expect("a count");
        assert!(0 < count("some") && count("some") < count("all"), "{data}");
    })
    .await;
}

#[tokio::test]
async fn lists_of_which_not_the_same_is_shown_are_read_together() {
    on_both(Set::Whole, |site: Site| async move {
        let query = r#"{
            a: show(by: {slug: "star-trek-picard"}) { cast { nodes { id } } }
            b: show(by: {slug: "star-trek-first-contact"}) { cast { nodes { person { name } } } }
            c: show(by: {slug: "star-trek-nemesis"}) { cast { nodes { character { name } season { number } } } }
        }"#;
        let answer = site.execute(query, Value::Null).await;
        assert!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
        assert_eq!(answer.statements, 2, "{}", site.engine);
    })
    .await;
}

#[tokio::test]
async fn a_total_is_counted_and_a_neighbour_page_looked_for_only_when_asked() {
    on_both(Set::Whole, |site: Site| async move {
        let plain = site
            .execute(
                "{ people(first: 3) { nodes { name } pageInfo { endCursor hasNextPage hasPreviousPage } } }",
                Value::Null,
            )
            .await;
        assert_eq!(plain.statements, 1);
        let counted = site.execute("{ people(first: 3) { nodes { name } totalCount } }", Value::Null).await;
        assert_eq!(counted.statements, 2);
    })
    .await;
}
