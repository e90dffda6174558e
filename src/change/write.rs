//! Checks and writes the changes of a changeset, within its transaction.
//!
//! Changes are made in their order. Those that follow each other and only create or update are checked and written
//! together, by the import: their faults are reported together, and one change can use an object that another creates.

use entity::{citation, name_key};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    compose::{Cells, Composition, is_general, key_cells, sources},
    consistency,
    edit::{Edit, Operation, Target, Values},
    fault::{Fault, NotChanged},
    format::{FieldType, Format},
    locate::{self, Found},
    merge,
    raw::{self, RowChange},
    recording::statement,
    remove,
};
use crate::{
    code::Code,
    error::shown,
    import::{self, Faults, Leftovers, is_slug},
};

/// Maximum number of changes in one changeset that is not an import.
pub const MOST: usize = 1_000;

/// Makes all changes. If any has a fault, reports the faults.
///
/// # Errors
///
/// All faults that were found. Then the transaction must be rolled back.
pub async fn write(tx: &DatabaseTransaction, edits: &[Edit], number: i32) -> Result<(), NotChanged> {
    if edits.is_empty() {
        return Err(Fault::new(None, Code::BadInput, "a changeset needs at least one change").into());
    }
    if edits.len() > MOST {
        let message = format!("the changeset has {} changes; the limit is {MOST}", edits.len());
        return Err(Fault::new(None, Code::LimitExceeded, message).into());
    }
    let mut batch: Vec<(usize, &Edit)> = Vec::new();
    let mut removed = 0;
    let mut faults = Vec::new();
    for (place, edit) in edits.iter().enumerate() {
        match &edit.operation {
            Operation::Create(_) => batch.push((place, edit)),
            Operation::Update { .. } => {
                if batch.iter().any(|(_, other)| may_be_same(other, edit)) || changes_key(edit) {
                    write_batch(tx, &std::mem::take(&mut batch), number).await?;
                }
                batch.push((place, edit));
            }
            Operation::Delete { of, version, cascade } => {
                write_batch(tx, &std::mem::take(&mut batch), number).await?;
                let outcome = async {
                    let (found, _) = target(tx, place, edit.format, of).await?;
                    check_version(tx, place, &found, *version, number).await?;
                    remove::remove(tx, place, edit.format, &found, *cascade, &mut removed).await
                };
                match outcome.await {
                    // The other removals are looked at too.
                    Err(NotChanged::Faults(found)) if found.iter().all(|fault| fault.code != Code::Conflict) => {
                        faults.extend(found);
                    }
                    outcome => outcome?,
                }
            }
            Operation::Merge { from, into, versions } => {
                write_batch(tx, &std::mem::take(&mut batch), number).await?;
                let (from, _) = target(tx, place, edit.format, from).await?;
                let (into, _) = target(tx, place, edit.format, into).await?;
                check_version(tx, place, &from, versions.0, number).await?;
                check_version(tx, place, &into, versions.1, number).await?;
                merge::merge(tx, place, &from, &into).await?;
            }
        }
    }
    match write_batch(tx, &batch, number).await {
        Err(NotChanged::Faults(found)) => faults.extend(found),
        outcome => outcome?,
    }
    if faults.is_empty() { Ok(()) } else { Err(NotChanged::Faults(faults)) }
}

/// Whether an earlier change of the batch may be about the object that `edit` updates.
fn may_be_same(other: &Edit, edit: &Edit) -> bool {
    let Operation::Update { of, .. } = &edit.operation else { return true };
    if other.format.file != edit.format.file {
        return false;
    }
    match (&other.operation, of) {
        // Two names of one object may differ.
        (Operation::Update { of: Target::Key(known), .. }, Target::Key(key)) => known == key,
        (Operation::Update { of: Target::Id(_, known), .. }, Target::Id(_, number)) => known == number,
        (Operation::Create(values), Target::Key(key)) if edit.format.has_slug() => {
            let slug = edit.format.key.first().and_then(|column| value_of(values, column));
            match (slug, value_of(values, "name").or_else(|| value_of(values, "title"))) {
                (Some(slug), _) => slug == key,
                (None, Some(name)) if edit.format.name != "episode" => slug_for(name) == *key,
                _ => true,
            }
        }
        _ => true,
    }
}

