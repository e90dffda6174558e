//! Links between shows and between characters.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE show_link (
    id {id},
    from_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    to_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    kind {text} NOT NULL CHECK (kind <> ''),
    CHECK (from_id <> to_id),
    UNIQUE (from_id, kind, to_id)
);
CREATE INDEX show_link_to ON show_link (to_id, kind);

CREATE TABLE character_link (
    id {id},
    from_id integer NOT NULL REFERENCES character (id) ON DELETE CASCADE,
    to_id integer NOT NULL REFERENCES character (id) ON DELETE CASCADE,
    kind {text} NOT NULL CHECK (kind <> ''),
    CHECK (from_id <> to_id),
    UNIQUE (from_id, kind, to_id)
);
CREATE INDEX character_link_to ON character_link (to_id, kind);
";

const DOWN: &str = r"
DROP TABLE character_link;
DROP TABLE show_link;
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
