//! Places where the GraphQL specification is stricter than the libraries underneath: variables that are left out,
//! values, errors, descriptions, introspection.

use async_graphql::{Executor, Request, Variables};
use serde_json::{Value, json};

use crate::site::{Set, on_both, sqlite};

/// Two shows as an argument.
const SHOWS: &str = r#"shows: [{slug: "star-trek-picard"}, {slug: "star-trek-the-next-generation"}]"#;

/// Sections 3.10 and 6.4.1: `$v` without a value counts as an argument or an input field that was not given.
#[tokio::test]
async fn a_variable_that_is_left_out_leaves_the_default_standing() {
    on_both(Set::Whole, |site| async move {
        for (kind, document, without) in [
            ("Int", format!("{{ sharedCast({SHOWS}, first: $v) {{ nodes {{ person {{ name }} }} }} }}"), "first: $v"),
            ("Int", format!("{{ sharedCast(first: $v, {SHOWS}) {{ nodes {{ person {{ name }} }} }} }}"), "first: $v,"),
            ("Int", "{ shows(first: $v) { nodes { slug } } }".to_owned(), "(first: $v)"),
            ("OrderDirection", "{ shows(orderBy: {field: TITLE, direction: $v}) { nodes { slug } } }".to_owned(), ", direction: $v"),
            ("OrderDirection", "{ ...F } fragment F on Query { people(orderBy: {field: NAME, direction: $v}) { nodes { slug } } }".to_owned(), ", direction: $v"),
            ("Boolean", "{ __type(name: \"Show\") { fields(includeDeprecated: $v) { name } } }".to_owned(), "(includeDeprecated: $v)"),
            ("LinkScope", r#"{ path(from: {slug: "patrick-stewart"}, to: {slug: "leonard-nimoy"}, options: {scope: $v}) { length } }"#.to_owned(), "scope: $v"),
            ("Boolean", r#"{ path(from: {slug: "patrick-stewart"}, to: {slug: "leonard-nimoy"}, options: {crew: $v}) { length } }"#.to_owned(), "crew: $v"),
            ("Int", r#"{ path(from: {slug: "patrick-stewart"}, to: {slug: "leonard-nimoy"}, options: {maxLength: $v}) { length } }"#.to_owned(), "maxLength: $v"),
            ("PartialDate", "{ episodes(filter: {airedOn: {from: $v, to: \"1990\"}}) { totalCount } }".to_owned(), "from: $v,"),
        ] {
            let given = format!("query($v: {kind}) {document}");
            let absent = document.replace(without, "");
            let due = site.data(&absent).await;
            let answer = site.answer_with(&given, json!({})).await;
            assert_eq!(answer, json!({ "data": due }), "{} {given}", site.engine);
        }
    })
    .await;
}

/// Section 7.1: the path leads to the field, and an error leaves the neighbours alone.
#[tokio::test]
async fn an_error_has_the_whole_path_and_leaves_its_neighbours() {
    on_both(Set::Whole, |site| async move {
        let answer = site
            .answer("{ shows(first: 2) { edges { node { slug bad: seasons(first: -1) { edges { cursor } } } } } }")
            .await;
        let paths: Vec<_> =
            answer["errors"].as_array().into_iter().flatten().map(|error| error["path"].clone()).collect();
        assert_eq!(json!(paths), json!([["shows", "edges", 0, "node", "bad"], ["shows", "edges", 1, "node", "bad"]]));
        assert_eq!(answer["data"]["shows"]["edges"][1]["node"]["bad"], Value::Null);
        assert!(answer["data"]["shows"]["edges"][1]["node"]["slug"].is_string(), "{answer}");

        let answer = site
            .answer(r#"{ a: shows(filter: {franchise: {slug: "gone"}}) { totalCount } b: people { totalCount } }"#)
            .await;
        assert_eq!(answer["data"]["a"], Value::Null);
        assert!(answer["data"]["b"]["totalCount"].as_i64().is_some_and(|count| count > 0), "{answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["a"]));

        let within = r#"withinDegrees(of: {slug: "patrick-stewart"}) { degree people(first: -1) { nodes { name } } }"#;
        let answer = site.answer(&format!("{{ {within} }}")).await;
        assert_eq!(answer["errors"][0]["path"], json!(["withinDegrees", 0, "people"]), "{answer}");
    })
    .await;
}

/// Fields that fail at different times are reported in the order of the document, whatever is cached.
#[tokio::test]
async fn the_same_errors_are_reported_every_time() {
    let site = sqlite(Set::Whole).await;
    let text = r#"{ show(by: {slug: "star-trek-picard"}) { title c: seasons(first: 500) { totalCount }
        seasons(first: 2) { nodes { a: cast(first: -1) { totalCount } b: episodes(after: "x") { totalCount } } } } }"#;
    let first = site.answer(text).await;
    assert_eq!(first["errors"].as_array().map(Vec::len), Some(5), "{first}");
    for _ in 0..3 {
        assert_eq!(site.answer(text).await, first);
    }
}

/// Sections 3.5, 3.10, 5.6, 5.8.5 and 6.1.2: what is refused before anything runs, with the place in the document.
#[expect(clippy::too_many_lines, reason = "most of them are a table")]
#[tokio::test]
async fn values_are_checked_before_anything_runs() {
    let site = sqlite(Set::Whole).await;
    for (document, variables, code, message, column) in [
        (
            "query($d: PartialDate) { schedule(from: $d) { totalCount } }",
            json!({ "d": 7 }),
            "BAD_INPUT",
            "\"PartialDate\" is expected; it must be a string.",
            7,
        ),
        (
            "query($d: PartialDate) { schedule(from: $d) @skip(if: true) { totalCount } }",
            json!({ "d": "2022-13" }),
            "BAD_INPUT",
            "\"PartialDate\" is expected; ",
            7,
        ),
        (
            "query($c: CountryCode) { schedule(territory: $c) { totalCount } }",
            json!({ "c": "XX" }),
            "BAD_INPUT",
            "\"CountryCode\" is expected; ",
            7,
        ),
        (
            "{ schedule(from: 7) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Expected value of type \"PartialDate\", found 7",
            18,
        ),
        (
            "{ schedule(from: \"22\") @include(if: false) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Expected value of type \"PartialDate\", found \"22\"",
            18,
        ),
        (
            "query($f: ShowFilter = {format: FILM, format: SERIES}) { shows(filter: $f) { totalCount } }",
            json!({}),
            "VALIDATION",
            "There can be only one input field named \"format\".",
            39,
        ),
        (
            "query($b: ShowBy! = {slug: \"a\", id: \"b\"}) { show(by: $b) { title } }",
            json!({}),
            "VALIDATION",
            "must specify exactly one key",
            21,
        ),
        (
            "query($s: String) { show(by: {slug: $s}) { title } }",
            json!({ "s": "a" }),
            "VALIDATION",
            "Variable \"$s\" is of type \"String\" but must be non-nullable to be used for OneOf Input Object \"ShowBy\".",
            30,
        ),
        (
            "{ show(by: {slug: null}) { title } }",
            json!({}),
            "VALIDATION",
            "Field \"ShowBy.slug\" must be non-null.",
            12,
        ),
        (
            "query($b: Boolean = true) { shows @skip(if: $b) { totalCount } }",
            json!({ "b": null }),
            "BAD_INPUT",
            "must not be null",
            45,
        ),
        (
            "query($o: ShowOrderField!) { shows(orderBy: {field: $o}) { totalCount } }",
            json!({ "o": "TITEL" }),
            "BAD_INPUT",
            "Did you mean \"TITLE\"?",
            7,
        ),
        ("{ shows(orderBy: {field: TITEL}) { totalCount } }", json!({}), "VALIDATION", "Did you mean \"TITLE\"?", 26),
        ("{ shows(frist: 1) { totalCount } }", json!({}), "VALIDATION", "Did you mean \"first\"?", 9),
        (
            "{ node(id: \"a\") { title } }",
            json!({}),
            "VALIDATION",
            "Did you mean to use an inline fragment on \"Changeset\", \"Episode\", \"Show\"",
            19,
        ),
        ("{ node(id: \"a\") { ... on Shwo { title } } }", json!({}), "VALIDATION", "Did you mean \"Show\"?", 26),
        ("{ shows { title } }", json!({}), "VALIDATION", "Select it below \"nodes\": \"nodes { title }\".", 11),
        ("{ shows { titel } }", json!({}), "VALIDATION", "Did you mean \"nodes { title }\"?", 11),
        (
            "{ search(query: \"a\") { nodes { title } } }",
            json!({}),
            "VALIDATION",
            "in an inline fragment: \"node { ... on Episode { title } }\"",
            32,
        ),
        ("{ node(id: \"a\") { titel } }", json!({}), "VALIDATION", "Did you mean \"... on ", 19),
        ("{ shows @skpi(if: true) { totalCount } }", json!({}), "VALIDATION", "Did you mean \"@skip\"?", 9),
        (
            "{ shows @skip(if: true, iff: true) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Unknown argument \"iff\" on directive \"@skip\". Did you mean \"if\"?",
            0,
        ),
        ("{ ...Par } fragment Part on Query { __typename }", json!({}), "VALIDATION", "Did you mean \"Part\"?", 3),
        (
            "query($number: Int) { shows(first: $numbre) { totalCount } people(first: $number) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Variable \"$numbre\" is not defined. Did you mean \"$number\"?",
            36,
        ),
        (
            "query($f: ShowFilter) { shows(filter: $f) { totalCount } }",
            json!({ "f": { "formt": "FILM" } }),
            "BAD_INPUT",
            "Did you mean \"format\"?",
            7,
        ),
        (
            "query($n: Int = 2 @deprecated) { shows(first: $n) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Directive \"@deprecated\" may not be used on VARIABLE_DEFINITION.",
            19,
        ),
        (
            "query($n: Int = 2 @nothing(a: 1)) { shows(first: $n) { totalCount } }",
            json!({}),
            "VALIDATION",
            "Unknown directive \"@nothing\".",
            19,
        ),
        ("query A() { __typename }", json!({}), "SYNTAX", "Syntax Error: Expected \"$\", found \")\".", 9),
        ("query A { __typename } query B { __typename }", json!({}), "VALIDATION", "2 operations", 1),
    ] {
        let answer = site.answer_with(document, variables).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], code, "{document}: {answer}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains(message)), "{document}: {answer}");
        if column > 0 {
            assert_eq!(error["locations"][0]["column"], column, "{document}: {answer}");
        }
    }
    let null = json!({ "b": null });
    let nullable = "query($b: Boolean) { __type(name: \"ShowFormat\") { enumValues(includeDeprecated: $b) { name } } }";
    let answer = site.answer_with(nullable, null).await;
    assert_eq!(answer["data"]["__type"]["enumValues"][0]["name"].as_str().map(str::is_empty), Some(false), "{answer}");
}

/// Section 2.11: descriptions of operations, fragments and variables mean nothing to the server.
#[tokio::test]
async fn descriptions_in_documents_are_taken() {
    let site = sqlite(Set::Whole).await;
    let plain = "query A($n: Int = 1, $q: String = \"pi\", $t: [String!] = [\"a\"]) { shows(first: $n) { nodes { ...F } } search(query: $q) @include(if: false) { totalCount } people(filter: {name: {contains: $q}}) { totalCount } } fragment F on Show { title }";
    let described = "\"\"\"Lists \\\"\"\" shows\nover two lines\"\"\" query A(\"how many\" $n: Int = 1 \"\"\"what\"\"\" $q: String = \"pi\" $t: [String!] = [\"a\"]) { shows(first: $n) { nodes { ...F } } search(query: $q) @include(if: false) { totalCount } people(filter: {name: {contains: $q}}) { totalCount } } \"a part\" fragment F on Show { title }";
    let unused = "$t: [String!] = [\"a\"]";
    let due = site.data(&plain.replace(&format!(", {unused}"), "")).await;
    assert_eq!(site.data(&described.replace(unused, "")).await, due);
    let answer = site.answer("\"\"\"ü\n\"\"\" query A(\"ü\" $n: Int) { shows(first: $n) { nodes { titel } } }").await;
    assert_eq!(answer["errors"][0]["locations"], json!([{ "line": 2, "column": 55 }]), "{answer}");
    let unknown = site.answer("\"nobody\" { shows { totalCount } }").await;
    assert_eq!(
        unknown["errors"][0]["message"],
        "Syntax Error: Unexpected description, descriptions are not supported on shorthand queries."
    );
}

/// Section 7.1.1: a response has data or errors.
#[tokio::test]
async fn a_dry_run_is_a_response() {
    let site = sqlite(Set::Whole).await;
    let mut request = Request::new("query($n: Int) { shows(first: $n) { nodes { title } } }");
    request.variables = Variables::from_json(json!({ "n": 3 }));
    request.extensions.0.insert("dryRun".to_owned(), async_graphql::Value::Boolean(true));
    let answer = serde_json::to_value(site.api.execute(request).await).expect("answers are JSON");
    assert_eq!(answer["data"], json!({}));
    assert!(answer["extensions"]["cost"]["estimated"].as_i64().is_some_and(|cost| cost > 3), "{answer}");
}

/// Section 4.2.
#[tokio::test]
async fn introspection_describes_the_schema() {
    let site = sqlite(Set::Empty).await;
    let data = site
        .data(
            r#"{ __schema { description queryType { name } mutationType { name } directives { name isRepeatable args { name type { kind ofType { name } } } } ...F }
            node: __type(name: "Node") { kind interfaces { name } possibleTypes { name } fields { name type { kind ofType { kind name ofType { name } } } } __typename }
            show: __type(name: "Show") { interfaces { name } fields { name args { name defaultValue } } }
            by: __type(name: "ShowBy") { kind isOneOf inputFields { name type { name } } }
            date: __type(name: "Date") { kind specifiedByURL fields { name } }
            format: __type(name: "ShowFormat") { enumValues(includeDeprecated: null) { name isDeprecated deprecationReason } }
            none: __type(name: "Nothing") { name } }
            fragment F on __Schema { types { name } ... on __Schema { types { kind } } }"#,
        )
        .await;
    assert_eq!(data["__schema"]["description"], "Who played whom, in what, when, and who came back.");
    assert_eq!(data["__schema"]["mutationType"], json!({ "name": "Mutation" }));
    assert!(
        data["__schema"]["types"]
            .as_array()
            .is_some_and(|types| types.contains(&json!({ "name": "__Type", "kind": "OBJECT" })))
    );
    assert_eq!(data["node"]["interfaces"], json!([]));
    assert_eq!(data["node"]["__typename"], "__Type");
    assert!(data["node"]["possibleTypes"].as_array().is_some_and(|types| types.contains(&json!({ "name": "Show" }))));
    assert_eq!(
        data["node"]["fields"],
        json!([{ "name": "id", "type": { "kind": "NON_NULL", "ofType": { "kind": "SCALAR", "name": "ID", "ofType": null } } }])
    );
    assert_eq!(
        data["show"]["interfaces"],
        json!([{ "name": "Node" }, { "name": "Sourced" }, { "name": "Production" }])
    );
    let seasons =
        data["show"]["fields"].as_array().and_then(|fields| fields.iter().find(|field| field["name"] == "seasons"));
    let names: Vec<_> = seasons.expect("a field")["args"]
        .as_array()
        .expect("arguments")
        .iter()
        .map(|arg| arg["name"].clone())
        .collect();
    assert_eq!(json!(names), json!(["first", "after", "last", "before", "orderBy"]));
    assert_eq!(data["by"]["isOneOf"], true);
    assert_eq!(data["date"]["fields"], Value::Null);
    assert!(data["date"]["specifiedByURL"].is_string());
    assert_eq!(data["none"], Value::Null);
    assert_eq!(data["format"]["enumValues"][0]["isDeprecated"], false);
}

/// A fragment on an interface selects what the types have in common, in objects that are resolved in any way.
#[tokio::test]
async fn fragments_on_interfaces_are_selected() {
    on_both(Set::Whole, |site| async move {
        let fragments = "fragment P on Production { __typename slug cast(first: 1) { totalCount } ...S }
            fragment S on Sourced { independentSources citations(first: 1) { totalCount } }
            fragment N on Named { slug name }";
        let data = site
            .data(&format!(
                r#"{{ show(by: {{slug: "star-trek-picard"}}) {{ ...P links {{ nodes {{ ...S show {{ ...P }} }} }} season(number: 2) {{ ...P }} }}
                node(id: "U2hvdzox") {{ ...P ... on Sourced {{ independentSources }} }}
                search(query: "picard season 2") {{ nodes {{ node {{ __typename ... on Production {{ slug }} ... on Named {{ name }} }} }} }}
                characters(first: 1) {{ nodes {{ ...N ...S }} }} }} {fragments}"#
            ))
            .await;
        let of = |value: &Value| (value["__typename"].clone(), value["cast"]["totalCount"].is_i64(), value["independentSources"].is_i64());
        assert_eq!(of(&data["show"]), ("Show".into(), true, true), "{}", site.engine);
        assert_eq!(of(&data["show"]["season"]), ("Season".into(), true, true));
        assert_eq!(of(&data["show"]["links"]["nodes"][0]["show"]), ("Show".into(), true, true));
        assert!(data["show"]["links"]["nodes"][0]["independentSources"].is_i64(), "{data}");
        assert_eq!(data["show"]["season"].get("name"), None);
        assert_eq!(of(&data["node"]), ("Show".into(), true, true));
        assert_eq!(data["search"]["nodes"][0]["node"], json!({ "__typename": "Season", "slug": "star-trek-picard-s02" }));
        assert!(data["characters"]["nodes"][0]["name"].is_string(), "{data}");
        let sdl = castgraph::graphql::sdl();
        assert!(sdl.contains("type Season implements Node & Sourced & Production {"));
    })
    .await;
}
