//! `castgraph new`: creates a folder of example CSV files.

use std::{fs, io, path::Path};

use crate::{
    folder::{NewFolder, folder_of},
    import,
};

/// The README in the new folder.
const README: &str = include_str!("new/README.md");

/// Writes the files of a small example into a new folder, all of them or none. Returns a text with the next steps.
///
/// # Errors
///
/// If the folder is not empty or cannot be created.
pub(super) fn write(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let failed = |reason: io::Error| format!("cannot create {shown}: {}", super::output::words(&reason));
    match fs::read_dir(folder) {
        Ok(entries) => {
            if entries.count() > 0 {
                return Err(format!("{shown} is not empty; choose a new folder"));
            }
        }
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => {}
        Err(reason) if reason.kind() == io::ErrorKind::NotADirectory => {
            return Err(format!("{shown} is a file; choose a new folder"));
        }
        Err(reason) => return Err(failed(reason)),
    }
    let parent = folder_of(folder);
    if !parent.is_dir() {
        return Err(format!("cannot create {shown}: the folder {} does not exist; create it", parent.display()));
    }
    let made = NewFolder::begin(folder, ".castgraph-new-").map_err(failed)?;
    for (name, bytes) in import::example_files() {
        fs::write(made.path().join(name), bytes).map_err(failed)?;
    }
    fs::write(made.path().join("README.md"), README).map_err(failed)?;
    made.finish().map_err(failed)?;
    Ok(format!(
        "wrote the example to {shown}; edit its files, then run\n  \
         castgraph import --check {shown}\n  \
         castgraph import --database-url {shown}.db {shown}\n  \
         castgraph --database-url {shown}.db\n"
    ))
}
