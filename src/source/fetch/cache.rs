use std::{
    fs, io,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::source::SourceError;

/// Answers on disk: one file each, named after the address, with what is needed to ask whether it has changed.
pub(super) struct Cache {
    folder: PathBuf,
    /// When the run began, which may have been before this process: answers checked since then are used without asking.
    began: u64,
    run: Option<PathBuf>,
}

/// An answer.
#[derive(Serialize, Deserialize)]
pub(super) struct Cached {
    pub(super) address: String,
    pub(super) etag: Option<String>,
    /// Seconds since 1970.
    checked: u64,
    /// The body; none if the service said that there is nothing.
    pub(super) body: Option<String>,
}

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, began: u64::MAX, run: None }
    }

    /// Begins a run, or goes on with one that did not end.
    pub(super) fn begin(&mut self, name: &str, now: SystemTime) -> Result<(), SourceError> {
        fs::create_dir_all(&self.folder).map_err(|error| self.failed(error))?;
        let file = self.folder.join(format!("run-{}", digest(name)));
        let began = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        // A run that was given up long ago is not gone on with: its answers are old.
        let began = began.filter(|began| seconds(now).saturating_sub(*began) < 7 * 24 * 60 * 60);
        self.began = began.unwrap_or_else(|| seconds(now));
        self.write(&file, self.began.to_string().as_bytes())?;
        self.run = Some(file);
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result<(), SourceError> {
        self.began = u64::MAX;
        match self.run.take().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    /// The answer of an address, and whether it was checked in this run.
    pub(super) fn get(&self, address: &str) -> Option<(Cached, bool)> {
        let bytes = fs::read(self.file(address)).ok()?;
        let cached: Cached = serde_json::from_slice(&bytes).ok()?;
        let fresh = cached.checked >= self.began;
        Some((cached, fresh)).filter(|(cached, _)| cached.address == address)
    }

    pub(super) fn put(
        &self,
        address: &str,
        etag: Option<String>,
        body: Option<String>,
        now: SystemTime,
    ) -> Result<(), SourceError> {
        let cached = Cached { address: address.to_owned(), etag, checked: seconds(now), body };
        let bytes = serde_json::to_vec(&cached).map_err(|error| self.failed(error.into()))?;
        fs::create_dir_all(&self.folder).map_err(|error| self.failed(error))?;
        self.write(&self.file(address), &bytes)
    }

    fn file(&self, address: &str) -> PathBuf {
        self.folder.join(format!("{}.json", digest(address)))
    }

    /// Writes a file as a whole, so that a killed process leaves no half of one.
    fn write(&self, file: &PathBuf, bytes: &[u8]) -> Result<(), SourceError> {
        let mut part = tempfile::NamedTempFile::new_in(&self.folder).map_err(|error| self.failed(error))?;
        io::Write::write_all(&mut part, bytes).map_err(|error| self.failed(error))?;
        part.persist(file).map_err(|error| self.failed(error.error))?;
        Ok(())
    }

    fn failed(&self, error: io::Error) -> SourceError {
        SourceError::Cache { folder: self.folder.display().to_string(), error }
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