/// The value for a column, if there is one.
fn value_of<'v>(values: &'v Values, column: &str) -> Option<&'v String> {
    values.iter().find(|(field, _)| field.column == column).map(|(_, value)| value)
}

/// Whether an update sets a column that identifies the object.
fn changes_key(edit: &Edit) -> bool {
    let Operation::Update { values, .. } = &edit.operation else { return false };
    values.iter().any(|(field, _)| identifies(edit.format, field.column))
}

/// Whether a column identifies objects, or is what their slugs are made of.
fn identifies(format: &Format, column: &str) -> bool {
    format.key.contains(&column)
        || matches!(
            (format.name, column),
            ("show", "code") | ("season" | "episode", "number" | "season" | "production")
        )
}

/// The row that a change is about, and the cells that identify it.
async fn target(
    tx: &DatabaseTransaction,
    place: usize,
    format: &'static Format,
    target: &Target,
) -> Result<(Found, Vec<String>), NotChanged> {
    let unknown = || unknown(place, format, target);
    let key = locate::key_of(tx, format, target).await?.ok_or_else(unknown)?;
    let found = locate::by_key(tx, format, &key).await?.ok_or_else(unknown)?;
    Ok((found, key))
}

fn unknown(place: usize, format: &Format, target: &Target) -> Fault {
    let what = match target {
        Target::Key(key) => shown(key),
        Target::Id(name, number) => format!("the id of a {name} ({number})"),
    };
    let article = format.doc;
    let message = if format.has_slug() {
        format!("{what} is not {article}; use its slug or its id")
    } else {
        format!("{what} is not {article}; use its id, or its key {}", format.key.join("/"))
    };
    Fault::new(place, Code::NotFound, message)
}

/// The number of the last change of an object and its parts, which is its version. Changes of the changeset `but` do not
/// count.
///
/// # Errors
///
/// If the database fails.
pub async fn version_of(tx: &impl ConnectionTrait, (kind, id): (i32, i64), but: i32) -> Result<i32, DbErr> {
    let sql = "SELECT max(id) FROM change WHERE of_kind = ? AND of_id = ? AND coalesce(changeset_id, 0) <> ?";
    let statement = statement(tx.get_database_backend(), sql, [kind.into(), id.into(), but.into()]);
    let found = tx.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get_by_index::<Option<i32>>(0)).transpose()?.flatten().unwrap_or_default())
}

async fn check_version(
    tx: &DatabaseTransaction,
    place: usize,
    found: &Found,
    seen: Option<i32>,
    number: i32,
) -> Result<(), NotChanged> {
    let Some(seen) = seen else { return Ok(()) };
    let now = version_of(tx, found.object(), number).await?;
    if now == seen {
        return Ok(());
    }
    let since = since(tx, found, seen).await?;
    let message = format!(
        "the {}{} has changed since version {seen}; it has version {now} now{since}. Look at it again, and send the \
         change with the new version",
        found.table.noun,
        raw::text(&found.row, "slug").map(|slug| format!(" {slug:?}")).unwrap_or_default()
    );
    Err(Fault { version: Some(now), ..Fault::new(place, Code::Conflict, message) }.into())
}

/// What changed since a version, as a text.
async fn since(tx: &DatabaseTransaction, found: &Found, seen: i32) -> Result<String, DbErr> {
    use entity::change;
    use sea_orm::QueryOrder;
    let of_row = change::Entity::find()
        .filter(change::Column::OfKind.eq(found.object().0))
        .filter(change::Column::OfId.eq(found.object().1))
        .filter(change::Column::Kind.eq(found.table.kind))
        .filter(change::Column::Id.gt(seen));
    let rows = of_row.order_by_asc(change::Column::Id).all(tx).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(String::new()) };
    let whole = RowChange { after: RowChange::of(last)?.after, ..RowChange::of(first)? };
    let fields = whole.fields().filter(|(column, ..)| !column.name.ends_with("_key"));
    let fields: Vec<String> =
        fields.map(|(column, before, after)| format!("{} was {before} and is {after}", column.name)).collect();
    Ok(if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) })
}

/// A change of a batch, as a row.
struct Prepared {
    place: usize,
    format: &'static Format,
    /// Sources that the row no longer names.
    dropped: Vec<String>,
    cells: Cells,
}

