use std::sync::Arc;

use entity::{Authority, external_id, subject::Kind};
use sea_orm::ActiveEnum;
use serde::Deserialize;

use super::{
    Hit, MAX_HITS,
    readings::Part,
    words::{MAX_WORD_LENGTH, SearchText, words},
};
use crate::{
    error::Error,
    load::{Column, Reader, Record, Sql, columns_of, select},
};

/// A name that matches.
#[derive(Debug, Deserialize)]
pub(super) struct NameMatch {
    pub(super) kind: Kind,
    pub(super) row_id: i32,
    /// 0 for the name itself, 1 and up for alternative names.
    pub(super) place: i32,
    pub(super) name: String,
    pub(super) words: String,
    pub(super) credits: i32,
}

impl Record for NameMatch {
    fn columns() -> Vec<Column> {
        columns_of(["kind", "row_id", "place", "name", "words", "credits"])
    }
}

/// The words to look up for each word of a text.
///
/// Each lookup is encoded as a string, because both engines accept lists of strings: a letter for the position of the
/// word in the text; `*` to match by prefix or `=` to match exactly; then the word to look up.
pub(super) struct WordLookups {
    lookups: Vec<String>,
    places: usize,
}

impl WordLookups {
    /// Looks up each word of the text as a prefix.
    pub(super) fn as_written(text: &SearchText) -> Self {
        let lookups: Vec<String> =
            text.words().iter().zip('a'..).map(|(word, place)| format!("{place}*{word}")).collect();
        Self { places: lookups.len(), lookups }
    }

    /// Looks up the words of the text, of which the last may be unfinished.
    pub(super) fn as_read(text: &SearchText) -> Self {
        let last = text.words().len().saturating_sub(1);
        let lookup = |(at, (word, place)): (usize, (&String, char))| {
            format!("{place}{}{word}", if at == last { '*' } else { '=' })
        };
        let lookups: Vec<String> = text.words().iter().zip('a'..).enumerate().map(lookup).collect();
        Self { places: lookups.len(), lookups }
    }

    /// Looks up words with which a text without spaces begins, as one word.
    pub(super) fn beginnings(joined: &str) -> Self {
        let ends = joined.char_indices().map(|(at, letter)| at + letter.len_utf8());
        let words = ends.skip(SHORTEST_BEGINNING - 1).take(MAX_WORD_LENGTH).filter_map(|end| joined.get(..end));
        Self { lookups: words.map(|word| format!("a={word}")).collect(), places: 1 }
    }

    /// Also looks up the words of `similar`, which has one list for each word of the text.
    pub(super) fn or(mut self, similar: &[Vec<String>]) -> Self {
        for (words, place) in similar.iter().zip('a'..) {
            self.lookups.extend(words.iter().map(|word| format!("{place}={word}")));
        }
        self
    }
}

/// Minimum length of the first word of a name that is compared without spaces, in letters.
pub(super) const SHORTEST_BEGINNING: usize = 2;

/// The greatest code point. Every word with a given prefix sorts at or before the prefix followed by it.
const GREATEST: &str = "\u{10FFFF}";

/// Selects the word of the text that occurs in the fewest names. Only this word is looked up in the index; the others
/// filter its results.
const RAREST: &str = "rarest AS (SELECT c.place FROM (SELECT a.place, (SELECT count(*) FROM \
      (SELECT 1 FROM search_word AS w WHERE w.word >= a.low AND w.word <= a.high LIMIT 5000) AS few) AS names \
    FROM asked AS a) AS c GROUP BY c.place ORDER BY sum(c.names), c.place LIMIT 1)";

/// The number of credits of a row.
const CREDITS: &str = "CAST(CASE f.kind \
    WHEN 2 THEN (SELECT count(*) FROM credit AS c WHERE c.show_id = f.row_id) \
    WHEN 4 THEN (SELECT count(*) FROM appearance AS c WHERE c.episode_id = f.row_id) \
    WHEN 5 THEN (SELECT count(*) FROM credit AS c WHERE c.person_id = f.row_id) \
    ELSE (SELECT count(*) FROM credit AS c WHERE c.character_id = f.row_id) END AS integer) AS credits";

