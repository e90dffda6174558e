//! Sources, their claims about rows of other tables, and the rows and fields that they support.
//!
//! A `subject` represents one row of any table, so that claims and citations can refer to it with a foreign key and are
//! deleted with it. `kind` is the table, `row_id` the id of the row.

use sea_orm_migration::prelude::*;

use crate::sql;

const UP: &str = r"
CREATE TABLE source (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    publisher {text} CHECK (publisher <> ''),
    title {text} CHECK (title <> ''),
    author {text} CHECK (author <> ''),
    published_on {text} CHECK ({partial_date published_on}),
    address {text} CHECK (address <> ''),
    kind {text} NOT NULL CHECK (kind <> ''),
    note {text} CHECK (note <> '')
);
CREATE INDEX source_published ON source (coalesce(published_on, '9999-99-99'), id);

CREATE TABLE subject (
    id {id},
    kind integer NOT NULL CHECK (kind BETWEEN 1 AND 15),
    franchise_id integer UNIQUE REFERENCES franchise (id) ON DELETE CASCADE CHECK ((franchise_id IS NOT NULL) = (kind = 1)),
    show_id integer UNIQUE REFERENCES show (id) ON DELETE CASCADE CHECK ((show_id IS NOT NULL) = (kind = 2)),
    season_id integer UNIQUE REFERENCES season (id) ON DELETE CASCADE CHECK ((season_id IS NOT NULL) = (kind = 3)),
    episode_id integer UNIQUE REFERENCES episode (id) ON DELETE CASCADE CHECK ((episode_id IS NOT NULL) = (kind = 4)),
    person_id integer UNIQUE REFERENCES person (id) ON DELETE CASCADE CHECK ((person_id IS NOT NULL) = (kind = 5)),
    character_id integer UNIQUE REFERENCES character (id) ON DELETE CASCADE CHECK ((character_id IS NOT NULL) = (kind = 6)),
    credit_id integer UNIQUE REFERENCES credit (id) ON DELETE CASCADE CHECK ((credit_id IS NOT NULL) = (kind = 7)),
    show_link_id integer UNIQUE REFERENCES show_link (id) ON DELETE CASCADE CHECK ((show_link_id IS NOT NULL) = (kind = 8)),
    character_link_id integer UNIQUE REFERENCES character_link (id) ON DELETE CASCADE CHECK ((character_link_id IS NOT NULL) = (kind = 9)),
    platform_id integer UNIQUE REFERENCES platform (id) ON DELETE CASCADE CHECK ((platform_id IS NOT NULL) = (kind = 10)),
    territory_id integer UNIQUE REFERENCES territory (id) ON DELETE CASCADE CHECK ((territory_id IS NOT NULL) = (kind = 11)),
    availability_id integer UNIQUE REFERENCES availability (id) ON DELETE CASCADE CHECK ((availability_id IS NOT NULL) = (kind = 12)),
    offer_id integer UNIQUE REFERENCES offer (id) ON DELETE CASCADE CHECK ((offer_id IS NOT NULL) = (kind = 13)),
    funding_id integer UNIQUE REFERENCES funding (id) ON DELETE CASCADE CHECK ((funding_id IS NOT NULL) = (kind = 14)),
    media_id integer UNIQUE REFERENCES media (id) ON DELETE CASCADE CHECK ((media_id IS NOT NULL) = (kind = 15)),
    row_id integer NOT NULL GENERATED ALWAYS AS
        (coalesce(franchise_id, show_id, season_id, episode_id, person_id, character_id, credit_id, show_link_id,
         character_link_id, platform_id, territory_id, availability_id, offer_id, funding_id, media_id)) STORED,
    general integer NOT NULL CHECK (general IN (0, 1)),
    UNIQUE (row_id, kind)
);

CREATE TABLE claim (
    id {id},
    slug {text} NOT NULL UNIQUE CHECK (slug <> ''),
    subject_id integer NOT NULL REFERENCES subject (id) ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES source (id) ON DELETE RESTRICT,
    about {text} NOT NULL CHECK (about <> ''),
    statement {text} NOT NULL CHECK (statement <> ''),
    claimed_on {text} CHECK ({partial_date claimed_on}),
    status {text} NOT NULL CHECK
        (status IN ('CONFIRMED', 'SUPERSEDED', 'CONTRADICTED', 'UNVERIFIED', 'FALSE', 'OPINION')),
    superseded_by_id integer REFERENCES claim (id) ON DELETE SET NULL,
    note {text} CHECK (note <> ''),
    CHECK (superseded_by_id IS NULL OR status = 'SUPERSEDED'),
    CHECK (superseded_by_id <> id),
    UNIQUE (id, source_id, subject_id)
);
CREATE INDEX claim_subject ON claim (subject_id, coalesce(claimed_on, '9999-99-99'), id);
CREATE INDEX claim_source ON claim (source_id, id);
CREATE INDEX claim_superseded_by ON claim (superseded_by_id);
CREATE INDEX claim_status ON claim (status);

CREATE TABLE citation (
    id {id},
    subject_id integer NOT NULL REFERENCES subject (id) ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES source (id) ON DELETE RESTRICT,
    field {text} CHECK (field <> ''),
    claim_id integer,
    FOREIGN KEY (claim_id, source_id, subject_id) REFERENCES claim (id, source_id, subject_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX citation_once ON citation (subject_id, source_id, coalesce(field, ''), coalesce(claim_id, 0));
CREATE INDEX citation_source ON citation (source_id, id);
CREATE INDEX citation_claim ON citation (claim_id);
";

const DOWN: &str = r"
DROP TABLE citation;
DROP TABLE claim;
DROP TABLE subject;
DROP TABLE source;
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
