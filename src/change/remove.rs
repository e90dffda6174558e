//! Removes objects.

use std::collections::BTreeMap;

use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    fault::{Fault, NotChanged},
    format::Format,
    locate::Found,
    raw::{self, Row, RowChange},
    table::{self, Table, Type},
    write::refused,
};
use crate::code::Code;

/// Maximum number of objects that one removal may take with it.
const MOST: usize = 10_000;

/// Removes a row and what is part of it. If other objects refer to it, they are removed first with `cascade`, and are a
/// fault without it.
pub(super) async fn remove(
    tx: &DatabaseTransaction,
    place: usize,
    format: &'static Format,
    found: &Found,
    cascade: bool,
    count: &mut usize,
) -> Result<(), NotChanged> {
    if format.name == "platformChange" {
        let message = "the change of a name cannot be removed; remove the later name, or change its day";
        return Err(Fault::new(place, Code::BadInput, message).into());
    }
    remove_row(tx, place, found.table, &found.row, cascade, count).await
}

async fn remove_row(
    tx: &DatabaseTransaction,
    place: usize,
    table: &'static Table,
    row: &Row,
    cascade: bool,
    count: &mut usize,
) -> Result<(), NotChanged> {
    *count += 1;
    if *count > MOST {
        let message = format!("more than {MOST} objects depend on it; remove some of them first");
        return Err(Fault::new(place, Code::LimitExceeded, message).into());
    }
    let dependents = dependents(tx, table, row).await?;
    if !dependents.is_empty() && !cascade {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (table, _) in &dependents {
            *counts.entry(table.noun).or_default() += 1;
        }
        let counts: Vec<String> = counts.into_iter().map(|(noun, count)| plural(noun, count)).collect();
        let message = format!(
            "{} refer{} to this {}; remove {} first, or set `cascade`",
            counts.join(", "),
            if dependents.len() == 1 { "s" } else { "" },
            table.noun,
            if dependents.len() == 1 { "it" } else { "them" },
        );
        return Err(Fault::new(place, Code::InUse, message).into());
    }
    for (table, row) in dependents {
        // It may have gone with another.
        if raw::read(tx, table, &row).await?.is_some() {
            Box::pin(remove_row(tx, place, table, &row, cascade, count)).await?;
        }
    }
    let change = RowChange::new(table, Some(row.clone()), None);
    raw::apply(tx, &change).await.map_err(|reason| refused(Some(place), reason))?;
    match table.name {
        "platform_name" => remove_owner(tx, place, "platform", "platform_id", row, cascade, count).await,
        "appearance" => remove_owner(tx, place, "credit", "credit_id", row, cascade, count).await,
        _ => Ok(()),
    }
}

/// Removes the platform of its last name, and the credit of its last episode, which says nothing without it.
async fn remove_owner(
    tx: &DatabaseTransaction,
    place: usize,
    name: &str,
    column: &str,
    part: &Row,
    cascade: bool,
    count: &mut usize,
) -> Result<(), NotChanged> {
    let (Some(id), Some(owners)) = (raw::number(part, column), table::named(name)) else { return Ok(()) };
    let key = Row::from([("id".to_owned(), id.into())]);
    let Some(owner) = raw::read(tx, owners, &key).await? else { return Ok(()) };
    for (other, reference) in owners.referring() {
        let is_part = ["platform_name", "appearance"].contains(&other.name);
        if is_part && !raw::read_all(tx, other, reference.name, id).await?.is_empty() {
            return Ok(());
        }
    }
    // A credit for the whole season, or with a place in its credits, stands on its own.
    let stands = raw::text(&owner, "coverage") == Some("WHOLE")
        || ["position", "credited_as"].iter().any(|column| owner.get(*column).is_some_and(|value| !value.is_null()));
    if stands && name == "credit" {
        return Ok(());
    }
    Box::pin(remove_row(tx, place, owners, &owner, cascade, count)).await
}

fn plural(noun: &str, count: usize) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "person") => format!("{count} people"),
        (_, "availability") => format!("{count} availabilities"),
        _ => format!("{count} {noun}s"),
    }
}

/// The rows that refer to a row and are no part of it.
async fn dependents(
    tx: &DatabaseTransaction,
    table: &'static Table,
    row: &Row,
) -> Result<Vec<(&'static Table, Row)>, DbErr> {
    // A row with a primary key of two columns is referred to by nothing but its notes.
    let Some(id) = raw::number(row, "id") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (other, column) in table.referring() {
        // The season of an appearance is that of its credit.
        if other.name == "appearance" && column.name == "season_id" {
            continue;
        }
        let rows = raw::read_all(tx, other, column.name, id).await?;
        match column.ty {
            // What is said about a part goes with the object, but claims are objects of their own.
            Type::Owner(_) if other.name == "subject" => {
                for subject in rows {
                    let Some(claims) = table::named("claim") else { continue };
                    let Some(subject) = raw::number(&subject, "id") else { continue };
                    let about = raw::read_all(tx, claims, "subject_id", subject).await?;
                    found.extend(about.into_iter().map(|row| (claims, row)));
                }
            }
            Type::Owner(_) => {}
            _ => found.extend(rows.into_iter().map(|row| (other, row))),
        }
    }
    Ok(found)
}
