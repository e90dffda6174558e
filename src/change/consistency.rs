//! What the import compares with rows that an update does not touch: births, days, and what belongs to a film.
//!
//! A part of the data set is checked, not all of it, and a person may have hundreds of credits. Whether an update
//! contradicts them is asked of the database instead.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::{
    edit::Values,
    fault::{Fault, NotChanged},
    format::Format,
    locate::Found,
    raw,
    recording::statement,
};
use crate::{code::Code, error::shown};

/// Days on which somebody worked, with the person: the air date of an episode, the premiere of a season or film.
const WORK: &str = "SELECT c.person_id, a.episode_id, CAST(NULL AS integer) AS season_id,
        CAST(NULL AS integer) AS show_id, e.aired_on AS day
    FROM credit AS c JOIN appearance AS a ON a.credit_id = c.id JOIN episode AS e ON e.id = a.episode_id
    UNION ALL
    SELECT c.person_id, CAST(NULL AS integer), c.season_id, CAST(NULL AS integer), s.premiered_on FROM credit AS c JOIN season AS s ON s.id = c.season_id
    UNION ALL
    SELECT c.person_id, CAST(NULL AS integer), CAST(NULL AS integer), c.show_id, w.premiered_on FROM credit AS c JOIN show AS w ON w.id = c.show_id
    WHERE c.season_id IS NULL AND w.format = 'FILM'";

/// Refuses an update that contradicts other rows.
pub(super) async fn check(
    tx: &DatabaseTransaction,
    place: usize,
    format: &Format,
    found: &Found,
    values: &Values,
) -> Result<(), NotChanged> {
    let id = raw::number(&found.row, "id").unwrap_or_default();
    for (field, value) in values {
        let is_day = value.len() == "2018-08-04".len();
        let reason = match (format.name, field.column) {
            ("person", "born") if is_day => {
                let of = "w.person_id = ? AND length(w.day) = 10 AND w.day < ?";
                let first =
                    one(tx, &format!("SELECT min(w.day) FROM ({WORK}) AS w WHERE {of}"), id, Some(value)).await?;
                first.map(|day| format!("{value} is after {day}, when the person already worked"))
            }
            ("episode", "air_date") if is_day => unborn(tx, "episode_id", id, value).await?,
            ("season", "premiere_date") if is_day => unborn(tx, "season_id", id, value).await?,
            ("show", "premiere_date") if is_day => unborn(tx, "show_id", id, value).await?,
            ("show", "kind") if value == "film" => {
                let season = one(tx, "SELECT min(slug) FROM season WHERE show_id = ?", id, None).await?;
                season.map(|season| format!("a film has no seasons, but this show has {season:?}"))
            }
            ("show", "kind") if raw::text(&found.row, "format") == Some("FILM") => {
                let cast = "SELECT min(p.slug) FROM credit AS c JOIN person AS p ON p.id = c.person_id
                    WHERE c.season_id IS NULL AND c.job = 0 AND c.show_id = ?";
                let person = one(tx, cast, id, None).await?;
                person.map(|person| format!("only a film has a cast without seasons, such as {person:?}"))
            }
            ("show", "code") if value.is_empty() => {
                let episode = one(tx, "SELECT min(slug) FROM episode WHERE show_id = ?", id, None).await?;
                episode.map(|_| "must not be empty: the show has episodes, and their slugs begin with it".to_owned())
            }
            ("episode", "season") => {
                let there = raw::number(&found.row, "season_id").unwrap_or_default();
                let old = one(tx, "SELECT slug FROM season WHERE id = ?", there, None).await?;
                let cast = "SELECT min(p.slug) FROM appearance AS a JOIN credit AS c ON c.id = a.credit_id
                    JOIN person AS p ON p.id = c.person_id WHERE a.episode_id = ?";
                match one(tx, cast, id, None).await? {
                    Some(person) if old.as_deref() != Some(value) => Some(format!(
                        "the episode has a cast or crew in {}, such as {person:?}; delete its appearances first",
                        shown(&old.unwrap_or_default())
                    )),
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(reason) = reason {
            let message = format!("{}: {reason}", field.name);
            return Err(Fault::new(place, Code::BadInput, message).at(field.name).into());
        }
    }
    Ok(())
}

/// Why nobody can have worked on `day` in what `column` of [`WORK`] names: somebody was born later.
async fn unborn(tx: &DatabaseTransaction, column: &str, id: i64, day: &str) -> Result<Option<String>, DbErr> {
    let sql = format!(
        "SELECT min(p.slug) FROM ({WORK}) AS w JOIN person AS p ON p.id = w.person_id
         WHERE w.{column} = ? AND length(p.born) = 10 AND p.born > ?"
    );
    let person = one(tx, &sql, id, Some(day)).await?;
    Ok(person.map(|person| format!("{person:?} is credited, and was born after {day}")))
}

/// The text that a statement returns for an id and perhaps another value.
async fn one(tx: &DatabaseTransaction, sql: &str, id: i64, value: Option<&str>) -> Result<Option<String>, DbErr> {
    let id = i32::try_from(id).unwrap_or_default();
    let values = std::iter::once(id.into()).chain(value.map(Into::into));
    let found = tx.query_one_raw(statement(tx.get_database_backend(), sql, values)).await?;
    Ok(found.map(|row| row.try_get_by_index::<Option<String>>(0)).transpose()?.flatten())
}
