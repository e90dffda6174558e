//! The statements, one for each file of the format, and their placeholders.

use std::fmt::Debug;

use entity::credit::{Billing, Job};
use sea_orm::{ActiveEnum, DbBackend, Iterable};

use super::{cast_tables, release_tables, source_tables};
use crate::import::word_of;

/// One file of the format.
pub(super) struct Table {
    /// The name of the file without `.csv`.
    pub(super) name: &'static str,
    /// Returns the cells as text under the names of the columns.
    pub(super) sql: &'static str,
    /// The column with an amount in the smallest unit of the column `currency`.
    pub(super) amount: Option<&'static str>,
}

/// All files of the format.
pub(super) const TABLES: &[Table] = &[
    table("franchises", cast_tables::FRANCHISES),
    table("productions", cast_tables::PRODUCTIONS),
    table("production_links", cast_tables::PRODUCTION_LINKS),
    table("seasons", cast_tables::SEASONS),
    table("episodes", cast_tables::EPISODES),
    table("people", cast_tables::PEOPLE),
    table("characters", cast_tables::CHARACTERS),
    table("character_links", cast_tables::CHARACTER_LINKS),
    table("cast_seasons", cast_tables::CAST_SEASONS),
    table("cast_episodes", cast_tables::CAST_EPISODES),
    table("cast_films", cast_tables::CAST_FILMS),
    table("crew", cast_tables::CREW),
    table("territories", release_tables::TERRITORIES),
    table("platforms", release_tables::PLATFORMS),
    table("platform_changes", release_tables::PLATFORM_CHANGES),
    table("availability", release_tables::AVAILABILITY),
    Table { amount: Some("price"), ..table("offers", release_tables::OFFERS) },
    Table { amount: Some("amount"), ..table("funding", release_tables::FUNDING) },
    table("media", release_tables::MEDIA),
    table("sources", source_tables::SOURCES),
    table("claims", source_tables::CLAIMS),
    table("citations", source_tables::CITATIONS),
    table("external_ids", source_tables::EXTERNAL_IDS),
    table("pictures", source_tables::PICTURES),
    table("summaries", source_tables::SUMMARIES),
];

const fn table(name: &'static str, sql: &'static str) -> Table {
    Table { name, sql, amount: None }
}

/// Replaces these placeholders:
///
/// * `{only}`: nothing; see [`super::rows()`];
/// * `{join}`: the aggregate function that joins texts;
/// * `{place}`: the file and the key of every subject; `{object}`: those of what has external ids and pictures;
/// * `{verified table}`, `{note table}`: the sources and the note of a row of that table;
/// * `{word column}`: the name of an enumeration value that is stored as text; `{billing column}`, `{role column}`: of
///   one that is stored as a number.
pub(super) fn filled(sql: &str, backend: DbBackend) -> String {
    let mut out = sql.replace("{only}", "").replace("{place}", source_tables::PLACE);
    out = out.replace("{object}", source_tables::OBJECT);
    fill(&mut out, "verified", source_tables::verified);
    fill(&mut out, "note", source_tables::note);
    fill(&mut out, "word", |column| format!("lower(replace({column}, '_', '-'))"));
    fill(&mut out, "billing", numbered::<Billing>);
    fill(&mut out, "role", numbered::<Job>);
    out.replace("{join}", if backend == DbBackend::Postgres { "string_agg" } else { "group_concat" })
}

/// Replaces each `{word argument}`.
fn fill(out: &mut String, word: &str, sql: impl Fn(&str) -> String) {
    let begin = format!("{{{word} ");
    while let Some((before, rest)) = out.split_once(&begin)
        && let Some((argument, after)) = rest.split_once('}')
    {
        *out = format!("{before}{}{after}", sql(argument));
    }
}

fn numbered<E: Iterable + ActiveEnum<Value = i32> + Debug>(column: &str) -> String {
    let cases = E::iter().map(|value| format!(" WHEN {} THEN '{}'", value.to_value(), word_of(&value, '-')));
    format!("CASE {column}{} END", cases.collect::<String>())
}
