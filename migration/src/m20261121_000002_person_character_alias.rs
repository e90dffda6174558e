//! People, the characters they play, and the other names of both.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE person (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    name {text} NOT NULL CHECK (name <> ''),
    name_key {text} NOT NULL,
    born {text} CHECK ({partial_date born}),
    died {text} CHECK ({partial_date died}),
    CHECK (died >= substr(born, 1, length(died)))
);
CREATE INDEX person_name ON person (name_key, id);
CREATE INDEX person_first_born ON person (coalesce(born, '9999-99-99'), id);
CREATE INDEX person_last_born ON person (coalesce(born, ''), id);

CREATE TABLE character (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    name {text} NOT NULL CHECK (name <> ''),
    name_key {text} NOT NULL,
    species {text} CHECK (species <> '')
);
CREATE INDEX character_name ON character (name_key, id);
CREATE INDEX character_species ON character (species, name_key, id);

CREATE TABLE alias (
    id {id},
    person_id integer REFERENCES person (id) ON DELETE CASCADE,
    character_id integer REFERENCES character (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    name {text} NOT NULL CHECK (name <> ''),
    name_key {text} NOT NULL,
    CHECK ((person_id IS NULL) <> (character_id IS NULL)),
    UNIQUE (person_id, position),
    UNIQUE (person_id, name),
    UNIQUE (character_id, position),
    UNIQUE (character_id, name)
);
";

const DOWN: &str = r"
DROP TABLE alias;
DROP TABLE character;
DROP TABLE person;
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
