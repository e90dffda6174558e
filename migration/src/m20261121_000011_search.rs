//! What search looks names up in, kept by triggers, so that it follows every write in the transaction of the write.
//!
//! * `search_name`: every name of a person, character, show or episode, with its words. `kind` and `row_id` tell whose
//!   it is, as in `subject`; `place` is 0 for the name itself, and from 1 for other names.
//! * `search_word`: the words of names, cut to 64 letters, for look-ups by the beginning of a word.
//! * `search_gram`: the words of 3 to 32 letters by their parts of three letters, for look-ups of words that are spelled
//!   almost so. A word stays when the last name that has it goes: it is looked up in `search_word` next and not found.
//!   So no two writers ever wait for one row here.
//!
//! Words are made of the folded key of a name: apostrophes go, other signs part words. It is the same SQL on both
//! engines, and castgraph does the same to what is looked for.

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

/// Signs that are left out, so that `O'Brien` is one word.
const APOSTROPHES: &str = "'’‘ʼʻ`";

/// Signs between words. Those that are folded into others are not here.
const SEPARATORS: &str = "!\"#$%&()*+,-./:;<=>?@[\\]^_{|}~‐–—―“”„«»‹›¡¿§¶·•†‡・、。「」『』【】〜،؛؟।׀־";

/// A table that has names.
struct Named {
    table: &'static str,
    /// The rows of `search_name` for one of its rows, `T`: what to select, and on which condition.
    names: &'static [(&'static str, &'static str)],
    /// Which rows of `search_name` belong to its row `T`.
    own: &'static str,
    /// Which rows of `search_name` belong to the table.
    all: &'static str,
    /// The columns that the names come from.
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
    /// The rows of `search_name` for the rows that `from` names; `row` is what one of them is called.
    fn select(&self, row: &str, from: &str) -> String {
        let selects =
            self.names.iter().map(|(columns, condition)| format!("SELECT {columns} {from} WHERE {condition}"));
        selects.collect::<Vec<_>>().join(" UNION ALL ").replace("T.", &format!("{row}."))
    }
}

/// The column `words`: those of `key`, divided by single blanks. PostgreSQL takes it as one expression; SQLite as a chain
/// of columns, since its parser takes no more than a few calls within each other.
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
    // Several blanks become one: each becomes `<>`, and where two meet, `><` goes.
    columns.push(format!(
        "words {{text}} NOT NULL GENERATED ALWAYS AS \
         (trim(replace(replace(replace({out}, ' ', '<>'), '><', ''), '<>', ' '))) STORED"
    ));
    columns.join(",\n    ")
}

/// What search looks names up in, for who writes so many names that one statement for all of them does far less work than
/// the triggers do.
#[derive(Debug)]
pub struct Search {
    /// The tables.
    pub tables: [&'static str; 3],
    /// The triggers that follow new rows, on these tables and on those that have names.
    pub added: Vec<String>,
    /// The statements that fill the tables, which must be empty, with all names that there are.
    pub fill: Vec<String>,
}

/// What search looks names up in on one engine.
pub fn search(backend: DbBackend) -> Search {
    let (added, words) = if backend == DbBackend::Postgres {
        (postgres::added(), postgres::fill())
    } else {
        (sqlite::added(), sqlite::fill())
    };
    Search { tables: ["search_name", "search_word", "search_gram"], added, fill: names().chain(words).collect() }
}

/// What adds all names that there are to `search_name`.
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
