//! Changesets, the change of every row, accounts and their keys, locks, and the names that objects had before.
//!
//! Triggers record every inserted, updated and deleted row of the tables with facts in `change`, with its columns before
//! and after as JSON, whichever program writes it. The changeset that a transaction belongs to is in `change_context` on SQLite and
//! in the setting `castgraph.changeset` on PostgreSQL; without one the changes have none, and 0 records nothing.
//!
//! On PostgreSQL, triggers take the lock of castgraph's write transactions for writes without a changeset too, so that ids
//! of changes have commit order.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

const UP: &str = r"
CREATE TABLE account (
    id {id},
    name {text} NOT NULL UNIQUE CHECK (name <> ''),
    role {text} NOT NULL CHECK (role IN ('EDITOR', 'REVIEWER', 'ADMIN')),
    created_at {text} NOT NULL
);

CREATE TABLE access_key (
    id {id},
    account_id integer NOT NULL REFERENCES account (id) ON DELETE RESTRICT,
    label {text} NOT NULL,
    hash {text} NOT NULL UNIQUE CHECK (length(hash) = 64),
    created_at {text} NOT NULL,
    expires_at {text},
    revoked_at {text},
    used_at {text}
);
CREATE INDEX access_key_account ON access_key (account_id);

CREATE TABLE changeset (
    id {id},
    account_id integer REFERENCES account (id) ON DELETE RESTRICT,
    origin {text} NOT NULL CHECK (origin IN ('API', 'IMPORT', 'COMMAND', 'UNDO', 'BASELINE')),
    state {text} NOT NULL CHECK (state IN ('PROPOSED', 'APPLIED', 'REJECTED', 'WITHDRAWN', 'UNDONE')),
    title {text} NOT NULL CHECK (title <> ''),
    note {text} CHECK (note <> ''),
    sources {text} CHECK (sources <> ''),
    created_at {text} NOT NULL,
    decided_at {text},
    decided_by_id integer REFERENCES account (id) ON DELETE RESTRICT,
    comment {text} CHECK (comment <> ''),
    undoes_id integer REFERENCES changeset (id) ON DELETE RESTRICT,
    proposal {text},
    preview {text},
    CHECK (state <> 'PROPOSED' OR proposal IS NOT NULL)
);
CREATE INDEX changeset_state ON changeset (state, id);
CREATE INDEX changeset_account ON changeset (account_id, id);
CREATE INDEX changeset_undoes ON changeset (undoes_id);

CREATE TABLE change (
    id {id},
    changeset_id integer REFERENCES changeset (id) ON DELETE RESTRICT,
    kind integer NOT NULL,
    row_id bigint NOT NULL,
    of_kind integer NOT NULL,
    of_id bigint NOT NULL,
    before {text},
    after {text},
    CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX change_object ON change (of_kind, of_id, id);
CREATE INDEX change_row ON change (kind, row_id, id);
CREATE INDEX change_changeset ON change (changeset_id, id);

CREATE TABLE redirect (
    id {id},
    kind integer NOT NULL CHECK (kind BETWEEN 1 AND 27),
    slug {text} CHECK (slug <> ''),
    old_id integer,
    target_id integer NOT NULL,
    CHECK ((slug IS NULL) <> (old_id IS NULL)),
    UNIQUE (kind, slug),
    UNIQUE (kind, old_id)
);
CREATE INDEX redirect_target ON redirect (kind, target_id);

CREATE TABLE field_lock (
    id {id},
    kind integer NOT NULL,
    row_id integer NOT NULL,
    field {text} NOT NULL,
    reason {text} NOT NULL CHECK (reason <> ''),
    account_id integer REFERENCES account (id) ON DELETE RESTRICT,
    created_at {text} NOT NULL,
    UNIQUE (kind, row_id, field)
);

CREATE TABLE change_context (
    id integer PRIMARY KEY CHECK (id = 1),
    changeset_id integer NOT NULL
);
";

const DOWN: &str = r"
DROP TABLE change_context;
DROP TABLE field_lock;
DROP TABLE redirect;
DROP TABLE change;
DROP TABLE changeset;
DROP TABLE access_key;
DROP TABLE account;
";

/// A recorded table. The first `keys` columns are its primary key. Later migrations add the tables that they create.
pub(crate) struct Table {
    kind: i32,
    name: &'static str,
    keys: usize,
    columns: &'static [&'static str],
}

