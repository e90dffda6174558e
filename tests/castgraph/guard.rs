//! Documents of strangers: what is too much is refused before it is validated or run, and the next query is answered.

use castgraph::guard::{Guard, Limits};
use serde_json::{Value, json};

use crate::site::{Site, sqlite};

/// A document, and the limit that it breaks.
fn hostile() -> Vec<(&'static str, String)> {
    let doubling: String = (0..20)
        .map(|level| format!("fragment F{level} on Show {{ ...F{0} ...F{0} }} ", level + 1))
        .chain(["fragment F20 on Show { title }".to_owned()])
        .collect();
    let franchise = |inner: &str| format!("{{ shows(first: 1) {{ nodes {{ franchise {{ {inner} }} }} }} }}");
    vec![
        ("selections", format!("{{ shows {{ nodes {{ ...F0 }} }} }} {doubling}")),
        ("selections", format!("{{ shows {{ nodes {{ title }} }} }} {doubling}")),
        ("depth", (0..8).fold("name".to_owned(), |inner, _| format!("shows(first: 1) {{ nodes {{ franchise {{ {inner} }} }} }}"))).into_query(&franchise),
        ("aliases", format!("{{ {} }}", (0..900).map(|n| format!("a{n}: __typename ")).collect::<String>())),
        ("root fields", format!("{{ {} }}", "__typename ".repeat(900))),
        ("directives", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(300))),
        ("tokens", format!("{{ {} }}", (0..3_000).map(|n| format!("a{n}: __typename ")).collect::<String>())),
        ("tokens", format!("{{ __typename {} }}", "@a ".repeat(10_000))),
        ("nesting of brackets", "{ a ".repeat(2_000)),
        ("bytes", "{ a ".repeat(20_000)),
        ("bytes", " ".repeat(40_000_000)),
        ("fragments", (0..200).map(|n| format!("fragment F{n} on Show {{ title }} ")).collect::<String>() + "{ __typename }"),
        ("operations", (0..200).map(|n| format!("query Q{n} {{ __typename }} ")).collect()),
        ("variables", format!("query({}) {{ __typename }}", (0..200).map(|n| format!("$v{n}: Int ")).collect::<String>())),
        ("cost", "{ shows(first: 100) { nodes { cast(first: 100) { nodes { person { credits(first: 100) { nodes { id } } } } } } } }".to_owned()),
        ("cost", "{ shows(first: 2147483647) { edges { node { cast(first: 2147483647) { edges { node { episodes(first: 2147483647) { edges { node { cast(first: 2147483647) { totalCount } } } } } } } } } } }".to_owned()),
        ("cost", format!("{{ node(id: \"U2hvdzo5\") {{ ... on Show {{ {} }} }} }}", (0..9).map(|n| format!("a{n}: cast(last: 100) {{ nodes {{ person {{ credits(first: 100) {{ nodes {{ character {{ name }} }} }} }} }} }} ")).collect::<String>())),
        ("lists within lists of an introspection", "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".to_owned()),
        ("introspection", format!("{{ {} }}", (0..25).map(|_| "__schema { types { name kind description fields { name type { name ofType { name ofType { name } } } args { name description defaultValue type { name } } } inputFields { name type { name } } enumValues { name description isDeprecated deprecationReason } interfaces { name } possibleTypes { name } } directives { name description locations args { name type { name } } } queryType { name } mutationType { name } subscriptionType { name } } ").collect::<String>())),
    ]
}

