//! New folders that appear complete or not at all.

use std::{
    fs,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use tempfile::{Builder, TempDir};

/// The parent of `path`, or `.`. A temporary file or folder there can be moved to `path` atomically.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary folder that becomes the target when it is finished.
pub(crate) struct NewFolder {
    making: TempDir,
    target: PathBuf,
}

impl NewFolder {
    /// Creates a temporary folder next to `target`, whose name begins with `prefix`. `target` must not exist, or be an
    /// empty folder.
    pub(crate) fn begin(target: &Path, prefix: &str) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        Ok(Self { making: builder.tempdir_in(folder_of(target))?, target: target.to_owned() })
    }

    /// The path of the temporary folder.
    pub(crate) fn path(&self) -> &Path {
        self.making.path()
    }

    /// Creates a file in the folder.
    pub(crate) fn file(&self, name: &str) -> io::Result<BufWriter<fs::File>> {
        Ok(BufWriter::new(fs::File::create_new(self.path().join(name))?))
    }

    /// Moves the folder to its target.
    pub(crate) fn finish(self) -> io::Result<()> {
        if self.target.exists() {
            fs::remove_dir(&self.target)?;
        }
        fs::rename(self.making.path(), &self.target)?;
        // It no longer has its temporary name, so there is nothing to remove.
        let _ = self.making.keep();
        Ok(())
    }
}
