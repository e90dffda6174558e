//! Credits, the centre of the cast graph, and the episodes that each credit is known to include.
//!
//! Jobs and billings are numbers in credit order. `rank` combines job, billing and position into one sort key, so the
//! cast of a season (`rank` below 1,000,000) is one range of one index.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE credit (
    id {id},
    person_id integer NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer,
    character_id integer REFERENCES character (id) ON DELETE RESTRICT,
    job integer NOT NULL CHECK (job BETWEEN 0 AND 999),
    billing integer CHECK (billing BETWEEN 0 AND 98),
    position integer CHECK (position BETWEEN 1 AND 9998),
    part {text} CHECK (part IN ('SCREEN', 'VOICE', 'BODY')),
    credited_as {text} CHECK (credited_as <> ''),
    rank integer NOT NULL GENERATED ALWAYS AS
        (job * 1000000 + coalesce(billing, 99) * 10000 + coalesce(position, 9999)) STORED,
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE,
    CHECK ((job = 0) = (character_id IS NOT NULL)),
    CHECK ((job = 0) = (billing IS NOT NULL)),
    CHECK ((job = 0) = (part IS NOT NULL)),
    UNIQUE (id, season_id)
);
CREATE UNIQUE INDEX credit_once ON credit
    (person_id, show_id, coalesce(season_id, 0), coalesce(character_id, 0), job, coalesce(part, ''));
CREATE INDEX credit_character ON credit (character_id, person_id, id);
CREATE INDEX credit_show ON credit (show_id, rank, id);
CREATE INDEX credit_season ON credit (season_id, rank, id);
CREATE INDEX credit_rank ON credit (rank, id);

CREATE TABLE appearance (
    credit_id integer NOT NULL,
    episode_id integer NOT NULL,
    season_id integer NOT NULL,
    billing integer CHECK (billing BETWEEN 0 AND 98),
    position integer CHECK (position BETWEEN 1 AND 9998),
    credited_as {text} CHECK (credited_as <> ''),
    PRIMARY KEY (credit_id, episode_id),
    FOREIGN KEY (credit_id, season_id) REFERENCES credit (id, season_id) ON DELETE CASCADE,
    FOREIGN KEY (episode_id, season_id) REFERENCES episode (id, season_id) ON DELETE CASCADE
);
CREATE INDEX appearance_credit ON appearance (credit_id, season_id);
CREATE INDEX appearance_episode ON appearance (episode_id, season_id);

CREATE VIEW dated_credit AS
SELECT credit.id, credit.person_id, credit.character_id, credit.show_id, credit.season_id, credit.job, credit.rank,
    coalesce((SELECT season.premiered_on FROM season WHERE season.id = credit.season_id),
             (SELECT show.premiered_on FROM show WHERE show.id = credit.show_id)) AS first_on,
    coalesce((SELECT coalesce(season.finale_on, season.premiered_on) FROM season WHERE season.id = credit.season_id),
             (SELECT show.premiered_on FROM show WHERE show.id = credit.show_id)) AS last_on
FROM credit;
";

const DOWN: &str = r"
DROP VIEW dated_credit;
DROP TABLE appearance;
DROP TABLE credit;
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
