//! Documents of strangers: what is too much is refused before it is validated or run, and the next query is answered.

use std::{fs, sync::Arc};

use async_graphql::{Executor, Request, Variables};
use castgraph::{
    graphql,
    guard::{Access, Client, Guard, Limits, Settings, Switch, Untrusted},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::site::{Set, Site, on_both, sqlite};

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
        ("aliases", format!("{{ {} }}", (0..1_400).map(|n| format!("a{n}: __typename ")).collect::<String>())),
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
        ("lists within lists of an introspection", "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".to_owned()),
        ("selections", format!("{{ shows {{ nodes {{ {} }} }} }} fragment F on Show {{ title }}", "...F".repeat(2_400))),
        ("tokens", format!("{{ nodes(ids: [{}]) {{ id }} }}", "1-1".repeat(8_000))),
        ("bytes of the answer", format!("{{ shows(first: 27) {{ nodes {{ episodes(first: 100) {{ nodes {{ show {{ cast(first: 30) {{ nodes {{ {} }} }} }} }} }} }} }} }}", (0..90).map(|n| format!("a{n}{}: __typename ", "x".repeat(600))).collect::<String>())),
        ("bytes of the answer", format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", (0..90).map(|n| format!("a{n}{}: name ", "x".repeat(550))).collect::<String>())),
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
    let site = sqlite(Set::Whole).await;
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
        let fixed = ["nesting of brackets", "lists within lists of an introspection"].contains(&limit);
        let setting = extensions["setting"].as_str().unwrap_or_default();
        assert_eq!(setting.is_empty(), fixed, "{message}");
        assert!(
            [setting, &number("value").to_string(), &number("allowed").to_string()]
                .iter()
                .all(|part| message.contains(part)),
            "{message}"
        );
        assert_eq!(title(&site).await, "Star Trek: Picard");
    }
}

async fn title(site: &Site) -> Value {
    site.data(r#"{ show(by: {slug: "star-trek-picard"}) { title } }"#).await["show"]["title"].take()
}

/// A page has no more items than the database has, and neither does the estimate.
#[tokio::test]
async fn cost_is_bounded_by_what_there_is() {
    on_both(Set::Whole, |site| async move {
        let wide = "{ shows(first: 100) { nodes { multipleRoles(first: 100) { nodes { person { name } } } } } }";
        let mut request = Request::new(wide);
        request.extensions.0.insert("cost".to_owned(), async_graphql::Value::Boolean(true));
        let answer = serde_json::to_value(site.api.execute(request).await).expect("answers are JSON");
        let shows = site.data("{ shows { totalCount } }").await["shows"]["totalCount"].as_u64().expect("a number");
        // The list of shows and, for each, itself, the work for its list, the list, and a page of people.
        assert_eq!(answer["extensions"]["cost"]["estimated"], 1 + shows * (1 + 100 + 1 + 100 * 2), "{}", site.engine);
        // 100 * 100 * 100 would be too much, but there are few platforms.
        let deep = "{ platforms(first: 100) { nodes { shows(first: 100) { nodes { franchise { shows(first: 100) { nodes { \
                    links(first: 100) { totalCount } } } } } } } } }";
        assert_eq!(site.answer(deep).await.get("errors"), None, "{}", site.engine);
    })
    .await;
    let empty = sqlite(Set::Empty).await;
    let mut request = Request::new("{ people(first: 100) { nodes { credits(first: 100) { nodes { id } } } } }");
    request.extensions.0.insert("dryRun".to_owned(), async_graphql::Value::Boolean(true));
    let answer = serde_json::to_value(empty.api.execute(request).await).expect("answers are JSON");
    assert_eq!(answer["extensions"]["cost"]["estimated"], 1);
}

#[tokio::test]
async fn circular_fragments_and_broken_documents_are_refused() {
    let site = sqlite(Set::Empty).await;
    for (document, code, reason) in [
        ("{ shows { nodes { ...A } } } fragment A on Show { ...A }", "VALIDATION", "\"A\" spreads itself"),
        (
            "{ __typename } fragment A on Show { ...B } fragment B on Show { seasons { nodes { show { ...A } } } }",
            "VALIDATION",
            "spreads itself",
        ),
        ("{ shows { nodes { ...Missing } } }", "VALIDATION", "Missing"),
        ("{ shows { nodes { titel } } }", "VALIDATION", "Did you mean \"title\"?"),
        ("query A { __typename } query B { __typename }", "VALIDATION", "2 operations"),
        ("{", "SYNTAX", "Syntax Error: Expected Name, found <EOF>."),
        ("\0", "SYNTAX", "Syntax Error: Unexpected character: U+0000."),
        ("{ shows(first: 99999999999999999999999) { totalCount } }", "VALIDATION", "Int"),
    ] {
        let answer = site.answer(document).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], code, "{document}: {answer}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains(reason)), "{answer}");
    }
}

