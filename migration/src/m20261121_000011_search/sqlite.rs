//! The triggers on SQLite: one for each row that is written.

use super::{NAMED, Named};

const WORDS: &str = r#"
CREATE TABLE search_gram (
    gram text NOT NULL,
    length integer NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (gram, length, word)
) WITHOUT ROWID;

CREATE TRIGGER search_name_added AFTER INSERT ON search_name BEGIN
    INSERT OR IGNORE INTO search_word (word, name_id)
    SELECT substr(value, 1, 64), NEW.id FROM json_each('[' || replace(json_quote(NEW.words), ' ', '","') || ']')
    WHERE value <> '';
END;

CREATE TRIGGER search_name_removed AFTER DELETE ON search_name BEGIN
    DELETE FROM search_word WHERE name_id = OLD.id;
END;

CREATE TRIGGER search_word_added AFTER INSERT ON search_word
WHEN length(NEW.word) BETWEEN 3 AND 32 AND NOT EXISTS
    (SELECT 1 FROM search_gram
     WHERE gram = '  ' || substr(NEW.word, 1, 1) AND length = length(NEW.word) AND word = NEW.word)
BEGIN
    INSERT OR IGNORE INTO search_gram (gram, length, word)
    SELECT substr('  ' || NEW.word || '  ', value, 3), length(NEW.word), NEW.word
    FROM json_each('[{places}]') WHERE value <= length(NEW.word) + 2;
END;
"#;

/// What makes the table of parts and all triggers.
pub(super) fn triggers() -> Vec<String> {
    let places: Vec<String> = (1..=34).map(|place: u8| place.to_string()).collect();
    let words = WORDS.replace("{places}", &places.join(","));
    std::iter::once(words).chain(NAMED.iter().map(of)).collect()
}

/// The triggers that outlive the tables of search.
pub(super) fn names() -> impl Iterator<Item = String> {
    let name = |named: &Named, what| format!("search_{}_{what}", named.table);
    NAMED.iter().flat_map(move |named| ["added", "changed", "removed"].map(|what| name(named, what)))
}

fn of(named: &Named) -> String {
    let table = named.table;
    let add = format!("INSERT INTO search_name (kind, row_id, place, name, key) {};", named.select("NEW", ""));
    let remove = format!("DELETE FROM search_name WHERE {};", named.own.replace("T.", "OLD."));
    let differs: Vec<String> = named.columns.iter().map(|column| format!("OLD.{column} IS NOT NEW.{column}")).collect();
    let columns = named.columns.join(", ");
    format!(
        "CREATE TRIGGER search_{table}_added AFTER INSERT ON {table} BEGIN {add} END;
         CREATE TRIGGER search_{table}_changed AFTER UPDATE OF {columns} ON {table} WHEN {} BEGIN {remove} {add} END;
         CREATE TRIGGER search_{table}_removed AFTER DELETE ON {table} BEGIN {remove} END;",
        differs.join(" OR ")
    )
}
