//! Dates of credits without guesses, dates of showings that are the same on both engines, and indexes for the sort
//! orders of the lists.
//!
//! A credit in a season has the dates of the season, even if they are unknown, and never those of the show. `LIKE` is
//! case-sensitive on PostgreSQL but not on SQLite, so cadences are compared in lower case.
//!
//! The database rejects what castgraph cannot read: impossible dates, and unknown enumeration values. SQLite cannot add
//! constraints to an existing table, so triggers do it there.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

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

/// The columns that hold dates.
const DAYS: &[(&str, &str)] = &[
    ("show", "premiered_on"),
    ("show", "ended_on"),
    ("season", "premiered_on"),
    ("season", "finale_on"),
    ("episode", "aired_on"),
    ("person", "born"),
    ("person", "died"),
    ("platform_name", "launched_on"),
    ("platform_name", "named_on"),
    ("availability", "starts_on"),
    ("offer", "as_of"),
    ("funding", "awarded_on"),
    ("funding", "reported_on"),
    ("media", "released_on"),
    ("source", "published_on"),
    ("claim", "claimed_on"),
];

/// A well-formed date exists in the calendar.
const DAY: &str = "substr({}, 1, 4) > '0000' \
    AND (length({}) = 4 OR substr({}, 6, 2) BETWEEN '01' AND '12') \
    AND (length({}) < 10 OR substr({}, 9, 2) BETWEEN '01' AND CASE \
        WHEN substr({}, 6, 2) IN ('04', '06', '09', '11') THEN '30' \
        WHEN substr({}, 6, 2) <> '02' THEN '31' \
        WHEN CAST(substr({}, 1, 4) AS integer) % 4 = 0 \
            AND (CAST(substr({}, 1, 4) AS integer) % 100 <> 0 OR CAST(substr({}, 1, 4) AS integer) % 400 = 0) THEN '29' \
        ELSE '28' END)";

/// The columns with enumeration values, and the values.
const LISTED: &[(&str, &str, &str)] = &[
    ("credit", "job", "0, 10, 20, 30, 40, 50, 51, 52, 60"),
    ("credit", "billing", "10, 20, 30, 40, 50, 60, 90"),
    ("appearance", "billing", "10, 20, 30, 40, 50, 60, 90"),
    (
        "show_link",
        "kind",
        "'SPIN_OFF_OF', 'HAS_SPIN_OFF', 'SEQUEL_TO', 'HAS_SEQUEL', 'PREQUEL_TO', 'HAS_PREQUEL', \
            'COMPANION_TO', 'REBOOT_OF', 'HAS_REBOOT'",
    ),
    (
        "character_link",
        "kind",
        "'CHILD_OF', 'PARENT_OF', 'DESCENDANT_OF', 'ANCESTOR_OF', 'DESCENDS_FROM', 'SOURCE_OF', \
            'SIBLING_OF', 'TWIN_OF', 'CREATED_BY', 'CREATOR_OF', 'ALTERNATE_OF', 'SAME_AS', 'BECOMES', \
            'ONCE_WAS', 'COPY_OF', 'ORIGINAL_OF', 'HOLOGRAM_OF', 'HAS_HOLOGRAM', 'MODELLED_ON', 'MODEL_FOR', \
            'LOOKS_LIKE', 'SAME_ORDER_AS'",
    ),
    ("platform_name", "kind", "'BROADCAST_NETWORK', 'SYNDICATION', 'CABLE_CHANNEL', 'STREAMING', 'CINEMA'"),
    ("source", "kind", "'BRIEFING', 'ARTICLE', 'REVIEW', 'EPISODE_GUIDE', 'WIKI', 'DATA', 'FORUM'"),
];

/// A column and its constraint, with `{}` for the name of the column.
fn rules() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let days = DAYS.iter().map(|(table, column)| (*table, *column, DAY.to_owned()));
    let listed = LISTED.iter().map(|(table, column, list)| (*table, *column, format!("{{}} IN ({list})")));
    days.chain(listed).chain([("show", "code", "{} <> ''".to_owned())])
}

/// The statements that create the constraints.
fn make_rules(postgres: bool) -> String {
    let statements = rules().map(|(table, column, rule)| {
        if postgres {
            let rule = rule.replace("{}", column);
            return format!("ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_known CHECK ({rule});\n");
        }
        let rule = rule.replace("{}", &format!("NEW.{column}"));
        let refuse = format!("WHEN NOT ({rule}) BEGIN SELECT RAISE(ABORT, '{table}.{column} is not known'); END;\n");
        format!(
            "CREATE TRIGGER {table}_{column}_added BEFORE INSERT ON {table} {refuse}\
                 CREATE TRIGGER {table}_{column}_changed BEFORE UPDATE OF {column} ON {table} {refuse}"
        )
    });
    statements.collect::<Vec<_>>().concat()
}

/// The statements that drop the constraints.
fn drop_rules(postgres: bool) -> String {
    let statements = rules().map(|(table, column, _)| {
        if postgres {
            format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_known;\n")
        } else {
            format!("DROP TRIGGER {table}_{column}_added;\nDROP TRIGGER {table}_{column}_changed;\n")
        }
    });
    statements.collect::<Vec<_>>().concat()
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await?;
        manager.get_connection().execute_unprepared(&make_rules(is_postgres(manager))).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&drop_rules(is_postgres(manager))).await?;
        sql::run(manager, DOWN).await
    }
}

fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}
