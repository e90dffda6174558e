//! The schema that clients see.

use castgraph::graphql;
use serde_json::Value;

use crate::site::sqlite;

/// A change of the API shows as a change of `schema.graphql`. `castgraph schema > schema.graphql` writes it anew.
#[test]
fn schema_graphql_is_the_schema() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql")).unwrap_or_default();
    assert!(file == graphql::sdl(), "schema.graphql is out of date: cargo run -- schema > schema.graphql");
}

#[tokio::test]
async fn everything_is_described() {
    let site = sqlite(false).await;
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
