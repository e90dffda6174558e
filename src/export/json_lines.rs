//! Exports JSON lines (<https://jsonlines.org>): one object per row of the CSV files, with the name of its table, and at
//! the end the cursor of the feed of changes at which the export was taken.

use std::{io::Write, path::Path};

use futures_util::TryStreamExt;
use sea_orm::{DatabaseConnection, StreamTrait};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use super::{
    NotExported, Written,
    csv_folder::cells,
    data_package::{Field, Kind, Package},
    licence::Terms,
    snapshot::Snapshot,
    statement::TABLES,
    target::NewFile,
};

/// Columns whose cells contain lists, separated by semicolons.
const LISTS: &[&str] = &["verified", "also_known_as", "aliases", "includes", "excludes", "genres"];

pub(super) async fn write(
    db: &DatabaseConnection,
    target: &Path,
    allowed: Option<&[String]>,
) -> Result<Written, NotExported> {
    let mut file = NewFile::begin(target)?;
    let package = Package::read().map_err(std::io::Error::from)?;
    let snapshot = Snapshot::of(db).await?;
    let cursor = snapshot.cursor().await?;
    let mut terms = Terms::read(snapshot.transaction(), allowed).await?;
    let mut done = Written::default();
    for table in TABLES {
        let fields = package.fields(table.name);
        let mut rows = snapshot.transaction().stream_raw(snapshot.statement(table.sql)).await?;
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            let mut cells = cells(&row, table, fields)?;
            if terms.as_mut().is_some_and(|terms| !terms.admit(&package, table.name, fields, &mut cells)) {
                continue;
            }
            let line = Line { table: table.name, fields, cells: &cells };
            serde_json::to_writer(&mut file, &line).map_err(std::io::Error::from)?;
            file.write_all(b"\n")?;
            count += 1;
        }
        done.counts.push((table.name.to_owned(), count));
    }
    let last = json!({ "table": "changes", "cursor": cursor });
    writeln!(file, "{last}")?;
    file.finish()?;
    Ok(Written { cursor: Some(cursor), ..done })
}

/// A row, serialized without its empty cells.
struct Line<'r> {
    table: &'r str,
    fields: &'r [Field],
    cells: &'r [String],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("table", self.table)?;
        for (field, cell) in self.fields.iter().zip(self.cells).filter(|(_, cell)| !cell.is_empty()) {
            object.serialize_entry(&field.name, &value(field, cell))?;
        }
        object.end()
    }
}

fn value(field: &Field, cell: &str) -> Value {
    match field.kind {
        Kind::Integer => cell.parse::<i64>().map_or_else(|_| cell.into(), Value::from),
        Kind::Boolean => (cell == "yes").into(),
        Kind::String if LISTS.contains(&field.name.as_str()) => cell.split(';').map(str::trim).collect(),
        Kind::String => cell.into(),
    }
}
