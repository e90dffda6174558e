//! Exports `GraphML` 1.0 (<http://graphml.graphdrawing.org>) for graph tools.
//!
//! People, characters, shows and seasons are nodes. An actor's credit becomes three edges: the person `plays` the
//! character, the person is `credited_in` the season or film, and the character `appears_in` it. Other credits become
//! only `credited_in`.

use std::{fmt::Write as _, io::Write, path::Path};

use futures_util::TryStreamExt;
use sea_orm::{DatabaseConnection, DbErr, QueryResult, StreamTrait};

use super::{NotExported, Written, snapshot::Snapshot, target::NewFile};

/// Nodes or edges of one kind. Each row of the statement is one element: it has `id`, or `source` and `target`, and the
/// attributes.
struct Elements {
    name: &'static str,
    attributes: &'static [&'static str],
    sql: &'static str,
}

/// Attributes that are integers. All others are strings.
const NUMBERS: &[&str] = &["number", "position", "episodes"];

const NODES: &[Elements] = &[
    Elements {
        name: "people",
        attributes: &["kind", "slug", "label", "born", "died"],
        sql: "SELECT 'person:' || slug AS id, 'person' AS kind, slug, name AS label, born, died
              FROM person ORDER BY person.id",
    },
    Elements {
        name: "characters",
        attributes: &["kind", "slug", "label", "species"],
        sql: "SELECT 'character:' || slug AS id, 'character' AS kind, slug, name AS label, species
              FROM character ORDER BY character.id",
    },
    Elements {
        name: "shows",
        attributes: &["kind", "slug", "label", "format", "premiered_on", "ended_on"],
        sql: "SELECT 'show:' || slug AS id, 'show' AS kind, slug, title AS label, {word format} AS format,
                  premiered_on, ended_on
              FROM show ORDER BY show.id",
    },
    Elements {
        name: "seasons",
        attributes: &["kind", "slug", "label", "number", "premiered_on", "ended_on"],
        sql: "SELECT 'season:' || season.slug AS id, 'season' AS kind, season.slug,
                  show.title || ', season ' || CAST(season.number AS text) AS label,
                  CAST(season.number AS text) AS number, season.premiered_on, season.finale_on AS ended_on
              FROM season JOIN show ON show.id = season.show_id ORDER BY season.id",
    },
];

const EDGES: &[Elements] = &[
    Elements {
        name: "plays",
        attributes: &["kind", "show", "season", "billing", "position", "part", "credited_as", "episodes"],
        sql: "SELECT 'person:' || person.slug AS source, 'character:' || character.slug AS target, 'plays' AS kind,
                  show.slug AS show, season.slug AS season, {billing credit.billing} AS billing,
                  CAST(credit.position AS text) AS position, {word credit.part} AS part, credit.credited_as,
                  CAST((SELECT count(*) FROM appearance WHERE appearance.credit_id = credit.id) AS text) AS episodes
              FROM credit
              JOIN person ON person.id = credit.person_id
              JOIN character ON character.id = credit.character_id
              JOIN show ON show.id = credit.show_id
              LEFT JOIN season ON season.id = credit.season_id
              ORDER BY credit.id",
    },
    Elements {
        name: "credited_in",
        attributes: &["kind", "job", "character", "billing", "position", "part", "credited_as", "episodes"],
        sql: "SELECT 'person:' || person.slug AS source,
                  coalesce('season:' || season.slug, 'show:' || show.slug) AS target, 'credited_in' AS kind,
                  {role credit.job} AS job, character.slug AS character, {billing credit.billing} AS billing,
                  CAST(credit.position AS text) AS position, {word credit.part} AS part, credit.credited_as,
                  CAST((SELECT count(*) FROM appearance WHERE appearance.credit_id = credit.id) AS text) AS episodes
              FROM credit
              JOIN person ON person.id = credit.person_id
              JOIN show ON show.id = credit.show_id
              LEFT JOIN character ON character.id = credit.character_id
              LEFT JOIN season ON season.id = credit.season_id
              ORDER BY credit.id",
    },
    Elements {
        name: "appears_in",
        attributes: &["kind"],
        sql: "SELECT 'character:' || character.slug AS source,
                  coalesce('season:' || season.slug, 'show:' || show.slug) AS target, 'appears_in' AS kind
              FROM (SELECT character_id, show_id, season_id, min(id) AS first FROM credit
                    WHERE character_id IS NOT NULL GROUP BY character_id, show_id, season_id) AS seen
              JOIN character ON character.id = seen.character_id
              JOIN show ON show.id = seen.show_id
              LEFT JOIN season ON season.id = seen.season_id
              ORDER BY seen.first",
    },
    Elements {
        name: "season_of",
        attributes: &["kind"],
        sql: "SELECT 'season:' || season.slug AS source, 'show:' || show.slug AS target, 'season_of' AS kind
              FROM season JOIN show ON show.id = season.show_id ORDER BY season.id",
    },
    Elements {
        name: "show links",
        attributes: &["kind"],
        sql: "SELECT 'show:' || near.slug AS source, 'show:' || far.slug AS target, lower(show_link.kind) AS kind
              FROM show_link
              JOIN show AS near ON near.id = show_link.from_id JOIN show AS far ON far.id = show_link.to_id
              ORDER BY show_link.id",
    },
    Elements {
        name: "character links",
        attributes: &["kind"],
        sql: "SELECT 'character:' || near.slug AS source, 'character:' || far.slug AS target,
                  lower(character_link.kind) AS kind
              FROM character_link
              JOIN character AS near ON near.id = character_link.from_id
              JOIN character AS far ON far.id = character_link.to_id
              ORDER BY character_link.id",
    },
];

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"#;