/// Checks and writes changes that only add and set.
async fn write_batch(tx: &DatabaseTransaction, batch: &[(usize, &Edit)], number: i32) -> Result<(), NotChanged> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut composition = Composition::new(tx);
    let mut faults = Vec::new();
    let mut prepared = Vec::new();
    for (place, edit) in batch {
        match prepare(tx, &mut composition, *place, edit, number).await {
            Ok(row) => {
                composition.change(row.format, row.cells.clone(), row.place);
                prepared.push(row);
            }
            // PostgreSQL runs no further statement after one that failed.
            Err(NotChanged::Faults(found)) if changes_key(edit) => {
                faults.extend(found);
                return Err(NotChanged::Faults(faults));
            }
            Err(NotChanged::Faults(found)) => faults.extend(found),
            Err(reason) => return Err(reason),
        }
    }
    composition.complete().await?;
    let set = match import::check_rows(&composition.rows_to_check()) {
        Ok(set) if faults.is_empty() => set,
        Ok(_) => return Err(NotChanged::Faults(faults)),
        Err(found) => {
            faults.extend(told(&found, &composition, batch));
            faults.sort_by_key(|fault| fault.change);
            return Err(NotChanged::Faults(faults));
        }
    };
    for row in &prepared {
        if !row.dropped.is_empty() {
            drop_sources(tx, row).await?;
        }
        drop_home(tx, row).await?;
    }
    import::write(tx, &set, Leftovers::Keep)
        .await
        .map_err(|reason| refused(batch.first().map(|(at, _)| *at), reason))?;
    Ok(())
}

/// A constraint that the import does not check, such as one between an object and others that were not looked at.
pub(super) fn refused(place: Option<usize>, reason: DbErr) -> NotChanged {
    use sea_orm::SqlErr;
    match reason.sql_err() {
        _ if has_code(&reason, &["787", "23503"]) => {
            let message = "an object that others need would be missing, or one that it needs was removed later; \
                undo that first, or delete what refers to it";
            Fault::new(place, Code::Conflict, message).into()
        }
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            let message = "another object has the same values where they must be unique";
            Fault::new(place, Code::Conflict, message).into()
        }
        // PostgreSQL: check and not-null violations. SQLite: check, not-null, trigger.
        _ if has_code(&reason, &["23514", "23502", "275", "1299", "1811"]) => {
            let message = "a value, or two values together, are not allowed; a later date may be before an earlier one";
            Fault::new(place, Code::BadInput, message).into()
        }
        _ => NotChanged::Database(reason),
    }
}

/// Whether the database gave an error one of these codes.
fn has_code(reason: &DbErr, codes: &[&str]) -> bool {
    use sea_orm::{RuntimeErr, sqlx};
    let (DbErr::Exec(RuntimeErr::SqlxError(reason))
    | DbErr::Query(RuntimeErr::SqlxError(reason))
    | DbErr::Conn(RuntimeErr::SqlxError(reason))) = reason
    else {
        return false;
    };
    matches!(&**reason, sqlx::Error::Database(reason) if reason.code().is_some_and(|code| codes.contains(&&*code)))
}

/// The faults of the import, as faults of changes.
fn told(faults: &Faults, composition: &Composition<'_>, batch: &[(usize, &Edit)]) -> Vec<Fault> {
    let told = faults.list().iter().map(|fault| {
        let change = composition.change_at(&fault.file, fault.line);
        let edit = batch.iter().find(|(place, _)| Some(*place) == change).map(|(_, edit)| edit);
        let field = edit.and_then(|edit| edit.format.of_column(&fault.column));
        let reason = without_lines(&fault.reason, &fault.file, composition);
        let message = match (field, change) {
            (Some(field), _) => format!("{}: {reason}", field.name),
            (None, Some(_)) if fault.column.is_empty() => reason,
            (None, Some(_)) => format!("{}: {reason}", fault.column),
            (None, None) => {
                let key = composition.key_at(&fault.file, fault.line).unwrap_or_default();
                format!("the change does not fit {key:?} in {}: {}: {reason}", fault.file, fault.column)
            }
        };
        let fault = Fault::new(change, Code::BadInput, message);
        match field {
            Some(field) => fault.at(field.name),
            None => fault,
        }
    });
    told.collect()
}

