use std::{borrow::Cow, collections::BTreeMap, io::ErrorKind, path::Path};

use super::Faults;

/// The files of a data set, by name.
#[derive(Clone, Debug, Default)]
pub struct Folder(pub(super) BTreeMap<&'static str, Cow<'static, [u8]>>);

macro_rules! embedded {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $file)))),*]
    };
}

/// The files of the format, with those of the set that the program carries.
const FILES: &[(&str, &[u8])] = embedded![
    "franchises.csv",
    "productions.csv",
    "production_links.csv",
    "seasons.csv",
    "episodes.csv",
    "people.csv",
    "characters.csv",
    "character_links.csv",
    "cast_seasons.csv",
    "cast_episodes.csv",
    "cast_films.csv",
    "crew.csv",
    "territories.csv",
    "platforms.csv",
    "platform_changes.csv",
    "availability.csv",
    "offers.csv",
    "funding.csv",
    "media.csv",
    "sources.csv",
    "claims.csv",
    "citations.csv",
];

/// The Star Trek set that the program carries.
pub fn embedded() -> Folder {
    Folder(FILES.iter().map(|(name, bytes)| (*name, Cow::Borrowed(*bytes))).collect())
}

/// Reads the files of the format from a folder. Other files in it are left alone. A missing file is told by
/// [`super::check()`].
///
/// # Errors
///
/// If the folder is none, or one of its files cannot be read.
pub fn folder(path: &Path) -> Result<Folder, Faults> {
    let mut faults = Faults::default();
    let mut files = BTreeMap::new();
    if !path.is_dir() {
        faults.add(&path.display().to_string(), 0, "", "is no folder; give the folder that holds the CSV files");
        return faults.or(Folder::default());
    }
    for (name, _) in FILES {
        match std::fs::read(path.join(name)) {
            Ok(bytes) => drop(files.insert(*name, Cow::Owned(bytes))),
            Err(reason) if reason.kind() == ErrorKind::NotFound => {}
            Err(reason) => faults.add(name, 0, "", format!("cannot be read: {reason}")),
        }
    }
    faults.or(Folder(files))
}
