//! Interfaces of types that share fields, so that a client writes a fragment once.
//!
//! No field returns one of these interfaces. async-graphql removes types that no field returns, so the registry only
//! knows which types implement them, and their definitions are added to the SDL, from which the guard and introspection
//! read the schema.

use async_graphql::registry::{MetaType, Registry};

/// An interface, with the names of its fields. Every type that has all of them implements it.
struct Shared {
    name: &'static str,
    description: &'static str,
    /// The type from which the field definitions are copied.
    model: &'static str,
    fields: &'static [&'static str],
}

const INTERFACES: &[Shared] = &[
    Shared {
        name: "Sourced",
        description: "Something that sources support and make claims about.",
        model: "Show",
        fields: &["citations", "claims", "independentSources"],
    },
    Shared {
        name: "Production",
        description: "A show, a film or a season: something with a cast and a crew that is shown somewhere.",
        model: "Season",
        fields: &[
            "id",
            "slug",
            "premieredOn",
            "episodes",
            "cast",
            "crew",
            "returns",
            "recasts",
            "multipleRoles",
            "homePlatform",
            "availability",
            "funding",
            "media",
            "texts",
        ],
    },
    Shared {
        name: "Named",
        description: "Something with a name and a slug.",
        model: "Person",
        fields: &["slug", "name"],
    },
];

/// Declares which types implement the interfaces.
pub(super) fn implement(registry: &mut Registry) {
    let mut found = Vec::new();
    for kind in registry.types.values() {
        let MetaType::Object { name, fields, .. } = kind else { continue };
        for interface in INTERFACES {
            if interface.fields.iter().all(|field| fields.contains_key(*field)) {
                found.push((name.clone(), interface.name));
            }
        }
    }
    for (name, interface) in found {
        registry.add_implements(&name, interface);
    }
}

/// The definitions of the interfaces, with the fields as `sdl` has them.
pub(super) fn definitions(sdl: &str) -> String {
    INTERFACES.iter().map(|interface| definition(interface, sdl)).collect()
}

fn definition(interface: &Shared, sdl: &str) -> String {
    let members = members(interface.model, sdl).into_iter().filter(|(name, _)| interface.fields.contains(name));
    let fields: String = members.map(|(_, text)| text).collect();
    format!("\n\"{}\"\ninterface {} {{\n{fields}}}\n", interface.description, interface.name)
}

/// The fields of a type, each with its description, by name.
fn members<'s>(of: &str, sdl: &'s str) -> Vec<(&'s str, String)> {
    let begins = format!("type {of} ");
    let lines = sdl.lines().skip_while(|line| !line.starts_with(&begins)).skip(1).take_while(|line| *line != "}");
    let mut members = Vec::new();
    let (mut text, mut name, mut quoted) = (String::new(), "", false);
    for line in lines {
        text.push_str(line);
        text.push('\n');
        let content = line.trim_start();
        if content.starts_with("\"\"\"") {
            // Begins or ends a multi-line description, unless it does both on one line.
            quoted ^= content.len() == 3 || !content.ends_with("\"\"\"");
            continue;
        }
        let is_member = line.starts_with("  ") && !line.starts_with("   ") && !content.starts_with('"');
        if quoted || !is_member {
            continue;
        }
        if !content.starts_with(')') {
            name = content.split(['(', ':']).next().unwrap_or_default();
        }
        if !content.ends_with('(') {
            members.push((name, std::mem::take(&mut text)));
        }
    }
    members
}