/// Reads the names of rows of these kinds that match at least one lookup for each word of the text.
pub(super) async fn names(reader: &Reader, words: &WordLookups, kinds: &[Kind]) -> Result<Vec<Arc<NameMatch>>, Error> {
    select::<NameMatch>(reader, |sql| {
        sql.push("(WITH ");
        lookups(sql, words);
        sql.push(", ").push(RAREST).push(" SELECT f.*, ").push(CREDITS);
        sql.push(" FROM (SELECT n.kind, n.row_id, n.place, n.name, n.words FROM (");
        sql.push("SELECT DISTINCT w.name_id FROM asked AS a CROSS JOIN search_word AS w ");
        sql.push("WHERE a.place = (SELECT r.place FROM rarest AS r) AND w.word >= a.low AND w.word <= a.high) AS h ");
        join_names(sql);
        filter_kinds(sql, kinds);
        if words.places > 1 {
            let find = if sql.postgres() { "strpos" } else { "instr" };
            sql.push(" AND (SELECT count(DISTINCT a.place) FROM asked AS a WHERE ").push(find);
            sql.push("(' ' || n.words || ' ', a.probe) > 0) = ").bind(i32::try_from(words.places).unwrap_or(i32::MAX));
        }
        // Ids of names depend on the order of the writes, so names are ordered by the rows they belong to.
        sql.push(" ORDER BY length(n.words), n.words, n.kind, n.row_id, n.place LIMIT ").bind_count(MAX_HITS);
        sql.push(") AS f) AS t");
    })
    .await
}

/// The maximum number of names of franchises and platforms to read.
const FEW: u32 = 1000;

/// Reads the names of franchises and platforms, if they are among `kinds`.
pub(super) async fn few_names(reader: &Reader, kinds: &[Kind]) -> Result<Vec<Arc<NameMatch>>, Error> {
    if !kinds.iter().any(|kind| matches!(kind, Kind::Franchise | Kind::Platform)) {
        return Ok(Vec::new());
    }
    let found = select::<NameMatch>(reader, |sql| {
        sql.push(
            "(SELECT n.kind, n.row_id, n.place, n.name, '' AS words, CAST(n.credits AS integer) AS credits FROM (",
        );
        sql.push("SELECT 1 AS kind, f.id AS row_id, 0 AS place, f.name, ");
        sql.push(
            "(SELECT count(*) FROM show AS s WHERE s.franchise_id = f.id) AS credits FROM franchise AS f UNION ALL ",
        );
        sql.push("SELECT 10, p.platform_id, CASE WHEN p.named_on IS NULL THEN 0 ELSE 1 END, p.name, ");
        sql.push("(SELECT count(*) FROM home AS h WHERE h.platform_name_id = p.id) FROM platform_name AS p) AS n");
        filter_kinds(sql, kinds);
        sql.push(" ORDER BY n.kind, n.row_id, n.place LIMIT ").bind_count(FEW);
        sql.push(") AS t");
    });
    let with_words = |name: Arc<NameMatch>| {
        let NameMatch { kind, row_id, place, ref name, credits, .. } = *name;
        // `Paramount+` is also read as "Paramount Plus".
        let spelled = name.contains('+').then(|| name.replace('+', " plus "));
        let read = move |text: &str| {
            Arc::new(NameMatch { kind, row_id, place, words: words(text).join(" "), name: name.clone(), credits })
        };
        std::iter::once(read(name)).chain(spelled.as_deref().map(read)).collect::<Vec<_>>()
    };
    Ok(found.await?.into_iter().flat_map(with_words).collect())
}

/// The objects of these kinds with an external id.
pub(super) async fn identified(
    reader: &Reader,
    authority: Authority,
    kind: Option<external_id::Kind>,
    value: &str,
    kinds: &[Kind],
) -> Result<Vec<Hit>, Error> {
    let found = select::<NameMatch>(reader, |sql| {
        sql.push("(SELECT n.of_kind AS kind, n.of_id AS row_id, 0 AS place, n.value AS name, n.value AS words, ");
        sql.push("CAST(CASE n.of_kind WHEN 2 THEN (SELECT count(*) FROM credit AS c WHERE c.show_id = n.of_id) ");
        sql.push("WHEN 3 THEN (SELECT count(*) FROM credit AS c WHERE c.season_id = n.of_id) ");
        sql.push("WHEN 4 THEN (SELECT count(*) FROM appearance AS c WHERE c.episode_id = n.of_id) ");
        sql.push("WHEN 5 THEN (SELECT count(*) FROM credit AS c WHERE c.person_id = n.of_id) ");
        sql.push("ELSE (SELECT count(*) FROM credit AS c WHERE c.character_id = n.of_id) END AS integer) AS credits ");
        sql.push("FROM external_id AS n WHERE n.value = ").bind(value);
        sql.push(" AND n.authority = ").bind(authority.to_value());
        if let Some(kind) = kind {
            sql.push(" AND n.kind = ").bind(kind.to_value());
        }
        sql.push(" AND n.of_kind ");
        let postgres = sql.postgres();
        sql.push(if postgres { "= ANY(" } else { "IN (SELECT value FROM json_each(" });
        sql.bind_ints(kinds.iter().map(|kind| i32::from(*kind))).push(if postgres { ")" } else { "))" });
        sql.push(") AS t");
    });
    let hit = |found: &Arc<NameMatch>| Hit {
        kind: found.kind,
        row_id: found.row_id,
        name: found.name.clone(),
        rank: 0,
        credits: found.credits,
    };
    let mut hits: Vec<Hit> = found.await?.iter().map(hit).collect();
    hits.sort_unstable_by_key(Hit::sort);
    Ok(hits)
}