/// A reason of the import without the numbers of lines, which the editor has not written.
pub(super) fn without_lines(reason: &str, file: &str, composition: &Composition<'_>) -> String {
    let mut out = String::new();
    let mut rest = reason;
    while let Some((before, after)) = rest.split_once("line ") {
        let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        let (number, end) = after.split_at(digits);
        out.push_str(before);
        let key = number.parse().ok().and_then(|line| composition.key_at(file, line));
        out += &key.map_or_else(|| format!("line {number}"), |key| format!("{key:?}"));
        rest = end;
    }
    out + rest
}

/// Makes a row of the import format of a change.
async fn prepare(
    tx: &DatabaseTransaction,
    composition: &mut Composition<'_>,
    place: usize,
    edit: &Edit,
    number: i32,
) -> Result<Prepared, NotChanged> {
    let format = edit.format;
    let (mut cells, values, is_new) = match &edit.operation {
        Operation::Create(values) => (Cells::new(), values, true),
        Operation::Update { of, version, values } => {
            let (found, mut key) = target(tx, place, format, of).await?;
            check_version(tx, place, &found, *version, number).await?;
            if format.has_slug()
                && let Some(slug) = raw::text(&found.row, "slug")
            {
                // A former slug leads to the object too.
                key = vec![slug.to_owned()];
            }
            consistency::check(tx, place, format, &found, values).await?;
            if changes_key(edit) {
                key = rekey(tx, place, format, &found, key, values).await?;
            }
            let Some(cells) = composition.find(format, &key).await? else {
                return Err(unknown(place, format, of).into());
            };
            (cells, values, false)
        }
        Operation::Delete { .. } | Operation::Merge { .. } => return Err(NotChanged::Faults(Vec::new())),
    };
    let named = |cells: &Cells| -> Vec<String> {
        cells.get("verified").map(|cell| sources(cell).map(str::to_owned).collect()).unwrap_or_default()
    };
    let before = named(&cells);
    set(tx, place, &mut cells, values).await?;
    let named = named(&cells);
    let general = cells.get("verified").is_some_and(|cell| is_general(cell));
    if is_new {
        complete(tx, composition, format, &mut cells).await?;
        let key = key_cells(format, &cells);
        // A crew credit that is only known by its episodes has no row of its own yet.
        let is_known = match format.name {
            "crew" => composition.find(format, &key).await?.is_some(),
            _ => key.iter().any(|cell| !cell.is_empty()) && locate::by_key(tx, format, &key).await?.is_some(),
        };
        if key.iter().all(String::is_empty) && format.has_slug() {
            let message = "slug: must be given, because none follows from the other fields";
            return Err(Fault::new(place, Code::BadInput, message).at("slug").into());
        }
        if let [slug] = key.as_slice()
            && !is_known
            && locate::former_owner(tx, format, slug).await?.is_some()
        {
            let message = format!("slug: {} was that of another object, and leads there; use another", shown(slug));
            return Err(Fault::new(place, Code::Conflict, message).into());
        }
        if is_known || composition.has(format, &cells) {
            let other = if format.has_slug() { ", or send another `slug` if this is another one" } else { "" };
            let message = format!("{} is already {}; update it{other}", shown(&key.join("/")), format.doc);
            return Err(Fault::new(place, Code::Conflict, message).into());
        }
    }
    // Only new sources: the import adds a citation for each that is named.
    let mut verified: Vec<String> = if general { vec!["general".to_owned()] } else { Vec::new() };
    verified.extend(named.iter().filter(|slug| !before.contains(slug)).map(|slug| format!("source:{slug}")));
    let dropped = before.into_iter().filter(|slug| !named.contains(slug)).collect();
    if !verified.is_empty() || cells.contains_key("verified") {
        cells.insert("verified".to_owned(), verified.join(";"));
    }
    Ok(Prepared { place, format, dropped, cells })
}

