//! The inputs of changes: one for each kind of object in [`crate::change::format`], made from its table.
//!
//! For a person the schema gets `PersonChange` with `create: PersonFields`, `update: PersonUpdate`, `delete: ObjectDelete`
//! and `merge: ObjectMerge`; for each other kind the same.

use std::borrow::Cow;

use async_graphql::{
    InputType, InputValueError, InputValueResult, Value,
    indexmap::IndexMap,
    registry::{MetaInputValue, MetaType, MetaTypeId, Registry},
};
use serde_json::Value as Json;

use super::schema_rules::argument;
use crate::change::{
    CREATE, DELETE, MERGE, MERGEABLE, UPDATE,
    format::{FORMATS, Field, FieldType, Format},
};

/// One change, as JSON of the API, which [`crate::change::Edit::parse`] reads.
pub struct ChangeInput(pub(super) Json);

const NAME: &str = "ChangeInput";

impl InputType for ChangeInput {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            for format in FORMATS {
                add_kind(registry, format);
            }
            add(
                registry,
                "ObjectDelete",
                "An object to remove.",
                false,
                vec![
                    argument(
                        "of",
                        "ID!".to_owned(),
                        "The object: its slug, its id, or the key of its row in the import format.",
                    ),
                    version(),
                    argument(
                        "cascade",
                        "Boolean".to_owned(),
                        "Whether to remove what refers to it, too. Otherwise objects that others refer to stay.",
                    ),
                ],
            );
            add(
                registry,
                "ObjectMerge",
                "Two objects that are the same.",
                false,
                vec![
                    argument(
                        "from",
                        "ID!".to_owned(),
                        "The object that disappears: its slug or id, which then lead to the other.",
                    ),
                    argument(
                        "into",
                        "ID!".to_owned(),
                        "The object that stays and gets everything that belongs to the first.",
                    ),
                    argument("fromVersion", "Int".to_owned(), "The version of the first that you saw."),
                    argument("intoVersion", "Int".to_owned(), "The version of the second that you saw."),
                ],
            );
            let kinds = FORMATS.iter().map(|format| {
                argument(format.name, format!("{}Change", pascal(format.name)), &format!("Changes {}.", format.doc))
            });
            input(NAME, "A change of one object.", true, kinds.collect())
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        value.into_json().map(Self).map_err(InputValueError::custom)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// Adds the inputs of one kind of object.
fn add_kind(registry: &mut Registry, format: &Format) {
    let name = pascal(format.name);
    let fields = |needed: bool| format.fields.iter().map(|field| field_value(field, needed)).collect();
    add(registry, &format!("{name}Fields"), &format!("The fields of {}.", format.doc), false, fields(true));
    let set = format!("{name}Set");
    add(registry, &set, &format!("Fields of {} to set. Null empties a field.", format.doc), false, fields(false));
    add(
        registry,
        &format!("{name}Update"),
        &format!("New values for {}.", format.doc),
        false,
        vec![
            argument("of", "ID!".to_owned(), &of(format)),
            version(),
            argument("set", format!("{set}!"), "The fields to set. The others stay as they are."),
        ],
    );
    let mut operations = vec![
        argument(CREATE, format!("{name}Fields"), "Creates the object."),
        argument(UPDATE, format!("{name}Update"), "Sets some of its fields."),
        argument(DELETE, "ObjectDelete".to_owned(), "Deletes the object."),
    ];
    if MERGEABLE.contains(&format.name) {
        operations.push(argument(MERGE, "ObjectMerge".to_owned(), "Merges two that are the same."));
    }
    add(registry, &format!("{name}Change"), &format!("A change of {}.", format.doc), true, operations);
}

fn version() -> MetaInputValue {
    argument(
        "version",
        "Int".to_owned(),
        "The version that you saw. If the object has another now, nothing is changed.",
    )
}

/// How an object of this kind is named.
fn of(format: &Format) -> String {
    if format.has_slug() {
        return "The object: its slug or its id.".to_owned();
    }
    let key: Vec<&str> =
        format.key.iter().map(|column| format.of_column(column).map_or(*column, |field| field.name)).collect();
    format!("The object: its id if it has one, or its key `{}`.", key.join("/"))
}

fn field_value(field: &Field, needed: bool) -> MetaInputValue {
    let ty = match field.ty {
        FieldType::Text | FieldType::Amount => "String".to_owned(),
        FieldType::Date => "PartialDate".to_owned(),
        FieldType::Number => "Int".to_owned(),
        FieldType::Flag | FieldType::General => "Boolean".to_owned(),
        FieldType::Word(name, _) => name.to_owned(),
        FieldType::Slug(_) => "ID".to_owned(),
        FieldType::Slugs(_) | FieldType::Sources => "[ID!]".to_owned(),
        FieldType::Names => "[String!]".to_owned(),
    };
    let bang = if needed && field.needed { "!" } else { "" };
    argument(field.name, format!("{ty}{bang}"), field.doc)
}

/// Registers an input object. The name keeps it in the schema, since it is referred to by name only.
fn add(registry: &mut Registry, name: &str, description: &str, oneof: bool, fields: Vec<MetaInputValue>) {
    registry.types.insert(name.to_owned(), input(name, description, oneof, fields));
}

fn input(name: &str, description: &str, oneof: bool, fields: Vec<MetaInputValue>) -> MetaType {
    MetaType::InputObject {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        input_fields: fields.into_iter().map(|field| (field.name.clone(), field)).collect::<IndexMap<_, _>>(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof,
        directive_invocations: Vec::new(),
    }
}

/// `characterLink` as `CharacterLink`.
fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
