//! The schema of castgraph's database, as migrations that run on both SQLite and PostgreSQL.
//!
//! Each migration is plain SQL; `sql` fills in the placeholders where the engines differ. A migration names tables and
//! columns by strings, uses nothing from the other crates, and never changes once released.

mod m20261121_000001_show_season_episode;
mod m20261121_000002_person_character_alias;
mod m20261121_000003_credit_appearance;
mod m20261121_000004_links;
mod m20261121_000005_where_to_watch;
mod m20261121_000006_funding_media;
mod m20261121_000007_source_claim_citation;
mod m20261121_000008_review_fixes;
mod m20261121_000009_notes;
mod m20261121_000010_changes_told;
mod m20261121_000011_search;
mod m20261127_000012_coverage;
mod m20261127_000013_portrayal;
mod m20261128_000014_changes;
mod m20261128_000015_external_ids;
mod m20261128_000019_foreign_sources;
mod m20261128_000020_pictures;
mod m20261128_000021_memory_of_sources;
mod m20261128_000022_sources_of_external_ids;
mod m20261128_000023_tallies;
mod m20261128_000024_show_details;
mod sql;

pub use m20261121_000011_search::{Search, search};
pub use m20261128_000023_tallies::{Tallies, tallies};
pub use sea_orm_migration::{Migration, MigrationStatus, MigratorTrait, SchemaManager};
use sea_orm_migration::{MigrationTrait, async_trait};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_show_season_episode::Migration),
            Box::new(m20261121_000002_person_character_alias::Migration),
            Box::new(m20261121_000003_credit_appearance::Migration),
            Box::new(m20261121_000004_links::Migration),
            Box::new(m20261121_000005_where_to_watch::Migration),
            Box::new(m20261121_000006_funding_media::Migration),
            Box::new(m20261121_000007_source_claim_citation::Migration),
            Box::new(m20261121_000008_review_fixes::Migration),
            Box::new(m20261121_000009_notes::Migration),
            Box::new(m20261121_000010_changes_told::Migration),
            Box::new(m20261121_000011_search::Migration),
            Box::new(m20261127_000012_coverage::Migration),
            Box::new(m20261127_000013_portrayal::Migration),
            Box::new(m20261128_000014_changes::Migration),
            Box::new(m20261128_000015_external_ids::Migration),
            Box::new(m20261128_000019_foreign_sources::Migration),
            Box::new(m20261128_000020_pictures::Migration),
            Box::new(m20261128_000021_memory_of_sources::Migration),
            Box::new(m20261128_000022_sources_of_external_ids::Migration),
            Box::new(m20261128_000023_tallies::Migration),
            Box::new(m20261128_000024_show_details::Migration),
        ]
    }
}
