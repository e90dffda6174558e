//! Genres, language, length and official site of shows, and the length of episodes.

use sea_orm_migration::prelude::*;

use crate::{
    m20261128_000014_changes::{Table, table},
    sql,
};

const UP: &str = r"
ALTER TABLE show ADD COLUMN genres {text} CHECK (genres <> '');
ALTER TABLE show ADD COLUMN language {text} CHECK (language <> '');
ALTER TABLE show ADD COLUMN runtime_minutes integer CHECK (runtime_minutes > 0);
ALTER TABLE show ADD COLUMN official_site {text}
    CHECK (official_site LIKE 'https://%' OR official_site LIKE 'http://%');
ALTER TABLE episode ADD COLUMN runtime_minutes integer CHECK (runtime_minutes > 0);
";

const DOWN: &str = r"
ALTER TABLE episode DROP COLUMN runtime_minutes;
ALTER TABLE show DROP COLUMN official_site;
ALTER TABLE show DROP COLUMN runtime_minutes;
ALTER TABLE show DROP COLUMN language;
ALTER TABLE show DROP COLUMN genres;
";

/// The tables as their triggers record them before and after the migration.
const CHANGED: &[(Table, Table)] = &[
    (
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
                "genres",
                "language",
                "runtime_minutes",
                "official_site",
            ],
        ),
    ),
    (
        table(
            4,
            "episode",
            &[
                "id",
                "slug",
                "show_id",
                "season_id",
                "number",
                "number_end",
                "title",
                "title_key",
                "aired_on",
                "guest_cast",
            ],
        ),
        table(
            4,
            "episode",
            &[
                "id",
                "slug",
                "show_id",
                "season_id",
                "number",
                "number_end",
                "title",
                "title_key",
                "aired_on",
                "guest_cast",
                "runtime_minutes",
            ],
        ),
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
        sql::run(manager, UP).await?;
        for (before, after) in CHANGED {
            before.replace_by(after, manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (before, after) in CHANGED {
            after.replace_by(before, manager).await?;
        }
        sql::run(manager, DOWN).await
    }
}
