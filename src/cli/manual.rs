//! Shell completion scripts and manual pages, generated from the definition of the command line.

use std::{fs, path::Path};

use clap::Command;
use clap_complete::{Shell, generate};

/// The completion script for a shell.
pub(super) fn completions(shell: Shell, mut command: Command) -> String {
    let mut script = Vec::new();
    generate(shell, &mut command, "castgraph", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes `castgraph.1` and a page for each command into a folder.
pub(super) fn write(command: Command, folder: &Path) -> Result<(), String> {
    let failed = |reason: std::io::Error| format!("cannot write manual pages into {}: {reason}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(command, folder).map_err(failed)
}
