//! How a performance relates to others of the character; how much of a guest cast is recorded; and indexes for look-ups by
//! code, birthday and anniversary.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
ALTER TABLE credit ADD COLUMN portrayal {text} NOT NULL DEFAULT 'REGULAR'
    CHECK (portrayal IN ('REGULAR', 'YOUNGER', 'OLDER', 'DOUBLE', 'VOICE', 'BODY', 'ALTERNATE', 'UNKNOWN'));
UPDATE credit SET portrayal = 'BODY' WHERE part = 'BODY';
DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank, credit.portrayal,
    coalesce(season.premiered_on, show.premiered_on) AS first_on,
    coalesce(season.finale_on, season.premiered_on, show.premiered_on) AS last_on
FROM credit
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN show ON show.id = credit.show_id AND credit.season_id IS NULL;
ALTER TABLE season ADD COLUMN guest_cast {text} CHECK (guest_cast IN ('COMPLETE', 'PARTIAL', 'NOT_RECORDED'));
ALTER TABLE episode ADD COLUMN guest_cast {text} CHECK (guest_cast IN ('COMPLETE', 'PARTIAL', 'NOT_RECORDED'));
CREATE INDEX show_code ON show (code);
CREATE INDEX person_birthday ON person (substr(born, 6), name_key, id);
CREATE INDEX person_died ON person (coalesce(died, ''));
CREATE INDEX episode_anniversary ON episode (substr(aired_on, 6));
CREATE INDEX season_premiered ON season (coalesce(premiered_on, '9999-99-99'), id);
CREATE INDEX season_last_premiered ON season (coalesce(premiered_on, ''), id);
CREATE INDEX availability_start ON availability (coalesce(starts_on, '9999-99-99'), id);
CREATE INDEX funding_day ON funding (coalesce(awarded_on, '9999-99-99'), id);
CREATE INDEX media_day ON media (coalesce(released_on, '9999-99-99'), id);
CREATE INDEX season_number ON season (number, id);
";

const DOWN: &str = r"
DROP INDEX media_day;
DROP INDEX funding_day;
DROP INDEX availability_start;
DROP INDEX season_number;
DROP INDEX season_last_premiered;
DROP INDEX season_premiered;
DROP INDEX episode_anniversary;
DROP INDEX person_died;
DROP INDEX person_birthday;
DROP INDEX show_code;
ALTER TABLE episode DROP COLUMN guest_cast;
ALTER TABLE season DROP COLUMN guest_cast;
DROP VIEW dated_credit;
CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank,
    coalesce(season.premiered_on, show.premiered_on) AS first_on,
    coalesce(season.finale_on, season.premiered_on, show.premiered_on) AS last_on
FROM credit
LEFT JOIN season ON season.id = credit.season_id
LEFT JOIN show ON show.id = credit.show_id AND credit.season_id IS NULL;
ALTER TABLE credit DROP COLUMN portrayal;
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
