//! Suggestions for names that do not exist in the schema.

use apollo_compiler::{ExecutableDocument, Name, Schema, schema::ExtendedType};

use crate::nearest::nearest;

/// Maximum types to list in a suggestion.
const NAMED: usize = 5;

/// Names that a document defines.
pub(super) struct Names<'d> {
    fragments: Vec<&'d str>,
    variables: Vec<&'d str>,
}

impl<'d> Names<'d> {
    pub(super) fn of(document: &'d ExecutableDocument) -> Self {
        let variables = document.operations.iter().flat_map(|operation| &operation.variables);
        Self {
            fragments: document.fragments.keys().map(Name::as_str).collect(),
            variables: variables.map(|variable| variable.name.as_str()).collect(),
        }
    }
}

/// The sentence to append to a validation error, if there is a suggestion.
pub(super) fn suggestion(schema: &Schema, names: &Names<'_>, message: &str) -> Option<String> {
    if let Some((field, of)) = unknown_field(message) {
        return through_type(schema, field, of)
            .or_else(|| near_field(schema, field, of).map(meant))
            .or_else(|| near_below(schema, field, of));
    }
    if let Some((argument, directive)) = between(message, "Unknown argument \"", "\" on directive \"@", "\".") {
        let definition = schema.directive_definitions.get(directive)?;
        return near(argument, definition.arguments.iter().map(|argument| argument.name.as_str())).map(meant);
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
        return input_field(schema, field, of).map(meant);
    }
    let one = |before: &str, after: &str| message.strip_prefix(before)?.strip_suffix(after);
    if let Some(directive) = one("Unknown directive \"@", "\".") {
        let known = schema.directive_definitions.values().filter(|known| {
            known.locations.iter().any(|location| location.name().contains("FIELD") && !location.name().contains('_'))
        });
        let near = near(directive, known.map(|known| known.name.as_str()))?;
        return Some(meant(&format!("@{near}")));
    }
    if let Some(fragment) = one("Unknown fragment \"", "\".") {
        return near(fragment, names.fragments.iter().copied()).map(meant);
    }
    if let Some(variable) = one("Variable \"$", "\" is not defined.") {
        let near = near(variable, names.variables.iter().copied())?;
        return Some(meant(&format!("${near}")));
    }
    let of = one("Unknown type \"", "\".")?;
    near(of, schema.types.keys().map(Name::as_str).filter(|name| !name.starts_with("__"))).map(meant)
}

/// The field and the type of ``Cannot query field "a" on type "B".``
pub(super) fn unknown_field(message: &str) -> Option<(&str, &str)> {
    between(message, "Cannot query field \"", "\" on type \"", "\".")
}

/// The field of the input object `of` with the most similar name, if one is similar enough.
pub(super) fn input_field<'s>(schema: &'s Schema, field: &str, of: &str) -> Option<&'s str> {
    near(field, schema.get_input_object(of)?.fields.keys().map(Name::as_str))
}

/// The value of the enum `of` with the most similar name, if one is similar enough.
pub(super) fn enum_value<'s>(schema: &'s Schema, value: &str, of: &str) -> Option<&'s str> {
    near(value, schema.get_enum(of)?.values.keys().map(Name::as_str))
}

fn between<'m>(message: &'m str, before: &str, between: &str, after: &str) -> Option<(&'m str, &'m str)> {
    let (one, other) = message.strip_prefix(before)?.split_once(between)?;
    Some((one, other.strip_suffix(after)?))
}

pub(super) fn meant(name: &str) -> String {
    format!(" Did you mean \"{name}\"?")
}

/// The most similar of `names`, if one is similar enough.
pub(super) fn near<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
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
    if let Some((step, below)) = step(schema, of) {
        if schema.type_field(below, field).is_ok() {
            return Some(format!(" Select it below \"{step}\": \"{step} {{ {field} }}\"."));
        }
        let first = *with_field(schema, field, below)?.first()?;
        let example = format!("{step} {{ ... on {first} {{ {field} }} }}");
        return Some(format!(" Select it below \"{step}\", in an inline fragment: \"{example}\"."));
    }
    let mut names = with_field(schema, field, of)?;
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

/// The most similar field of the nodes of a connection, or of a possible type of an interface or a union.
fn near_below(schema: &Schema, field: &str, of: &str) -> Option<String> {
    if let Some((step, below)) = step(schema, of) {
        let near = near_field(schema, field, below)?;
        return Some(format!(" Did you mean \"{step} {{ {near} }}\"?"));
    }
    let possible = possible(schema, of)?;
    let fields = possible.iter().filter_map(|name| schema.get_object(name)).flat_map(|object| object.fields.keys());
    let near = near(field, fields.map(Name::as_str))?;
    let first = *with_field(schema, near, of)?.first()?;
    Some(format!(" Did you mean \"... on {first} {{ {near} }}\"?"))
}

/// The field that leads from a connection or an edge to its nodes, and their type.
fn step<'s>(schema: &'s Schema, of: &str) -> Option<(&'static str, &'s str)> {
    if !matches!(schema.types.get(of)?, ExtendedType::Object(_)) {
        return None;
    }
    let field = |name: &'static str| Some((name, schema.type_field(of, name).ok()?.ty.inner_named_type().as_str()));
    field("nodes").or_else(|| field("node"))
}

/// The possible types of an interface or a union, by name.
fn possible<'s>(schema: &'s Schema, of: &str) -> Option<Vec<&'s str>> {
    let mut names: Vec<&str> = match schema.types.get(of)? {
        ExtendedType::Union(union) => union.members.iter().map(|member| member.as_str()).collect(),
        ExtendedType::Interface(_) => {
            let implements = |kind: &ExtendedType| matches!(kind, ExtendedType::Object(object) if object.implements_interfaces.iter().any(|name| name.name == of));
            schema.types.iter().filter(|(_, kind)| implements(kind)).map(|(name, _)| name.as_str()).collect()
        }
        _ => return None,
    };
    names.sort_unstable();
    Some(names)
}

/// The possible types of an interface or a union that have the field, by name.
fn with_field<'s>(schema: &'s Schema, field: &str, of: &str) -> Option<Vec<&'s str>> {
    let mut names = possible(schema, of)?;
    names.retain(|name| schema.type_field(name, field).is_ok());
    Some(names)
}
