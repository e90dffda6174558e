//! `castgraph migrate`: migrates the schema of the database.

use std::fmt::Write;

use clap::Subcommand;

use super::{Database, Outcome, output};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Apply all pending migrations
    Up,
    /// Revert migrations; the data that they added is lost
    Down {
        /// Number of migrations to revert
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// List the migrations and which are applied
    Status,
}

pub(super) async fn migrate(database: &Database, step: Migrate) -> Outcome {
    match step {
        Migrate::Up => {
            let store = database.open().await?;
            let applied = store.alone(Store::migrate).await;
            store.close().await?;
            output::print(format_args!("applied {}\n", migrations(applied?)))?;
        }
        Migrate::Down { steps } => {
            let store = Store::open_there(&database.database_url).await?;
            let taken = store.alone(async |store| store.take_back(steps).await).await;
            store.close().await?;
            output::print(format_args!("reverted {}\n", migrations(taken?)))?;
        }
        Migrate::Status => {
            let mut lines = String::new();
            for (name, is_applied) in Store::status(&database.database_url).await? {
                let state = if is_applied { "applied" } else { "pending" };
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{state:8} {name}");
            }
            output::print(lines)?;
        }
    }
    Ok(())
}

pub(super) fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}
