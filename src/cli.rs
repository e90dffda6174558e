//! The command line: what `castgraph` can be told to do.

mod serve;
mod calendar;
mod log;
mod path;
mod settings;

use std::{
    error::Error,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use migration::{Migrator, MigratorTrait};

use crate::{
    config::{Config, LogFormat},
    export,
    generate::{self, Step, World},
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
    /// Prints every setting with its value and where that came from, given the same flags as `serve`
    Config(Config),
    /// Reads a folder of CSV files into the database: all of it, or nothing if anything is wrong
    Import {
        #[command(flatten)]
        database: Database,
        /// Removes credits, appearances, links, home platforms and citations that the folder does not have of what it has
        #[arg(long)]
        remove_leftovers: bool,
        /// The folder; data/README.md describes its files
        folder: PathBuf,
    },
    /// Fills an empty database with invented shows, to measure castgraph or to try it at any size
    Generate {
        #[command(flatten)]
        database: Database,
        /// How many shows; each has about 75 credits and 10 people
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        shows: u32,
        /// Equal seeds give equal data
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Writes the database into a folder of CSV files, as `import` reads them, or into one file
    Export {
        #[command(flatten)]
        database: Database,
        /// What to write
        #[arg(long, value_enum, default_value_t)]
        format: export::Format,
        /// A new folder or, for the other formats, a new file; - is the standard output
        #[arg(value_name = "FOLDER|FILE")]
        target: PathBuf,
    },
    /// Prints a shortest chain of people who worked together, such as from "Whoopi Goldberg" to "Leonard Nimoy"
    Path(path::Ask),
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

/// Does what the command line and the environment say.
pub async fn run() -> Outcome {
    let command = Cli::command();
    settings::check_environment(&command, std::env::vars_os())?;
    let command =
        command.mut_args(settings::without_empty).mut_subcommands(|command| command.mut_args(settings::without_empty));
    let matches = command.clone().get_matches();
    let cli = Cli::from_arg_matches(&matches)?;
    match cli.command.unwrap_or(Command::Serve(cli.config)) {
        Command::Serve(config) => {
            log::start(config.log_format);
            serve::serve(&config).await
        }
        Command::Config(_) => {
            if let (Some(command), Some(matches)) =
                (command.find_subcommand("config"), matches.subcommand_matches("config"))
            {
                settings::print(command, matches);
            }
            Ok(())
        }
        Command::Import { database, remove_leftovers, folder } => {
            log::start(LogFormat::Pretty);
            let leftovers = if remove_leftovers { Leftovers::Remove } else { Leftovers::Keep };
            import_folder(&database, &folder, leftovers).await
        }
        Command::Generate { database, shows, seed } => {
            log::start(LogFormat::Pretty);
            generate(&database, shows, seed).await
        }
        Command::Export { database, format, target } => {
            log::start(LogFormat::Pretty);
            export_to(&database, format, &target).await
        }
        Command::Path(ask) => path::path(ask).await,
        Command::Schema => {
            print!("{}", graphql::sdl());
            Ok(())
        }
        Command::Migrate { database, step } => {
            log::start(LogFormat::Pretty);
            migrate(&database, step).await
        }
    }
}

async fn import_folder(database: &Database, folder: &Path, leftovers: Leftovers) -> Outcome {
    let set = import::check(&import::folder(folder)?)?;
    let store = Store::open(&database.database_url, None).await?;
    let read_in = async |store: &Store| -> Result<_, Box<dyn Error>> {
        store.migrate().await?;
        let summary = import::apply(store.write(), &set, leftovers).await?;
        store.analyze().await?;
        Ok(summary)
    };
    let summary = store.alone(read_in).await?;
    store.close().await?;
    println!("{summary}");
    Ok(())
}

async fn generate(database: &Database, shows: u32, seed: u64) -> Outcome {
    let store = Store::open(&database.database_url, None).await?;
    let watched = std::io::stderr().is_terminal();
    let fill = async |store: &Store| -> Result<(), Box<dyn Error>> {
        store.migrate().await?;
        let progress = |step| {
            if watched {
                let step = match step {
                    Step::Shows(done) => format!("{done} of {shows} shows"),
                    Step::Search => "names for search".to_owned(),
                    Step::Index(place, all) => format!("index {place} of {all}"),
                    Step::Count => "statistics".to_owned(),
                };
                // As wide as the widest, which it covers.
                eprint!("\r{step:<32}");
            }
        };
        Ok(generate::fill(store, World::new(shows, seed), progress).await?)
    };
    let outcome = store.alone(fill).await;
    if watched {
        eprintln!();
    }
    outcome?;
    println!("generated {shows} shows from seed {seed}");
    Ok(store.close().await?)
}

async fn export_to(database: &Database, format: export::Format, target: &Path) -> Outcome {
    let store = Store::open_existing(&database.database_url).await?;
    let written = export::export(store.read(), format, target).await?;
    store.close().await?;
    // The standard output may be what was written to.
    eprintln!("{written}");
    Ok(())
}

async fn migrate(database: &Database, step: Migrate) -> Outcome {
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

fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}
