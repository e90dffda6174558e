//! What foreign sources say: the licence and the day of a source, the last value of each field that a source gave, and
//! objects that may be the same, with the decisions about them.

use sea_orm_migration::prelude::*;

use crate::{
    m20261128_000014_changes::{Table, table},
    sql,
};

const UP: &str = r"
ALTER TABLE source ADD COLUMN licence {text} CHECK (licence <> '');
ALTER TABLE source ADD COLUMN fetched_on {text} CHECK ({partial_date fetched_on});

CREATE TABLE source_value (
    id {id},
    of_kind integer NOT NULL,
    of_id integer NOT NULL,
    field {text} NOT NULL CHECK (field <> ''),
    authority {text} NOT NULL CHECK (authority <> ''),
    value {text} NOT NULL,
    source {text} NOT NULL CHECK (source <> ''),
    UNIQUE (of_kind, of_id, field, authority)
);

CREATE TABLE match_candidate (
    id {id},
    kind integer NOT NULL CHECK (kind IN (2, 5, 6)),
    key {text} NOT NULL CHECK (key <> ''),
    name {text} NOT NULL,
    of_id integer NOT NULL,
    distance integer NOT NULL CHECK (distance BETWEEN 0 AND 100),
    reasons {text} NOT NULL,
    decision {text} CHECK (decision IN ('SAME', 'OTHER')),
    decided_at {text},
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    UNIQUE (kind, key, of_id)
);
";

const DOWN: &str = r"
DROP TABLE match_candidate;
DROP TABLE source_value;
ALTER TABLE source DROP COLUMN fetched_on;
ALTER TABLE source DROP COLUMN licence;
";

const BEFORE: Table =
    table(21, "source", &["id", "slug", "publisher", "title", "author", "published_on", "address", "kind", "note"]);

const AFTER: Table = table(
    21,
    "source",
    &["id", "slug", "publisher", "title", "author", "published_on", "address", "kind", "note", "licence", "fetched_on"],
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