/// The season, or the episode, of each of these shows that a part names, under the name by which the show was found.
pub(super) async fn parts(reader: &Reader, shows: &[Hit], kind: Kind, part: Part) -> Result<Vec<Hit>, Error> {
    let found = select::<Numbered>(reader, |sql| {
        let postgres = sql.postgres();
        sql.push("(SELECT s.show_id, ").push(match kind {
            Kind::Episode => "e.id AS row_id, CAST((SELECT count(*) FROM appearance AS c WHERE c.episode_id = e.id)",
            _ => "s.id AS row_id, CAST((SELECT count(*) FROM credit AS c WHERE c.season_id = s.id)",
        });
        sql.push(" AS integer) AS credits FROM season AS s");
        if let Some(episode) = part.episode {
            sql.push(" JOIN episode AS e ON e.season_id = s.id AND e.number = ").bind(episode);
        }
        sql.push(" WHERE s.number = ").bind(part.season).push(" AND s.show_id ");
        sql.push(if postgres { "= ANY(" } else { "IN (SELECT value FROM json_each(" });
        sql.bind_ints(shows.iter().map(|show| show.row_id)).push(if postgres { ")" } else { "))" }).push(") AS t");
    });
    let of = |numbered: &Arc<Numbered>| {
        let show = shows.iter().find(|show| show.row_id == numbered.show_id)?;
        Some(Hit { kind, row_id: numbered.row_id, credits: numbered.credits, ..show.clone() })
    };
    Ok(found.await?.iter().filter_map(of).collect())
}

/// A part of a show.
#[derive(Debug, Deserialize)]
struct Numbered {
    show_id: i32,
    row_id: i32,
    credits: i32,
}

impl Record for Numbered {
    fn columns() -> Vec<Column> {
        columns_of(["show_id", "row_id", "credits"])
    }
}

/// Appends the table `asked`: for each lookup the position of its word, the least and greatest matching word, and a
/// substring of the names that match.
fn lookups(sql: &mut Sql, words: &WordLookups) {
    let postgres = sql.postgres();
    sql.push("asked AS MATERIALIZED (SELECT substr(l.value, 1, 1) AS place, substr(l.value, 3) AS low, ");
    sql.push("substr(l.value, 3) || CASE substr(l.value, 2, 1) WHEN '*' THEN '").push(GREATEST);
    sql.push("' ELSE '' END AS high, ");
    sql.push("' ' || substr(l.value, 3) || CASE substr(l.value, 2, 1) WHEN '*' THEN '' ELSE ' ' END AS probe FROM ");
    sql.push(if postgres { "unnest(" } else { "json_each(" });
    sql.bind_texts(words.lookups.iter().map(String::as_str));
    sql.push(if postgres { ") AS l(value))" } else { ") AS l)" });
}

/// Joins the names one by one. The engines cannot estimate the number of lookup results well enough to choose this
/// plan.
fn join_names(sql: &mut Sql) {
    sql.push(if sql.postgres() {
        "CROSS JOIN LATERAL (SELECT * FROM search_name AS s WHERE s.id = h.name_id OFFSET 0) AS n"
    } else {
        "CROSS JOIN search_name AS n ON n.id = h.name_id"
    });
}

fn filter_kinds(sql: &mut Sql, kinds: &[Kind]) {
    let postgres = sql.postgres();
    sql.push(" WHERE n.kind ").push(if postgres { "= ANY(" } else { "IN (SELECT value FROM json_each(" });
    sql.bind_ints(kinds.iter().map(|kind| i32::from(*kind))).push(if postgres { ")" } else { "))" });
}
