//! Finds the rows of the database that changes are about.

use entity::redirect;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value};

use crate::import::{has_external_ids, is_slug};

use super::{
    edit::Target,
    format::{self, Format},
    raw::{self, Row},
    recording::statement,
    table::{self, Table},
};

/// A row of the database.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its table.
    pub table: &'static Table,
    /// Its columns.
    pub row: Row,
}

impl Found {
    /// The kind and the id of the object that the row is a part of, or is, as the changes of the row name it.
    pub fn object(&self) -> (i32, i64) {
        let number = |column: &str| raw::number(&self.row, column).unwrap_or_default();
        match self.table.name {
            "appearance" => (7, number("credit_id")),
            "platform_name" => (10, number("platform_id")),
            "citation" => (24, number("id")),
            "external_id" | "picture" | "summary" => {
                let owner = |name: &&str| raw::number(&self.row, &format!("{name}_id")).is_some();
                let owner = ["show", "season", "episode", "person", "character"].into_iter().find(owner);
                match owner.and_then(table::named) {
                    Some(table) => (table.kind, number(&format!("{}_id", table.name))),
                    None => (self.table.kind, number("id")),
                }
            }
            _ => (self.table.kind, number("id")),
        }
    }
}

const OF_CREDIT: &str = "JOIN person AS p ON p.id = c.person_id
    LEFT JOIN character AS k ON k.id = c.character_id
    JOIN show AS w ON w.id = c.show_id
    LEFT JOIN season AS s ON s.id = c.season_id";

const OF_OBJECT: &str = "of_kind = CAST(? AS integer) AND of_id = CAST(? AS integer)";

/// The statement that finds the primary key of a row by the cells that identify it.
fn sql(format: &Format) -> String {
    let link = |table: &str, end: &str| {
        format!(
            "SELECT l.id, 0 FROM {table} AS l JOIN {end} AS f ON f.id = l.from_id JOIN {end} AS t ON t.id = l.to_id
             WHERE f.slug = ? AND l.kind = upper(?) AND t.slug = ?"
        )
    };
    match format.name {
        "showLink" => link("show_link", "show"),
        "characterLink" => link("character_link", "character"),
        "seasonCast" => format!(
            "SELECT c.id, 0 FROM credit AS c {OF_CREDIT}
             WHERE s.slug = ? AND p.slug = ? AND k.slug = ? AND lower(c.part) LIKE ? ORDER BY c.id"
        ),
        "filmCast" => format!(
            "SELECT c.id, 0 FROM credit AS c {OF_CREDIT}
             WHERE c.season_id IS NULL AND w.slug = ? AND p.slug = ? AND k.slug = ? AND lower(c.part) LIKE ?
             ORDER BY c.id"
        ),
        "episodeCast" => format!(
            "SELECT a.credit_id, a.episode_id FROM appearance AS a JOIN episode AS e ON e.id = a.episode_id
             JOIN credit AS c ON c.id = a.credit_id {OF_CREDIT}
             WHERE e.slug = ? AND p.slug = ? AND k.slug = ? AND lower(c.part) LIKE ? ORDER BY c.id"
        ),
        "crew" => format!(
            "SELECT c.id, coalesce(a.episode_id, 0) FROM credit AS c {OF_CREDIT}
             LEFT JOIN (SELECT x.credit_id, x.episode_id, y.slug FROM appearance AS x
                        JOIN episode AS y ON y.id = x.episode_id) AS a ON a.credit_id = c.id AND a.slug = ?
             WHERE w.slug = ? AND coalesce(s.slug, '') = ? AND (a.slug IS NOT NULL OR ? = '') AND p.slug = ?
                 AND CAST(c.job AS text) = ?"
        ),
        "platformChange" => "SELECT n.id, 0 FROM platform_name AS n
             JOIN platform_name AS b ON b.platform_id = n.platform_id
             WHERE b.slug = ? AND n.slug = ? AND coalesce(b.named_on, '') < coalesce(n.named_on, '')"
            .to_owned(),
        "citation" => "SELECT t.id, 0 FROM citation AS t JOIN source AS o ON o.id = t.source_id
             LEFT JOIN claim AS m ON m.id = t.claim_id
             WHERE o.slug = ? AND t.subject_id = CAST(? AS integer) AND t.field = ? AND coalesce(m.slug, '') = ?"
            .to_owned(),
        "externalId" => {
            "SELECT id, 0 FROM external_id WHERE lower(authority) = ? AND lower(kind) = ? AND value = ?".to_owned()
        }
        "picture" => format!("SELECT id, 0 FROM picture WHERE {OF_OBJECT} AND url = ?"),
        "summary" => format!(
            "SELECT id, 0 FROM summary WHERE {OF_OBJECT} AND coalesce(language, '') = ? AND coalesce(credit, '') = ?"
        ),
        _ => format!("SELECT id, 0 FROM {} WHERE slug = ?", format.table),
    }
}