/// Lets the case of depth be written beside the others.
trait IntoQuery {
    fn into_query(self, wrap: &dyn Fn(&str) -> String) -> (&'static str, String);
}

impl IntoQuery for (&'static str, String) {
    fn into_query(self, wrap: &dyn Fn(&str) -> String) -> (&'static str, String) {
        (self.0, wrap(&self.1))
    }
}

#[tokio::test]
async fn hostile_documents_are_refused_and_the_next_query_is_answered() {
    let site = sqlite(true).await;
    for (limit, document) in hostile() {
        let answer = site.execute(&document, Value::Null).await;
        let shown: String = document.chars().take(120).collect();
        assert_eq!(answer.statements, 0, "{shown}");
        let error = serde_json::to_value(&answer.response).expect("answers are JSON")["errors"][0].take();
        let extensions = &error["extensions"];
        assert_eq!(extensions["limit"], limit, "{error} for {shown}");
        assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
        let number = |key: &str| extensions[key].as_u64().expect("a number");
        assert!(number("value") > number("allowed"), "{error}");
        let message = error["message"].as_str().expect("a message");
        let setting = extensions["setting"].as_str().expect("a setting");
        assert!(
            [limit, setting, &number("allowed").to_string()].iter().all(|part| message.contains(part)),
            "{message}"
        );
        assert_eq!(title(&site).await, "Star Trek: Picard");
    }
}

async fn title(site: &Site) -> Value {
    site.data(r#"{ show(by: {slug: "star-trek-picard"}) { title } }"#).await["show"]["title"].take()
}

#[tokio::test]
async fn circular_fragments_and_broken_documents_are_refused() {
    let site = sqlite(false).await;
    for (document, code, reason) in [
        ("{ shows { nodes { ...A } } } fragment A on Show { ...A }", "VALIDATION", "\"A\" spreads itself"),
        (
            "{ __typename } fragment A on Show { ...B } fragment B on Show { seasons { nodes { show { ...A } } } }",
            "VALIDATION",
            "spreads itself",
        ),
        ("{ shows { nodes { ...Missing } } }", "VALIDATION", "Missing"),
        ("{ nonsense }", "VALIDATION", "nonsense"),
        ("{", "SYNTAX", ""),
        ("\0", "SYNTAX", ""),
        ("{ shows(first: 99999999999999999999999) { totalCount } }", "VALIDATION", ""),
    ] {
        let answer = site.answer(document).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], code, "{document}: {answer}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains(reason)), "{answer}");
    }
}

#[test]
fn a_document_is_read_once_and_its_cost_taken_anew() {
    let guard = Guard::new(Limits { max_cost: 10, ..Limits::default() }, &castgraph::graphql::sdl()).expect("a schema");
    let document = "query($n: Int) { shows(first: $n) { nodes { title } } }";
    let admit = |n: i32| guard.admit(document, &async_graphql::Variables::from_json(json!({ "n": n })));
    let (first, second) = (admit(3).expect("it is cheap"), admit(5).expect("it is cheap"));
    assert!(std::sync::Arc::ptr_eq(&first.document, &second.document));
    assert_eq!((first.cost, second.cost), (4, 6));
    assert!(admit(10).is_err(), "it was cheap with other variables");
}

#[test]
fn cost_is_that_of_the_pages() {
    let limits = Limits { max_cost: u64::MAX, ..Limits::default() };
    let guard = Guard::new(limits, &castgraph::graphql::sdl()).expect("the schema is one");
    let cost = |document: &str, variables: Value| {
        let variables = async_graphql::Variables::from_json(variables);
        guard.admit(document, &variables).expect("it is within the limits").cost
    };
    for (document, variables, expected) in [
        ("{ __typename }", json!({}), 0),
        ("{ show(by: {slug: \"x\"}) { title } }", json!({}), 1),
        ("{ show(by: {slug: \"x\"}) { title franchise { name } } }", json!({}), 2),
        // The list, and its items.
        ("{ shows(first: 7) { nodes { title } } }", json!({}), 8),
        ("{ shows { nodes { title } } }", json!({}), 21),
        ("{ shows { totalCount } }", json!({}), 2),
        ("query($n: Int) { shows(first: $n) { edges { node { title } } } }", json!({ "n": 3 }), 1 + 3 * 2),
        ("query($n: Int = 4) { shows(last: $n) { nodes { title } } }", json!({}), 5),
        // Pages within pages are multiplied.
        (
            "{ shows(first: 10) { nodes { cast(first: 10) { nodes { person { name } } } } } }",
            json!({}),
            1 + 10 * (1 + 1 + 10 * 2),
        ),
        // A fragment costs what stands in it, wherever it is spread.
        (
            "{ a: shows(first: 2) { ...P } b: shows(first: 5) { ...P } } fragment P on ShowConnection { nodes { title } }",
            json!({}),
            3 + 6,
        ),
        // Under an interface too.
        ("{ node(id: \"x\") { ... on Show { cast(first: 9) { nodes { id } } } } }", json!({}), 1 + 1 + 9),
        ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", json!({}), 3),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ["a", "b"] }), 2),
        // A list without pages.
        ("{ show(by: {slug: \"x\"}) { links { kind show { title } } } }", json!({}), 1 + 10 * 2),
    ] {
        assert_eq!(cost(document, variables), expected, "{document}");
    }
    let page = "cast(first: 2147483647) { nodes { character { credits(first: 2147483647) { nodes { ";
    let monster =
        format!("{{ shows(first: 2147483647) {{ nodes {{ {} id {} }} }} }}", page.repeat(3), "} } } } } ".repeat(3));
    assert_eq!(cost(&monster, json!({})), u64::MAX, "the arithmetic does not wrap");
}
