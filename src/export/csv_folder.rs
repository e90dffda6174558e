//! Exports a folder of CSV files, which can be imported again.

use std::{io::Write, path::Path};

use futures_util::TryStreamExt;
use sea_orm::{DatabaseConnection, DbErr, QueryResult, StreamTrait};

use super::{
    NotExported, Written,
    data_package::{Field, Package, description},
    licence::Terms,
    snapshot::Snapshot,
    statement::{TABLES, Table},
    target::new_folder,
};
use crate::import::{self, written};

pub(super) async fn write(
    db: &DatabaseConnection,
    target: &Path,
    allowed: Option<&[String]>,
) -> Result<Written, NotExported> {
    let folder = new_folder(target)?;
    let package = Package::read().map_err(std::io::Error::from)?;
    let snapshot = Snapshot::of(db).await?;
    let mut terms = Terms::read(snapshot.transaction(), allowed).await?;
    let cursor = snapshot.cursor().await?;
    let mut done = Written { cursor: Some(cursor.clone()), ..Written::default() };
    for table in TABLES {
        let name = format!("{}.csv", table.name);
        let mut file = csv::Writer::from_writer(folder.file(&name)?);
        let fields = package.fields(table.name);
        file.write_record(fields.iter().map(|field| &field.name))?;
        let mut rows = snapshot.transaction().stream_raw(snapshot.statement(table.sql)).await?;
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            let mut cells = cells(&row, table, fields)?;
            if terms.as_mut().is_some_and(|terms| !terms.admit(&package, table.name, fields, &mut cells)) {
                continue;
            }
            file.write_record(cells)?;
            count += 1;
        }
        close(file.into_inner().map_err(csv::IntoInnerError::into_error)?)?;
        done.counts.push((name, count));
    }
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let mut file = folder.file("datapackage.json")?;
    file.write_all(description(&names, &cursor).map_err(std::io::Error::from)?.as_bytes())?;
    close(file)?;
    // Everything that is exported must be importable.
    import::folder(folder.path()).and_then(|files| import::check(&files)).map_err(NotExported::Format)?;
    folder.finish()?;
    Ok(done)
}

fn close(file: std::io::BufWriter<std::fs::File>) -> Result<(), NotExported> {
    Ok(file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?)
}

/// The cells of a row, in the order of the columns.
pub(super) fn cells(row: &QueryResult, table: &Table, fields: &[Field]) -> Result<Vec<String>, DbErr> {
    let cell = |name: &str| Ok::<_, DbErr>(row.try_get::<Option<String>>("", name)?.unwrap_or_default());
    let cells = fields.iter().map(|field| match table.amount {
        Some(amount) if amount == field.name => Ok(written(&cell(amount)?, &cell("currency")?)),
        _ => cell(&field.name),
    });
    cells.collect()
}
