//! The `castgraph` program.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match castgraph::cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("castgraph: {reason}");
            ExitCode::FAILURE
        }
    }
}
