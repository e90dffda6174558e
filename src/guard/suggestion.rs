//! Suggestions for names that do not exist in the schema.

use apollo_compiler::{Name, Schema, schema::ExtendedType};

use crate::nearest::nearest;

/// Maximum types to list in a suggestion.
const NAMED: usize = 5;

/// The sentence to append to a validation error, if there is a suggestion.
pub(super) fn suggestion(schema: &Schema, message: &str) -> Option<String> {
    if let Some((field, of)) = unknown_field(message) {
        return through_type(schema, field, of).or_else(|| near_field(schema, field, of).map(meant));
    }
    if let Some((argument, place)) = between(message, "Unknown argument \"", "\" on field \"", "\".") {
        let (of, field) = place.split_once('.')?;
        let field = schema.type_field(of, field).ok()?;
        return near(argument, field.arguments.iter().map(|argument| argument.name.as_str())).map(meant);
    }
    if let Some((value, of)) = between(message, "Value \"", "\" does not exist in \"", "\" enum.") {
        return near(value, schema.get_enum(of)?.values.keys().map(Name::as_str)).map(meant);
    }
    if let Some((field, of)) = between(message, "Field \"", "\" is not defined by type \"", "\".") {
        return near(field, schema.get_input_object(of)?.fields.keys().map(Name::as_str)).map(meant);
    }
    let of = message.strip_prefix("Unknown type \"")?.strip_suffix("\".")?;
    near(of, schema.types.keys().map(Name::as_str).filter(|name| !name.starts_with("__"))).map(meant)
}

/// The field and the type of ``Cannot query field "a" on type "B".``
pub(super) fn unknown_field(message: &str) -> Option<(&str, &str)> {
    between(message, "Cannot query field \"", "\" on type \"", "\".")
}

/// The value of the enum `of` with the most similar name, if one is similar enough.
pub(super) fn enum_value<'s>(schema: &'s Schema, value: &str, of: &str) -> Option<&'s str> {
    near(value, schema.get_enum(of)?.values.keys().map(Name::as_str))
}

fn between<'m>(message: &'m str, before: &str, between: &str, after: &str) -> Option<(&'m str, &'m str)> {
    let (one, other) = message.strip_prefix(before)?.split_once(between)?;
    Some((one, other.strip_suffix(after)?))
}

fn meant(name: &str) -> String {
    format!(" Did you mean \"{name}\"?")
}

/// The most similar of `names`, if one is similar enough.
fn near<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let (distance, near) = nearest(text, names)?;
    (distance <= text.chars().count() / 3 + 1).then_some(near)
}

fn near_field<'s>(schema: &'s Schema, field: &str, of: &str) -> Option<&'s str> {
    let fields = match schema.types.get(of)? {
        ExtendedType::Object(object) => &object.fields,
        ExtendedType::Interface(interface) => &interface.fields,
        _ => return None,
    };
    near(field, fields.keys().map(Name::as_str))
}

/// How to reach a field that exists not on the type itself but below it: on the nodes of a connection, or on the
/// possible types of an interface or a union.
fn through_type(schema: &Schema, field: &str, of: &str) -> Option<String> {
    let has = |name: &str| schema.type_field(name, field).is_ok();
    if let Ok(nodes) = schema.type_field(of, "nodes") {
        let below = has(nodes.ty.inner_named_type());
        return below.then(|| format!(" Select it below \"nodes\": \"nodes {{ {field} }}\"."));
    }
    if matches!(schema.types.get(of)?, ExtendedType::Object(object) if object.fields.contains_key("node")) {
        let node = schema.type_field(of, "node").ok()?;
        return has(node.ty.inner_named_type()).then(|| format!(" Select it below \"node\": \"node {{ {field} }}\"."));
    }
    let implementers = schema.implementers_map();
    let mut names: Vec<&str> = match schema.types.get(of)? {
        ExtendedType::Union(union) => union.members.iter().map(|member| member.as_str()).collect(),
        ExtendedType::Interface(_) => implementers.get(of)?.objects.iter().map(Name::as_str).collect(),
        _ => return None,
    };
    names.retain(|name| has(name));
    names.sort_unstable();
    names.truncate(NAMED);
    let names = match names.as_slice() {
        [] => return None,
        [one] => format!("\"{one}\""),
        [one, other] => format!("\"{one}\" or \"{other}\""),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(|name| format!("\"{name}\"")).collect();
            format!("{}, or \"{last}\"", rest.join(", "))
        }
    };
    Some(format!(" Did you mean to use an inline fragment on {names}?"))
}
