//! Pictures and summaries of shows, seasons, episodes, people and characters.
//!
//! An object has each picture once, and at most one summary of a language with the same credit.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{
    m20261128_000014_changes::{Table, table},
    sql,
};

/// `of_kind` and `of_id` are the table and the id of the object, as in `subject`.
const UP: &str = r"
CREATE TABLE picture (
    id {id},
    show_id integer REFERENCES show (id) ON DELETE CASCADE,
    season_id integer REFERENCES season (id) ON DELETE CASCADE,
    episode_id integer REFERENCES episode (id) ON DELETE CASCADE,
    person_id integer REFERENCES person (id) ON DELETE CASCADE,
    character_id integer REFERENCES character (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    kind {text} NOT NULL CHECK (kind IN ('POSTER', 'BACKDROP', 'STILL', 'PORTRAIT')),
    url {text} NOT NULL CHECK (url LIKE 'https://%' OR url LIKE 'http://%'),
    small_url {text} CHECK (small_url LIKE 'https://%' OR small_url LIKE 'http://%'),
    credit {text} NOT NULL CHECK (credit <> ''),
    licence {text} CHECK (licence <> ''),
    of_kind integer NOT NULL GENERATED ALWAYS AS (CASE
        WHEN show_id IS NOT NULL THEN 2
        WHEN season_id IS NOT NULL THEN 3
        WHEN episode_id IS NOT NULL THEN 4
        WHEN person_id IS NOT NULL THEN 5
        ELSE 6 END) STORED,
    of_id integer NOT NULL
        GENERATED ALWAYS AS (coalesce(show_id, season_id, episode_id, person_id, character_id)) STORED,
    CHECK ((show_id IS NOT NULL AND season_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (season_id IS NOT NULL AND show_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (episode_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (person_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND character_id IS NULL)
        OR (character_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND person_id IS NULL))
);
CREATE UNIQUE INDEX picture_once ON picture (of_kind, of_id, url);
CREATE INDEX picture_show ON picture (show_id, position, id);
CREATE INDEX picture_season ON picture (season_id, position, id);
CREATE INDEX picture_episode ON picture (episode_id, position, id);
CREATE INDEX picture_person ON picture (person_id, position, id);
CREATE INDEX picture_character ON picture (character_id, position, id);

CREATE TABLE summary (
    id {id},
    show_id integer REFERENCES show (id) ON DELETE CASCADE,
    season_id integer REFERENCES season (id) ON DELETE CASCADE,
    episode_id integer REFERENCES episode (id) ON DELETE CASCADE,
    person_id integer REFERENCES person (id) ON DELETE CASCADE,
    character_id integer REFERENCES character (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    language {text} CHECK (language <> ''),
    text {text} NOT NULL CHECK (length(text) BETWEEN 1 AND 10000),
    licence {text} NOT NULL CHECK (licence <> ''),
    credit {text} CHECK (credit <> ''),
    of_kind integer NOT NULL GENERATED ALWAYS AS (CASE
        WHEN show_id IS NOT NULL THEN 2
        WHEN season_id IS NOT NULL THEN 3
        WHEN episode_id IS NOT NULL THEN 4
        WHEN person_id IS NOT NULL THEN 5
        ELSE 6 END) STORED,
    of_id integer NOT NULL
        GENERATED ALWAYS AS (coalesce(show_id, season_id, episode_id, person_id, character_id)) STORED,
    CHECK ((show_id IS NOT NULL AND season_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (season_id IS NOT NULL AND show_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (episode_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND person_id IS NULL
            AND character_id IS NULL)
        OR (person_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND character_id IS NULL)
        OR (character_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND person_id IS NULL))
);
CREATE UNIQUE INDEX summary_once ON summary (of_kind, of_id, coalesce(language, ''), coalesce(credit, ''));
CREATE INDEX summary_show ON summary (show_id, position, id);
CREATE INDEX summary_season ON summary (season_id, position, id);
CREATE INDEX summary_episode ON summary (episode_id, position, id);
CREATE INDEX summary_person ON summary (person_id, position, id);
CREATE INDEX summary_character ON summary (character_id, position, id);
";

const DOWN: &str = r"
DELETE FROM change WHERE kind IN (30, 31);
DROP TABLE summary;
DROP TABLE picture;
";

const RECORDED: &[Table] = &[
    table(
        30,
        "picture",
        &[
            "id",
            "show_id",
            "season_id",
            "episode_id",
            "person_id",
            "character_id",
            "position",
            "kind",
            "url",
            "small_url",
            "credit",
            "licence",
        ],
    ),
    table(
        31,
        "summary",
        &[
            "id",
            "show_id",
            "season_id",
            "episode_id",
            "person_id",
            "character_id",
            "position",
            "language",
            "text",
            "licence",
            "credit",
        ],
    ),
];

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
        for table in RECORDED {
            db.execute_unprepared(&table.triggers(postgres)).await?;
        }
        sql::notify(manager, &["picture", "summary"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        for table in RECORDED {
            manager.get_connection().execute_unprepared(&table.drop_triggers(postgres)).await?;
        }
        sql::run(manager, DOWN).await
    }
}