/// Sets the cells of the given values.
async fn set(tx: &DatabaseTransaction, place: usize, cells: &mut Cells, values: &Values) -> Result<(), NotChanged> {
    let mut faults = Vec::new();
    for (field, value) in values {
        if value.contains(['\n', '\r', '\0']) {
            let message = format!("{}: contains a line break or a NUL; write it as one line", field.name);
            faults.push(Fault::new(place, Code::BadInput, message).at(field.name));
        }
        let old = cells.get(field.column).cloned().unwrap_or_default();
        let cell = match field.ty {
            FieldType::Slug(file) => locate::slug_of(tx, file, value).await?,
            FieldType::Slugs(file) => {
                let mut slugs = Vec::new();
                for text in value.split(';').filter(|text| !text.is_empty()) {
                    slugs.push(locate::slug_of(tx, file, text).await?);
                }
                slugs.join(";")
            }
            FieldType::Sources => {
                let mut words: Vec<String> = if is_general(&old) { vec!["general".to_owned()] } else { Vec::new() };
                for text in value.split(';').filter(|text| !text.is_empty()) {
                    words.push(format!("source:{}", locate::slug_of(tx, "sources.csv", text).await?));
                }
                words.join(";")
            }
            FieldType::General => {
                let named = sources(&old).map(|slug| format!("source:{slug}"));
                let general = (value == "yes").then(|| "general".to_owned());
                general.into_iter().chain(named).collect::<Vec<_>>().join(";")
            }
            _ => value.clone(),
        };
        cells.insert(field.column.to_owned(), cell);
    }
    if faults.is_empty() { Ok(()) } else { Err(NotChanged::Faults(faults)) }
}

/// Fills in what follows from other cells of a new row: the slug, the show of an episode, and how a platform changed.
async fn complete(
    tx: &DatabaseTransaction,
    composition: &Composition<'_>,
    format: &'static Format,
    cells: &mut Cells,
) -> Result<(), DbErr> {
    let cell = |cells: &Cells, column: &str| cells.get(column).cloned().unwrap_or_default();
    if format.name == "platformChange" {
        cells.insert("change".to_owned(), "renamed".to_owned());
    }
    if format.name == "episode" && cell(cells, "production").is_empty() {
        let season = cell(cells, "season");
        let show = match composition.with_slug("seasons.csv", &season) {
            Some(season) => season.get("production").cloned(),
            None => {
                column_of(
                    tx,
                    "SELECT w.slug FROM season AS s JOIN show AS w ON w.id = s.show_id WHERE s.slug = ?",
                    &season,
                )
                .await?
            }
        };
        cells.insert("production".to_owned(), show.unwrap_or_default());
    }
    if ["externalId", "picture", "summary"].contains(&format.name) {
        return complete_part(tx, format, cells).await;
    }
    if !format.has_slug() || !cell(cells, "slug").is_empty() || format.file == "sources.csv" {
        return Ok(());
    }
    let number = |cells: &Cells| cell(cells, "number").parse::<u32>().unwrap_or_default();
    let slug = match format.name {
        "season" => import::season_slug(&cell(cells, "production"), number(cells)),
        "episode" => {
            let show = cell(cells, "production");
            let code = match composition.with_slug("productions.csv", &show) {
                Some(show) => show.get("code").cloned(),
                None => column_of(tx, "SELECT code FROM show WHERE slug = ?", &show).await?,
            };
            let season = cell(cells, "season");
            let season = season.rsplit('-').next().unwrap_or_default();
            import::episode_slug(&code.unwrap_or_default().to_lowercase(), season, number(cells))
        }
        "franchise" | "show" | "person" | "character" => {
            let name = if format.name == "show" { cell(cells, "title") } else { cell(cells, "name") };
            slug_for(&name)
        }
        _ => return Ok(()),
    };
    cells.insert("slug".to_owned(), slug);
    Ok(())
}

