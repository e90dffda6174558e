//! What the guard must know of a schema: which fields give objects, and which of them give many.

use std::collections::HashMap;

use async_graphql::parser::{
    Error, parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
};

/// The fields of all types that give objects.
#[derive(Debug)]
pub(super) struct Shape {
    fields: HashMap<String, HashMap<String, Field>>,
}

/// A field that gives objects.
#[derive(Debug)]
pub(super) struct Field {
    /// The type of the objects.
    pub(super) gives: String,
    /// Whether it gives a list of them.
    pub(super) list: bool,
}

impl Shape {
    pub(super) fn parse(sdl: &str) -> Result<Self, Error> {
        let mut types: Vec<(String, Vec<FieldDefinition>)> = Vec::new();
        let mut composite = Vec::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Union(_) => Vec::new(),
                _ => continue,
            };
            composite.push(name.clone());
            types.push((name, fields.into_iter().map(|field| field.node).collect()));
        }
        let field = |field: FieldDefinition| {
            let (gives, list) = named(&field.ty.node);
            composite.contains(&gives).then(|| (field.name.node.to_string(), Field { gives, list }))
        };
        let fields = types.into_iter().map(|(name, fields)| (name, fields.into_iter().filter_map(field).collect()));
        Ok(Self { fields: fields.collect() })
    }

    /// The field of a type, if it gives objects.
    pub(super) fn field(&self, of: &str, name: &str) -> Option<&Field> {
        self.fields.get(of)?.get(name)
    }

    /// Whether a type is a page of a list, as Relay has it.
    pub(super) fn is_connection(&self, name: &str) -> bool {
        self.field(name, "pageInfo").is_some() && self.field(name, "edges").is_some()
    }
}

fn named(of: &Type) -> (String, bool) {
    match &of.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(inner) => (named(inner).0, true),
    }
}