pub(super) async fn write(db: &DatabaseConnection, target: &Path) -> Result<Written, NotExported> {
    let mut file = NewFile::begin(target)?;
    let snapshot = Snapshot::of(db).await?;
    let mut done = Written::default();
    file.write_all(HEAD.as_bytes())?;
    for (domain, elements) in [("node", NODES), ("edge", EDGES)] {
        file.write_all(keys(domain, elements).as_bytes())?;
    }
    file.write_all(b"  <graph id=\"cast\" edgedefault=\"directed\">\n")?;
    for (domain, all) in [("node", NODES), ("edge", EDGES)] {
        for elements in all {
            let mut rows = snapshot.transaction().stream_raw(snapshot.statement(elements.sql)).await?;
            let mut count = 0;
            while let Some(row) = rows.try_next().await? {
                file.write_all(element(domain, elements, &row)?.as_bytes())?;
                count += 1;
            }
            done.counts.push((elements.name.to_owned(), count));
        }
    }
    file.write_all(b"  </graph>\n</graphml>\n")?;
    file.finish()?;
    Ok(done)
}

/// Declares the attributes of all nodes or all edges.
fn keys(domain: &str, all: &[Elements]) -> String {
    let mut names: Vec<&str> = all.iter().flat_map(|elements| elements.attributes).copied().collect();
    names.sort_unstable();
    names.dedup();
    let mut keys = String::new();
    for name in names {
        let kind = if NUMBERS.contains(&name) { "int" } else { "string" };
        let key = format!(r#"id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{kind}""#);
        let _ = writeln!(keys, "  <key {key}/>");
    }
    keys
}

/// A node or an edge as XML, without null attributes.
fn element(domain: &str, elements: &Elements, row: &QueryResult) -> Result<String, DbErr> {
    let ends: &[&str] = if domain == "node" { &["id"] } else { &["source", "target"] };
    let mut out = format!("    <{domain}");
    for end in ends {
        let _ = write!(out, r#" {end}="{}""#, escaped(&row.try_get::<String>("", end)?));
    }
    out.push('>');
    for name in elements.attributes {
        if let Some(text) = row.try_get::<Option<String>>("", name)? {
            let _ = write!(out, r#"<data key="{domain}-{name}">{}</data>"#, escaped(&text));
        }
    }
    let _ = writeln!(out, "</{domain}>");
    Ok(out)
}

/// Escapes text for XML. Replaces characters that XML does not allow.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_has_a_meaning_in_xml_is_escaped() {
        assert_eq!(escaped(r#"<"Q" & K'>"#), "&lt;&quot;Q&quot; &amp; K'&gt;");
        assert_eq!(escaped("a\u{0}b\u{1B}\u{FFFF}\tü😀"), "a\u{FFFD}b\u{FFFD}\u{FFFD}&#9;ü😀");
    }
}
