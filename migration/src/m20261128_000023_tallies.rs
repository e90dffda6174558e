//! Counts of rows that would take long to count, maintained by triggers in the transaction of each write, indexes of rare
//! credits, and a cheaper view of credits with dates.
//!
//! A tally has a row for each combination of values in some columns of a table, with the number of rows that have them.
//! The columns have the names that they have in the table, so a condition on them counts the same rows in either. A row
//! of a tally stays when its total falls to 0.
//!
//! `cited_fact` has a row for each subject with citations, with the number of its publishers; 2 means two or more. A source
//! without a publisher counts as its own. With the tally of subjects it says how many facts have no source.
//!
//! On PostgreSQL, writers wait for each other anyway (`castgraph_take_turn`), so they do not wait for the rows of tallies.
//! On SQLite, a program that replaces rows with `REPLACE` and without `recursive_triggers` deletes rows that no trigger sees.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

const UP: &str = r"
DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank, credit.portrayal,
    coalesce(season.premiered_on, show.premiered_on) AS first_on,
    coalesce(season.finale_on, season.premiered_on, show.premiered_on) AS last_on,
    credit.coverage
FROM credit
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN show ON show.id = CASE WHEN credit.season_id IS NULL THEN credit.show_id END;

CREATE INDEX credit_part ON credit (part, rank, id) WHERE part <> 'SCREEN';
CREATE INDEX credit_portrayal ON credit (portrayal, rank, id) WHERE portrayal <> 'REGULAR';

CREATE TABLE cited_fact (
    subject_id integer PRIMARY KEY REFERENCES subject (id) ON DELETE CASCADE,
    kind integer NOT NULL,
    general integer NOT NULL,
    publishers integer NOT NULL
);

CREATE TABLE show_tally (format {text} NOT NULL, medium {text}, status {text}, total bigint NOT NULL);
CREATE TABLE season_tally (number integer NOT NULL, total bigint NOT NULL);
CREATE TABLE episode_tally (aired_on {text}, total bigint NOT NULL);
CREATE TABLE person_tally (born {text}, total bigint NOT NULL);
CREATE TABLE character_tally (species {text}, total bigint NOT NULL);
CREATE TABLE credit_tally (job integer NOT NULL, billing integer, part {text}, portrayal {text} NOT NULL,
    rank integer NOT NULL GENERATED ALWAYS AS (job * 1000000 + coalesce(billing, 99) * 10000) STORED,
    total bigint NOT NULL);
CREATE TABLE subject_tally (kind integer NOT NULL, general integer NOT NULL, total bigint NOT NULL);
CREATE TABLE cited_fact_tally
    (kind integer NOT NULL, general integer NOT NULL, publishers integer NOT NULL, total bigint NOT NULL);
";

const DOWN: &str = r"
DROP TABLE cited_fact_tally;
DROP TABLE subject_tally;
DROP TABLE credit_tally;
DROP TABLE character_tally;
DROP TABLE person_tally;
DROP TABLE episode_tally;
DROP TABLE season_tally;
DROP TABLE show_tally;
DROP TABLE cited_fact;

DROP INDEX credit_portrayal;
DROP INDEX credit_part;
DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank, credit.portrayal,
    coalesce(season.premiered_on, show.premiered_on) AS first_on,
    coalesce(season.finale_on, season.premiered_on, show.premiered_on) AS last_on
FROM credit
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN show ON show.id = credit.show_id AND credit.season_id IS NULL;
";

/// A tally of the rows of `table`.
struct Tally {
    table: &'static str,
    /// The columns that tell the rows apart, each with the expression that stands for it in the unique index.
    columns: &'static [(&'static str, &'static str)],
}

const TALLIES: [Tally; 8] = [
    tally("show", &[("format", "format"), ("medium", "coalesce(medium, '')"), ("status", "coalesce(status, '')")]),
    tally("season", &[("number", "number")]),
    tally("episode", &[("aired_on", "coalesce(aired_on, '')")]),
    tally("person", &[("born", "coalesce(born, '')")]),
    tally("character", &[("species", "coalesce(species, '')")]),
    tally(
        "credit",
        &[
            ("job", "job"),
            ("billing", "coalesce(billing, 99)"),
            ("part", "coalesce(part, '')"),
            ("portrayal", "portrayal"),
        ],
    ),
    tally("subject", &[("kind", "kind"), ("general", "general")]),
    tally("cited_fact", &[("kind", "kind"), ("general", "general"), ("publishers", "publishers")]),
];

const fn tally(table: &'static str, columns: &'static [(&'static str, &'static str)]) -> Tally {
    Tally { table, columns }
}

