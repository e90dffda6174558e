//! Franchises, shows, seasons and episodes.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE franchise (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    name {text} NOT NULL CHECK (name <> '')
);

CREATE TABLE show (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    franchise_id integer REFERENCES franchise (id) ON DELETE RESTRICT,
    code {text},
    title {text} NOT NULL CHECK (title <> ''),
    title_key {text} NOT NULL,
    format {text} NOT NULL CHECK (format IN ('SERIES', 'MINISERIES', 'ANTHOLOGY', 'FILM')),
    medium {text} CHECK (medium IN ('LIVE_ACTION', 'ANIMATION', 'MIXED')),
    status {text} CHECK (status IN ('ANNOUNCED', 'RUNNING', 'ENDED', 'CANCELLED')),
    premiered_on {text} CHECK ({partial_date premiered_on}),
    ended_on {text} CHECK ({partial_date ended_on}),
    CHECK (ended_on >= substr(premiered_on, 1, length(ended_on)))
);
CREATE INDEX show_franchise ON show (franchise_id, id);
CREATE INDEX show_title ON show (title_key, id);
CREATE INDEX show_first_premiered ON show (coalesce(premiered_on, '9999-99-99'), id);
CREATE INDEX show_last_premiered ON show (coalesce(premiered_on, ''), id);
CREATE INDEX show_format ON show (format);
CREATE INDEX show_medium ON show (medium);
CREATE INDEX show_status ON show (status);

CREATE TABLE season (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number >= 0),
    premiered_on {text} CHECK ({partial_date premiered_on}),
    finale_on {text} CHECK ({partial_date finale_on}),
    planned_episode_count integer CHECK (planned_episode_count > 0),
    CHECK (finale_on >= substr(premiered_on, 1, length(finale_on))),
    UNIQUE (show_id, number),
    UNIQUE (id, show_id)
);

CREATE TABLE episode (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer NOT NULL,
    number integer NOT NULL CHECK (number >= 0),
    number_end integer CHECK (number_end > number),
    title {text} NOT NULL CHECK (title <> ''),
    title_key {text} NOT NULL,
    aired_on {text} CHECK ({partial_date aired_on}),
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE,
    UNIQUE (season_id, number),
    UNIQUE (id, season_id)
);
CREATE INDEX episode_show ON episode (show_id, season_id, number, id);
CREATE INDEX episode_title ON episode (title_key, id);
CREATE INDEX episode_first_aired ON episode (coalesce(aired_on, '9999-99-99'), id);
CREATE INDEX episode_last_aired ON episode (coalesce(aired_on, ''), id);
";

const DOWN: &str = r"
DROP TABLE episode;
DROP TABLE season;
DROP TABLE show;
DROP TABLE franchise;
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