pub(crate) const fn table(kind: i32, name: &'static str, columns: &'static [&'static str]) -> Table {
    Table { kind, name, keys: 1, columns }
}

/// Ordered so that rows refer only to rows of the same table and of earlier tables.
const TABLES: &[Table] = &[
    table(1, "franchise", &["id", "slug", "name"]),
    table(
        2,
        "show",
        &[
            "id",
            "slug",
            "franchise_id",
            "code",
            "title",
            "title_key",
            "format",
            "medium",
            "status",
            "premiered_on",
            "ended_on",
        ],
    ),
    table(
        3,
        "season",
        &["id", "slug", "show_id", "number", "premiered_on", "finale_on", "planned_episode_count", "guest_cast"],
    ),
    table(
        4,
        "episode",
        &["id", "slug", "show_id", "season_id", "number", "number_end", "title", "title_key", "aired_on", "guest_cast"],
    ),
    table(5, "person", &["id", "slug", "name", "name_key", "born", "died"]),
    table(6, "character", &["id", "slug", "name", "name_key", "species"]),
    table(16, "alias", &["id", "person_id", "character_id", "position", "name", "name_key"]),
    table(8, "show_link", &["id", "from_id", "to_id", "kind"]),
    table(9, "character_link", &["id", "from_id", "to_id", "kind"]),
    table(
        7,
        "credit",
        &[
            "id",
            "person_id",
            "show_id",
            "season_id",
            "character_id",
            "job",
            "billing",
            "position",
            "part",
            "credited_as",
            "coverage",
            "portrayal",
        ],
    ),
    Table {
        kind: 17,
        name: "appearance",
        keys: 2,
        columns: &["credit_id", "episode_id", "season_id", "billing", "position", "credited_as"],
    },
    table(11, "territory", &["id", "slug", "name", "kind", "iso_3166", "everywhere", "note"]),
    Table {
        kind: 18,
        name: "territory_part",
        keys: 2,
        columns: &["group_id", "country_id", "group_kind", "country_kind", "excluded"],
    },
    table(10, "platform", &["id", "slug"]),
    table(
        19,
        "platform_name",
        &["id", "slug", "platform_id", "name", "kind", "territory_id", "owner", "launched_on", "named_on", "note"],
    ),
    table(20, "home", &["id", "show_id", "season_id", "platform_name_id"]),
    table(
        12,
        "availability",
        &[
            "id",
            "slug",
            "show_id",
            "season_id",
            "platform_name_id",
            "territory_id",
            "starts_on",
            "exclusive",
            "cadence",
            "delay",
            "note",
        ],
    ),
    table(
        13,
        "offer",
        &[
            "id",
            "slug",
            "platform_name_id",
            "territory_id",
            "plan",
            "price",
            "currency",
            "period",
            "trial",
            "as_of",
            "note",
        ],
    ),
    table(
        14,
        "funding",
        &[
            "id",
            "slug",
            "show_id",
            "season_id",
            "kind",
            "grantor",
            "programme",
            "amount",
            "currency",
            "awarded_on",
            "reported_on",
            "note",
        ],
    ),
    table(15, "media", &["id", "slug", "kind", "show_id", "season_id", "released_on", "issuer", "text", "note"]),
    table(21, "source", &["id", "slug", "publisher", "title", "author", "published_on", "address", "kind", "note"]),
    table(
        22,
        "subject",
        &[
            "id",
            "kind",
            "franchise_id",
            "show_id",
            "season_id",
            "episode_id",
            "person_id",
            "character_id",
            "credit_id",
            "show_link_id",
            "character_link_id",
            "platform_id",
            "territory_id",
            "availability_id",
            "offer_id",
            "funding_id",
            "media_id",
            "general",
        ],
    ),
    table(
        23,
        "claim",
        &[
            "id",
            "slug",
            "subject_id",
            "source_id",
            "about",
            "statement",
            "claimed_on",
            "status",
            "superseded_by_id",
            "note",
        ],
    ),
    table(24, "citation", &["id", "subject_id", "source_id", "field", "claim_id"]),
    table(25, "note", &["id", "subject_id", "credit_id", "episode_id", "platform_name_id", "text"]),
    table(26, "episode_record", &["episode_id", "production_number", "other_aired_on", "other_source_id"]),
    table(27, "redirect", &["id", "kind", "slug", "old_id", "target_id"]),
];

impl Table {
    /// Replaces the triggers that record changes of this table by those of `new`, the same table with other columns.
    pub(crate) async fn replace_by(&self, new: &Self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let db = manager.get_connection();
        db.execute_unprepared(&self.drop_triggers(postgres)).await?;
        if postgres {
            db.execute_unprepared(&format!("DROP TRIGGER castgraph_turn ON {}", self.name)).await?;
        }
        db.execute_unprepared(&new.triggers(postgres)).await.map(drop)
    }

    /// The number of the row `row`: its primary key, or both parts of it in one number.
    fn row_id(&self, row: &str) -> String {
        match self.columns {
            [first, second, ..] if self.keys == 2 => {
                format!("CAST({row}.{first} AS bigint) * 4294967296 + {row}.{second}")
            }
            [first, ..] => format!("{row}.{first}"),
            [] => String::new(),
        }
    }

    /// The kind and the id of the object that the row `row` is, or is part of.
    fn object(&self, row: &str) -> (String, String) {
        let subject = |column: &str| format!("(SELECT {column} FROM subject WHERE id = {row}.subject_id)");
        let (kind, id) = match self.name {
            "alias" => (
                format!("CASE WHEN {row}.person_id IS NULL THEN 6 ELSE 5 END"),
                format!("coalesce({row}.person_id, {row}.character_id)"),
            ),
            "appearance" => ("7".to_owned(), format!("{row}.credit_id")),
            "territory_part" => ("11".to_owned(), format!("{row}.group_id")),
            "platform_name" => ("10".to_owned(), format!("{row}.platform_id")),
            "home" => (
                format!("CASE WHEN {row}.season_id IS NULL THEN 2 ELSE 3 END"),
                format!("coalesce({row}.season_id, {row}.show_id)"),
            ),
            "subject" => {
                let columns = self.columns.iter().filter(|column| column.ends_with("_id"));
                let columns: Vec<String> = columns.map(|column| format!("{row}.{column}")).collect();
                (format!("{row}.kind"), format!("coalesce({})", columns.join(", ")))
            }
            // The subject may have been removed before its citations.
            "citation" => {
                (format!("coalesce({}, 24)", subject("kind")), format!("coalesce({}, {row}.id)", subject("row_id")))
            }
            "note" => (
                format!(
                    "coalesce({}, CASE WHEN {row}.credit_id IS NOT NULL THEN 7 END, \
                     (SELECT 10 FROM platform_name WHERE id = {row}.platform_name_id), 25)",
                    subject("kind")
                ),
                format!(
                    "coalesce({}, {row}.credit_id, \
                     (SELECT platform_id FROM platform_name WHERE id = {row}.platform_name_id), {row}.id)",
                    subject("row_id")
                ),
            ),
            "episode_record" => ("4".to_owned(), format!("{row}.episode_id")),
            "redirect" => (format!("{row}.kind"), format!("{row}.target_id")),
            "external_id" | "picture" | "summary" => (format!("{row}.of_kind"), format!("{row}.of_id")),
            _ => (self.kind.to_string(), self.row_id(row)),
        };
        (kind, id)
    }

    /// The columns of the row `row` as JSON, with null for the column `nulled`.
    fn json(&self, row: &str, postgres: bool, nulled: Option<&str>) -> String {
        let members = self.columns.iter().map(|column| match nulled {
            Some(nulled) if nulled == *column => format!("'{column}', NULL"),
            _ => format!("'{column}', {row}.{column}"),
        });
        let members: Vec<String> = members.collect();
        if postgres {
            format!("CAST(json_build_object({}) AS text)", members.join(", "))
        } else {
            format!("json_object({})", members.join(", "))
        }
    }

    fn differs(&self) -> String {
        let columns =
            |row: &str| self.columns.iter().map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ");
        format!("ROW({}) IS DISTINCT FROM ROW({})", columns("o"), columns("n"))
    }

    fn same_row(&self) -> String {
        let keys = self.columns.iter().take(self.keys);
        keys.map(|key| format!("o.{key} = n.{key}")).collect::<Vec<_>>().join(" AND ")
    }

    /// The statements that create the triggers.
    pub(crate) fn triggers(&self, postgres: bool) -> String {
        if postgres { self.triggers_on_postgres() } else { self.triggers_on_sqlite() }
    }

    /// The statements that drop the triggers.
    pub(crate) fn drop_triggers(&self, postgres: bool) -> String {
        let name = self.name;
        if postgres {
            format!("DROP FUNCTION castgraph_record_{name}() CASCADE")
        } else {
            ["insert", "update", "delete"].map(|what| format!("DROP TRIGGER recorded_{name}_{what};")).concat()
        }
    }

    fn triggers_on_postgres(&self) -> String {
        let (name, kind) = (self.name, self.kind);
        let (old, new) = (self.json("o", true, None), self.json("n", true, None));
        let (old_id, new_id) = (self.row_id("o"), self.row_id("n"));
        let (same, differs) = (self.same_row(), self.differs());
        let ((old_of, old_of_id), (new_of, new_of_id)) = (self.object("o"), self.object("n"));
        format!(
            "CREATE FUNCTION castgraph_record_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE within integer := CAST(nullif(current_setting('castgraph.changeset', true), '') AS integer);
BEGIN
    IF within = 0 THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, after)
        SELECT within, {kind}, {new_id}, {new_of}, {new_of_id}, {new} FROM new_rows AS n ORDER BY {new_id};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, before)
        SELECT within, {kind}, {old_id}, {old_of}, {old_of_id}, {old} FROM old_rows AS o ORDER BY {old_id};
    ELSE
        INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, before, after)
        SELECT within, {kind}, {new_id}, {new_of}, {new_of_id}, {old}, {new}
        FROM new_rows AS n JOIN old_rows AS o ON {same} WHERE {differs} ORDER BY {new_id};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER castgraph_turn BEFORE INSERT OR UPDATE OR DELETE ON {name}
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_take_turn();
CREATE TRIGGER castgraph_recorded_insert AFTER INSERT ON {name} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_record_{name}();
CREATE TRIGGER castgraph_recorded_update AFTER UPDATE ON {name} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_record_{name}();
CREATE TRIGGER castgraph_recorded_delete AFTER DELETE ON {name} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION castgraph_record_{name}();
"
        )
    }

    fn triggers_on_sqlite(&self) -> String {
        let (name, kind) = (self.name, self.kind);
        let (old, new) = (self.json("OLD", false, None), self.json("NEW", false, None));
        let (old_id, new_id) = (self.row_id("OLD"), self.row_id("NEW"));
        let differs: Vec<String> =
            self.columns.iter().map(|column| format!("OLD.{column} IS NOT NEW.{column}")).collect();
        let differs = differs.join(" OR ");
        let ((old_of, old_of_id), (new_of, new_of_id)) = (self.object("OLD"), self.object("NEW"));
        format!(
            "CREATE TRIGGER recorded_{name}_insert AFTER INSERT ON {name} WHEN {RECORDED} BEGIN
    INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, after)
    VALUES ({WITHIN}, {kind}, {new_id}, {new_of}, {new_of_id}, {new});
END;
CREATE TRIGGER recorded_{name}_update AFTER UPDATE ON {name} WHEN ({differs}) AND {RECORDED} BEGIN
    INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, before, after)
    VALUES ({WITHIN}, {kind}, {new_id}, {new_of}, {new_of_id}, {old}, {new});