/// Fills in the place of a new external id, picture or summary behind the others of its object, and what the id identifies.
async fn complete_part(tx: &DatabaseTransaction, format: &Format, cells: &mut Cells) -> Result<(), DbErr> {
    let cell = |cells: &Cells, column: &str| cells.get(column).cloned().unwrap_or_default();
    let Some(object) = super::format::of_file(&cell(cells, "file")) else { return Ok(()) };
    let slug = locate::slug_of(tx, object.file, &cell(cells, "key")).await?;
    cells.insert("key".to_owned(), slug.clone());
    if format.name == "externalId" && cell(cells, "kind").is_empty() {
        let format = if object.name == "show" {
            column_of(tx, "SELECT format FROM show WHERE slug = ?", &slug).await?
        } else {
            None
        };
        let kind = match (object.name, format.as_deref()) {
            ("show", Some("FILM")) => "film",
            ("show", _) => "series",
            (name, _) => name,
        };
        cells.insert("kind".to_owned(), kind.to_owned());
    }
    if cell(cells, "order").is_empty() && import::has_external_ids(object.file) {
        let sql = format!(
            "SELECT CAST(max(position) AS text) FROM {part}
             WHERE {table}_id = (SELECT id FROM {table} WHERE slug = ?)",
            part = format.table,
            table = object.table
        );
        let last = column_of(tx, &sql, &slug).await?.and_then(|last| last.parse::<i32>().ok()).unwrap_or_default();
        cells.insert("order".to_owned(), (last + 1).to_string());
    }
    Ok(())
}

/// Latin letters that are no letter with an accent.
const LETTERS: &[(&str, &str)] =
    &[("æ", "ae"), ("œ", "oe"), ("ø", "o"), ("þ", "th"), ("ð", "d"), ("đ", "d"), ("ł", "l"), ("ı", "i")];

/// The slug for a name; empty if it has no Latin letters or digits.
pub(super) fn slug_for(name: &str) -> String {
    let key = LETTERS.iter().fold(name_key(name), |key, (letter, latin)| key.replace(letter, latin));
    // An apostrophe is within a word.
    let key = key.replace(['\'', '’', '‘', 'ʼ'], "");
    let words = key.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

async fn column_of(tx: &DatabaseTransaction, sql: &str, slug: &str) -> Result<Option<String>, DbErr> {
    let statement = statement(tx.get_database_backend(), sql, [slug.into()]);
    let found = tx.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get_by_index::<Option<String>>(0)).transpose()?.flatten())
}

