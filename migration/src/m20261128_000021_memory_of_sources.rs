//! The memory of what foreign sources said ends with the objects that it is about, says which value an import wrote, and is
//! recorded like the facts, so that an undone import takes it back.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{
    m20261128_000014_changes::{Table, table},
    sql,
};

/// Until now the value of a source was the one that an import had written.
const UP: &str = r"
ALTER TABLE source_value ADD COLUMN written {text} CHECK (written <> '');
UPDATE source_value SET written = value WHERE value <> '';
";

/// The tables whose rows the memory is about, with their numbers in `of_kind`.
const OBJECTS: &[(i32, &str)] = &[(2, "show"), (3, "season"), (4, "episode"), (5, "person"), (6, "character")];

/// Ends the memory about a row.
fn forget(kind: &str, id: &str) -> String {
    format!(
        "DELETE FROM source_value WHERE of_kind = {kind} AND of_id = {id};
        DELETE FROM match_candidate WHERE kind = {kind} AND of_id = {id};"
    )
}

/// Ends the memory about rows that are gone already.
fn orphans() -> String {
    let there = |kind: &str| {
        let tables = OBJECTS.iter().map(|(number, table)| {
            format!("NOT (m.{kind} = {number} AND EXISTS (SELECT 1 FROM {table} WHERE {table}.id = m.of_id))")
        });
        tables.collect::<Vec<_>>().join(" AND ")
    };
    let orphans = |table: &str, kind: &str| {
        format!("DELETE FROM {table} WHERE id IN (SELECT m.id FROM {table} AS m WHERE {});", there(kind))
    };
    orphans("source_value", "of_kind") + &orphans("match_candidate", "kind")
}

/// The triggers, on PostgreSQL one function with the number of the table as its argument.
fn triggers(postgres: bool) -> String {
    let function = format!(
        "CREATE FUNCTION castgraph_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {}
    RETURN NULL;
END $$;",
        forget("CAST(TG_ARGV[0] AS integer)", "OLD.id")
    );
    let trigger = |(kind, table): &(i32, &str)| {
        if postgres {
            format!(
                "CREATE TRIGGER castgraph_forgotten AFTER DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION castgraph_forget({kind});"
            )
        } else {
            let forget = forget(&kind.to_string(), "OLD.id");
            format!("CREATE TRIGGER forgotten_{table} AFTER DELETE ON {table} BEGIN {forget} END;")
        }
    };
    let function = postgres.then_some(function);
    function.into_iter().chain(OBJECTS.iter().map(trigger)).collect::<Vec<_>>().join("\n")
}

fn drop_triggers(postgres: bool) -> String {
    if postgres {
        return "DROP FUNCTION castgraph_forget() CASCADE;".to_owned();
    }
    let triggers = OBJECTS.iter().map(|(_, table)| format!("DROP TRIGGER forgotten_{table};"));
    triggers.collect::<Vec<_>>().join("\n")
}

const RECORDED: Table =
    table(29, "source_value", &["id", "of_kind", "of_id", "field", "authority", "value", "source", "written"]);

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let db = manager.get_connection();
        sql::run(manager, UP).await?;
        for statements in [orphans(), triggers(postgres), RECORDED.triggers(postgres)] {
            db.execute_unprepared(&statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let db = manager.get_connection();
        for statements in [RECORDED.drop_triggers(postgres), drop_triggers(postgres)] {
            db.execute_unprepared(&statements).await?;
        }
        if postgres {
            db.execute_unprepared("DROP TRIGGER castgraph_turn ON source_value").await?;
        }
        db.execute_unprepared("DELETE FROM change WHERE kind = 29").await?;
        sql::run(manager, "ALTER TABLE source_value DROP COLUMN written;").await
    }
}
