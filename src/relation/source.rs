//! Sources, their claims and their citations.
//!
//! A row of any table is identified by its kind ([`entity::subject::Kind`]) and its id, so one statement reads the
//! claims or citations of all rows of a level, whatever their tables.

use entity::{citation, claim, source};
use serde::Deserialize;

use crate::load::{Column, List, Order, Record, SortKey::Int, SortKey::Text, Source, columns_of};

/// Earliest first; unknown dates last.
static CLAIMS_BY_DAY: Order = Order {
    name: "CLAIMED_ON_ASC",
    keys: &[Text("coalesce(t.claimed_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// By the date of the source, earliest first; unknown dates last.
static CITATIONS_BY_DAY: Order = Order {
    name: "PUBLISHED_ON_ASC",
    keys: &[Text("coalesce(x.published_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// The claims about a row.
pub static CLAIMS: List<claim::Model> = List::new(
    Source {
        name: "claims of a row",
        parent: &["kind", "number"],
        from: "subject AS s JOIN claim AS t ON t.subject_id = s.id",
        condition: "s.kind = p.kind AND s.row_id = p.number",
    },
    &CLAIMS_BY_DAY,
);

/// The citations of a row.
pub static CITATIONS: List<citation::Model> = List::new(
    Source {
        name: "citations of a row",
        parent: &["kind", "number"],
        from: "subject AS s JOIN citation AS t ON t.subject_id = s.id JOIN source AS x ON x.id = t.source_id",
        condition: "s.kind = p.kind AND s.row_id = p.number",
    },
    &CITATIONS_BY_DAY,
);

/// The distinct publishers of the sources that a row cites. A source without a publisher counts as its own publisher.
pub static PUBLISHERS: List<Word> = List::new(
    Source {
        name: "publishers of a row",
        parent: &["kind", "number"],
        from: "(SELECT DISTINCT coalesce(x.publisher, x.slug) AS name FROM subject AS s \
                JOIN citation AS c ON c.subject_id = s.id JOIN source AS x ON x.id = c.source_id \
                WHERE s.kind = p.kind AND s.row_id = p.number) AS t",
        condition: "true",
    },
    &Order { name: "NAME_ASC", keys: &[Text("t.name")], descending: false, join: "" },
);

/// The topics of all claims.
pub static TOPICS: List<Word> = List::new(
    Source { name: "topics", parent: &[], from: "(SELECT DISTINCT about AS name FROM claim) AS t", condition: "true" },
    &Order { name: "NAME_ASC", keys: &[Text("t.name")], descending: false, join: "" },
);

/// The fields that citations support.
pub static CITED_FIELDS: List<Word> = List::new(
    Source {
        name: "cited fields",
        parent: &[],
        from: "(SELECT DISTINCT field AS name FROM citation WHERE field IS NOT NULL) AS t",
        condition: "true",
    },
    &Order { name: "NAME_ASC", keys: &[Text("t.name")], descending: false, join: "" },
);

/// All sources, earliest first.
pub static SOURCES: List<source::Model> = List::new(
    Source { name: "sources", parent: &[], from: "source AS t", condition: "true" },
    &Order {
        name: "PUBLISHED_ON_ASC",
        keys: &[Text("coalesce(t.published_on, '9999-99-99')"), Int("t.id")],
        descending: false,
        join: "",
    },
);

/// All claims, earliest first.
pub static ALL_CLAIMS: List<claim::Model> =
    List::new(Source { name: "claims", parent: &[], from: "claim AS t", condition: "true" }, &CLAIMS_BY_DAY);

/// The claims of a source.
pub static CLAIMS_OF_SOURCE: List<claim::Model> = List::new(
    Source { name: "source.claims", parent: &["source"], from: "claim AS t", condition: "t.source_id = p.source" },
    &CLAIMS_BY_DAY,
);

/// The citations of a source.
pub static CITATIONS_OF_SOURCE: List<citation::Model> = List::new(
    Source {
        name: "source.citations",
        parent: &["source"],
        from: "citation AS t",
        condition: "t.source_id = p.source",
    },
    &Order { name: "ID_ASC", keys: &[Int("t.id")], descending: false, join: "" },
);

/// For each kind, the number of facts by number of independent sources. A fact has a row of `subject` only if it has a source,
/// claim or note, so this counts the facts in their own tables, or in the tallies of the large ones.
pub static COVERAGE: List<Coverage> = List::new(
    Source {
        name: "coverage",
        parent: &[],
        from: "(SELECT s.kind, CAST(sum(s.facts) AS integer) AS facts, CAST(sum(s.facts - s.one - s.several) AS integer) AS none, \
                  CAST(sum(s.general) AS integer) AS general, CAST(sum(s.one) AS integer) AS one, \
                  CAST(sum(s.several) AS integer) AS several \
                FROM (SELECT 1 AS kind, count(*) AS facts, 0 AS general, 0 AS one, 0 AS several FROM franchise \
                      UNION ALL SELECT 2, coalesce(sum(total), 0), 0, 0, 0 FROM show_tally \
                      UNION ALL SELECT 3, coalesce(sum(total), 0), 0, 0, 0 FROM season_tally \
                      UNION ALL SELECT 4, coalesce(sum(total), 0), 0, 0, 0 FROM episode_tally \
                      UNION ALL SELECT 5, coalesce(sum(total), 0), 0, 0, 0 FROM person_tally \
                      UNION ALL SELECT 6, coalesce(sum(total), 0), 0, 0, 0 FROM character_tally \
                      UNION ALL SELECT 7, coalesce(sum(total), 0), 0, 0, 0 FROM credit_tally \
                      UNION ALL SELECT 8, count(*), 0, 0, 0 FROM show_link \
                      UNION ALL SELECT 9, count(*), 0, 0, 0 FROM character_link \
                      UNION ALL SELECT 10, count(*), 0, 0, 0 FROM platform \
                      UNION ALL SELECT 11, count(*), 0, 0, 0 FROM territory \
                      UNION ALL SELECT 12, count(*), 0, 0, 0 FROM availability \
                      UNION ALL SELECT 13, count(*), 0, 0, 0 FROM offer \
                      UNION ALL SELECT 14, count(*), 0, 0, 0 FROM funding \
                      UNION ALL SELECT 15, count(*), 0, 0, 0 FROM media \
                      UNION ALL SELECT f.kind, 0, f.total, 0, 0 FROM subject_tally AS f WHERE f.general = 1 \
                      UNION ALL \
                      SELECT c.kind, 0, -c.general * c.total, CASE WHEN c.publishers = 1 THEN c.total ELSE 0 END, \
                        CASE WHEN c.publishers > 1 THEN c.total ELSE 0 END \
                      FROM cited_fact_tally AS c) AS s \
                GROUP BY s.kind HAVING sum(s.facts) > 0) AS t",
        condition: "true",
    },
    &Order { name: "KIND_ASC", keys: &[Int("t.kind")], descending: false, join: "" },
);

/// A name or another word that occurs in the data.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Word {
    /// The word.
    pub name: String,
}

impl Record for Word {
    fn columns() -> Vec<Column> {
        columns_of(["name"])
    }
}

/// The number of facts of one kind, by number of independent sources.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Coverage {
    /// The kind.
    pub kind: entity::subject::Kind,
    /// Number of facts.
    pub facts: i32,
    /// Facts without a source.
    pub none: i32,
    /// Facts without a source that are marked as general knowledge.
    pub general: i32,
    /// Facts with one source.
    pub one: i32,
    /// Facts with several independent sources.
    pub several: i32,
}

impl Record for Coverage {
    fn columns() -> Vec<Column> {
        columns_of(["kind", "facts", "none", "general", "one", "several"])
    }
}