END;
CREATE TRIGGER recorded_{name}_delete AFTER DELETE ON {name} WHEN {RECORDED} BEGIN
    INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, before)
    VALUES ({WITHIN}, {kind}, {old_id}, {old_of}, {old_of_id}, {old});
END;
"
        )
    }

    /// The statements that record all existing rows as inserted.
    fn baseline(&self, postgres: bool) -> Vec<String> {
        let (name, kind, row_id) = (self.name, self.kind, self.row_id("t"));
        // A claim may be superseded by one with a higher id, so that is recorded as a second change.
        let nulled = (name == "claim").then_some("superseded_by_id");
        let (of, of_id) = self.object("t");
        let (first, whole) = (self.json("t", postgres, nulled), self.json("t", postgres, None));
        let mut statements = vec![format!(
            "INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, after)
             SELECT {BASELINE}, {kind}, {row_id}, {of}, {of_id}, {first} FROM {name} AS t ORDER BY {row_id}"
        )];
        if let Some(nulled) = nulled {
            statements.push(format!(
                "INSERT INTO change (changeset_id, kind, row_id, of_kind, of_id, before, after)
                 SELECT {BASELINE}, {kind}, {row_id}, {of}, {of_id}, {first}, {whole} FROM {name} AS t
                 WHERE t.{nulled} IS NOT NULL ORDER BY {row_id}"
            ));
        }
        statements
    }
}

