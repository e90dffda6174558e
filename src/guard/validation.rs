//! Validates documents against the schema, as the GraphQL specification requires.
//!
//! `apollo-compiler` applies most rules, since async-graphql's own validation misses too much: it ignores `__typename`
//! and accepts variables in positions where their types do not fit. This module adds what `apollo-compiler` 1.33
//! misses: variables that do not fit as list items, as fields of input objects or with a null default, `@oneOf`,
//! duplicate fields in input objects, and values of custom scalars. A document is validated once, when it is parsed; async-graphql then runs it without
//! validating it again.
//!
//! Source: <https://spec.graphql.org/September2025/#sec-Validation>.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{Argument, DirectiveList, FieldDefinition, InputValueDefinition, Type, Value, VariableDefinition},
    executable::{Operation, Selection, SelectionSet},
    name,
    parser::{SourceMap, SourceSpan},
    response::GraphQLError,
    schema::{Component, ExtendedType, InputObjectType},
    ty,
    validation::Valid,
};
use async_graphql::{Number, Pos, ServerError, Value as Constant};

use super::{
    scalars::Scalars,
    step_counter::StepCounter,
    suggestion::{Names, suggestion, unknown_field},
    syntax,
};
use crate::code::Code;

/// Maximum errors to report for one document. The first ones help; the rest are noise.
const TOLD: usize = 20;

/// Parses a schema and adds the introspection field that `apollo-compiler` 1.33 lacks, `isOneOf`.
///
/// # Errors
///
/// Returns the reasons if the SDL is invalid.
pub fn schema(sdl: &str) -> Result<Valid<Schema>, String> {
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
    scalars: &Scalars,
    text: &str,
    suggestions: bool,
    work: &mut StepCounter,
) -> Result<Valid<ExecutableDocument>, Vec<ServerError>> {
    let document = ExecutableDocument::parse_and_validate(schema, text, "document").map_err(|faulty| {
        let names = Names::of(&faulty.partial);
        let faults: Vec<_> = faulty.errors.iter().map(|fault| fault.unstable_to_json_compat()).collect();
        // async-graphql's parser accepts a few documents that have a syntax error, such as `query () { a }`.
        if faults.iter().any(|fault| fault.message.starts_with("syntax error"))
            && let Some(fault) = syntax::fault(text)
        {
            return vec![fault];
        }
        // A selection set that is empty only because its fields or types do not exist is not a separate error.
        let is_unknown = |message: &str| unknown_field(message).is_some() || message.starts_with("Unknown type ");
        let has_unknown = faults.iter().any(|fault| is_unknown(&fault.message));
        let is_told =
            |fault: &GraphQLError| !(has_unknown && fault.message.contains("must have a selection of subfields"));
        let told = faults.into_iter().filter(is_told).take(TOLD);
        told.map(|fault| error(schema, &names, fault, suggestions)).collect::<Vec<_>>()
    })?;
    let mut faults = Vec::new();
    for operation in document.operations.iter() {
        let mut walk =
            Walk { document: &document, schema, scalars, operation, spread: HashSet::new(), faults: &mut faults, work };
        walk.variables();
        walk.set(&operation.selection_set);
    }
    // A fragment is walked once per operation that spreads it, so remove duplicate errors.
    let mut known = HashSet::new();
    faults.retain(|fault| known.insert(fault.clone()));
    faults.truncate(TOLD);
    if faults.is_empty() {
        return Ok(document);
    }
    Err(faults.into_iter().map(|fault| fault.error(&document)).collect())
}

/// The line and column where a span of the document starts.
pub(super) fn start(at: Option<SourceSpan>, sources: &SourceMap) -> Option<Pos> {
    let start = at?.line_column(sources)?;
    Some(Pos { line: start.line, column: start.column })
}

/// A validation error and its location.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Fault {
    message: String,
    at: Option<SourceSpan>,
}

impl Fault {
    fn error(self, document: &ExecutableDocument) -> ServerError {
        let mut error = Code::Validation.error(self.message);
        error.locations = start(self.at, &document.sources).into_iter().collect();
        error
    }
}

fn error(schema: &Schema, names: &Names<'_>, fault: GraphQLError, suggestions: bool) -> ServerError {
    // apollo-compiler describes a directive as a field.
    let mut message = fault.message.replace("\" on field \"@", "\" on directive \"@");
    if suggestions {
        message.push_str(&suggestion(schema, names, &message).unwrap_or_default());
    } else if unknown_field(&message).is_some() {
        message.push_str(" Suggestions are disabled.");
    }
    let mut error = Code::Validation.error(message);
    error.locations = fault.locations.iter().map(|place| Pos { line: place.line, column: place.column }).collect();
    error
}

/// Walks everything that one operation reaches, each fragment once.
struct Walk<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    scalars: &'d Scalars,
    operation: &'d Operation,
    spread: HashSet<&'d str>,
    faults: &'d mut Vec<Fault>,
    work: &'d mut StepCounter,
}

