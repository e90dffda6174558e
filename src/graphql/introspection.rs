//! Answers `__schema` and `__type` from the schema in SDL.
//!
//! async-graphql has introspection too, but describes the type `__Schema` instead of the schema, answers null for the
//! interfaces of an interface, and fails if `includeDeprecated` is null. Its introspection is therefore disabled.
//!
//! Source: <https://spec.graphql.org/September2025/#sec-Schema-Introspection>.

use std::sync::LazyLock;

use apollo_compiler::{
    Name as SchemaName, Node, Schema,
    ast::{DirectiveDefinition, DirectiveList, EnumValueDefinition, FieldDefinition, InputValueDefinition, Type},
    schema::ExtendedType,
    validation::Valid,
};
use async_graphql::{
    Context, Name, Positioned, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
};

use super::{executor::add, sdl};
use crate::guard;

static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the guard has read the same text, or there would be no request")]
    guard::schema(&sdl()).expect("the schema is valid")
});

/// The value of the root field `__schema` or `__type`; `None` for other fields.
pub(super) fn resolve(ctx: &Context<'_>) -> Option<Value> {
    let schema: &Schema = &SCHEMA;
    let reader = Reader { ctx, schema };
    let field = &ctx.item.node;
    match field.name.node.as_str() {
        "__schema" => Some(reader.object(Part::Schema, &field.selection_set.node)),
        "__type" => {
            let Some(Value::String(name)) = reader.argument(field, "name") else { return Some(Value::Null) };
            let found = schema.types.get_key_value(name.as_str()).map(|(name, _)| Part::Type(Reference::Named(name)));
            Some(reader.optional(found, field))
        }
        _ => None,
    }
}

