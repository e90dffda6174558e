//! The ids that shows, seasons, episodes, people and characters have at other authorities, such as IMDb.
//!
//! An id identifies at most one object. IMDb, Wikidata, ISNI and VIAF give each of their ids once; the others number each
//! kind of thing on its own, so that the kind is part of the id.

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
CREATE TABLE external_id (
    id {id},
    show_id integer REFERENCES show (id) ON DELETE CASCADE,
    season_id integer REFERENCES season (id) ON DELETE CASCADE,
    episode_id integer REFERENCES episode (id) ON DELETE CASCADE,
    person_id integer REFERENCES person (id) ON DELETE CASCADE,
    character_id integer REFERENCES character (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    authority {text} NOT NULL
        CHECK (authority IN ('IMDB', 'TMDB', 'TVMAZE', 'TVDB', 'WIKIDATA', 'TVRAGE', 'ISNI', 'VIAF')),
    kind {text} NOT NULL CHECK (kind IN ('SERIES', 'FILM', 'SEASON', 'EPISODE', 'PERSON', 'CHARACTER')),
    value {text} NOT NULL CHECK (value <> ''),
    of_kind integer NOT NULL GENERATED ALWAYS AS (CASE
        WHEN show_id IS NOT NULL THEN 2
        WHEN season_id IS NOT NULL THEN 3
        WHEN episode_id IS NOT NULL THEN 4
        WHEN person_id IS NOT NULL THEN 5
        ELSE 6 END) STORED,
    of_id integer NOT NULL
        GENERATED ALWAYS AS (coalesce(show_id, season_id, episode_id, person_id, character_id)) STORED,
    CHECK ((show_id IS NOT NULL AND season_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL AND kind IN ('SERIES', 'FILM'))
        OR (season_id IS NOT NULL AND show_id IS NULL AND episode_id IS NULL AND person_id IS NULL
            AND character_id IS NULL AND kind = 'SEASON')
        OR (episode_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND person_id IS NULL
            AND character_id IS NULL AND kind = 'EPISODE')
        OR (person_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND character_id IS NULL AND kind = 'PERSON')
        OR (character_id IS NOT NULL AND show_id IS NULL AND season_id IS NULL AND episode_id IS NULL
            AND person_id IS NULL AND kind = 'CHARACTER')),
    UNIQUE (value, authority, kind)
);
CREATE UNIQUE INDEX external_id_once ON external_id (value, authority)
    WHERE authority IN ('IMDB', 'WIKIDATA', 'ISNI', 'VIAF');
CREATE INDEX external_id_show ON external_id (show_id, position, id);
CREATE INDEX external_id_season ON external_id (season_id, position, id);
CREATE INDEX external_id_episode ON external_id (episode_id, position, id);
CREATE INDEX external_id_person ON external_id (person_id, position, id);
CREATE INDEX external_id_character ON external_id (character_id, position, id);
";

const RECORDED: Table = table(
    28,
    "external_id",
    &[
        "id",
        "show_id",
        "season_id",
        "episode_id",
        "person_id",
        "character_id",
        "position",
        "authority",
        "kind",
        "value",
    ],
);

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
        manager.get_connection().execute_unprepared(&RECORDED.triggers(postgres)).await?;
        sql::notify(manager, &["external_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        manager.get_connection().execute_unprepared(&RECORDED.drop_triggers(postgres)).await?;
        manager.get_connection().execute_unprepared("DELETE FROM change WHERE kind = 28").await?;
        sql::run(manager, "DROP TABLE external_id;").await
    }
}
