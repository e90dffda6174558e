//! Renames objects and merges them. Their former slugs and ids go on leading to them.

use entity::{name_key, redirect};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set,
};
use serde_json::Value as Json;

use super::{
    fault::{Fault, NotChanged},
    locate::{self, Found},
    raw::{self, Row, RowChange},
    recording::statement,
    table::{self, Table},
    write::refused,
};
use crate::{code::Code, error::shown, import::is_slug};

/// Gives an object another slug. The slugs of its seasons and episodes, which are made of it, follow.
pub(super) async fn rename(
    tx: &DatabaseTransaction,
    place: usize,
    found: &Found,
    slug: &str,
) -> Result<(), NotChanged> {
    let fault = |code, message: String| NotChanged::from(Fault::new(place, code, message).at("slug"));
    if !is_slug(slug) {
        let message = format!(
            "slug: {} is not a slug; use lower case letters, digits and single hyphens between them",
            shown(slug)
        );
        return Err(fault(Code::BadInput, message));
    }
    let table = found.table;
    let taken = statement(
        tx.get_database_backend(),
        &format!("SELECT 1 FROM {} WHERE slug = ? AND id <> ?", table.name),
        [slug.into(), id(&found.row).into()],
    );
    if tx.query_one_raw(taken).await?.is_some() {
        return Err(fault(Code::Conflict, format!("slug: {} is already that of another {}", shown(slug), table.noun)));
    }
    if let Some(owner) = locate::successor(tx, table, redirect::Column::Slug.eq(slug)).await? {
        if i64::from(owner) != id(&found.row) {
            let message = format!("slug: {} was that of another {}, and leads there", shown(slug), table.noun);
            return Err(fault(Code::Conflict, message));
        }
        // It has its former slug again.
        end_redirect(tx, table, slug).await?;
    }
    let old = raw::text(&found.row, "slug").unwrap_or_default().to_owned();
    update(tx, table, &found.row, &[("slug", slug.into())]).await.map_err(|reason| refused(Some(place), reason))?;
    lead(tx, table, Some(&old), None, id(&found.row)).await?;
    match table.name {
        // The first name of a platform gives it its slug.
        "platform_name" => {
            let platform = raw::number(&found.row, "platform_id").unwrap_or_default();
            for platform in of_table(tx, "platform", "id", platform).await? {
                if raw::text(&platform.row, "slug") == Some(&old) {
                    Box::pin(rename(tx, place, &platform, slug)).await?;
                }
            }
        }
        "show" => {
            for season in of_table(tx, "season", "show_id", id(&found.row)).await? {
                let Some((_, number)) = raw::text(&season.row, "slug").and_then(|slug| slug.rsplit_once('-')) else {
                    continue;
                };
                let slug = format!("{slug}-{number}");
                Box::pin(rename(tx, place, &season, &slug)).await?;
            }
        }
        "season" => {
            let part = slug.rsplit('-').next().unwrap_or_default();
            for episode in of_table(tx, "episode", "season_id", id(&found.row)).await? {
                let Some((code, number)) = raw::text(&episode.row, "slug").and_then(split_episode) else { continue };
                let slug = format!("{code}-{part}e{number}");
                Box::pin(rename(tx, place, &episode, &slug)).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Gives the episodes of a show the slugs that follow from its new code.
pub(super) async fn recode(tx: &DatabaseTransaction, place: usize, show: &Found, code: &str) -> Result<(), NotChanged> {
    for episode in of_table(tx, "episode", "show_id", id(&show.row)).await? {
        let Some((_, rest)) = raw::text(&episode.row, "slug").and_then(|slug| slug.rsplit_once('-')) else { continue };
        let slug = format!("{}-{rest}", code.to_lowercase());
        if raw::text(&episode.row, "slug") != Some(&slug) {
            rename(tx, place, &episode, &slug).await?;
        }
    }
    Ok(())
}

/// The code and the number in the slug of an episode.
fn split_episode(slug: &str) -> Option<(&str, &str)> {
    let (front, number) = slug.rsplit_once('e')?;
    Some((front.rsplit_once('-')?.0, number))
}

/// Lets a former slug or id lead to an object, and everything that led to the former one.
async fn lead(
    tx: &DatabaseTransaction,
    table: &Table,
    slug: Option<&str>,
    old: Option<i64>,
    target: i64,
) -> Result<(), DbErr> {
    let number = |number: i64| i32::try_from(number).unwrap_or_default();
    // A slug that leads elsewhere leads here from now on, and one that is in use again leads nowhere.
    if let Some(slug) = slug {
        end_redirect(tx, table, slug).await?;
    }
    let row = redirect::ActiveModel {
        kind: Set(table.kind),
        slug: Set(slug.map(str::to_owned)),
        old_id: Set(old.map(number)),
        target_id: Set(number(target)),
        ..Default::default()
    };
    row.insert(tx).await.map(drop)
}

/// Lets a slug lead nowhere any more.
async fn end_redirect(tx: &DatabaseTransaction, table: &Table, slug: &str) -> Result<(), DbErr> {
    let of = redirect::Entity::delete_many().filter(redirect::Column::Kind.eq(table.kind));
    of.filter(redirect::Column::Slug.eq(slug)).exec(tx).await.map(drop)
}

/// Moves everything that belongs to one object to another of the same table, and removes the first. What both have stays
/// once; the name of the first becomes another name of the second.
pub(super) async fn merge(
    tx: &DatabaseTransaction,
    place: usize,
    from: &Found,
    into: &Found,
) -> Result<(), NotChanged> {
    if id(&from.row) == id(&into.row) {
        let message = format!("a {} cannot be merged with itself", from.table.noun);
        return Err(Fault::new(place, Code::BadInput, message).into());
    }
    merge_rows(tx, from, into).await.map_err(|reason| refused(Some(place), reason))
}

async fn merge_rows(tx: &DatabaseTransaction, from: &Found, into: &Found) -> Result<(), DbErr> {
    let (old, new) = (id(&from.row), id(&into.row));
    let owner = format!("{}_id", from.table.name);
    move_credits(tx, &owner, old, new).await?;
    move_links(tx, from.table, old, new).await?;
    move_names(tx, &owner, from, into).await?;
    move_external_ids(tx, &owner, old, new).await?;
    move_behind(tx, "picture", &["url"], &owner, old, new).await?;
    move_behind(tx, "summary", &["language", "credit"], &owner, old, new).await?;
    move_memory(tx, from, into).await?;
    fill_gaps(tx, from, into).await?;
    if let (Some(subject), Some(target)) =
        (subject(tx, &owner, old).await?, subject_or_new(tx, &owner, from.table, old, new).await?)
    {
        move_sources(tx, subject, target).await?;
    }
    for row in of_table(tx, "redirect", "target_id", old).await? {
        if raw::number(&row.row, "kind") == Some(i64::from(from.table.kind)) {
            update(tx, row.table, &row.row, &[("target_id", new.into())]).await?;
        }
    }
    delete(tx, from).await?;
    lead(tx, from.table, raw::text(&from.row, "slug"), None, new).await?;
    lead(tx, from.table, None, Some(old), new).await
}

/// Fields that only the removed object has, such as the day of birth, stay known.
async fn fill_gaps(tx: &DatabaseTransaction, from: &Found, into: &Found) -> Result<(), DbErr> {
    let known: Vec<(&str, Json)> = gaps(from, into).map(|(name, value)| (name, value.clone())).collect();
    if known.is_empty() { Ok(()) } else { update(tx, into.table, &into.row, &known).await }
}

/// The columns that only the first object has a value for.
fn gaps<'f>(from: &'f Found, into: &Found) -> impl Iterator<Item = (&'f str, &'f Json)> {
    let is_unknown = |name: &str| into.row.get(name).is_none_or(Json::is_null);
    let known = from.row.iter().filter(move |(name, value)| !value.is_null() && is_unknown(name));
    known.map(|(name, value)| (name.as_str(), value))
}

/// The columns that identify a credit together with the person or character.
const OF_CREDIT: &[&str] = &["person_id", "show_id", "season_id", "character_id", "job", "part"];

async fn move_credits(tx: &DatabaseTransaction, owner: &str, old: i64, new: i64) -> Result<(), DbErr> {
    let there = of_table(tx, "credit", owner, new).await?;
    for credit in of_table(tx, "credit", owner, old).await? {
        let same = |other: &&Found| {
            OF_CREDIT
                .iter()
                .filter(|column| **column != owner)
                .all(|column| other.row.get(*column) == credit.row.get(*column))
        };
        let Some(other) = there.iter().find(same) else {
            update(tx, credit.table, &credit.row, &[(owner, new.into())]).await?;
            continue;
        };
        let (from, to) = (id(&credit.row), id(&other.row));
        let known = of_table(tx, "appearance", "credit_id", to).await?;
        for appearance in of_table(tx, "appearance", "credit_id", from).await? {
            let episode = appearance.row.get("episode_id");
            if known.iter().any(|known| known.row.get("episode_id") == episode) {
                continue;
            }
            let notes = of_table(tx, "note", "credit_id", from).await?;
            let note = notes.into_iter().find(|note| note.row.get("episode_id") == episode);
            delete(tx, &appearance).await?;
            let mut row = appearance.row.clone();
            row.insert("credit_id".to_owned(), to.into());
            insert(tx, appearance.table, row).await?;
            if let Some(note) = note {
                let mut row = note.row.clone();
                row.insert("credit_id".to_owned(), to.into());
                insert(tx, note.table, row).await?;
            }
        }
        if let (Some(subject), Some(target)) =
            (subject(tx, "credit_id", from).await?, subject_or_new(tx, "credit_id", credit.table, from, to).await?)
        {
            move_sources(tx, subject, target).await?;
        }
        delete(tx, &credit).await?;
    }
    Ok(())
}

/// The inverse of a kind of character link, by their names in the database.
fn inverse(kind: Option<&str>) -> Option<String> {
    use entity::character_link::Kind;
    use sea_orm::ActiveEnum;
    Kind::try_from_value(&kind?.to_owned()).ok().map(|kind| kind.inverse().to_value())
}

/// Moves the links of a character. One that would link it to itself, or that is there already, is removed.
async fn move_links(tx: &DatabaseTransaction, table: &Table, old: i64, new: i64) -> Result<(), DbErr> {
    if table.name != "character" {
        return Ok(());
    }
    for end in ["from_id", "to_id"] {
        for link in of_table(tx, "character_link", end, old).await? {
            let mut row = link.row.clone();
            row.insert(end.to_owned(), new.into());
            let mut there =
                of_table(tx, "character_link", "from_id", raw::number(&row, "from_id").unwrap_or_default()).await?;
            there.retain(|other| other.row.get("id") != row.get("id"));
            let same = |other: &Found| {
                ["from_id", "kind", "to_id"].iter().all(|column| other.row.get(*column) == row.get(*column))
            };
            // The same link may be stated from its other end.
            let ends =
                of_table(tx, "character_link", "from_id", raw::number(&row, "to_id").unwrap_or_default()).await?;
            let stated = |other: &Found| {
                other.row.get("to_id") == row.get("from_id")
                    && inverse(raw::text(&other.row, "kind")).as_deref() == raw::text(&row, "kind")
            };
            if row.get("from_id") == row.get("to_id") || there.iter().any(same) || ends.iter().any(stated) {
                delete(tx, &link).await?;
            } else {
                update(tx, link.table, &link.row, &[(end, new.into())]).await?;
            }
        }
    }
    Ok(())
}

/// Moves the other names, and adds the name itself.
async fn move_names(tx: &DatabaseTransaction, owner: &str, from: &Found, into: &Found) -> Result<(), DbErr> {
    let (old, new) = (id(&from.row), id(&into.row));
    let there = of_table(tx, "alias", owner, new).await?;
    let mut known: Vec<String> =
        there.iter().filter_map(|row| raw::text(&row.row, "name")).map(str::to_owned).collect();
    known.extend(raw::text(&into.row, "name").map(str::to_owned));
    let mut position = there.iter().filter_map(|row| raw::number(&row.row, "position")).max().unwrap_or_default();
    let mut names: Vec<String> = raw::text(&from.row, "name").map(str::to_owned).into_iter().collect();
    for alias in of_table(tx, "alias", owner, old).await? {
        names.extend(raw::text(&alias.row, "name").map(str::to_owned));
    }
    for name in names {
        if known.contains(&name) {
            continue;
        }
        position += 1;
        let number = |number: i64| Set(i32::try_from(number).ok());
        let row = entity::alias::ActiveModel {
            person_id: if owner == "person_id" { number(new) } else { Set(None) },
            character_id: if owner == "character_id" { number(new) } else { Set(None) },
            position: Set(i32::try_from(position).unwrap_or_default()),
            name_key: Set(name_key(&name)),
            name: Set(name.clone()),
            ..Default::default()
        };
        row.insert(tx).await?;
        known.push(name);
    }
    Ok(())
}

/// Moves the ids at other authorities, behind those that are there.
async fn move_external_ids(tx: &DatabaseTransaction, owner: &str, old: i64, new: i64) -> Result<(), DbErr> {
    move_behind(tx, "external_id", &["authority", "kind", "value"], owner, old, new).await
}

/// Moves the rows of a table, behind those that are there. One whose values are there already is removed.
async fn move_behind(
    tx: &DatabaseTransaction,
    table: &str,
    values: &[&str],
    owner: &str,
    old: i64,
    new: i64,
) -> Result<(), DbErr> {
    let there = of_table(tx, table, owner, new).await?;
    let mut position = there.iter().filter_map(|row| raw::number(&row.row, "position")).max().unwrap_or_default();
    let mut moved = of_table(tx, table, owner, old).await?;
    moved.sort_by_key(|row| raw::number(&row.row, "position"));
    for row in moved {
        let same = |other: &Found| values.iter().all(|column| other.row.get(*column) == row.row.get(*column));
        if there.iter().any(same) {
            delete(tx, &row).await?;
            continue;
        }
        position += 1;
        update(tx, row.table, &row.row, &[(owner, new.into()), ("position", position.into())]).await?;
    }
    Ok(())
}

/// Moves what imports remember, unless the object that stays has its own. A value that an import wrote counts as such only in
/// a field that is filled with it; the other values are those of the object that stays.
async fn move_memory(tx: &DatabaseTransaction, from: &Found, into: &Found) -> Result<(), DbErr> {
    let (kind, old, new) = (from.table.kind, id(&from.row), id(&into.row));
    let filled: Vec<String> = gaps(from, into).map(|(name, _)| format!("'{name}'")).collect();
    let filled = if filled.is_empty() { "''".to_owned() } else { filled.join(", ") };
    let moves = [
        format!(
            "UPDATE source_value SET of_id = {new}, written = CASE WHEN field IN ({filled}) THEN written END
             WHERE of_kind = {kind} AND of_id = {old} AND NOT EXISTS (SELECT 1 FROM source_value AS o
                WHERE o.of_kind = {kind} AND o.of_id = {new} AND o.field = source_value.field
                    AND o.authority = source_value.authority)"
        ),
        format!(
            "UPDATE match_candidate SET of_id = {new} WHERE kind = {kind} AND of_id = {old}
             AND NOT EXISTS (SELECT 1 FROM match_candidate AS o
                WHERE o.kind = {kind} AND o.of_id = {new} AND o.key = match_candidate.key)"
        ),
    ];
    for sql in moves {
        tx.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Moves one id at another authority to another object of the same table, behind those that are there.
pub(super) async fn move_external_id(
    tx: &DatabaseTransaction,
    table: &str,
    number: i32,
    new: i32,
) -> Result<(), DbErr> {
    let owner = format!("{table}_id");
    let there = of_table(tx, "external_id", &owner, new.into()).await?;
    let position = there.iter().filter_map(|row| raw::number(&row.row, "position")).max().unwrap_or_default() + 1;
    for row in of_table(tx, "external_id", "id", number.into()).await? {
        update(tx, row.table, &row.row, &[(&owner, new.into()), ("position", position.into())]).await?;
    }
    Ok(())
}

async fn subject(tx: &DatabaseTransaction, column: &str, number: i64) -> Result<Option<Found>, DbErr> {
    Ok(of_table(tx, "subject", column, number).await?.into_iter().next())
}

/// The subject of the object that stays, if it is needed: a new one if only the other has one.
async fn subject_or_new(
    tx: &DatabaseTransaction,
    column: &str,
    table: &Table,
    old: i64,
    new: i64,
) -> Result<Option<Found>, DbErr> {
    if let Some(found) = subject(tx, column, new).await? {
        return Ok(Some(found));
    }
    if subject(tx, column, old).await?.is_none() {
        return Ok(None);
    }
    let sql = format!("INSERT INTO subject (kind, {column}, general) VALUES ({}, {new}, 0)", table.kind);
    tx.execute_unprepared(&sql).await?;
    subject(tx, column, new).await
}

/// Moves claims, citations and the note of one subject to another.
async fn move_sources(tx: &DatabaseTransaction, from: Found, into: Found) -> Result<(), DbErr> {
    let (old, new) = (id(&from.row), id(&into.row));
    if raw::number(&from.row, "general") == Some(1) && raw::number(&into.row, "general") == Some(0) {
        update(tx, into.table, &into.row, &[("general", 1.into())]).await?;
    }
    // Citations of claims hold the subject of their claim, so they are removed first and added again.
    let citations = of_table(tx, "citation", "subject_id", old).await?;
    for citation in &citations {
        delete(tx, citation).await?;
    }
    for claim in of_table(tx, "claim", "subject_id", old).await? {
        update(tx, claim.table, &claim.row, &[("subject_id", new.into())]).await?;
    }
    let mut there = of_table(tx, "citation", "subject_id", new).await?;
    for citation in citations {
        let mut row = citation.row.clone();
        row.insert("subject_id".to_owned(), new.into());
        let same = |other: &Found| {
            ["source_id", "field", "claim_id"].iter().all(|column| other.row.get(*column) == row.get(*column))
        };
        if !there.iter().any(same) {
            insert(tx, citation.table, row.clone()).await?;
            there.push(Found { table: citation.table, row });
        }
    }
    let there = of_table(tx, "note", "subject_id", new).await?.into_iter().next();
    for note in of_table(tx, "note", "subject_id", old).await? {
        match &there {
            None => update(tx, note.table, &note.row, &[("subject_id", new.into())]).await?,
            Some(there) => {
                let texts = [&there.row, &note.row].map(|row| raw::text(row, "text").unwrap_or_default());
                if !texts[0].contains(texts[1]) {
                    update(tx, there.table, &there.row, &[("text", texts.join("; ").into())]).await?;
                }
            }
        }
    }
    Ok(())
}

async fn of_table(tx: &DatabaseTransaction, name: &str, column: &str, number: i64) -> Result<Vec<Found>, DbErr> {
    let Some(table) = table::named(name) else { return Ok(Vec::new()) };
    Ok(raw::read_all(tx, table, column, number).await?.into_iter().map(|row| Found { table, row }).collect())
}

fn id(row: &Row) -> i64 {
    raw::number(row, "id").unwrap_or_default()
}

async fn update(
    tx: &DatabaseTransaction,
    table: &'static Table,
    row: &Row,
    values: &[(&str, Json)],
) -> Result<(), DbErr> {
    let mut after = row.clone();
    after.extend(values.iter().map(|(column, value)| ((*column).to_owned(), value.clone())));
    raw::apply(tx, &RowChange::new(table, Some(row.clone()), Some(after))).await
}

async fn delete(tx: &DatabaseTransaction, found: &Found) -> Result<(), DbErr> {
    raw::apply(tx, &RowChange::new(found.table, Some(found.row.clone()), None)).await
}

async fn insert(tx: &DatabaseTransaction, table: &'static Table, row: Row) -> Result<(), DbErr> {
    raw::apply(tx, &RowChange::new(table, None, Some(row))).await
}
