//! Changes as they are asked for: what to create, update, delete or merge.

use serde_json::{Map, Value as Json};

use super::format::{self, Field, FieldType, Format};

/// An object of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The key of its row in the import format: a slug, or `season/person/character`.
    Key(String),
    /// Its global id: the name of the type and the primary key.
    Id(String, i32),
}

impl Target {
    fn parse(text: &str) -> Self {
        match crate::global_id::parse(text) {
            Some((name, number)) => Self::Id(name, number),
            None => Self::Key(text.to_owned()),
        }
    }
}

/// Values of fields, as they are written in cells.
pub type Values = Vec<(&'static Field, String)>;

/// A change of one object.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The kind of object.
    pub format: &'static Format,
    /// What to do.
    pub operation: Operation,
}

/// What to do with an object.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Add it.
    Create(Values),
    /// Set some of its fields.
    Update {
        /// The object.
        of: Target,
        /// The version that the editor saw. A newer one is a conflict.
        version: Option<i32>,
        /// The new values.
        values: Values,
    },
    /// Remove it.
    Delete {
        /// The object.
        of: Target,
        /// The version that the editor saw.
        version: Option<i32>,
        /// Whether to remove what refers to it, too.
        cascade: bool,
    },
    /// Move everything that belongs to one object to another, and remove it.
    Merge {
        /// The object that disappears.
        from: Target,
        /// The object that stays.
        into: Target,
        /// The versions of both that the editor saw.
        versions: (Option<i32>, Option<i32>),
    },
}

/// The kinds of objects that can be merged.
pub const MERGEABLE: &[&str] = &["person", "character"];

/// The names of the operations in the API.
pub const CREATE: &str = "create";
/// See [`Operation::Update`].
pub const UPDATE: &str = "update";
/// See [`Operation::Delete`].
pub const DELETE: &str = "delete";
/// See [`Operation::Merge`].
pub const MERGE: &str = "merge";

impl Edit {
    /// Reads a change from its JSON in the API: `{"person": {"update": {"of": "…", "set": {"born": "1940"}}}}`. The guard
    /// has checked it against the schema.
    ///
    /// # Errors
    ///
    /// If it does not have that form.
    pub fn parse(json: &Json) -> Result<Self, String> {
        let (name, change) = only(json, "a change")?;
        let format = format::named(name).ok_or_else(|| format!("{name:?} is not a kind of object"))?;
        let (operation, input) = only(change, name)?;
        let input = input.as_object().ok_or_else(|| format!("{operation:?} must be an object"))?;
        let target = |name: &str| {
            match input.get(name) {
                Some(Json::String(text)) => Ok::<_, String>(Target::parse(text)),
                // An ID may be sent as a number.
                Some(number @ Json::Number(_)) => Ok(Target::parse(&number.to_string())),
                _ => Err(format!("{name:?} is missing")),
            }
        };
        let number = |name: &str| input.get(name).and_then(Json::as_i64).and_then(|number| i32::try_from(number).ok());
        let version = number("version");
        let operation = match operation {
            CREATE => Operation::Create(values(format, input)?),
            UPDATE => {
                let set = input.get("set").and_then(Json::as_object).ok_or("\"set\" is missing")?;
                Operation::Update { of: target("of")?, version, values: values(format, set)? }
            }
            DELETE => {
                let cascade = input.get("cascade").and_then(Json::as_bool).unwrap_or_default();
                Operation::Delete { of: target("of")?, version, cascade }
            }
            MERGE if MERGEABLE.contains(&format.name) => {
                let versions = (number("fromVersion"), number("intoVersion"));
                Operation::Merge { from: target("from")?, into: target("into")?, versions }
            }
            other => return Err(format!("{other:?} is not an operation on {}", format.doc)),
        };
        Ok(Self { format, operation })
    }

    /// The name of the operation in the API.
    pub fn operation_name(&self) -> &'static str {
        match &self.operation {
            Operation::Create(_) => CREATE,
            Operation::Update { .. } => UPDATE,
            Operation::Delete { .. } => DELETE,
            Operation::Merge { .. } => MERGE,
        }
    }
}

/// The only member of an object.
fn only<'j>(json: &'j Json, what: &str) -> Result<(&'j str, &'j Json), String> {
    let mut members = json.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        _ => Err(format!("{what} must have exactly one member")),
    }
}

fn values(format: &'static Format, input: &Map<String, Json>) -> Result<Values, String> {
    let value = |(name, json): (&String, &Json)| {
        let field = format.field(name).ok_or_else(|| format!("{name:?} is not a field of {}", format.doc))?;
        let is_list = matches!(field.ty, FieldType::Names | FieldType::Slugs(_) | FieldType::Sources);
        let parted = |item: &Json| item.as_str().is_some_and(|text| text.contains(';'));
        if is_list && json.as_array().is_some_and(|items| items.iter().any(parted)) {
            return Err(format!("`{name}`: an entry contains a semicolon, which separates entries in files"));
        }
        Ok((field, cell(field, json)))
    };
    input.iter().map(value).collect()
}

/// A value as it is written in a cell; null is an empty one.
fn cell(field: &Field, json: &Json) -> String {
    let text = |json: &Json| match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    match (field.ty, json) {
        (FieldType::Flag | FieldType::General, Json::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (FieldType::Word(_, joint), Json::String(word)) => word.to_lowercase().replace('_', &joint.to_string()),
        (_, Json::Array(items)) => {
            let joint = if field.ty == FieldType::Names { "; " } else { ";" };
            items.iter().map(text).collect::<Vec<_>>().join(joint)
        }
        (_, json) => text(json),
    }
}
