//! The command line: what `castgraph` can be told to do.

mod serve;

use std::{
    error::Error,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};
use migration::{Migrator, MigratorTrait};
use tracing_subscriber::EnvFilter;

use crate::{
    config::Config,
    graphql,
    import::{self, Leftovers},
    store::Store,
};

/// Answers who played whom, in what, when, and who came back: a GraphQL server over a graph of casts.
///
/// Without a command it serves: it opens castgraph.db in this folder, fills it with the Star Trek set if it is new,
/// and answers at <http://127.0.0.1:8080/>.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens the database, brings it up to date, fills an empty one, and answers requests (the default)
    Serve(Config),
    /// Reads a folder of CSV files into the database: all of it, or nothing if anything is wrong
    Import {
        #[command(flatten)]
        database: Database,
        /// Removes credits, appearances and links of the folder's shows and characters that it does not have
        #[arg(long)]
        remove_leftovers: bool,
        /// The folder; data/README.md describes its files
        folder: PathBuf,
    },
    /// Prints the schema of the API in the schema definition language
    Schema,
    /// Changes the schema of the database, or tells its state
    Migrate {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        step: Migrate,
    },
}

#[derive(Debug, Subcommand)]
enum Migrate {
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

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// The database: a postgres:// URL, or the path of an SQLite file, which is made if it is missing
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "castgraph.db", value_name = "URL|FILE")]
    pub database_url: String,
}

type Outcome = Result<(), Box<dyn Error>>;

/// Does what the command line says.
pub async fn run(cli: Cli) -> Outcome {
    match cli.command.unwrap_or(Command::Serve(cli.config)) {
        Command::Serve(config) => serve::serve(&config).await,
        Command::Import { database, remove_leftovers, folder } => {
            let leftovers = if remove_leftovers { Leftovers::Remove } else { Leftovers::Keep };
            import_folder(&database, &folder, leftovers).await
        }
        Command::Schema => {
            print!("{}", graphql::sdl());
            Ok(())
        }
        Command::Migrate { database, step } => migrate(&database, step).await,
    }
}

/// Sends the log to the standard error output. `RUST_LOG` chooses what is logged; `info` by default.
pub fn log() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sea_orm_migration=warn,sqlx=warn"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .with_target(false)
        .init();
}

async fn import_folder(database: &Database, folder: &Path, leftovers: Leftovers) -> Outcome {
    let set = import::check(&import::folder(folder)?)?;
    let store = Store::open(&database.database_url).await?;
    store.migrate().await?;
    let summary = import::apply(store.write(), &set, leftovers).await?;
    store.close().await?;
    println!("{summary}");
    Ok(())
}

async fn migrate(database: &Database, step: Migrate) -> Outcome {
    let store = Store::open(&database.database_url).await?;
    match step {
        Migrate::Up => println!("{} applied", migrations(store.migrate().await?)),
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

fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}
