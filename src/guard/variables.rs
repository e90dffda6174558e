//! Checks variables against their types.
//!
//! Source: <https://spec.graphql.org/September2025/#CoerceVariableValues()>. A whole number written as a float, such as
//! `1.0`, becomes an integer; other values stay unchanged.

use std::fmt::Write;

use apollo_compiler::{
    Schema,
    ast::Type,
    executable::Operation,
    parser::SourceMap,
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, ServerError, Value, Variables, indexmap::IndexMap};

use super::{
    scalars::Scalars,
    suggestion::{enum_value, input_field, meant},
    validation,
};
use crate::{code::Code, error::shown};

/// Maximum characters of an invalid value to show in an error.
const SHOWN: usize = 80;

pub(super) fn check(
    schema: &Schema,
    scalars: &Scalars,
    suggestions: bool,
    (operation, sources): (&Operation, &SourceMap),
    variables: &mut Variables,
) -> Result<(), Vec<ServerError>> {
    let types = Types { schema, scalars, suggestions };
    let mut errors = Vec::new();
    for variable in &operation.variables {
        let (name, expected) = (&variable.name, &*variable.ty);
        let fault = match variables.get_mut(name.as_str()) {
            None if expected.is_non_null() && variable.default_value.is_none() => {
                Some(format!("Variable \"${name}\" of required type \"{expected}\" was not provided."))
            }
            None => None,
            Some(Value::Null) if expected.is_non_null() => {
                Some(format!("Variable \"${name}\" of non-null type \"{expected}\" must not be null."))
            }
            Some(given) => value(types, given, expected, &mut name.to_string())
                .err()
                .map(|fault| format!("Variable \"${name}\" {fault}")),
        };
        errors.extend(fault.map(|fault| {
            let mut error = Code::BadInput.error(fault);
            error.locations = validation::start(variable.location(), sources).into_iter().collect();
            error
        }));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The types to check values against.
#[derive(Clone, Copy)]
struct Types<'s> {
    schema: &'s Schema,
    scalars: &'s Scalars,
    suggestions: bool,
}

/// `place` is the path of the value. On success it is unchanged.
fn value(types: Types<'_>, given: &mut Value, expected: &Type, place: &mut String) -> Result<(), String> {
    match given {
        Value::Null if expected.is_non_null() => return Err(wrong(given, expected, place)),
        Value::Null => return Ok(()),
        Value::List(items) if expected.is_list() => {
            let length = place.len();
            for (at, item) in items.iter_mut().enumerate() {
                // Writing to a string does not fail.
                let _ = write!(place, "[{at}]");
                value(types, item, expected.item_type(), place)?;
                place.truncate(length);
            }
            return Ok(());
        }
        // A single value is coerced to a list of one.
        _ if expected.is_list() => return value(types, given, expected.item_type(), place),
        _ => {}
    }
    let name = expected.inner_named_type();
    let fits = match (types.schema.types.get(name), &mut *given) {
        (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => {
            return object_value(types, fields, object, place);
        }
        (Some(ExtendedType::Enum(kind)), Value::String(text)) => {
            let fits = kind.values.contains_key(text.as_str());
            if let Some(near) = enum_value(types.schema, text, name).filter(|_| !fits && types.suggestions) {
                return Err(format!("{}{}", wrong(given, expected, place), meant(near)));
            }
            fits
        }
        (Some(ExtendedType::Enum(kind)), Value::Enum(text)) => kind.values.contains_key(text.as_str()),
        (Some(ExtendedType::InputObject(_) | ExtendedType::Enum(_)), _) => false,
        _ => match name.as_str() {
            "Int" => match given {
                Value::Number(number) => match whole(number) {
                    Some(number) => {
                        *given = Value::from(number);
                        true
                    }
                    None => false,
                },
                _ => false,
            },
            "Float" => matches!(given, Value::Number(_)),
            "Boolean" => matches!(given, Value::Boolean(_)),
            "String" => matches!(given, Value::String(_)),
            "ID" => matches!(given, Value::String(_)) || matches!(given, Value::Number(number) if number.is_i64()),
            scalar => match types.scalars.check(scalar, || given.clone()) {
                Some(Err(reason)) => {
                    let wrong = wrong(given, expected, place);
                    return Err(format!("{}; {reason}.", wrong.trim_end_matches('.')));
                }
                _ => true,
            },
        },
    };
    if fits { Ok(()) } else { Err(wrong(given, expected, place)) }
}

/// An `Int` from any JSON notation, such as `1`, `1.0` or `1e0`.
fn whole(number: &async_graphql::Number) -> Option<i32> {
    if let Some(number) = number.as_i64() {
        return i32::try_from(number).ok();
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is in range")]
    fits.then_some(number as i32)
}

fn object_value(
    types: Types<'_>,
    fields: &mut IndexMap<Name, Value>,
    object: &InputObjectType,
    place: &mut String,
) -> Result<(), String> {
    if let Some(name) = fields.keys().find(|name| !object.fields.contains_key(name.as_str())) {
        let near = input_field(types.schema, name, &object.name).filter(|_| types.suggestions);
        return Err(format!(
            "got a field {} at \"{place}\", which the type \"{}\" does not have.{}",
            shown(name),
            object.name,
            near.map(meant).unwrap_or_default()
        ));
    }
    if object.directives.has("oneOf") && (fields.len() != 1 || fields.values().any(|value| *value == Value::Null)) {
        return Err(format!(
            "must have exactly one field of the type \"{}\" at \"{place}\", and it must not be null.",
            object.name
        ));
    }
    let length = place.len();
    for (name, field) in &object.fields {
        match fields.get_mut(name.as_str()) {
            Some(given) => {
                place.push('.');
                place.push_str(name);
                value(types, given, &field.ty, place)?;
                place.truncate(length);
            }
            None if field.ty.is_non_null() && field.default_value.is_none() => {
                return Err(format!("lacks the required field \"{name}\" of type \"{}\" at \"{place}\".", field.ty));
            }
            None => {}
        }
    }
    Ok(())
}

fn wrong(given: &Value, expected: &Type, place: &str) -> String {
    let mut shown = given.to_string();
    if let Some((end, _)) = shown.char_indices().nth(SHOWN) {
        shown.truncate(end);
        shown.push('…');
    }
    format!("got the value {shown} at \"{place}\", where the type \"{expected}\" is expected.")
}
