//! The search index, maintained by triggers in the transaction of each write.
//!
//! * `search_name`: every name of a person, character, show or episode, with its words. `kind` and `row_id` identify
//!   the row, as in `subject`; `place` is 0 for the name itself, 1 and up for alternative names.
//! * `search_word`: the words of names, truncated to 64 letters, for prefix look-ups.
//! * `search_gram`: the trigrams of words of 3 to 32 letters, for look-ups of misspelt words. A word stays when its last
//!   name is deleted; the next look-up in `search_word` does not find it. Two writers therefore never wait for the same
//!   row.
//!
//! Words come from the folded key of a name: apostrophes are removed, other punctuation separates words. The SQL is the
//! same on both engines, and castgraph treats search texts in the same way.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

mod postgres;
mod sqlite;

const TABLES: &str = r"
CREATE TABLE search_name (
    id {id},
    kind integer NOT NULL,
    row_id integer NOT NULL,
    place integer NOT NULL,
    name {text} NOT NULL,
    key {text} NOT NULL,
    {words},
    UNIQUE (kind, row_id, place)
);
CREATE TABLE search_word (
    word {text} NOT NULL,
    name_id integer NOT NULL,
    PRIMARY KEY (word, name_id)
) {clustered};
CREATE INDEX search_word_name ON search_word (name_id);
";

/// Characters to remove, so that `O'Brien` is one word.
const APOSTROPHES: &str = "'’‘ʼʻ`";

/// Characters that separate words, without those that folding replaces by others.
const SEPARATORS: &str = "!\"#$%&()*+,-./:;<=>?@[\\]^_{|}~‐–—―“”„«»‹›¡¿§¶·•†‡・、。「」『』【】〜،؛؟।׀־";

/// A table with names.
struct Named {
    table: &'static str,
    /// The rows of `search_name` for its row `T`: the columns to select, and the condition.
    names: &'static [(&'static str, &'static str)],
    /// The condition for the rows of `search_name` that belong to its row `T`.
    own: &'static str,
    /// The condition for the rows of `search_name` that belong to the table.
    all: &'static str,
    /// The columns that contain the names.
    columns: &'static [&'static str],
}

const NAMED: [Named; 5] = [
    Named {
        table: "show",
        names: &[
            ("2, T.id, 0, T.title, T.title_key", "true"),
            ("2, T.id, 1, T.code, lower(T.code)", "T.code IS NOT NULL"),
        ],
        own: "kind = 2 AND row_id = T.id",
        all: "kind = 2",
        columns: &["id", "title", "title_key", "code"],
    },
    Named {
        table: "episode",
        names: &[("4, T.id, 0, T.title, T.title_key", "true")],
        own: "kind = 4 AND row_id = T.id",
        all: "kind = 4",
        columns: &["id", "title", "title_key"],
    },
    Named {
        table: "person",
        names: &[("5, T.id, 0, T.name, T.name_key", "true")],
        own: "kind = 5 AND row_id = T.id AND place = 0",
        all: "kind = 5 AND place = 0",
        columns: &["id", "name", "name_key"],
    },
    Named {
        table: "character",
        names: &[("6, T.id, 0, T.name, T.name_key", "true")],
        own: "kind = 6 AND row_id = T.id AND place = 0",
        all: "kind = 6 AND place = 0",
        columns: &["id", "name", "name_key"],
    },
    Named {
        table: "alias",
        names: &[
            ("5, T.person_id, T.position, T.name, T.name_key", "T.person_id IS NOT NULL"),
            ("6, T.character_id, T.position, T.name, T.name_key", "T.character_id IS NOT NULL"),
        ],
        own: "place = T.position AND (kind = 5 AND row_id = T.person_id OR kind = 6 AND row_id = T.character_id)",
        all: "kind IN (5, 6) AND place > 0",
        columns: &["person_id", "character_id", "position", "name", "name_key"],
    },
];

impl Named {
    /// Selects the rows of `search_name` for the rows of the FROM clause `from`, whose alias is `row`.
    fn select(&self, row: &str, from: &str) -> String {
        let selects =
            self.names.iter().map(|(columns, condition)| format!("SELECT {columns} {from} WHERE {condition}"));
        selects.collect::<Vec<_>>().join(" UNION ALL ").replace("T.", &format!("{row}."))
    }
}

/// The column `words`: the words of `key`, separated by single spaces. One expression on PostgreSQL; a chain of columns on
/// SQLite, whose parser limits the nesting of calls.
fn words(postgres: bool) -> String {
    let signs = APOSTROPHES.chars().map(|sign| (sign, "")).chain(SEPARATORS.chars().map(|sign| (sign, " ")));
    let signs: Vec<(char, &str)> = signs.collect();
    let mut columns = Vec::new();
    let mut out = "key".to_owned();
    for (step, signs) in signs.chunks(if postgres { usize::MAX } else { 12 }).enumerate() {
        for (sign, becomes) in signs {
            let sign = if *sign == '\'' { "''".to_owned() } else { sign.to_string() };
            out = format!("replace({out}, '{sign}', '{becomes}')");
        }
        if !postgres {
            columns.push(format!("step_{step} text GENERATED ALWAYS AS ({out}) VIRTUAL"));
            out = format!("step_{step}");
        }
    }
    // Collapses repeated spaces: each becomes `<>`, and `><` between two is removed.
    columns.push(format!(
        "words {{text}} NOT NULL GENERATED ALWAYS AS \
         (trim(replace(replace(replace({out}, ' ', '<>'), '><', ''), '<>', ' '))) STORED"
    ));
    columns.join(",\n    ")
}

/// The search index, for bulk writers: one statement for all names does far less work than the triggers.
#[derive(Debug)]
pub struct Search {
    /// The tables.
    pub tables: [&'static str; 3],
    /// The triggers for inserted rows, on these tables and on the tables with names.
    pub added: Vec<String>,
    /// The statements that fill the tables, which must be empty, with all existing names.
    pub fill: Vec<String>,
}

/// The search index of one engine.
pub fn search(backend: DbBackend) -> Search {
    let (added, words) = if backend == DbBackend::Postgres {
        (postgres::added(), postgres::fill())
    } else {
        (sqlite::added(), sqlite::fill())
    };
    Search { tables: ["search_name", "search_word", "search_gram"], added, fill: names().chain(words).collect() }
}

/// The statements that add all existing names to `search_name`.
fn names() -> impl Iterator<Item = String> {
    NAMED.iter().map(|named| {
        let rows = named.select("t", &format!("FROM {} AS t", named.table));
        format!("INSERT INTO search_name (kind, row_id, place, name, key) {rows}")
    })
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (clustered, triggers) =
            if postgres { ("", postgres::triggers()) } else { ("WITHOUT ROWID", sqlite::triggers()) };
        sql::run(manager, &TABLES.replace("{clustered}", clustered).replace("{words}", &words(postgres))).await?;
        for statement in triggers {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        for fill in names() {
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            for function in postgres::functions() {
                let drop = format!("DROP FUNCTION {function}() CASCADE");
                manager.get_connection().execute_unprepared(&drop).await?;
            }
        } else {
            for trigger in sqlite::names() {
                manager.get_connection().execute_unprepared(&format!("DROP TRIGGER {trigger}")).await?;
            }
        }
        sql::run(manager, "DROP TABLE search_gram; DROP TABLE search_word; DROP TABLE search_name;").await
    }
}
