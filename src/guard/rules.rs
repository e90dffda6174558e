//! Whether a document fits the schema, as the GraphQL specification has it.
//!
//! The rules are those of `apollo-compiler`, since async-graphql's own let much pass: `__typename` is not looked at,
//! and a variable may stand where its type does not fit. What `apollo-compiler` 1.33 lets pass is added here: a
//! variable that may be null as an item of a list or by its default, `@oneOf`, and a field of an object given twice. A document is checked once, when it
//! is read; async-graphql then runs it without checking it again.
//!
//! Source: <https://spec.graphql.org/September2025/#sec-Validation>.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{Argument, DirectiveList, FieldDefinition, InputValueDefinition, Type, Value},
    executable::{Operation, Selection, SelectionSet},
    name,
    response::GraphQLError,
    schema::{Component, ExtendedType, InputObjectType},
    ty,
    validation::Valid,
};
use async_graphql::{Pos, ServerError};

use super::work::Work;
use crate::{code::Code, nearest::nearest};

/// Errors of one document that are told. The first ones help; the rest is noise.
const TOLD: usize = 20;

/// Reads a schema, and adds to the types of introspection what `apollo-compiler` 1.33 does not know of.
pub(super) fn schema(sdl: &str) -> Result<Valid<Schema>, String> {
    let mut schema = Schema::parse_and_validate(sdl, "schema").map_err(|reason| reason.to_string())?.into_inner();
    if let Some(ExtendedType::Object(kind)) = schema.types.get_mut("__Type") {
        let is_one_of = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: ty!(Boolean),
            directives: DirectiveList::default(),
        };
        kind.make_mut().fields.insert(is_one_of.name.clone(), Component::new(is_one_of));
    }
    Ok(Valid::assume_valid(schema))
}

pub(super) fn validate(
    schema: &Valid<Schema>,
    text: &str,
    suggestions: bool,
    work: &mut Work,
) -> Result<Valid<ExecutableDocument>, Vec<ServerError>> {
    let document = ExecutableDocument::parse_and_validate(schema, text, "document").map_err(|faulty| {
        let faults: Vec<_> = faulty.errors.iter().map(|fault| fault.unstable_to_json_compat()).collect();
        // A selection that has no field left, since none of its fields exists, is no fault of its own.
        let has_unknown = faults.iter().any(|fault| unknown_field(&fault.message).is_some());
        let is_told =
            |fault: &GraphQLError| !(has_unknown && fault.message.contains("must have a selection of subfields"));
        let told = faults.into_iter().filter(is_told).take(TOLD);
        told.map(|fault| error(schema, fault, suggestions)).collect::<Vec<_>>()
    })?;
    let mut faults = Vec::new();
    for operation in document.operations.iter() {
        let mut walk =
            Walk { document: &document, schema, operation, spread: HashSet::new(), faults: &mut faults, work };
        walk.set(&operation.selection_set);
    }
    faults.truncate(TOLD);
    if faults.is_empty() {
        Ok(document)
    } else {
        Err(faults.into_iter().map(|fault| Code::Validation.error(fault)).collect())
    }
}

fn error(schema: &Schema, fault: GraphQLError, suggestions: bool) -> ServerError {
    let mut message = fault.message;
    if let Some((field, of)) = unknown_field(&message) {
        let hint =
            if suggestions { similar(schema, field, of) } else { Some(" Suggestions are switched off.".to_owned()) };
        message.push_str(&hint.unwrap_or_default());
    }
    let mut error = Code::Validation.error(message);
    error.locations = fault.locations.iter().map(|place| Pos { line: place.line, column: place.column }).collect();
    error
}

/// The field and the type of ``Cannot query field "a" on type "B".``
fn unknown_field(message: &str) -> Option<(&str, &str)> {
    let (field, of) = message.strip_prefix("Cannot query field \"")?.split_once("\" on type \"")?;
    Some((field, of.strip_suffix("\".")?))
}

/// The field of the type whose name is nearest, if one is near.
fn similar(schema: &Schema, field: &str, of: &str) -> Option<String> {
    let fields = match schema.types.get(of)? {
        ExtendedType::Object(object) => &object.fields,
        ExtendedType::Interface(interface) => &interface.fields,
        _ => return None,
    };
    let (distance, near) = nearest(field, fields.keys().map(apollo_compiler::Name::as_str))?;
    (distance <= field.len() / 3 + 1).then(|| format!(" Did you mean \"{near}\"?"))
}

/// What one operation reaches; each fragment is looked at once.
struct Walk<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    operation: &'d Operation,
    spread: HashSet<&'d str>,
    faults: &'d mut Vec<String>,
    work: &'d mut Work,
}

impl<'d> Walk<'d> {
    fn set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            self.work.step();
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name.as_str();
                    if self.spread.insert(name)
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'d DirectiveList) {
        for directive in &directives.0 {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, given: &'d [Node<Argument>], defined: &'d [Node<InputValueDefinition>]) {
        for argument in given {
            if let Some(definition) = defined.iter().find(|definition| definition.name == argument.name) {
                self.value(&argument.value, &definition.ty, definition.default_value.is_some());
            }
        }
    }

    fn value(&mut self, value: &'d Value, expected: &'d Type, has_default: bool) {
        match value {
            Value::Variable(name) => self.variable(name, expected, has_default),
            Value::List(items) => items.iter().for_each(|item| self.value(item, expected.item_type(), false)),
            Value::Object(given) => {
                if let Some(ExtendedType::InputObject(object)) = self.schema.types.get(expected.inner_named_type()) {
                    self.object(given, object);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, given: &'d [(apollo_compiler::Name, Node<Value>)], object: &'d InputObjectType) {
        if object.directives.has("oneOf") {
            match given {
                [(field, value)] if value.is_null() => {
                    self.faults.push(format!("Field \"{}.{field}\" must be non-null.", object.name));
                }
                [_] => {}
                _ => {
                    let fault = format!("OneOf Input Object \"{}\" must specify exactly one key.", object.name);
                    self.faults.push(fault);
                }
            }
        }
        let mut names = HashSet::new();
        for (name, value) in given {
            if !names.insert(name) {
                self.faults.push(format!("There can be only one input field named \"{name}\"."));
            }
            if let Some(field) = object.fields.get(name) {
                self.value(value, &field.ty, field.default_value.is_some());
            }
        }
    }

    /// Source: <https://spec.graphql.org/September2025/#IsVariableUsageAllowed()>.
    fn variable(&mut self, name: &str, expected: &Type, has_default: bool) {
        let Some(variable) = self.operation.variables.iter().find(|variable| variable.name == name) else { return };
        let never_null = variable.default_value.as_ref().is_some_and(|value| !value.is_null());
        if expected.is_non_null() && !variable.ty.is_non_null() && !never_null && !has_default {
            self.faults.push(format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{expected}\".",
                variable.ty
            ));
        }
    }
}
