//! Whether the values of variables fit their types.
//!
//! Source: <https://spec.graphql.org/September2025/#CoerceVariableValues()>. A whole number that is written with a
//! fraction, `1.0`, is made an integer; else values stay as they are. Scalars that are not built in are checked by
//! whoever reads them.

use std::fmt::Write;

use apollo_compiler::{
    Schema,
    ast::Type,
    executable::Operation,
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, ServerError, Value, Variables, indexmap::IndexMap};

use crate::{code::Code, error::shown};

/// Characters of a wrong value that are told.
const SHOWN: usize = 80;

pub(super) fn check(schema: &Schema, operation: &Operation, variables: &mut Variables) -> Result<(), Vec<ServerError>> {
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
            Some(given) => value(schema, given, expected, &mut name.to_string())
                .err()
                .map(|fault| format!("Variable \"${name}\" {fault}")),
        };
        errors.extend(fault.map(|fault| Code::BadInput.error(fault)));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// `place` says where the value stands; it is as it was when this returns well.
fn value(schema: &Schema, given: &mut Value, expected: &Type, place: &mut String) -> Result<(), String> {
    match given {
        Value::Null if expected.is_non_null() => return Err(wrong(given, expected, place)),
        Value::Null => return Ok(()),
        Value::List(items) if expected.is_list() => {
            let length = place.len();
            for (at, item) in items.iter_mut().enumerate() {
                // Writing to a string does not fail.
                let _ = write!(place, "[{at}]");
                value(schema, item, expected.item_type(), place)?;
                place.truncate(length);
            }
            return Ok(());
        }
        // A single value stands for a list of one.
        _ if expected.is_list() => return value(schema, given, expected.item_type(), place),
        _ => {}
    }
    let name = expected.inner_named_type();
    let fits = match (schema.types.get(name), &mut *given) {
        (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => {
            return object_value(schema, fields, object, place);
        }
        (Some(ExtendedType::Enum(kind)), Value::String(text)) => kind.values.contains_key(text.as_str()),
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
            _ => true,
        },
    };
    if fits { Ok(()) } else { Err(wrong(given, expected, place)) }
}

/// An `Int`, however JSON writes it.
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
    schema: &Schema,
    fields: &mut IndexMap<Name, Value>,
    object: &InputObjectType,
    place: &mut String,
) -> Result<(), String> {
    if let Some(name) = fields.keys().find(|name| !object.fields.contains_key(name.as_str())) {
        return Err(format!(
            "has at \"{place}\" a field {} that the type \"{}\" does not have.",
            shown(name),
            object.name
        ));
    }
    if object.directives.has("oneOf") && (fields.len() != 1 || fields.values().any(|value| *value == Value::Null)) {
        return Err(format!(
            "must have at \"{place}\" exactly one field of the type \"{}\" that is not null.",
            object.name
        ));
    }
    let length = place.len();
    for (name, field) in &object.fields {
        match fields.get_mut(name.as_str()) {
            Some(given) => {
                place.push('.');
                place.push_str(name);
                value(schema, given, &field.ty, place)?;
                place.truncate(length);
            }
            None if field.ty.is_non_null() && field.default_value.is_none() => {
                return Err(format!("lacks at \"{place}\" the field \"{name}\" of required type \"{}\".", field.ty));
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