impl<'d> Walk<'d> {
    fn fault(&mut self, message: String, at: Option<SourceSpan>) {
        self.faults.push(Fault { message, at });
    }

    /// Checks the default values of variables.
    fn variables(&mut self) {
        let operation = self.operation;
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(default, &variable.ty, false);
            }
        }
    }

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

    fn value(&mut self, value: &'d Node<Value>, expected: &'d Type, has_default: bool) {
        match &**value {
            Value::Variable(name) => self.variable(name, value.location(), expected, has_default),
            // apollo-compiler checks nulls.
            Value::Null => {}
            Value::List(items) if expected.is_list() => {
                for item in items {
                    self.value(item, expected.item_type(), false);
                }
            }
            _ if expected.is_list() => self.value(value, expected.item_type(), false),
            given => match (self.schema.types.get(expected.inner_named_type()), given) {
                (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => {
                    self.object(fields, value.location(), object);
                }
                (Some(ExtendedType::Scalar(scalar)), given) => {
                    if let Some(Err(reason)) = self.scalars.check(&scalar.name, || constant(given)) {
                        let message = format!(
                            "Expected value of type \"{}\", found {}; {reason}.",
                            scalar.name,
                            given.serialize()
                        );
                        self.fault(message, value.location());
                    }
                }
                _ => {}
            },
        }
    }

    fn object(
        &mut self,
        given: &'d [(apollo_compiler::Name, Node<Value>)],
        at: Option<SourceSpan>,
        object: &'d InputObjectType,
    ) {
        if object.directives.has("oneOf") {
            self.one_of(given, at, object);
        }
        let mut names = HashSet::new();
        for (name, value) in given {
            if !names.insert(name) {
                self.fault(format!("There can be only one input field named \"{name}\"."), name.location());
            }
            if let Some(field) = object.fields.get(name) {
                self.value(value, &field.ty, field.default_value.is_some());
            }
        }
    }

    /// Source: <https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed>.
    fn one_of(
        &mut self,
        given: &'d [(apollo_compiler::Name, Node<Value>)],
        at: Option<SourceSpan>,
        object: &'d InputObjectType,
    ) {
        let [(field, value)] = given else {
            let message = format!("OneOf Input Object \"{}\" must specify exactly one key.", object.name);
            return self.fault(message, at);
        };
        let nullable = |name: &str| self.declared(name).filter(|variable| !variable.ty.is_non_null());
        match &**value {
            Value::Null => {
                self.fault(format!("Field \"{}.{field}\" must be non-null.", object.name), at);
            }
            Value::Variable(name) if let Some(variable) = nullable(name) => {
                let message = format!(
                    "Variable \"${name}\" is of type \"{}\" but must be non-nullable to be used for OneOf Input Object \"{}\".",
                    variable.ty, object.name
                );
                self.fault(message, at);
            }
            _ => {}
        }
    }

    fn declared(&self, name: &str) -> Option<&'d VariableDefinition> {
        let operation: &'d Operation = self.operation;
        operation.variables.iter().find(|variable| variable.name == name).map(|variable| &**variable)
    }

    /// Source: <https://spec.graphql.org/September2025/#IsVariableUsageAllowed()>.
    fn variable(&mut self, name: &str, at: Option<SourceSpan>, expected: &Type, has_default: bool) {
        let Some(variable) = self.declared(name) else { return };
        let never_null = variable.default_value.as_ref().is_some_and(|value| !value.is_null());
        let has_value = expected.is_non_null() && !variable.ty.is_non_null() && (never_null || has_default);
        let fits = if has_value {
            variable.ty.is_assignable_to(&expected.clone().nullable())
        } else {
            variable.ty.is_assignable_to(expected)
        };
        if !fits {
            let message = format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{expected}\".",
                variable.ty
            );
            self.fault(message, at);
        }
    }
}

/// Converts a literal to a value. Variables, which can occur only inside lists and objects of scalars, become null.
fn constant(value: &Value) -> Constant {
    match value {
        Value::Null | Value::Variable(_) => Constant::Null,
        Value::Enum(name) => Constant::Enum(async_graphql::Name::new(name.as_str())),
        Value::String(text) => Constant::String(text.clone()),
        Value::Boolean(value) => Constant::Boolean(*value),
        Value::Int(number) => number.as_str().parse::<Number>().map_or(Constant::Null, Constant::Number),
        Value::Float(number) => number.as_str().parse::<Number>().map_or(Constant::Null, Constant::Number),
        Value::List(items) => Constant::List(items.iter().map(|item| constant(item)).collect()),
        Value::Object(fields) => {
            let field = |(name, value): &(apollo_compiler::Name, Node<Value>)| {
                (async_graphql::Name::new(name.as_str()), constant(value))
            };
            Constant::Object(fields.iter().map(field).collect())
        }
    }
}
