//! The triggers on SQLite: one per written row.

use super::{NAMED, Named};

/// Adds the words of the row `{name}` of `search_name`, or of all rows in `{names}`.
const ADD_WORDS: &str = r#"INSERT OR IGNORE INTO search_word (word, name_id)
    SELECT substr(value, 1, 64), {name}.id FROM {names}json_each('[' || replace(json_quote({name}.words), ' ', '","') || ']')
    WHERE value <> ''"#;

/// Adds the trigrams of the word `{word}`, or of all words in `{words}`.
const ADD_GRAMS: &str = r"INSERT OR IGNORE INTO search_gram (gram, length, word)
    SELECT substr('  ' || {word} || '  ', value, 3), length({word}), {word}
    FROM {words}json_each('[{places}]') WHERE value <= length({word}) + 2";

/// Whether the trigrams of the word `{word}` are stored.
const HAS_GRAMS: &str = "length({word}) BETWEEN 3 AND 32";

const WORDS: &str = r"
CREATE TABLE search_gram (
    gram text NOT NULL,
    length integer NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (gram, length, word)
) WITHOUT ROWID;

CREATE TRIGGER search_name_added AFTER INSERT ON search_name BEGIN
    {add_words};
END;

CREATE TRIGGER search_name_removed AFTER DELETE ON search_name BEGIN
    DELETE FROM search_word WHERE name_id = OLD.id;
END;

CREATE TRIGGER search_word_added AFTER INSERT ON search_word
WHEN {has_grams} AND NOT EXISTS
    (SELECT 1 FROM search_gram
     WHERE gram = '  ' || substr(NEW.word, 1, 1) AND length = length(NEW.word) AND word = NEW.word)
BEGIN
    {add_grams};
END;
";

/// Creates the table of trigrams and all triggers.
pub(super) fn triggers() -> Vec<String> {
    let words = WORDS
        .replace("{add_words}", &ADD_WORDS.replace("{name}", "NEW").replace("{names}", ""))
        .replace("{has_grams}", HAS_GRAMS)
        .replace("{add_grams}", &add_grams(""))
        .replace("{word}", "NEW.word");
    std::iter::once(words).chain(NAMED.iter().map(of)).collect()
}

/// The triggers for inserted rows.
pub(super) fn added() -> Vec<String> {
    let tables = NAMED.iter().map(|named| named.table).chain(["name", "word"]);
    tables.map(|table| format!("search_{table}_added")).collect()
}

/// The statements that add the words of all names and their trigrams.
pub(super) fn fill() -> [String; 2] {
    let words = ADD_WORDS.replace("{name}", "search_name").replace("{names}", "search_name, ");
    let known = format!("(SELECT DISTINCT word FROM search_word WHERE {HAS_GRAMS}), ").replace("{word}", "word");
    let grams = add_grams(&known).replace("{word}", "word");
    // Rows inserted in the order of the primary key are appended.
    [format!("{words} ORDER BY 1, 2"), format!("{grams} ORDER BY 1, 2, 3")]
}

/// The triggers that are not dropped with the search tables.
pub(super) fn names() -> impl Iterator<Item = String> {
    let name = |named: &Named, what| format!("search_{}_{what}", named.table);
    NAMED.iter().flat_map(move |named| ["added", "changed", "removed"].map(|what| name(named, what)))
}

fn add_grams(words: &str) -> String {
    let places: Vec<String> = (1..=34).map(|place: u8| place.to_string()).collect();
    ADD_GRAMS.replace("{words}", words).replace("{places}", &places.join(","))
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
