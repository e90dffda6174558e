//! The target of an export: a file or a folder that appears complete or not at all.

use std::{
    fs, io,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

use super::NotExported;
use crate::folder::{NewFolder, folder_of};

/// The prefix of temporary names.
const PREFIX: &str = ".castgraph-export-";

/// Creates a temporary folder for the export to `target`.
pub(super) fn new_folder(target: &Path) -> Result<NewFolder, NotExported> {
    let free = match fs::read_dir(target) {
        Ok(mut files) => files.next().is_none(),
        Err(reason) => reason.kind() == io::ErrorKind::NotFound,
    };
    if !free {
        let reason = "exists and is not an empty folder; choose a new one";
        return Err(NotExported::Place(format!("{} {reason}", target.display())));
    }
    parent(target)?;
    Ok(NewFolder::begin(target, PREFIX)?)
}

/// A temporary file that becomes the target when it is finished, or the standard output.
pub(super) enum NewFile {
    Beside(BufWriter<NamedTempFile>, PathBuf),
    Output(BufWriter<io::Stdout>),
}

impl NewFile {
    pub(super) fn begin(target: &Path) -> Result<Self, NotExported> {
        if target == Path::new("-") {
            return Ok(Self::Output(BufWriter::new(io::stdout())));
        }
        if target.symlink_metadata().is_ok() {
            return Err(NotExported::Place(format!("{} already exists; choose a new file", target.display())));
        }
        let mut builder = Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        Ok(Self::Beside(BufWriter::new(builder.tempfile_in(parent(target)?)?), target.to_owned()))
    }

    /// Moves the file to its target.
    pub(super) fn finish(self) -> Result<(), NotExported> {
        match self {
            Self::Beside(file, target) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist_noclobber(target).map_err(|reason| reason.error)?;
                Ok(())
            }
            Self::Output(mut output) => Ok(output.flush()?),
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file, _) => file.write(bytes),
            Self::Output(output) => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file, _) => file.flush(),
            Self::Output(output) => output.flush(),
        }
    }
}

/// The parent folder of `target`, which must exist.
fn parent(target: &Path) -> Result<&Path, NotExported> {
    let parent = folder_of(target);
    if parent.is_dir() {
        Ok(parent)
    } else {
        Err(NotExported::Place(format!("the folder {} does not exist; create it", parent.display())))
    }
}