impl Tally {
    /// The columns of the row `row`.
    fn columns(&self, row: &str) -> String {
        self.columns.iter().map(|(name, _)| format!("{row}{name}")).collect::<Vec<_>>().join(", ")
    }

    fn keys(&self) -> String {
        self.columns.iter().map(|(_, key)| format!("({key})")).collect::<Vec<_>>().join(", ")
    }

    fn index(&self) -> String {
        format!("CREATE UNIQUE INDEX {0}_tally_once ON {0}_tally ({1})", self.table, self.keys())
    }

    /// Adds what `rows` selects, the columns and a total, to the tally.
    fn add(&self, rows: &str) -> String {
        let (table, columns, keys) = (self.table, self.columns(""), self.keys());
        format!(
            "INSERT INTO {table}_tally ({columns}, total) {rows} \
             ON CONFLICT ({keys}) DO UPDATE SET total = {table}_tally.total + excluded.total"
        )
    }

    /// Fills the empty tally.
    fn fill(&self) -> String {
        let (table, columns) = (self.table, self.columns(""));
        format!(
            "INSERT INTO {table}_tally ({columns}, total) SELECT {columns}, count(*) FROM {table} GROUP BY {columns}"
        )
    }

    fn triggers(&self, postgres: bool) -> String {
        if postgres { self.triggers_on_postgres() } else { self.triggers_on_sqlite() }
    }

    fn triggers_on_postgres(&self) -> String {
        let (table, columns) = (self.table, self.columns(""));
        let counted = |sign: &str, rows: &str| {
            self.add(&format!("SELECT {columns}, {sign}count(*) FROM {rows} GROUP BY {columns} ORDER BY {columns}"))
        };
        let changed = self.add(&format!(
            "SELECT {columns}, sum(n) FROM (SELECT {columns}, 1 AS n FROM new_rows \
             UNION ALL SELECT {columns}, -1 FROM old_rows) AS r GROUP BY {columns} HAVING sum(n) <> 0 ORDER BY {columns}"
        ));
        format!(
            "CREATE FUNCTION castgraph_tally_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM {table}_tally;
    ELSIF TG_OP = 'INSERT' THEN
        {};
    ELSIF TG_OP = 'DELETE' THEN
        {};
    ELSE
        {changed};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_tally_{table}();
CREATE TRIGGER tally_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_tally_{table}();
CREATE TRIGGER tally_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_tally_{table}();
CREATE TRIGGER tally_truncated AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_tally_{table}();",
            counted("", "new_rows"),
            counted("-", "old_rows"),
        )
    }

    fn triggers_on_sqlite(&self) -> String {
        let table = self.table;
        let add = |row: &str, number: i32| self.add(&format!("VALUES ({}, {number})", self.columns(row)));
        let (added, removed) = (add("NEW.", 1), add("OLD.", -1));
        let differs = self.columns.iter().map(|(name, _)| format!("OLD.{name} IS NOT NEW.{name}"));
        let differs = differs.collect::<Vec<_>>().join(" OR ");
        format!(
            "CREATE TRIGGER tally_{table}_insert AFTER INSERT ON {table} BEGIN {added}; END;
CREATE TRIGGER tally_{table}_update AFTER UPDATE OF {} ON {table} WHEN {differs} BEGIN {removed}; {added}; END;
CREATE TRIGGER tally_{table}_delete AFTER DELETE ON {table} BEGIN {removed}; END;",
            self.columns(""),
        )
    }

    fn drop_triggers(&self, postgres: bool) -> String {
        let table = self.table;
        if postgres {
            format!("DROP FUNCTION castgraph_tally_{table}() CASCADE")
        } else {
            ["insert", "update", "delete"].map(|what| format!("DROP TRIGGER tally_{table}_{what};")).concat()
        }
    }
}

/// The rows of `cited_fact` for the subjects whose ids `which` selects.
fn cited(which: &str) -> String {
    format!(
        "INSERT INTO cited_fact (subject_id, kind, general, publishers)
         SELECT s.id, s.kind, s.general, CASE WHEN count(DISTINCT coalesce(x.publisher, x.slug)) > 1 THEN 2 ELSE 1 END
         FROM subject AS s JOIN citation AS c ON c.subject_id = s.id JOIN source AS x ON x.id = c.source_id
         {which} GROUP BY s.id, s.kind, s.general"
    )
}

/// Replaces the rows of `cited_fact` for the subjects whose ids `which` selects.
fn recount(which: &str) -> String {
    format!("DELETE FROM cited_fact WHERE subject_id IN ({which}); {};", cited(&format!("WHERE s.id IN ({which})")))
}

