//! On PostgreSQL, every transaction that changes a table notifies the channel `castgraph`. SQLite is polled instead.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// PostgreSQL sends equal notifications of one transaction once.
const UP: &str = r"
CREATE FUNCTION castgraph_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('castgraph', '');
    RETURN NULL;
END $$;

DO $$
DECLARE changed text;
BEGIN
    FOR changed IN SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND tablename <> 'seaql_migrations'
    LOOP
        EXECUTE format('CREATE TRIGGER castgraph_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION castgraph_changed()', changed);
    END LOOP;
END $$;
";

const DOWN: &str = r"
DROP FUNCTION castgraph_changed() CASCADE;
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}

async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(text).await?;
    }
    Ok(())
}
