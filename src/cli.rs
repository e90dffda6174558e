//! The command line of `castgraph`.

mod serve;
mod import;
mod new;
mod generate;
mod account;
mod changeset;
mod export;
mod path;
mod migrate;
mod backup;
mod health;
mod calendar_route;
mod settings_file;
mod manual;
mod log;
mod output;
mod settings;

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::PathBuf,
    process::{self, ExitCode},
};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use sea_orm::DbErr;

use crate::{
    config::{Config, LogFormat},
    export::Format,
    graphql,
    store::{Opening, Store, StoreError},
};
use migrate::Migrate;
use settings_file::SettingsFile;

/// A GraphQL server that answers who played whom, in what, when, and who came back
///
/// Without a command, castgraph starts the server: it opens castgraph.db in the current folder, imports the Star Trek
/// data set if the database is new, and listens at <http://127.0.0.1:8080/>.
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
    /// Serve the API and the pages (the default)
    Serve(Config),
    /// Check whether a running server is ready
    Health(health::Ask),
    /// Print all settings with their values and where they come from
    Config {
        #[command(flatten)]
        config: Config,
        /// Only check the settings, and report all errors
        #[arg(long)]
        check: bool,
        /// Print a settings file with all settings
        #[arg(long, conflicts_with = "check")]
        example: bool,
    },
    /// Import a folder of CSV files in one transaction
    Import(import::Import),
    /// Create a folder of example CSV files for your own data set
    New {
        /// The folder to create; it may exist if it is empty
        folder: PathBuf,
    },
    /// Fill an empty database with invented shows
    Generate {
        #[command(flatten)]
        database: Database,
        /// Number of shows, each with about 75 credits and 10 people
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        shows: u32,
        /// Seed of the random numbers; the same seed generates the same data
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Export the database as CSV files, JSON lines or a graph
    Export {
        #[command(flatten)]
        database: Database,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Leave out facts whose sources have other licences than these, such as CC0-1.0,CC-BY-SA-4.0
        #[arg(long, value_name = "LICENCES", value_delimiter = ',')]
        licence: Option<Vec<String>>,
        /// New folder for csv, new file for the other formats; - is the standard output
        #[arg(value_name = "FOLDER|FILE")]
        target: PathBuf,
    },
    /// Copy an SQLite database to a new file while it is in use
    Backup {
        #[command(flatten)]
        database: Database,
        /// The file to create
        #[arg(value_name = "FILE")]
        target: PathBuf,
    },
    /// Create and list accounts, who may change the data
    Account {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Create, list and revoke the keys of accounts
    Key {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        command: account::KeyCommand,
    },
    /// List, show, accept, reject and undo changesets
    Changeset {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        command: changeset::ChangesetCommand,
    },
    /// Print the changes of an object
    History {
        #[command(flatten)]
        database: Database,
        /// Its slug, or one that it had
        slug: String,
    },
    /// Print how two people are connected
    Path(path::Ask),
    /// Print the GraphQL schema of the API
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder, which is created if it is missing
        folder: PathBuf,
    },
    /// Apply, revert or list migrations of the database schema
    Migrate {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        step: Migrate,
    },
}

/// The database.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// Database: a postgres:// URL, or the path of an SQLite file, which is created if it is missing
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "castgraph.db", value_name = "URL|FILE")]
    pub database_url: String,

    /// Allow castgraph's tables in a PostgreSQL schema that contains other tables
    #[arg(long, env = "CASTGRAPH_SHARED_SCHEMA")]
    pub shared_schema: bool,

    /// Settings file in TOML; castgraph config --example prints one
    #[arg(long, env = "CASTGRAPH_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Database {
    /// Opens the database for writing.
    async fn open(&self) -> Result<Store, StoreError> {
        let opening = Opening { shared_schema: self.shared_schema, ..Opening::default() };
        Store::open_with(&self.database_url, &opening).await
    }

    /// Tries some work that changes nothing, with a database that is there already or, if there is none, with an empty one
    /// that is removed afterwards.
    async fn on_trial<T>(
        &self,
        work: impl AsyncFnOnce(&Store) -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Box<dyn Error>> {
        if Store::exists(&self.database_url).await? {
            return self.with(work).await;
        }
        let folder = env::temp_dir().join(format!("castgraph-trial-{}", process::id()));
        fs::create_dir(&folder).map_err(|reason| format!("{}: {reason}", folder.display()))?;
        let outcome = async {
            let store = Store::open(&folder.join("castgraph.db").to_string_lossy(), None).await?;
            store.migrate().await?;
            let done = work(&store).await;
            store.close().await?;
            done
        };
        let outcome = outcome.await;
        fs::remove_dir_all(&folder).map_err(|reason| format!("{}: {reason}", folder.display()))?;
        outcome
    }

    /// Does some work on a database that is there already, and closes it.
    async fn with<T, E: Into<Box<dyn Error>>>(
        &self,
        work: impl AsyncFnOnce(&Store) -> Result<T, E>,
    ) -> Result<T, Box<dyn Error>> {
        let store = Store::open_existing(&self.database_url).await?;
        let done = work(&store).await;
        store.close().await?;
        done.map_err(Into::into)
    }
}

type Outcome = Result<(), Box<dyn Error>>;

