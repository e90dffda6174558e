//! Folders that appear when they are whole, or not at all.

use std::{
    fs,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use tempfile::{Builder, TempDir};

/// The folder that holds, or is to hold, the file or folder at `path`; what is made there can be moved to its place in one
/// step.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder in the making, beside its place.
pub(crate) struct NewFolder {
    making: TempDir,
    target: PathBuf,
}

impl NewFolder {
    /// Begins a folder that is to be `target`, which must not be there, or be an empty folder. Until it is finished, its
    /// name begins with `prefix`.
    pub(crate) fn begin(target: &Path, prefix: &str) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        Ok(Self { making: builder.tempdir_in(folder_of(target))?, target: target.to_owned() })
    }

    /// Where it is while it is made.
    pub(crate) fn path(&self) -> &Path {
        self.making.path()
    }

    /// A new file in the folder.
    pub(crate) fn file(&self, name: &str) -> io::Result<BufWriter<fs::File>> {
        Ok(BufWriter::new(fs::File::create_new(self.path().join(name))?))
    }

    /// Puts the folder to its place.
    pub(crate) fn finish(self) -> io::Result<()> {
        if self.target.exists() {
            fs::remove_dir(&self.target)?;
        }
        fs::rename(self.making.path(), &self.target)?;
        // It is not there any more under this name, and need not be removed.
        let _ = self.making.keep();
        Ok(())
    }
}
