//! Days of credits that are never guessed, days of showings that do not depend on the engine, and indices behind the
//! orders of the lists.
//!
//! A credit in a season has the days of the season, unknown if they are, and never those of the show. `LIKE` regards
//! case on PostgreSQL and not on SQLite, so that cadences are compared in lower case.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank,
    coalesce(season.premiered_on, show.premiered_on) AS first_on,
    coalesce(season.finale_on, season.premiered_on, show.premiered_on) AS last_on
FROM credit
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN show ON show.id = credit.show_id AND credit.season_id IS NULL;

DROP VIEW showing;
CREATE VIEW showing AS
SELECT availability.id AS availability_id, availability.territory_id, episode.id AS episode_id,
    episode.season_id, episode.number,
    CASE WHEN lower(availability.cadence) LIKE 'weekly%'
              AND length(episode.aired_on) = 10 AND length(availability.starts_on) = 10
              AND length(season.premiered_on) = 10
         THEN {shifted_day episode.aired_on availability.starts_on season.premiered_on}
         WHEN lower(availability.cadence) LIKE 'all episodes at once%' THEN availability.starts_on
    END AS day
FROM availability
JOIN season ON season.id = availability.season_id
JOIN episode ON episode.season_id = season.id;

DROP INDEX appearance_credit;

DROP INDEX show_franchise;
CREATE INDEX show_franchise ON show (franchise_id, coalesce(premiered_on, '9999-99-99'), id);
DROP INDEX availability_show;
CREATE INDEX availability_show ON availability (show_id, coalesce(starts_on, '9999-99-99'), id);
DROP INDEX availability_season;
CREATE INDEX availability_season ON availability (season_id, coalesce(starts_on, '9999-99-99'), id);
DROP INDEX funding_show;
CREATE INDEX funding_show ON funding (show_id, coalesce(awarded_on, '9999-99-99'), id);
DROP INDEX funding_season;
CREATE INDEX funding_season ON funding (season_id, coalesce(awarded_on, '9999-99-99'), id);
DROP INDEX media_show;
CREATE INDEX media_show ON media (show_id, coalesce(released_on, '9999-99-99'), id);
DROP INDEX media_season;
CREATE INDEX media_season ON media (season_id, coalesce(released_on, '9999-99-99'), id);
DROP INDEX claim_source;
CREATE INDEX claim_source ON claim (source_id, coalesce(claimed_on, '9999-99-99'), id);
CREATE INDEX claim_day ON claim (coalesce(claimed_on, '9999-99-99'), id);
";

const DOWN: &str = r"
DROP INDEX claim_day;
DROP INDEX claim_source;
CREATE INDEX claim_source ON claim (source_id, id);
DROP INDEX media_season;
CREATE INDEX media_season ON media (season_id, id);
DROP INDEX media_show;
CREATE INDEX media_show ON media (show_id, id);
DROP INDEX funding_season;
CREATE INDEX funding_season ON funding (season_id, id);
DROP INDEX funding_show;
CREATE INDEX funding_show ON funding (show_id, id);
DROP INDEX availability_season;
CREATE INDEX availability_season ON availability (season_id, id);
DROP INDEX availability_show;
CREATE INDEX availability_show ON availability (show_id, id);
DROP INDEX show_franchise;
CREATE INDEX show_franchise ON show (franchise_id, id);

CREATE INDEX appearance_credit ON appearance (credit_id, season_id);

DROP VIEW showing;
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

DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank,
    coalesce((SELECT season.premiered_on FROM season WHERE season.id = credit.season_id),
             (SELECT show.premiered_on FROM show WHERE show.id = credit.show_id)) AS first_on,
    coalesce((SELECT coalesce(season.finale_on, season.premiered_on) FROM season WHERE season.id = credit.season_id),
             (SELECT show.premiered_on FROM show WHERE show.id = credit.show_id)) AS last_on
FROM credit;
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
