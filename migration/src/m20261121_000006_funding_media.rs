//! Public funding of productions, and publications about them: announcements, trailers, posters, texts.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE funding (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer,
    kind {text} NOT NULL CHECK (kind IN ('TAX_CREDIT', 'GRANT', 'LOAN')),
    grantor {text} CHECK (grantor <> ''),
    programme {text} CHECK (programme <> ''),
    amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
    currency {text} NOT NULL CHECK (length(currency) = 3),
    awarded_on {text} CHECK ({partial_date awarded_on}),
    reported_on {text} CHECK ({partial_date reported_on}),
    note {text} CHECK (note <> ''),
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE
);
CREATE INDEX funding_show ON funding (show_id, id);
CREATE INDEX funding_season ON funding (season_id, id);

CREATE TABLE media (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    kind {text} NOT NULL CHECK (kind IN ('ANNOUNCEMENT', 'TRAILER', 'POSTER', 'LOGLINE', 'SUMMARY')),
    show_id integer NOT NULL REFERENCES show (id) ON DELETE CASCADE,
    season_id integer,
    released_on {text} CHECK ({partial_date released_on}),
    issuer {text} CHECK (issuer <> ''),
    text {text} CHECK (text <> ''),
    note {text} CHECK (note <> ''),
    CHECK (kind NOT IN ('LOGLINE', 'SUMMARY') OR text IS NOT NULL),
    FOREIGN KEY (season_id, show_id) REFERENCES season (id, show_id) ON DELETE CASCADE
);
CREATE INDEX media_show ON media (show_id, id);
CREATE INDEX media_season ON media (season_id, id);
";

const DOWN: &str = r"
DROP TABLE media;
DROP TABLE funding;
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