#[tokio::test]
async fn values_of_variables_are_held_to_their_types() {
    let site = sqlite(Set::Whole).await;
    let document = "query($n: Int, $ids: [ID!], $by: ShowBy, $f: ShowFilter, $k: Boolean! = true) {
        shows(first: $n, filter: $f) { totalCount } nodes(ids: [\"a\"]) @skip(if: $k) { id }
        a: nodes(ids: $ids) @skip(if: $k) { id } show(by: $by) @skip(if: $k) { id } }";
    let document = document.replace("$ids: [ID!]", "$ids: [ID!]!").replace("$by: ShowBy", "$by: ShowBy!");
    let right = json!({ "n": 1, "ids": [], "by": { "slug": "x" } });
    for (change, reason) in [
        (json!({}), None),
        (json!({ "n": null }), None),
        (json!({ "n": 2.0 }), None),
        (json!({ "ids": "one" }), None),
        (json!({ "ids": [1, "two"] }), None),
        (json!({ "f": { "format": "SERIES" } }), None),
        (json!({ "f": { "title": { "startsWith": "Star" } } }), None),
        (json!({ "more": { "than": "is declared" } }), None),
        (json!({ "n": 2_147_483_648_u64 }), Some("\"$n\" got the value 2147483648")),
        (json!({ "n": 1.5 }), Some("\"$n\" got the value 1.5")),
        (json!({ "n": "1" }), Some("\"$n\" got the value \"1\"")),
        (json!({ "n": [1] }), Some("\"$n\" got the value [1]")),
        (json!({ "ids": null }), Some("\"$ids\" of non-null type \"[ID!]!\" must not be null")),
        (json!({ "ids": ["a", null] }), Some("at \"ids[1]\"")),
        (json!({ "ids": [1.5] }), Some("at \"ids[0]\"")),
        (json!({ "k": null }), Some("\"$k\" of non-null type")),
        (json!({ "k": "true" }), Some("where the type \"Boolean!\" is expected")),
        (json!({ "by": {} }), Some("exactly one field of the type \"ShowBy\"")),
        (json!({ "by": { "slug": "a", "id": "b" } }), Some("exactly one field")),
        (json!({ "by": { "slug": null } }), Some("exactly one field")),
        (json!({ "by": { "slug": 1 } }), Some("at \"by.slug\"")),
        (json!({ "by": { "name": "x" } }), Some("a field \"name\"")),
        (json!({ "f": { "format": "NOTHING" } }), Some("at \"f.format\"")),
        (json!({ "f": 1 }), Some("\"$f\" got the value 1")),
        (json!({ "n": "x".repeat(1_000) }), Some("…")),
    ] {
        let mut variables = right.clone();
        variables.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let answer = site.answer_with(&document, variables).await;
        let error = &answer["errors"][0];
        match reason {
            None => assert!(error.is_null(), "{change}: {answer}"),
            Some(reason) => {
                assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{change}: {answer}");
                let message = error["message"].as_str().expect("a message");
                assert!(message.contains(reason) && message.len() < 300, "{change}: {answer}");
            }
        }
    }
    let answer = site.answer(&document).await;
    for (at, variable) in
        ["\"$ids\" of required type \"[ID!]!\"", "\"$by\" of required type \"ShowBy!\""].iter().enumerate()
    {
        assert_eq!(answer["errors"][at]["message"], format!("Variable {variable} was not provided."));
    }
}

#[tokio::test]
async fn a_text_of_the_caller_is_not_shown_again_and_again() {
    let site = sqlite(Set::Whole).await;
    let long = "\u{200B}".repeat(20_000);
    let credits =
        "query($c: String) { credits(first: 20) { nodes { character { credits(first: 20) { nodes { character {
        credits(first: 1, after: $c) { totalCount } } } } } } } }";
    for (document, variables) in [
        (credits, json!({ "c": long })),
        ("query($c: ID!) { node(id: $c) { id } }", json!({ "c": long })),
        ("query($c: Date!) { people(filter: {born: {from: $c}}) { totalCount } }", json!({ "c": long })),
        (
            "query($c: String!) { season(by: {slug: \"star-trek-picard-s02\"}) { returns(from: {slug: $c}) { totalCount } } }",
            json!({ "c": long }),
        ),
        ("query($c: CountryCode!) { schedule(territory: $c) { totalCount } }", json!({ "c": long })),
    ] {
        let answer = site.answer_with(document, variables).await;
        assert!(answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{document}");
        assert!(answer.to_string().len() < 200_000, "{} bytes for {document}", answer.to_string().len());
    }
}

