//! The triggers on PostgreSQL: one per statement, for all rows that it wrote.

use super::{NAMED, Named};

/// The planner has no statistics for rows that a statement has just written, and keeps a plan for an empty table.
/// These settings make the functions use indexes.
const LOOK_UP: &str = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off";

/// Adds the words of the rows of `search_name` in `{names}`.
const ADD_WORDS: &str = r"INSERT INTO search_word (word, name_id)
    SELECT DISTINCT substr(w.word, 1, 64), n.id
    FROM {names} AS n CROSS JOIN LATERAL unnest(string_to_array(n.words, ' ')) AS w(word) WHERE w.word <> ''";

/// Adds the trigrams of those words.
const ADD_GRAMS: &str = r"INSERT INTO search_gram (gram, length, word)
    SELECT DISTINCT substr('  ' || w.word || '  ', g.place, 3), length(w.word), w.word
    FROM (SELECT DISTINCT u.word
          FROM {names} AS n CROSS JOIN LATERAL unnest(string_to_array(n.words, ' ')) AS u(word)
          WHERE length(u.word) BETWEEN 3 AND 32 AND NOT EXISTS
              (SELECT 1 FROM search_gram AS k
               WHERE k.gram = '  ' || substr(u.word, 1, 1) AND k.length = length(u.word) AND k.word = u.word)) AS w
    CROSS JOIN LATERAL generate_series(1, length(w.word) + 2) AS g(place)";

const WORDS: &str = r#"
CREATE TABLE search_gram (
    gram text COLLATE "C" NOT NULL,
    length integer NOT NULL,
    word text COLLATE "C" NOT NULL
);
CREATE INDEX search_gram_word ON search_gram (gram, length, word);

CREATE FUNCTION castgraph_search_name_added() RETURNS trigger LANGUAGE plpgsql {look_up} AS $$
BEGIN
    {add_words};
    {add_grams};
    RETURN NULL;
END $$;

CREATE FUNCTION castgraph_search_name_removed() RETURNS trigger LANGUAGE plpgsql {look_up} AS $$
BEGIN
    DELETE FROM search_word AS w USING old_rows AS n WHERE w.name_id = n.id;
    RETURN NULL;
END $$;

CREATE TRIGGER search_name_added AFTER INSERT ON search_name REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_name_added();
CREATE TRIGGER search_name_removed AFTER DELETE ON search_name REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_name_removed();
"#;

const OF_TABLE: &str = r"
CREATE FUNCTION castgraph_search_{table}() RETURNS trigger LANGUAGE plpgsql {look_up} AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_name WHERE {all};
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM search_name AS s USING ({old}) AS o(kind, row_id, place, name, key)
        WHERE s.kind = o.kind AND s.row_id = o.row_id AND s.place = o.place;
    ELSIF TG_OP = 'UPDATE' THEN
        DELETE FROM search_name AS s USING (({old}) EXCEPT ({new})) AS o(kind, row_id, place, name, key)
        WHERE s.kind = o.kind AND s.row_id = o.row_id AND s.place = o.place;
        INSERT INTO search_name (kind, row_id, place, name, key) (({new}) EXCEPT ({old})) ORDER BY 1, 2, 3;
    ELSE
        INSERT INTO search_name (kind, row_id, place, name, key) ({new}) ORDER BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER search_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_{table}();
CREATE TRIGGER search_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_{table}();
CREATE TRIGGER search_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_{table}();
CREATE TRIGGER search_truncated AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_search_{table}();
";

/// Creates the table of trigrams and all triggers with their functions.
pub(super) fn triggers() -> Vec<String> {
    let words =
        WORDS.replace("{add_words}", ADD_WORDS).replace("{add_grams}", ADD_GRAMS).replace("{names}", "new_rows");
    std::iter::once(words).chain(NAMED.iter().map(of)).map(|text| text.replace("{look_up}", LOOK_UP)).collect()
}

/// The triggers for inserted rows.
pub(super) fn added() -> Vec<String> {
    ["search_added", "search_name_added"].map(str::to_owned).to_vec()
}

/// The statements that add the words of all names and their trigrams.
pub(super) fn fill() -> [String; 2] {
    [ADD_WORDS, ADD_GRAMS].map(|text| text.replace("{names}", "search_name"))
}

/// The functions of the triggers.
pub(super) fn functions() -> impl Iterator<Item = String> {
    let words = ["castgraph_search_name_added", "castgraph_search_name_removed"].map(str::to_owned);
    words.into_iter().chain(NAMED.iter().map(|named| format!("castgraph_search_{}", named.table)))
}

fn of(named: &Named) -> String {
    OF_TABLE
        .replace("{table}", named.table)
        .replace("{all}", named.all)
        .replace("{old}", &named.select("t", "FROM old_rows AS t"))
        .replace("{new}", &named.select("t", "FROM new_rows AS t"))
}
