//! `castgraph migrate`: the schema of the database.

use clap::Subcommand;
use migration::{Migrator, MigratorTrait};

use super::{Database, Outcome};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Brings the schema up to date
    Up,
    /// Takes migrations back; what they brought is lost
    Down {
        /// How many to take back
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Lists the migrations and tells which are applied
    Status,
}

pub(super) async fn migrate(database: &Database, step: Migrate) -> Outcome {
    let store = Store::open(&database.database_url, None).await?;
    match step {
        Migrate::Up => println!("{} applied", migrations(store.alone(Store::migrate).await?)),
        Migrate::Down { steps } => {
            let applied = Migrator::get_applied_migrations(store.write()).await?.len();
            Migrator::down(store.write(), Some(steps)).await?;
            let taken = applied - Migrator::get_applied_migrations(store.write()).await?.len();
            println!("{} taken back", migrations(taken));
        }
        Migrate::Status => {
            for migration in Migrator::get_migration_with_status(store.write()).await? {
                println!("{:8} {}", migration.status(), migration.name());
            }
        }
    }
    Ok(store.close().await?)
}

pub(super) fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}
