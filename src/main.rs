//! The `castgraph` program.

use std::process::ExitCode;

use castgraph::cli::Cli;
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    castgraph::cli::log();
    match castgraph::cli::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("castgraph: {reason}");
            ExitCode::FAILURE
        }
    }
}
