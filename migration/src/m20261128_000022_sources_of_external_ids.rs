//! The source that an external id came from, whose licence says whether the id may be passed on. Ids that people gave have none.

use sea_orm_migration::prelude::*;

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

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        BEFORE.replace_by(&AFTER, manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        AFTER.replace_by(&BEFORE, manager).await?;
        sql::run(manager, DOWN).await
    }
}