/// Removes the citations of a row by sources that it no longer names.
async fn drop_sources(tx: &DatabaseTransaction, row: &Prepared) -> Result<(), DbErr> {
    let key = key_cells(row.format, &row.cells);
    let Some(found) = locate::by_key(tx, row.format, &key).await? else { return Ok(()) };
    let Some(subject) = locate::subject_of(tx, &found).await? else { return Ok(()) };
    for slug in &row.dropped {
        let Some(source) =
            entity::source::Entity::find().filter(entity::source::Column::Slug.eq(slug.as_str())).one(tx).await?
        else {
            continue;
        };
        citation::Entity::delete_many()
            .filter(citation::Column::SubjectId.eq(subject))
            .filter(citation::Column::SourceId.eq(source.id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Removes the home platform of a show or season that has none any more. The import keeps what a row does not have.
async fn drop_home(tx: &DatabaseTransaction, row: &Prepared) -> Result<(), DbErr> {
    let column = match row.format.name {
        "show" => "home_platform",
        "season" => "platform",
        _ => return Ok(()),
    };
    let slug = row.cells.get("slug").cloned().unwrap_or_default();
    if row.cells.get(column).is_some_and(|cell| !cell.is_empty()) {
        return Ok(());
    }
    let of = if row.format.name == "show" {
        "season_id IS NULL AND show_id = (SELECT id FROM show WHERE slug = ?)"
    } else {
        "season_id = (SELECT id FROM season WHERE slug = ?)"
    };
    let sql = format!("DELETE FROM home WHERE {of}");
    tx.execute_raw(statement(tx.get_database_backend(), &sql, [slug.into()])).await.map(drop)
}

/// Gives an object another key, before its other fields are set. Returns the new key.
async fn rekey(
    tx: &DatabaseTransaction,
    place: usize,
    format: &'static Format,
    found: &Found,
    mut key: Vec<String>,
    values: &Values,
) -> Result<Vec<String>, NotChanged> {
    let value = |column: &str| value_of(values, column).cloned();
    if format.has_slug() {
        if let ("show", Some(code)) = (format.name, value("code")) {
            merge::recode(tx, place, found, &code).await?;
        }
        if let Some(slug) = new_slug(tx, format, found, values).await? {
            merge::rename(tx, place, found, &slug).await?;
            key = vec![slug];
        }
        return Ok(key);
    }
    let mut after = found.row.clone();
    for (column, cell) in format.key.iter().zip(key.iter_mut()) {
        let (Some(new), Some(field)) = (value(column), format.of_column(column)) else { continue };
        if new.is_empty() && field.needed {
            let message = format!("{}: must not be empty", field.name);
            return Err(Fault::new(place, Code::BadInput, message).at(field.name).into());
        }
        let Some(name) = part_of_key(format, column) else {
            if new == *cell {
                continue;
            }
            let message = format!("{}: cannot be changed; delete {} and create another", field.name, format.doc);
            return Err(Fault::new(place, Code::BadInput, message).into());
        };
        let json = if let FieldType::Slug(file) = field.ty {
            let slug = locate::slug_of(tx, file, &new).await?;
            let row = match super::format::of_file(file) {
                Some(referred) => locate::by_key(tx, referred, std::slice::from_ref(&slug)).await?,
                None => None,
            };
            let Some(row) = row else {
                let message = format!("{}: {} is not in {file}", field.name, shown(&slug));
                return Err(Fault::new(place, Code::BadInput, message).at(field.name).into());
            };
            *cell = slug;
            row.row.get("id").cloned().unwrap_or_default()
        } else {
            let json = new.to_uppercase().into();
            *cell = new;
            json
        };
        after.insert(name.to_owned(), json);
    }
    let change = RowChange::new(found.table, Some(found.row.clone()), Some(after));
    if change.after.as_ref().is_some_and(|row| row.contains_key("from_id") && row.get("from_id") == row.get("to_id")) {
        return Err(Fault::new(place, Code::BadInput, "to: an object cannot be linked to itself").at("to").into());
    }
    raw::apply(tx, &change).await.map_err(|reason| refused(Some(place), reason))?;
    Ok(key)
}

/// The column of the database for a column that identifies a link or a credit and can be changed.
fn part_of_key(format: &Format, column: &str) -> Option<&'static str> {
    Some(match (format.name, column) {
        ("showLink" | "characterLink", "from") => "from_id",
        ("showLink" | "characterLink", "relation") => "kind",
        ("showLink" | "characterLink", "to") => "to_id",
        ("seasonCast" | "filmCast", "person") => "person_id",
        ("seasonCast" | "filmCast", "character") => "character_id",
        ("seasonCast" | "filmCast", "part") => "part",
        _ => return None,
    })
}

/// The slug that an object has after an update, if it changes: the given one, or the one that follows from its numbers.
async fn new_slug(
    tx: &DatabaseTransaction,
    format: &'static Format,
    found: &Found,
    values: &Values,
) -> Result<Option<String>, NotChanged> {
    let value = |column: &str| value_of(values, column).cloned();
    let column = format.key.first().copied().unwrap_or_default();
    let now = raw::text(&found.row, "slug").unwrap_or_default().to_owned();
    let slug = match (value(column), format.name) {
        (Some(slug), _) => slug,
        (None, "season") => {
            let (show, season) = now.rsplit_once("-s").unwrap_or((&now, ""));
            let number = value("number").and_then(|number| number.parse::<u32>().ok());
            let show = value("production").unwrap_or_else(|| show.to_owned());
            match number {
                Some(number) => import::season_slug(&show, number),
                None => format!("{show}-s{season}"),
            }
        }
        (None, "episode") => {
            let (front, number) = now.rsplit_once('e').unwrap_or((&now, ""));
            let number = match value("number").and_then(|number| number.parse::<u32>().ok()) {
                Some(new) => format!("{new:02}"),
                None => number.to_owned(),
            };
            let front = match value("season") {
                Some(season) => {
                    let season = locate::slug_of(tx, "seasons.csv", &season).await?;
                    let of = "SELECT w.code FROM season AS s JOIN show AS w ON w.id = s.show_id WHERE s.slug = ?";
                    let code = column_of(tx, of, &season).await?.unwrap_or_default().to_lowercase();
                    format!("{code}-{}", season.rsplit('-').next().unwrap_or_default())
                }
                None => front.to_owned(),
            };
            format!("{front}e{number}")
        }
        (None, _) => return Ok(None),
    };
    Ok((slug != now && is_slug(&slug)).then_some(slug))
}
