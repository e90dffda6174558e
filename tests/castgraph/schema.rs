//! The schema that clients see.

use std::collections::{BTreeMap, BTreeSet};

use castgraph::graphql;
use serde_json::Value;

use crate::site::{Set, sqlite};

/// A change of the API shows as a change of `schema.graphql`. `castgraph schema > schema.graphql` writes it anew.
#[test]
fn schema_graphql_is_the_schema() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql")).unwrap_or_default();
    assert!(file == graphql::sdl(), "schema.graphql is out of date: cargo run -- schema > schema.graphql");
}

#[tokio::test]
async fn everything_is_described() {
    let site = sqlite(Set::Empty).await;
    let query = "{ __schema { types { name description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";
    let data = site.data(query).await;
    let mut bare = Vec::new();
    for kind in list(&data["__schema"]["types"]) {
        let name = kind["name"].as_str().unwrap_or_default();
        if name.starts_with("__") || ["Boolean", "ID", "Int", "String"].contains(&name) {
            continue;
        }
        check(kind, name, &mut bare);
        for part in ["fields", "inputFields", "enumValues"] {
            for member in list(&kind[part]) {
                let name = format!("{name}.{}", member["name"].as_str().unwrap_or_default());
                check(member, &name, &mut bare);
                for argument in list(&member["args"]) {
                    check(argument, &format!("{name}({})", argument["name"]), &mut bare);
                }
            }
        }
    }
    assert!(bare.is_empty(), "without description: {bare:?}");
}

fn check(thing: &Value, name: &str, bare: &mut Vec<String>) {
    if thing["description"].as_str().is_none_or(str::is_empty) {
        bare.push(name.to_owned());
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A field that several types have can be selected on all of them at once: the same type, or at least the same list and
/// null marks where it is an object.
#[test]
fn one_name_has_one_meaning_on_all_nodes() {
    let sdl = graphql::sdl();
    let composite: BTreeSet<&str> = sdl
        .lines()
        .filter_map(|line| ["type ", "interface ", "union "].iter().find_map(|kind| line.strip_prefix(kind)))
        .filter_map(|rest| rest.split([' ', '{']).next())
        .collect();
    let mut shapes: BTreeMap<&str, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    let (mut of, mut name) = ("", "");
    for line in sdl.lines() {
        if !line.starts_with([' ', '"']) {
            of = line.strip_prefix("type ").filter(|rest| rest.contains(" Node")).unwrap_or_default();
        }
        let is_field = line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  \"");
        if of.is_empty() || !is_field || line.contains("@deprecated") {
            continue;
        }
        if !line.starts_with("  )") {
            name = line.trim().split(['(', ':']).next().unwrap_or_default();
        }
        let Some((_, kind)) = line.rsplit_once(": ") else { continue };
        let base = kind.trim_matches(['[', ']', '!']);
        let shape = if composite.contains(base) { kind.replace(base, "*") } else { kind.to_owned() };
        shapes.entry(name).or_default().entry(shape).or_default().push(of.split(' ').next().unwrap_or_default());
    }
    assert!(shapes.len() > 60, "{}", shapes.len());
    let clashes: Vec<_> = shapes.iter().filter(|(_, shapes)| shapes.len() > 1).collect();
    assert!(clashes.is_empty(), "{clashes:#?}");
}

/// A root field that fails leaves its neighbours in the answer.
#[test]
fn every_root_field_is_nullable() {
    let sdl = graphql::sdl();
    let (_, query) = sdl.split_once("\ntype Query {\n").expect("the schema has queries");
    let (query, _) = query.split_once("\n}").expect("it ends");
    let ends =
        query.lines().filter(|line| !line.starts_with("    ") && !line.starts_with("  \"") && line.contains(": "));
    let required: Vec<&str> = ends.filter(|line| line.ends_with('!')).collect();
    assert!(required.is_empty(), "{required:?}");
}