/// The advisory lock of write transactions on PostgreSQL. castgraph takes the same one.
const LOCK: i32 = 1_667_330_932;

/// Another program takes the advisory lock before it locks rows, so that it cannot deadlock with castgraph.
fn take_turn() -> String {
    format!(
        "CREATE FUNCTION castgraph_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('castgraph.changeset', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock({LOCK});
    END IF;
    RETURN NULL;
END $$"
    )
}

/// The changeset of the current transaction, on SQLite.
const WITHIN: &str = "(SELECT changeset_id FROM change_context)";

/// Whether the current transaction is recorded, on SQLite.
const RECORDED: &str = "NOT EXISTS (SELECT 1 FROM change_context WHERE changeset_id = 0)";

/// The first changeset: the rows that existed before changes were recorded.
const BASELINE: &str = "(SELECT min(id) FROM changeset)";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let db = manager.get_connection();
        sql::run(manager, UP).await?;
        if postgres {
            db.execute_unprepared(&take_turn()).await?;
        }
        for table in TABLES {
            db.execute_unprepared(&table.triggers(postgres)).await?;
        }
        sql::notify(manager, &["account", "changeset", "change", "redirect", "field_lock"]).await?;
        let now = if postgres {
            "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        } else {
            "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
        };
        let facts = ["franchise", "show", "person", "character", "platform", "territory", "source"];
        let facts: Vec<String> = facts.iter().map(|table| format!("EXISTS (SELECT 1 FROM {table})")).collect();
        db.execute_unprepared(&format!(
            "INSERT INTO changeset (origin, state, title, created_at)
             SELECT 'BASELINE', 'APPLIED', 'What was there before changes were recorded', {now}
             WHERE {}",
            facts.join(" OR ")
        ))
        .await?;
        for table in TABLES {
            for statement in table.baseline(postgres) {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        for table in TABLES {
            manager.get_connection().execute_unprepared(&table.drop_triggers(postgres)).await?;
        }
        if postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION castgraph_take_turn() CASCADE").await?;
        }
        sql::run(manager, DOWN).await
    }
}
