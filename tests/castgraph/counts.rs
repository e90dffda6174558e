//! `docs/counts.md` says of every number of the schema what it counts.

use std::{collections::BTreeSet, fs, path::Path};

use castgraph::graphql;

#[test]
fn every_number_of_the_schema_is_in_the_table_of_counts() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/counts.md");
    let page = fs::read_to_string(page).expect("the page is read");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let mut table = BTreeSet::new();
    for (field, rest) in rows {
        assert!(rest.split(" | ").all(|cell| !cell.trim_matches([' ', '|']).is_empty()), "{field} is explained");
        assert!(table.insert(field.to_owned()), "{field} has one row");
    }
    assert_eq!(numbers(), table);
}

/// The fields that count, measure, or say first or last, with one name for those that all types share.
fn numbers() -> BTreeSet<String> {
    let sdl = graphql::sdl();
    let (mut found, mut of, mut name) = (BTreeSet::new(), "", "");
    for line in sdl.lines() {
        if let Some(rest) = line.strip_prefix("type ") {
            of = rest.split(' ').next().unwrap_or_default();
        } else if !line.starts_with(' ') && !line.starts_with('}') && !line.starts_with('"') {
            of = "";
        }
        let is_field = line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  \"");
        if of.is_empty() || !is_field {
            continue;
        }
        if !line.starts_with("  )") {
            name = line.trim().split(['(', ':']).next().unwrap_or_default();
        }
        let Some((_, kind)) = line.rsplit_once(": ") else { continue };
        let is_number = ["Int", "BigInt", "Float"].contains(&kind.trim_matches(['[', ']', '!']));
        let is_end = (name.starts_with("first") || name.starts_with("last"))
            && name.as_bytes().get(if name.starts_with("first") { 5 } else { 4 }).is_some_and(u8::is_ascii_uppercase)
            && !name.ends_with("Span");
        if !is_number && !is_end {
            continue;
        }
        found.insert(match name {
            "totalCount" if of.ends_with("Connection") => "*Connection.totalCount".to_owned(),
            "independentSources" | "version" | "lastChange" => format!("*.{name}"),
            _ => format!("{of}.{name}"),
        });
    }
    found
}
