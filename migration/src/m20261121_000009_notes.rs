//! Free-text notes, and what sources record about an episode besides title and date.
//!
//! Tables with a `note` column keep it. The table `note` is for rows without one: subjects, single episodes of a credit,
//! and the dates of platform names.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE note (
    id {id},
    subject_id integer UNIQUE REFERENCES subject (id) ON DELETE CASCADE,
    credit_id integer,
    episode_id integer,
    platform_name_id integer UNIQUE REFERENCES platform_name (id) ON DELETE CASCADE,
    text {text} NOT NULL CHECK (text <> ''),
    CHECK ((credit_id IS NULL) = (episode_id IS NULL)),
    CHECK ((subject_id IS NOT NULL AND credit_id IS NULL AND platform_name_id IS NULL)
        OR (subject_id IS NULL AND credit_id IS NOT NULL AND platform_name_id IS NULL)
        OR (subject_id IS NULL AND credit_id IS NULL AND platform_name_id IS NOT NULL)),
    FOREIGN KEY (credit_id, episode_id) REFERENCES appearance (credit_id, episode_id) ON DELETE CASCADE,
    UNIQUE (credit_id, episode_id)
);

CREATE TABLE episode_record (
    episode_id integer PRIMARY KEY REFERENCES episode (id) ON DELETE CASCADE,
    production_number {text} CHECK (production_number <> ''),
    other_aired_on {text} CHECK ({partial_date other_aired_on}),
    other_source_id integer REFERENCES source (id) ON DELETE RESTRICT,
    CHECK (production_number IS NOT NULL OR other_aired_on IS NOT NULL),
    CHECK (other_source_id IS NULL OR other_aired_on IS NOT NULL)
);
CREATE INDEX episode_record_source ON episode_record (other_source_id);
";

const DOWN: &str = r"
DROP TABLE episode_record;
DROP TABLE note;
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, DOWN).await
    }
}