#[tokio::test]
async fn wide_characters_may_be_escaped() {
    let site = sqlite(Set::Whole).await;
    let show = |escape: &str| format!(r#"{{ person(by: {{slug: "{escape}"}}) {{ name }} }}"#);
    for escape in ["\\uD83D\\uDE00", "\\u{1F600}", "patrick\\u002Dstewart", "patrick\\u{2D}stewart"] {
        let data = site.data(&show(escape)).await;
        assert_eq!(data["person"].is_null(), escape.contains('F') || escape.contains("DE"), "{data}");
    }
}

#[tokio::test]
async fn cost_is_told_when_asked_for_and_a_dry_run_reads_nothing() {
    let site = sqlite(Set::Whole).await;
    let ask = async |extensions: Value| {
        let mut request = Request::new("{ shows(first: 3) { nodes { title } } }");
        request.extensions.0 = serde_json::from_value(extensions).expect("extensions");
        serde_json::to_value(site.api.execute(request).await).expect("answers are JSON")
    };
    let cost = json!({ "cost": { "estimated": 4, "allowed": 100_000 } });
    assert_eq!(ask(json!({})).await.get("extensions"), None);
    let answer = ask(json!({ "cost": true })).await;
    assert_eq!((&answer["extensions"], answer["data"]["shows"]["nodes"].as_array().map(Vec::len)), (&cost, Some(3)));
    assert_eq!(ask(json!({ "dryRun": true })).await, json!({ "data": {}, "extensions": cost }));
    assert_eq!(ask(json!({ "cost": false, "dryRun": "yes" })).await.get("extensions"), None);
}

#[tokio::test]
async fn introspection_and_suggestions_can_be_switched_off_and_say_so() {
    let mut site = sqlite(Set::Whole).await;
    let access = Access { introspection: Switch::Off, suggestions: Switch::Off, ..Access::default() };
    site.guard(&Settings { access, ..Settings::default() });
    for document in ["{ __schema { queryType { name } } }", "{ shows { totalCount } __type(name: \"Show\") { name } }"]
    {
        let answer = site.answer(document).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTROSPECTION_OFF", "{answer}");
        assert!(answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("disabled")));
    }
    assert_eq!(site.data("{ __typename }").await["__typename"], "Query");
    let answer = site.answer("{ shows { nodes { titel } } }").await;
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("Suggestions are disabled") && !message.contains("title"), "{message}");
}

#[tokio::test]
async fn a_client_that_asks_for_too_much_waits_and_others_do_not() {
    let mut site = sqlite(Set::Whole).await;
    let access = Access { rate_limit: 1, rate_burst: 10, ..Access::default() };
    site.guard(&Settings { access, ..Settings::default() });
    let ask = async |client: [u8; 4]| {
        let request = Request::new("{ shows(first: 20) { totalCount } }").data(Client(client.into()));
        serde_json::to_value(site.api.execute(request).await).expect("answers are JSON")
    };
    assert_eq!(ask([192, 0, 2, 1]).await["data"]["shows"]["totalCount"], 27);
    for _ in 0..10 {
        ask([192, 0, 2, 1]).await;
    }
    let refused = ask([192, 0, 2, 1]).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{refused}");
    assert!(refused["errors"][0]["extensions"]["retryAfter"].as_u64().is_some_and(|seconds| seconds >= 1));
    assert_eq!(ask([192, 0, 2, 2]).await["data"]["shows"]["totalCount"], 27);
}

pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn ask_by_hash(site: &Site, query: &str, hash: &str) -> Value {
    let mut request = Request::new(query);
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    request.extensions.0 = serde_json::from_value(extensions).expect("extensions");
    serde_json::to_value(site.api.execute(request).await).expect("answers are JSON")
}

#[tokio::test]
async fn persisted_queries_are_kept_by_their_hashes_within_bounds() {
    let mut site = sqlite(Set::Whole).await;
    site.guard(&Settings { access: Access { persisted_queries: 4_000, ..Access::default() }, ..Settings::default() });
    let (text, code) = ("{ shows { totalCount } }", |answer: &Value| answer["errors"][0]["extensions"]["code"].clone());
    let hash = sha256(text);
    let unknown = ask_by_hash(&site, "", &hash).await;
    assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound", "clients look for this text");
    assert_eq!(code(&ask_by_hash(&site, "{ __typename }", &hash).await), "PERSISTED_QUERY_HASH_MISMATCH");
    assert_eq!(code(&ask_by_hash(&site, "{ nothing }", &sha256("{ nothing }")).await), "VALIDATION");
    assert_eq!(code(&ask_by_hash(&site, "", &sha256("{ nothing }")).await), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(ask_by_hash(&site, text, &hash).await["data"]["shows"]["totalCount"], 27);
    assert_eq!(ask_by_hash(&site, "", &hash).await["data"]["shows"]["totalCount"], 27);
    let texts: Vec<_> = (0..200).map(|n| format!("query Q{n} {{ shows {{ totalCount }} }}")).collect();
    for text in &texts {
        ask_by_hash(&site, text, &sha256(text)).await;
    }
    let mut kept = 0;
    for text in &texts {
        kept += usize::from(ask_by_hash(&site, "", &sha256(text)).await.get("errors").is_none());
    }
    assert!(kept > 0 && kept < 60, "{kept} of 200 texts of about 100 bytes with their hashes fit into 4,000 bytes");
    site.guard(&Settings { access: Access { persisted_queries: 0, ..Access::default() }, ..Settings::default() });
    assert_eq!(code(&ask_by_hash(&site, "", &hash).await), "PERSISTED_QUERY_NOT_SUPPORTED");
}

#[tokio::test]
async fn trusted_documents_come_from_manifests_of_three_tools() {
    let mut site = sqlite(Set::Whole).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: Value| {
        let path = folder.path().join(name);
        fs::write(&path, content.to_string()).expect("it is written");
        path
    };
    let documents = ["{ shows { totalCount } }", "query P { people { totalCount } }", "{ characters { totalCount } }"];
    let relay = file("relay.json", json!({ "relay-id": documents[0] }));
    let codegen = file("codegen.json", json!({ sha256(documents[1]): documents[1] }));
    let operations = json!([{ "id": "apollo-id", "name": "C", "type": "query", "body": documents[2] }]);
    let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations });
    let apollo = file("apollo.json", apollo);
    let trusted_documents = vec![relay, codegen, apollo];
    let mut access = Access { trusted_documents, ..Access::default() };
    site.guard(&Settings { access: access.clone(), ..Settings::default() });
    let code = |answer: &Value| answer["errors"][0]["extensions"]["code"].clone();
    for (id, text) in [("relay-id", documents[0]), (&sha256(documents[1]), documents[1]), ("apollo-id", documents[2])] {
        assert_eq!(ask_by_hash(&site, "", id).await.get("errors"), None);
        let request = Request::new("").data(castgraph::guard::DocumentId(id.to_owned()));
        assert!(site.api.execute(request).await.errors.is_empty());
        assert_eq!(site.answer(text).await.get("errors"), None, "a trusted document may be sent too");
    }
    let other = "query Other { shows { totalCount } }";
    assert_eq!(code(&site.answer(other).await), "UNTRUSTED_DOCUMENT");
    assert_eq!(code(&site.answer("{ nothing }").await), "UNTRUSTED_DOCUMENT", "strangers are not told of the schema");
    assert_eq!(code(&ask_by_hash(&site, other, &sha256(other)).await), "UNTRUSTED_DOCUMENT");
    assert_eq!(code(&ask_by_hash(&site, "", &sha256(other)).await), "PERSISTED_QUERY_NOT_FOUND");
    access.untrusted_documents = Untrusted::Log;
    site.guard(&Settings { access: access.clone(), ..Settings::default() });
    assert_eq!(site.answer(other).await.get("errors"), None);

    for (content, reason) in [
        (json!(["{ __typename }"]), "not a JSON object"),
        (json!({ "id": 1 }), "\"id\" is not a string"),
        (json!({ "format": "another" }), "apollo-persisted-query-manifest"),
        (json!({ "format": "apollo-persisted-query-manifest", "version": 1 }), "operations"),
        (json!({ "wrong": "{ nothing }" }), "Cannot query field"),
        (json!({ "large": "{ a ".repeat(20_000) }), "max-bytes"),
    ] {
        access.trusted_documents = vec![file("wrong.json", content)];
        let settings = Settings { access: access.clone(), ..Settings::default() };
        let outcome = graphql::Api::new(site.store.read().clone(), None, &settings).err().expect("it is refused");
        assert!(outcome.contains(reason), "{outcome}");
    }
    access.trusted_documents = vec![folder.path().join("missing.json")];
    let outcome = graphql::Api::new(site.store.read().clone(), None, &Settings { access, ..Settings::default() });
    assert!(outcome.err().is_some_and(|reason| reason.contains("missing.json")));
    let twice = [("a", documents[0]), ("b", documents[1])];
    let files = twice.map(|(name, text)| file(&format!("{name}.json"), json!({ "same": text })));
    let access = Access { trusted_documents: files.to_vec(), ..Access::default() };
    let outcome = graphql::Api::new(site.store.read().clone(), None, &Settings { access, ..Settings::default() });
    assert!(outcome.err().is_some_and(|reason| reason.contains("another document")));
}