/// The row of the format with this key.
///
/// # Errors
///
/// If the database fails.
pub async fn by_key(tx: &DatabaseTransaction, format: &'static Format, key: &[String]) -> Result<Option<Found>, DbErr> {
    let cell = |place: usize| key.get(place).cloned().unwrap_or_default();
    let part = |place: usize| if cell(place).is_empty() { "%".to_owned() } else { cell(place).to_lowercase() };
    let values: Vec<String> = match format.name {
        "seasonCast" | "filmCast" | "episodeCast" => vec![cell(0), cell(1), cell(2), part(3)],
        "crew" => {
            let Some(job) = job(&cell(4)) else { return Ok(None) };
            vec![cell(2), cell(0), cell(1), cell(2), cell(3), job.to_string()]
        }
        "citation" => {
            let Some(subject) = Box::pin(subject(tx, &cell(1), &cell(2))).await? else { return Ok(None) };
            vec![cell(0), subject.to_string(), cell(3), cell(4)]
        }
        "externalId" => vec![cell(0).to_lowercase(), cell(1).to_lowercase(), cell(2)],
        "picture" | "summary" => {
            let Some((kind, number)) = Box::pin(object(tx, &cell(0), &cell(1))).await? else { return Ok(None) };
            let own = (2..format.key.len()).map(cell);
            [kind.to_string(), number.to_string()].into_iter().chain(own).collect()
        }
        _ => key.to_vec(),
    };
    let former = values.first().filter(|_| format.has_slug()).cloned();
    let statement = statement(tx.get_database_backend(), &sql(format), values.into_iter().map(Value::from));
    let (first, second): (i32, i32) = match (tx.query_one_raw(statement).await?, former) {
        (Some(found), _) => (found.try_get_by_index(0)?, found.try_get_by_index(1)?),
        (None, Some(former)) => match former_owner(tx, format, &former).await? {
            Some(id) => (id, 0),
            None => return Ok(None),
        },
        (None, None) => return Ok(None),
    };
    // A row of crew.csv with an episode is an appearance.
    let name = if format.name == "crew" && second > 0 { "appearance" } else { format.table };
    let Some(table) = table::named(name) else { return Ok(None) };
    let numbers = [first, second];
    let key = table.key().zip(numbers).map(|(column, number)| (column.name.to_owned(), number.into())).collect();
    Ok(raw::read(tx, table, &key).await?.map(|row| Found { table, row }))
}

/// The id of the object that had this slug before its present one.
pub(super) async fn former_owner(db: &impl ConnectionTrait, format: &Format, slug: &str) -> Result<Option<i32>, DbErr> {
    let Some(table) = table::named(format.table) else { return Ok(None) };
    successor(db, table, redirect::Column::Slug.eq(slug)).await
}

/// The id of the row that has taken the place of a former one.
pub(super) async fn successor(
    db: &impl ConnectionTrait,
    table: &Table,
    former: sea_orm::sea_query::SimpleExpr,
) -> Result<Option<i32>, DbErr> {
    let of = redirect::Entity::find().filter(redirect::Column::Kind.eq(table.kind)).filter(former);
    Ok(of.one(db).await?.map(|row| row.target_id))
}

/// The id of an object, or of the one that it was merged into.
///
/// # Errors
///
/// If the database fails.
pub async fn present_id(db: &impl ConnectionTrait, table: &Table, id: i32) -> Result<i32, DbErr> {
    Ok(successor(db, table, redirect::Column::OldId.eq(id)).await?.unwrap_or(id))
}

/// The number of a job.
fn job(word: &str) -> Option<i32> {
    use sea_orm::{ActiveEnum, Iterable};
    let job = entity::credit::Job::iter().find(|job| crate::import::word_of(job, '-') == word)?;
    Some(job.to_value())
}

/// The number of the table and the id of the object that a row of a file describes.
async fn object(tx: &DatabaseTransaction, file: &str, slug: &str) -> Result<Option<(i32, i64)>, DbErr> {
    let Some(format) = format::of_file(file).filter(|format| has_external_ids(format.file)) else { return Ok(None) };
    let found = by_key(tx, format, &[slug.to_owned()]).await?;
    Ok(found.and_then(|found| Some((found.table.kind, raw::number(&found.row, "id")?))))
}

/// The id of the subject of a row, if it has one.
async fn subject(tx: &DatabaseTransaction, file: &str, key: &str) -> Result<Option<i32>, DbErr> {
    let Some(format) = format::of_file(file) else { return Ok(None) };
    let cells: Vec<String> = key.split('/').map(str::to_owned).collect();
    let Some(found) = by_key(tx, format, &cells).await? else { return Ok(None) };
    subject_of(tx, &found).await
}

