//! The episodes of its season for which a credit holds, and indexes on the topics of claims and the fields of citations.
//!
//! The main cast is credited in every episode. For everyone else, the data lists some episodes or none.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
ALTER TABLE credit ADD COLUMN coverage {text} NOT NULL DEFAULT 'UNKNOWN'
    CHECK (coverage IN ('WHOLE', 'LISTED', 'AT_LEAST', 'UNKNOWN'));
UPDATE credit SET coverage = 'AT_LEAST'
    WHERE EXISTS (SELECT 1 FROM appearance WHERE appearance.credit_id = credit.id);
UPDATE credit SET coverage = 'WHOLE'
    WHERE job = 0 AND ((billing = 10 AND season_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM show WHERE show.id = credit.show_id AND show.format = 'FILM'));
CREATE INDEX claim_about ON claim (about);
CREATE INDEX citation_field ON citation (field);
";

const DOWN: &str = r"
DROP INDEX citation_field;
DROP INDEX claim_about;
ALTER TABLE credit DROP COLUMN coverage;
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
