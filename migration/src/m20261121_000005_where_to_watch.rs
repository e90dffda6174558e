//! Platforms and their names, territories, and where and since when seasons are available.
//!
//! The view `showing` has the date of each episode in each territory. In a weekly release, every episode is delayed as
//! much as the first; in a release of all episodes at once, all have the first date. Otherwise the date is unknown (null).

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE territory (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    name {text} NOT NULL CHECK (name <> ''),
    kind {text} NOT NULL CHECK (kind IN ('COUNTRY', 'GROUP')),
    iso_3166 {text} UNIQUE CHECK (length(iso_3166) = 2),
    everywhere integer NOT NULL CHECK (everywhere IN (0, 1)),
    note {text} CHECK (note <> ''),
    CHECK ((kind = 'COUNTRY') = (iso_3166 IS NOT NULL)),
    CHECK (kind = 'GROUP' OR everywhere = 0),
    UNIQUE (id, kind)
);

CREATE TABLE territory_part (
    group_id integer NOT NULL,
    group_kind {text} NOT NULL DEFAULT 'GROUP' CHECK (group_kind = 'GROUP'),
    country_id integer NOT NULL,
    country_kind {text} NOT NULL DEFAULT 'COUNTRY' CHECK (country_kind = 'COUNTRY'),
    excluded integer NOT NULL CHECK (excluded IN (0, 1)),
    PRIMARY KEY (group_id, country_id),
    FOREIGN KEY (group_id, group_kind) REFERENCES territory (id, kind) ON DELETE CASCADE,
    FOREIGN KEY (country_id, country_kind) REFERENCES territory (id, kind) ON DELETE CASCADE
);
CREATE INDEX territory_part_country ON territory_part (country_id, group_id);

CREATE TABLE platform (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> '')
);

CREATE TABLE platform_name (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    platform_id integer NOT NULL REFERENCES platform (id) ON DELETE CASCADE,
    name {text} NOT NULL CHECK (name <> ''),
    kind {text} NOT NULL CHECK (kind <> ''),
    territory_id integer REFERENCES territory (id) ON DELETE RESTRICT,
    owner {text} CHECK (owner <> ''),
    launched_on {text} CHECK ({partial_date launched_on}),
    named_on {text} CHECK ({partial_date named_on}),
    note {text} CHECK (note <> '')
);
CREATE INDEX platform_name_day ON platform_name (platform_id, coalesce(named_on, ''), id);
CREATE INDEX platform_name_territory ON platform_name (territory_id);

CREATE TABLE home (
    id {id},
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer,
    platform_name_id integer NOT NULL REFERENCES platform_name (id) ON DELETE RESTRICT,
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX home_show ON home (show_id, coalesce(season_id, 0));
CREATE INDEX home_season ON home (season_id);
CREATE INDEX home_platform ON home (platform_name_id, season_id);

CREATE TABLE availability (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer,
    platform_name_id integer NOT NULL REFERENCES platform_name (id) ON DELETE RESTRICT,
    territory_id integer NOT NULL REFERENCES territory (id) ON DELETE RESTRICT,
    starts_on {text} CHECK ({partial_date starts_on}),
    exclusive integer CHECK (exclusive IN (0, 1)),
    cadence {text} CHECK (cadence <> ''),
    delay {text} CHECK (delay <> ''),
    note {text} CHECK (note <> ''),
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE
);
CREATE INDEX availability_show ON availability (show_id, id);
CREATE INDEX availability_season ON availability (season_id, id);
CREATE INDEX availability_platform ON availability (platform_name_id, season_id);
CREATE INDEX availability_territory ON availability (territory_id, id);

CREATE TABLE offer (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    platform_name_id integer NOT NULL REFERENCES platform_name (id) ON DELETE CASCADE,
    territory_id integer NOT NULL REFERENCES territory (id) ON DELETE RESTRICT,
    plan {text} CHECK (plan <> ''),
    price bigint NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
    currency {text} NOT NULL CHECK (length(currency) = 3),
    period {text} CHECK (period IN ('DAY', 'WEEK', 'MONTH', 'YEAR')),
    trial {text} CHECK (trial <> ''),
    as_of {text} CHECK ({partial_date as_of}),
    note {text} CHECK (note <> '')
);
CREATE INDEX offer_platform ON offer (platform_name_id, id);
CREATE INDEX offer_territory ON offer (territory_id);

CREATE INDEX episode_aired ON episode (aired_on, season_id, number, id);

CREATE VIEW showing AS
SELECT availability.id AS availability_id, availability.territory_id, episode.id AS episode_id,
    episode.season_id, episode.number,
    CASE WHEN availability.cadence LIKE 'weekly%'
              AND length(episode.aired_on) = 10 AND length(availability.starts_on) = 10
              AND length(season.premiered_on) = 10
         THEN {shifted_day episode.aired_on availability.starts_on season.premiered_on}
         WHEN availability.cadence LIKE 'all episodes at once%' THEN availability.starts_on
    END AS day
FROM availability
JOIN season ON season.id = availability.season_id
JOIN episode ON episode.season_id = season.id;
";

const DOWN: &str = r"
DROP VIEW showing;
DROP INDEX episode_aired;
DROP TABLE offer;
DROP TABLE availability;
DROP TABLE home;
DROP TABLE platform_name;
DROP TABLE platform;
DROP TABLE territory_part;
DROP TABLE territory;
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
