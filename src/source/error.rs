use std::io;

/// A source could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file could not be read.
    #[error("cannot read {file}: {error}")]
    File {
        /// The file.
        file: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// A folder has none of the files that are needed.
    #[error("{folder} has no {wanted}")]
    NoFiles {
        /// The folder.
        folder: String,
        /// The files that are needed.
        wanted: String,
    },
    /// What was asked for is not an id, a page or a title of the source.
    #[error("{0}")]
    Request(String),
    /// The service does not answer, or not as it should.
    #[error("{0}")]
    Service(String),
    /// The cache on disk cannot be used.
    #[error("cannot use the cache in {folder}: {error}")]
    Cache {
        /// The folder.
        folder: String,
        /// What the operating system said.
        error: io::Error,
    },
}
