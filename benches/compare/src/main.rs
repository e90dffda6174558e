//! Measures castgraph beside other servers on the same database, each on one core, and prints a table for each question.
//!
//! `cargo run --release --manifest-path benches/compare/Cargo.toml -- --help`; `docs/performance.md` has the rest. The
//! program starts itself again as four of the servers and as the generator of the load, each on a core of its own.

use std::{error::Error, net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

use crate::contender::Kind;

mod answer;
mod contender;
mod database;
mod drive;
mod handwritten;
mod http;
mod keys;
mod measure;
mod memory;
mod process;
mod question;
mod seaography;
mod serve;
mod table;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A result; a measurement that cannot be made ends with the reason.
type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Measures castgraph beside other servers on the same database.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Line {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    settings: Settings,
}

/// What is measured, and for how long.
#[derive(Clone, Debug, clap::Args)]
struct Settings {
    /// The program castgraph, built with --release.
    #[arg(long, default_value = "target/release/castgraph")]
    castgraph: PathBuf,
    /// A PostgreSQL database; it is made and filled if it is missing or empty.
    #[arg(long, default_value = "postgres://postgres@127.0.0.1:5432/castgraph_bench_1000")]
    database_url: String,
    /// The same rows as an SQLite file, which is made and filled if it is missing [default: one for each number of shows
    /// in the folder for temporary files].
    #[arg(long)]
    sqlite: Option<PathBuf>,
    /// How many shows a database is filled with.
    #[arg(long, default_value_t = 1_000)]
    shows: u32,
    /// Seconds for which each contender is asked each question in each order.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Only these contenders; ratios need `handwritten` and `memory`.
    #[arg(long, value_delimiter = ',', value_enum)]
    contenders: Vec<Kind>,
    /// Connections of the load.
    #[arg(long, default_value_t = 8)]
    connections: usize,
}

/// The parts that the program starts itself as.
#[derive(Debug, Subcommand)]
enum Part {
    /// Serves answers from hand-written statements, from memory, constant ones, or Seaography's.
    #[command(hide = true)]
    Serve { kind: Kind, database_url: String, address: SocketAddr },
    /// Reads a load from the standard input and makes it.
    #[command(hide = true)]
    Drive,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let line = Line::parse();
    match line.part {
        Some(Part::Serve { kind, database_url, address }) => serve::run(kind, &database_url, address).await,
        Some(Part::Drive) => drive::run().await,
        None => measure::run(&line.settings).await,
    }
}