/// An object in an introspection response.
#[derive(Clone, Copy)]
enum Part<'s> {
    Schema,
    Type(Reference<'s>),
    Field(&'s FieldDefinition),
    Input(&'s InputValueDefinition),
    EnumValue(&'s EnumValueDefinition),
    Directive(&'s DirectiveDefinition),
}

/// A type reference: a named type, a list, or a non-null type.
#[derive(Clone, Copy)]
enum Reference<'s> {
    Named(&'s SchemaName),
    NonNullNamed(&'s SchemaName),
    List(&'s Type),
    NonNullList(&'s Type),
}

impl<'s> Reference<'s> {
    fn of(kind: &'s Type) -> Self {
        match kind {
            Type::Named(name) => Self::Named(name),
            Type::NonNullNamed(name) => Self::NonNullNamed(name),
            Type::List(items) => Self::List(items),
            Type::NonNullList(items) => Self::NonNullList(items),
        }
    }

    fn inner(self) -> Option<Self> {
        match self {
            Self::Named(_) => None,
            Self::NonNullNamed(name) => Some(Self::Named(name)),
            Self::List(items) => Some(Self::of(items)),
            Self::NonNullList(items) => Some(Self::List(items)),
        }
    }
}

/// Reads the selected parts of the schema.
struct Reader<'r> {
    ctx: &'r Context<'r>,
    schema: &'r Schema,
}

impl<'r> Reader<'r> {
    fn object(&self, part: Part<'r>, selected: &SelectionSet) -> Value {
        let mut object = IndexMap::new();
        self.select(part, selected, &mut object);
        Value::Object(object)
    }

    fn optional(&self, part: Option<Part<'r>>, field: &Field) -> Value {
        part.map_or(Value::Null, |part| self.object(part, &field.selection_set.node))
    }

    fn list(&self, parts: impl Iterator<Item = Part<'r>>, field: &Field) -> Value {
        Value::List(parts.map(|part| self.object(part, &field.selection_set.node)).collect())
    }

    /// Adds the selected fields to `object`. Introspection types are objects, so a fragment applies to exactly one of them.
    fn select(&self, part: Part<'r>, selected: &SelectionSet, object: &mut IndexMap<Name, Value>) {
        for selection in &selected.items {
            let (condition, below) = match &selection.node {
                Selection::Field(field) => {
                    add(object, field.node.response_key().node.clone(), self.field(part, &field.node));
                    continue;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.ctx.query_env.fragments.get(name) else { continue };
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set)
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
                }
            };
            if condition.is_none_or(|condition: &Positioned<_>| condition.node.on.node == part.type_name()) {
                self.select(part, &below.node, object);
            }
        }
    }

    fn field(&self, part: Part<'r>, field: &Field) -> Value {
        let name = field.name.node.as_str();
        if name == "__typename" {
            return Value::from(part.type_name());
        }
        match part {
            Part::Schema => self.of_schema(name, field),
            Part::Type(reference) => self.of_type(reference, name, field),
            Part::Field(of) => match name {
                "name" => Value::from(of.name.as_str()),
                "description" => text(of.description.as_ref()),
                "args" => self.inputs(of.arguments.iter(), field),
                "type" => self.object(Part::Type(Reference::of(&of.ty)), &field.selection_set.node),
                _ => deprecation(&of.directives, name),
            },
            Part::Input(of) => match name {
                "name" => Value::from(of.name.as_str()),
                "description" => text(of.description.as_ref()),
                "type" => self.object(Part::Type(Reference::of(&of.ty)), &field.selection_set.node),
                "defaultValue" => match &of.default_value {
                    Some(value) => Value::from(value.serialize().no_indent().to_string()),
                    None => Value::Null,
                },
                _ => deprecation(&of.directives, name),
            },
            Part::EnumValue(of) => match name {
                "name" => Value::from(of.value.as_str()),
                "description" => text(of.description.as_ref()),
                _ => deprecation(&of.directives, name),
            },
            Part::Directive(of) => match name {
                "name" => Value::from(of.name.as_str()),
                "description" => text(of.description.as_ref()),
                "locations" => {
                    Value::List(of.locations.iter().map(|place| Value::Enum(Name::new(place.name()))).collect())
                }
                "args" => self.inputs(of.arguments.iter(), field),
                "isRepeatable" => Value::from(of.repeatable),
                _ => Value::Null,
            },
        }
    }

    fn of_schema(&self, name: &str, field: &Field) -> Value {
        let definition = &self.schema.schema_definition;
        let root = |root: &'r Option<apollo_compiler::schema::ComponentName>| {
            self.optional(root.as_ref().map(|name| Part::Type(Reference::Named(&name.name))), field)
        };
        match name {
            "description" => text(definition.description.as_ref()),
            "types" => self.types(self.schema.types.keys(), field),
            "queryType" => root(&definition.query),
            "mutationType" => root(&definition.mutation),
            "subscriptionType" => root(&definition.subscription),
            "directives" => self.list(self.schema.directive_definitions.values().map(|of| Part::Directive(of)), field),
            _ => Value::Null,
        }
    }

    fn of_type(&self, reference: Reference<'r>, name: &str, field: &Field) -> Value {
        let named = match (name, reference) {
            ("ofType", _) => return self.optional(reference.inner().map(Part::Type), field),
            ("kind", Reference::List(_)) => return Value::Enum(Name::new("LIST")),
            ("kind", Reference::NonNullNamed(_) | Reference::NonNullList(_)) => {
                return Value::Enum(Name::new("NON_NULL"));
            }
            (_, Reference::Named(name)) => name,
            _ => return Value::Null,
        };
        let Some(kind) = self.schema.types.get(named) else { return Value::Null };
        match name {
            "kind" => Value::Enum(Name::new(match kind {
                ExtendedType::Scalar(_) => "SCALAR",
                ExtendedType::Object(_) => "OBJECT",
                ExtendedType::Interface(_) => "INTERFACE",
                ExtendedType::Union(_) => "UNION",
                ExtendedType::Enum(_) => "ENUM",
                ExtendedType::InputObject(_) => "INPUT_OBJECT",
            })),
            "name" => Value::from(named.as_str()),
            "description" => text(kind.description()),
            "specifiedByURL" => {
                let url =
                    kind.directives().get("specifiedBy").and_then(|given| given.specified_argument_by_name("url"));
                url.and_then(|url| url.as_str()).map_or(Value::Null, Value::from)
            }
            "fields" => match kind {
                ExtendedType::Object(of) => self.fields(of.fields.values().map(|field| &**field), field),
                ExtendedType::Interface(of) => self.fields(of.fields.values().map(|field| &**field), field),
                _ => Value::Null,
            },
            "interfaces" => match kind {
                ExtendedType::Object(of) => self.types(of.implements_interfaces.iter().map(|name| &name.name), field),
                ExtendedType::Interface(of) => {
                    self.types(of.implements_interfaces.iter().map(|name| &name.name), field)
                }
                _ => Value::Null,
            },
            "possibleTypes" => match kind {
                ExtendedType::Union(of) => self.types(of.members.iter().map(|name| &name.name), field),
                ExtendedType::Interface(_) => {
                    let implements = |kind: &ExtendedType| matches!(kind, ExtendedType::Object(of) if of.implements_interfaces.contains(named));
                    let kinds = self.schema.types.iter().filter(|(_, kind)| implements(kind));
                    self.types(kinds.map(|(name, _)| name), field)
                }
                _ => Value::Null,
            },
            "enumValues" => match kind {
                ExtendedType::Enum(of) => {
                    let all = self.includes_deprecated(field);
                    let values = of.values.values().filter(|value| all || !value.directives.has("deprecated"));
                    self.list(values.map(|value| Part::EnumValue(value)), field)
                }
                _ => Value::Null,
            },
            "inputFields" => match kind {
                ExtendedType::InputObject(of) => self.inputs(of.fields.values().map(|field| &**field), field),
                _ => Value::Null,
            },
            "isOneOf" => match kind {
                ExtendedType::InputObject(of) => Value::from(of.directives.has("oneOf")),
                _ => Value::Null,
            },
            _ => Value::Null,
        }
    }

    fn types(&self, names: impl Iterator<Item = &'r SchemaName>, field: &Field) -> Value {
        self.list(names.map(|name| Part::Type(Reference::Named(name))), field)
    }

    fn fields(&self, fields: impl Iterator<Item = &'r Node<FieldDefinition>>, field: &Field) -> Value {
        let all = self.includes_deprecated(field);
        // Introspection fields are not part of the schema that is described.
        let listed =
            |of: &&Node<FieldDefinition>| !of.name.starts_with("__") && (all || !of.directives.has("deprecated"));
        self.list(fields.filter(listed).map(|of| Part::Field(of)), field)
    }

    fn inputs(&self, inputs: impl Iterator<Item = &'r Node<InputValueDefinition>>, field: &Field) -> Value {
        let all = self.includes_deprecated(field);
        self.list(inputs.filter(|of| all || !of.directives.has("deprecated")).map(|of| Part::Input(of)), field)
    }

    fn includes_deprecated(&self, field: &Field) -> bool {
        self.argument(field, "includeDeprecated") == Some(Value::Boolean(true))
    }

    /// An argument, with variables replaced by their values. Defaults are already filled in.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let variables = &self.ctx.query_env.variables;
        let given = field.get_argument(name)?.node.clone();
        given.into_const_with(|name| variables.get(&name).cloned().ok_or(())).ok()
    }
}

impl Part<'_> {
    fn type_name(&self) -> &'static str {
        match self {
            Part::Schema => "__Schema",
            Part::Type(_) => "__Type",
            Part::Field(_) => "__Field",
            Part::Input(_) => "__InputValue",
            Part::EnumValue(_) => "__EnumValue",
            Part::Directive(_) => "__Directive",
        }
    }
}

fn text(description: Option<&Node<str>>) -> Value {
    description.map_or(Value::Null, |text| Value::from(&**text))
}

/// `isDeprecated` or `deprecationReason`.
fn deprecation(directives: &DirectiveList, name: &str) -> Value {
    let deprecated = directives.get("deprecated");
    match name {
        "isDeprecated" => Value::from(deprecated.is_some()),
        "deprecationReason" => {
            let reason = deprecated.map(|directive| directive.specified_argument_by_name("reason"));
            match reason {
                None => Value::Null,
                Some(reason) => Value::from(reason.and_then(|reason| reason.as_str()).unwrap_or("No longer supported")),
            }
        }
        _ => Value::Null,
    }
}