fn guard(max_cost: u64) -> Guard {
    let limits = Limits { max_cost, max_answer: u64::MAX, ..Limits::default() };
    Guard::new(&Settings { limits, ..Settings::default() }, &graphql::described(&graphql::sdl())).expect("a schema")
}

#[test]
fn a_document_is_read_once_and_its_cost_taken_anew() {
    let guard = guard(10);
    let document = "query($n: Int) { shows(first: $n) { nodes { title } } }";
    let admit = |n: i32| guard.admit(document, None, &mut Variables::from_json(json!({ "n": n })));
    let (first, second) = (admit(3).expect("it is cheap"), admit(5).expect("it is cheap"));
    assert!(Arc::ptr_eq(&first.document, &second.document));
    assert_eq!((first.cost, second.cost), (4, 6));
    assert!(admit(10).is_err(), "it was cheap with other variables");
}

#[test]
fn cost_is_that_of_the_pages_of_the_operation_that_is_run() {
    let guard = guard(u64::MAX);
    let cost = |document: &str, variables: Value| {
        guard.admit(document, None, &mut Variables::from_json(variables)).expect("it is within the limits").cost
    };
    let two = "query A { shows(first: 1) { nodes { title } } } query B { shows(first: 50) { nodes { title } } }";
    for (name, expected) in [("A", 2), ("B", 51)] {
        let admitted = guard.admit(two, Some(name), &mut Variables::default()).expect("it is within the limits");
        assert_eq!(admitted.cost, expected);
    }
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
        // A field that takes more work than its objects.
        (
            "{ franchise(by: {slug: \"x\"}) { recasts(first: 2) { nodes { id: __typename } } } }",
            json!({}),
            1 + 1_000 + 1 + 2,
        ),
        ("{ shows(first: 3) { nodes { returns(first: 1) { totalCount } } } }", json!({}), 1 + 3 * (1 + 100 + 2)),
        // A list without pages.
        ("{ show(by: {slug: \"x\"}) { links { nodes { kind show { title } } } } }", json!({}), 2 + 20 * 2),
    ] {
        assert_eq!(cost(document, variables), expected, "{document}");
    }
    let page = "cast(first: 2147483647) { nodes { character { credits(first: 2147483647) { nodes { show { ";
    let monster =
        format!("{{ shows(first: 2147483647) {{ nodes {{ {} id {} }} }} }}", page.repeat(3), "} } } } } } ".repeat(3));
    assert_eq!(cost(&monster, json!({})), u64::MAX, "the arithmetic does not wrap");
}