/// The settings in the output of `-h`; `--help` shows all.
const SHORT: &[&str] = &["listen", "database_url", "config"];

/// Runs the program with the arguments and the environment of the process.
///
/// The runtime is created here and not by `#[tokio::main]`: a future is compiled in the crate that polls it, so the
/// binary crate would compile most of the library again.
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(reason) => Err(format!("cannot start threads: {reason}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) if output::is_closed(&*reason) => ExitCode::SUCCESS,
        Err(reason) => {
            match reason.downcast_ref::<DbErr>() {
                Some(reason) => output::notice(format_args!("castgraph: {}", StoreError::from(reason))),
                None => output::notice(format_args!("castgraph: {reason}")),
            }
            ExitCode::FAILURE
        }
    }
}

/// Shortens the output of `-h` so that it fits a screen; `--help` shows everything.
fn brief(command: clap::Command) -> clap::Command {
    let wants_page = env::args_os().nth(1).is_some_and(|argument| argument == "-h");
    let page = wants_page.then(|| page(&command));
    let command = command.mut_subcommands(|command| {
        let has_all = ["serve", "config"].contains(&command.get_name());
        command.mut_args(move |setting| {
            let is_brief = !has_all || SHORT.contains(&setting.get_id().as_str()) || setting.get_env().is_none();
            let is_hidden = setting.is_hide_short_help_set();
            setting.hide_short_help(is_hidden || !is_brief)
        })
    });
    match page {
        Some(page) => command.override_help(page),
        None => command,
    }
}

/// Commands that `castgraph -h` only names.
const RARE: &[&str] = &["health", "generate", "schema", "completions", "man", "help"];

/// The output of `castgraph -h`.
fn page(command: &clap::Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut page = format!("{about}\n\nUsage: castgraph [COMMAND] [OPTIONS]\n\nCommands:\n");
    let is_rare = |command: &&clap::Command| RARE.contains(&command.get_name());
    for command in command.get_subcommands().filter(|command| !is_rare(command)) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(page, "  {:<12} {about}", command.get_name());
    }
    let rare: Vec<&str> = command.get_subcommands().filter(is_rare).map(clap::Command::get_name).collect();
    let _ = writeln!(page, "  and {}", rare.join(", "));
    page + "\nOptions (castgraph --help lists all):\n  \
            --listen [ADDRESS:]PORT  Where to listen (default 127.0.0.1:8080)\n  \
            --database-url URL|FILE  postgres:// URL or SQLite file (default castgraph.db)\n  \
            --config FILE            Settings file in TOML"
}

async fn run() -> Outcome {
    // The settings of these may come before or after their subcommands.
    let mut command = Cli::command();
    for parent in ["migrate", "account", "key", "changeset"] {
        command = command.mut_subcommand(parent, |parent| parent.mut_args(|setting| setting.global(true)));
    }
    settings::check_environment(&command, env::vars_os())?;
    let command =
        command.mut_args(settings::without_empty).mut_subcommands(|command| command.mut_args(settings::without_empty));
    let file = SettingsFile::of(&command, &env::args_os().collect::<Vec<_>>())?;
    let command = match &file {
        Some(file) => file.apply(command),
        None => command,
    };
    let matches = brief(command.clone()).get_matches();
    let cli = Cli::from_arg_matches(&matches)?;
    match cli.command.unwrap_or(Command::Serve(cli.config)) {
        Command::Serve(config) => {
            log::start(config.log_format);
            serve::serve(&config).await
        }
        Command::Config { example: true, .. } => Ok(output::print(settings_file::example(&Cli::command()))?),
        Command::Config { config, check: true, .. } => {
            serve::check_settings(&config)?;
            Ok(output::print("the settings are valid\n")?)
        }
        Command::Config { .. } => {
            if let (Some(command), Some(matches)) =
                (command.find_subcommand("config"), matches.subcommand_matches("config"))
            {
                settings::print(command, matches, file.as_ref())?;
            }
            Ok(())
        }
        Command::Health(ask) => health::health(&ask),
        // No log: it would only clutter the summary.
        Command::Import(import) => Box::pin(import::import(import)).await,
        Command::New { folder } => Ok(output::print(new::write(&folder)?)?),
        Command::Generate { database, shows, seed } => {
            log::start(LogFormat::Pretty);
            generate::generate(&database, shows, seed).await
        }
        Command::Export { database, format, licence, target } => {
            log::start(LogFormat::Pretty);
            export::export(&database, format, &target, licence.as_deref()).await
        }
        Command::Backup { database, target } => {
            log::start(LogFormat::Pretty);
            backup::backup(&database, &target).await
        }
        Command::Account { database, command } => account::account(&database, command).await,
        Command::Key { database, command } => account::key(&database, command).await,
        Command::Changeset { database, command } => changeset::changeset(&database, command).await,
        Command::History { database, slug } => changeset::history(&database, &slug).await,
        Command::Path(ask) => path::path(ask).await,
        Command::Schema => Ok(output::print(graphql::sdl())?),
        Command::Completions { shell } => Ok(output::print(manual::completions(shell, Cli::command()))?),
        Command::Man { folder } => Ok(manual::write(Cli::command(), &folder)?),
        Command::Migrate { database, step } => {
            log::start(LogFormat::Pretty);
            migrate::migrate(&database, step).await
        }
    }
}