/// The id of the subject of a row, if it has one.
///
/// # Errors
///
/// If the database fails.
pub async fn subject_of(tx: &DatabaseTransaction, found: &Found) -> Result<Option<i32>, DbErr> {
    // The subject of an appearance is its credit, and that of a name its platform.
    let (table, number) = match found.table.name {
        "appearance" => ("credit", raw::number(&found.row, "credit_id")),
        "platform_name" => ("platform", raw::number(&found.row, "platform_id")),
        name => (name, raw::number(&found.row, "id")),
    };
    let column = format!("{table}_id");
    if !table::named("subject").is_some_and(|subject| subject.columns.iter().any(|known| known.name == column)) {
        return Ok(None);
    }
    let sql = format!("SELECT id FROM subject WHERE {column} = ?");
    let number = number.and_then(|number| i32::try_from(number).ok());
    let statement = statement(tx.get_database_backend(), &sql, [number.into()]);
    tx.query_one_raw(statement).await?.map(|row| row.try_get_by_index(0)).transpose()
}

/// The cells that identify the object in its file, or `None` if there is no such object.
///
/// # Errors
///
/// If the database fails.
pub async fn key_of(
    tx: &DatabaseTransaction,
    format: &'static Format,
    target: &Target,
) -> Result<Option<Vec<String>>, DbErr> {
    let (name, number) = match target {
        Target::Key(text) if format.has_slug() => return Ok(Some(vec![text.clone()])),
        Target::Key(text) => {
            // The last part may contain slashes, as the address of a picture does.
            let mut cells: Vec<String> = text.splitn(format.key.len(), '/').map(str::to_owned).collect();
            cells.resize(format.key.len(), String::new());
            if let ("picture" | "summary", [file, slug, ..]) = (format.name, cells.as_mut_slice()) {
                *slug = Box::pin(slug_of(tx, file, slug)).await?;
            }
            return Ok(Some(cells));
        }
        Target::Id(name, number) => (name.as_str(), *number),
    };
    if name == "Credit" && ["seasonCast", "filmCast", "crew"].contains(&format.name) {
        return credit_key(tx, format, number).await;
    }
    if !format.has_slug() || !format.name.eq_ignore_ascii_case(name) {
        return Ok(None);
    }
    let sql = if format.name == "platform" {
        "SELECT slug FROM platform WHERE id = ?".to_owned()
    } else {
        format!("SELECT slug FROM {} WHERE id = ?", format.table)
    };
    let number = match table::named(format.table) {
        Some(table) if format.name != "platform" => present_id(tx, table, number).await?,
        _ => number,
    };
    let statement = statement(tx.get_database_backend(), &sql, [number.into()]);
    let found = tx.query_one_raw(statement).await?;
    found.map(|row| Ok(vec![row.try_get_by_index(0)?])).transpose()
}

/// The cells that identify a credit.
async fn credit_key(
    tx: &DatabaseTransaction,
    format: &'static Format,
    number: i32,
) -> Result<Option<Vec<String>>, DbErr> {
    let sql = format!(
        "SELECT w.slug, s.slug, p.slug, k.slug, lower(c.part), c.job FROM credit AS c {OF_CREDIT} WHERE c.id = ?"
    );
    let statement = statement(tx.get_database_backend(), &sql, [number.into()]);
    let Some(found) = tx.query_one_raw(statement).await? else { return Ok(None) };
    let text = |place| found.try_get_by_index::<Option<String>>(place);
    let (show, season, person) = (text(0)?.unwrap_or_default(), text(1)?, text(2)?.unwrap_or_default());
    let (character, part) = (text(3)?, text(4)?.unwrap_or_default());
    let job = <entity::credit::Job as sea_orm::ActiveEnum>::try_from_value(&found.try_get_by_index::<i32>(5)?)?;
    Ok(match (format.name, season, character) {
        ("seasonCast", Some(season), Some(character)) => Some(vec![season, person, character, part]),
        ("filmCast", None, Some(character)) => Some(vec![show, person, character, part]),
        ("crew", season, None) => {
            let job = crate::import::word_of(&job, '-');
            Some(vec![show, season.unwrap_or_default(), String::new(), person, job])
        }
        _ => None,
    })
}

/// The slug of the object that a reference names: a slug as it is, or the slug of a global id.
///
/// # Errors
///
/// If the database fails.
pub async fn slug_of(tx: &DatabaseTransaction, file: &str, text: &str) -> Result<String, DbErr> {
    let target = crate::global_id::parse(text).map(|(name, number)| Target::Id(name, number));
    let Some(format) = format::of_file(file) else { return Ok(text.to_owned()) };
    let Some(target) = target else {
        // A former slug stands for the object too.
        let found = if is_slug(text) { by_key(tx, format, &[text.to_owned()]).await? } else { None };
        let slug = found.and_then(|found| raw::text(&found.row, "slug").map(str::to_owned));
        return Ok(slug.unwrap_or_else(|| text.to_owned()));
    };
    let key = key_of(tx, format, &target).await?;
    Ok(key.and_then(|mut key| key.pop()).unwrap_or_else(|| text.to_owned()))
}
