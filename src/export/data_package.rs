//! The description of the format, `data/datapackage.json`, which lists the columns of each file in order.

use serde::Deserialize;
use serde_json::Value;

/// The description of the embedded Star Trek data set.
const OF_STAR_TREK: &str = include_str!("../../data/datapackage.json");

#[derive(Deserialize)]
pub(super) struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    schema: Schema,
}

#[derive(Deserialize)]
struct Schema {
    fields: Vec<Field>,
    #[serde(default, rename = "foreignKeys")]
    references: Vec<ForeignKey>,
}

/// Columns that name rows of another file.
#[derive(Deserialize)]
struct ForeignKey {
    fields: Vec<String>,
    reference: Target,
}

#[derive(Deserialize)]
struct Target {
    /// The other file; empty for the same.
    resource: String,
}

/// A column.
#[derive(Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
}

/// The data type of a column.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    String,
    Integer,
    Boolean,
}

impl Package {
    pub(super) fn read() -> Result<Self, serde_json::Error> {
        serde_json::from_str(OF_STAR_TREK)
    }

    /// The columns of a file.
    pub(super) fn fields(&self, table: &str) -> &[Field] {
        let resource = self.resources.iter().find(|resource| resource.name == table);
        resource.map_or(&[], |resource| &resource.schema.fields)
    }

    /// The columns of a file that name rows of other files, with these files.
    pub(super) fn references(&self, table: &str) -> impl Iterator<Item = (&str, &str)> {
        let own = self.resources.iter().filter(move |resource| resource.name == table);
        let keys = own.flat_map(|resource| &resource.schema.references);
        keys.filter(|key| !key.reference.resource.is_empty())
            .filter_map(|key| Some((key.fields.first()?.as_str(), key.reference.resource.as_str())))
    }
}

/// The description of a folder with `tables`. Leaves out the origin and the licenses of the Star Trek data set, which
/// may not apply to the data in a database. Adds the cursor of the feed at which it was exported.
pub(super) fn description(tables: &[&str], cursor: &str) -> Result<String, serde_json::Error> {
    let mut package: Value = serde_json::from_str(OF_STAR_TREK)?;
    if let Some(members) = package.as_object_mut() {
        for own in ["licenses", "sources", "version"] {
            members.remove(own);
        }
        members.insert("name".to_owned(), "cast-graph".into());
        members.insert("title".to_owned(), "Cast graph".into());
        members.insert("description".to_owned(), "Written by castgraph export.".into());
        members.insert("cursor".to_owned(), cursor.into());
    }
    if let Some(resources) = package.get_mut("resources").and_then(Value::as_array_mut) {
        let written =
            |resource: &Value| resource.get("name").and_then(Value::as_str).is_some_and(|name| tables.contains(&name));
        resources.retain(written);
    }
    Ok(serde_json::to_string_pretty(&package)? + "\n")
}
