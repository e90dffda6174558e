//! The command line: what `castgraph` can be told to do.

mod serve;
mod import;
mod generate;
mod export;
mod path;
mod migrate;
mod backup;
mod calendar;
mod log;
mod output;
mod settings;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use sea_orm::DbErr;

use crate::{
    config::{Config, LogFormat},
    export::Format,
    graphql,
    import::Leftovers,
    store::{Opening, Problem, Store},
};
use migrate::Migrate;

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
        format: Format,
        /// A new folder or, for the other formats, a new file; - is the standard output
        #[arg(value_name = "FOLDER|FILE")]
        target: PathBuf,
    },
    /// Copy an SQLite database to a new file while it is in use
    Backup {
        #[command(flatten)]
        database: Database,
        /// The new file
        #[arg(value_name = "FILE")]
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

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// The database: a postgres:// URL, or the path of an SQLite file, which is made if it is missing
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "castgraph.db", value_name = "URL|FILE")]
    pub database_url: String,

    /// Create castgraph's tables in a PostgreSQL schema that holds other tables
    #[arg(long, env = "CASTGRAPH_SHARED_SCHEMA")]
    pub shared_schema: bool,
}

impl Database {
    /// Opens the database to change it.
    async fn open(&self) -> Result<Store, Problem> {
        let opening = Opening { shared_schema: self.shared_schema, ..Opening::default() };
        Store::open_with(&self.database_url, &opening).await
    }
}

type Outcome = Result<(), Box<dyn Error>>;

/// The program: does what the command line and the environment say.
///
/// The runtime is made here and not by `#[tokio::main]`, since a future is compiled in the crate that polls it, with
/// all that it waits for: the program's crate would compile the whole library once more.
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(reason) => Err(format!("the system gives no threads: {reason}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) if output::is_closed(&*reason) => ExitCode::SUCCESS,
        Err(reason) => {
            match reason.downcast_ref::<DbErr>() {
                Some(reason) => output::notice(format_args!("castgraph: {}", Problem::from(reason))),
                None => output::notice(format_args!("castgraph: {reason}")),
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome {
    // The database of `migrate` may be named before or after what is to be done.
    let command = Cli::command().mut_subcommand("migrate", |migrate| migrate.mut_args(|setting| setting.global(true)));
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
                settings::print(command, matches)?;
            }
            Ok(())
        }
        Command::Import { database, remove_leftovers, folder } => {
            log::start(LogFormat::Pretty);
            let leftovers = if remove_leftovers { Leftovers::Remove } else { Leftovers::Keep };
            import::import(&database, &folder, leftovers).await
        }
        Command::Generate { database, shows, seed } => {
            log::start(LogFormat::Pretty);
            generate::generate(&database, shows, seed).await
        }
        Command::Export { database, format, target } => {
            log::start(LogFormat::Pretty);
            export::export(&database, format, &target).await
        }
        Command::Backup { database, target } => {
            log::start(LogFormat::Pretty);
            backup::backup(&database, &target).await
        }
        Command::Path(ask) => path::path(ask).await,
        Command::Schema => Ok(output::print(graphql::sdl())?),
        Command::Migrate { database, step } => {
            log::start(LogFormat::Pretty);
            migrate::migrate(&database, step).await
        }
    }
}
