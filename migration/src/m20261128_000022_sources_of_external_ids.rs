//! The source that an external id came from, whose licence says whether the id may be passed on. Ids that people gave have none.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{
    m20261128_000014_changes::{Table, table},
    sql,
};

const UP: &str = r"
ALTER TABLE external_id ADD COLUMN source_id integer REFERENCES source (id) ON DELETE RESTRICT;
CREATE INDEX external_id_source ON external_id (source_id, id);
";

const DOWN: &str = r"
DROP INDEX external_id_source;
ALTER TABLE external_id DROP COLUMN source_id;
";

const BEFORE: Table = table(
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

const AFTER: Table = table(
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
        "source_id",
    ],
);

/// Replaces the triggers that record changes of `external_id`.
async fn record(manager: &SchemaManager<'_>, old: &Table, new: &Table) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let db = manager.get_connection();
    db.execute_unprepared(&old.drop_triggers(postgres)).await?;
    if postgres {
        db.execute_unprepared("DROP TRIGGER castgraph_turn ON external_id").await?;
    }
    db.execute_unprepared(&new.triggers(postgres)).await.map(drop)
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        record(manager, &BEFORE, &AFTER).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        record(manager, &AFTER, &BEFORE).await?;
        sql::run(manager, DOWN).await
    }
}