/// The triggers that maintain `cited_fact`. Subjects are deleted by its foreign key.
fn cited_triggers(postgres: bool) -> String {
    if !postgres {
        let (added, removed) = (recount("SELECT NEW.subject_id"), recount("SELECT OLD.subject_id"));
        let of_source = recount("SELECT subject_id FROM citation WHERE source_id = NEW.id");
        return format!(
            "CREATE TRIGGER cited_insert AFTER INSERT ON citation BEGIN {added} END;
CREATE TRIGGER cited_update AFTER UPDATE ON citation BEGIN {removed} {added} END;
CREATE TRIGGER cited_delete AFTER DELETE ON citation BEGIN {removed} END;
CREATE TRIGGER cited_source AFTER UPDATE OF publisher, slug ON source
    WHEN coalesce(OLD.publisher, OLD.slug) <> coalesce(NEW.publisher, NEW.slug) BEGIN {of_source} END;
CREATE TRIGGER cited_subject AFTER UPDATE OF kind, general ON subject BEGIN
    UPDATE cited_fact SET kind = NEW.kind, general = NEW.general WHERE subject_id = NEW.id;
END;"
        );
    }
    let (added, removed) = (recount("SELECT subject_id FROM new_rows"), recount("SELECT subject_id FROM old_rows"));
    let of_source = recount(
        "SELECT c.subject_id FROM citation AS c JOIN new_rows AS n ON n.id = c.source_id JOIN old_rows AS o ON o.id = n.id
         WHERE coalesce(o.publisher, o.slug) <> coalesce(n.publisher, n.slug)",
    );
    format!(
        "CREATE FUNCTION castgraph_cited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM cited_fact;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        {removed}
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        {added}
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION castgraph_cited_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {of_source}
    RETURN NULL;
END $$;
CREATE FUNCTION castgraph_cited_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cited_fact AS f SET kind = n.kind, general = n.general FROM new_rows AS n
    WHERE f.subject_id = n.id AND (f.kind <> n.kind OR f.general <> n.general);
    RETURN NULL;
END $$;
CREATE TRIGGER cited_insert AFTER INSERT ON citation REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited();
CREATE TRIGGER cited_update AFTER UPDATE ON citation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited();
CREATE TRIGGER cited_delete AFTER DELETE ON citation REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited();
CREATE TRIGGER cited_truncate AFTER TRUNCATE ON citation FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited();
CREATE TRIGGER cited_source AFTER UPDATE ON source REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited_source();
CREATE TRIGGER cited_subject AFTER UPDATE ON subject REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_cited_subject();"
    )
}

/// How to fill the tallies of many new rows at once.
#[derive(Debug)]
pub struct Tallies {
    /// The triggers for inserted rows, to be disabled meanwhile.
    pub added: Vec<String>,
    /// The statements that count all rows afterwards. The tallies must be empty.
    pub fill: Vec<String>,
}

/// How to fill the tallies of an empty database.
pub fn tallies(backend: DbBackend) -> Tallies {
    let added = match backend {
        DbBackend::Postgres => vec!["tally_added".to_owned()],
        _ => TALLIES.iter().map(|tally| format!("tally_{}_insert", tally.table)).collect(),
    };
    // Rows of deleted rows stay in a tally.
    let fill = TALLIES.iter().flat_map(|tally| [format!("DELETE FROM {}_tally", tally.table), tally.fill()]);
    Tallies { added, fill: fill.collect() }
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
        sql::run(manager, UP).await?;
        let db = manager.get_connection();
        db.execute_unprepared(&cited("")).await?;
        for tally in &TALLIES {
            for statement in [tally.fill(), tally.index(), tally.triggers(postgres)] {
                db.execute_unprepared(&statement).await?;
            }
        }
        db.execute_unprepared(&cited_triggers(postgres)).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let db = manager.get_connection();
        let cited = if postgres {
            "DROP FUNCTION castgraph_cited() CASCADE; DROP FUNCTION castgraph_cited_source() CASCADE;
             DROP FUNCTION castgraph_cited_subject() CASCADE"
        } else {
            "DROP TRIGGER cited_insert; DROP TRIGGER cited_update; DROP TRIGGER cited_delete; DROP TRIGGER cited_source;
             DROP TRIGGER cited_subject"
        };
        db.execute_unprepared(cited).await?;
        for tally in &TALLIES {
            db.execute_unprepared(&tally.drop_triggers(postgres)).await?;
        }
        sql::run(manager, DOWN).await
    }
}
