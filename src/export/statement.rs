//! The statements, one for each file of the format, and their placeholders.

use std::fmt::Debug;

use entity::credit::{Billing, Job};
use sea_orm::{ActiveEnum, DbBackend, Iterable};

use super::{casts, facts, sourced};
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
    table("franchises", casts::FRANCHISES),
    table("productions", casts::PRODUCTIONS),
    table("production_links", casts::PRODUCTION_LINKS),
    table("seasons", casts::SEASONS),
    table("episodes", casts::EPISODES),
    table("people", casts::PEOPLE),
    table("characters", casts::CHARACTERS),
    table("character_links", casts::CHARACTER_LINKS),
    table("cast_seasons", casts::CAST_SEASONS),
    table("cast_episodes", casts::CAST_EPISODES),
    table("cast_films", casts::CAST_FILMS),
    table("crew", casts::CREW),
    table("territories", facts::TERRITORIES),
    table("platforms", facts::PLATFORMS),
    table("platform_changes", facts::PLATFORM_CHANGES),
    table("availability", facts::AVAILABILITY),
    Table { amount: Some("price"), ..table("offers", facts::OFFERS) },
    Table { amount: Some("amount"), ..table("funding", facts::FUNDING) },
    table("media", facts::MEDIA),
    table("sources", sourced::SOURCES),
    table("claims", sourced::CLAIMS),
    table("citations", sourced::CITATIONS),
];

const fn table(name: &'static str, sql: &'static str) -> Table {
    Table { name, sql, amount: None }
}

/// Replaces these placeholders:
///
/// * `{join}`: the aggregate function that joins texts;
/// * `{place}`: the file and the key of every subject;
/// * `{verified table}`, `{note table}`: the sources and the note of a row of that table;
/// * `{word column}`: the name of an enumeration value that is stored as text; `{billing column}`, `{role column}`: of
///   one that is stored as a number.
pub(super) fn filled(sql: &str, backend: DbBackend) -> String {
    let mut out = sql.replace("{place}", sourced::PLACE);
    fill(&mut out, "verified", sourced::verified);
    fill(&mut out, "note", sourced::note);
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
