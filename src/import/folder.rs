use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, Seek},
    path::Path,
    sync::Arc,
};

use super::Faults;

/// The files of a data set, by name.
#[derive(Clone, Debug, Default)]
pub struct Folder(pub(super) BTreeMap<&'static str, Content>);

/// The content of a file. One on disk is open, and read line by line when it is needed, so that it may be larger than the
/// memory. It is read from its beginning each time, by one reader at a time.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Embedded(&'static [u8]),
    OnDisk(Arc<File>),
    #[cfg(test)]
    Owned(Vec<u8>),
}

impl Content {
    pub(super) fn open(&self) -> io::Result<Box<dyn BufRead + '_>> {
        Ok(match self {
            Self::Embedded(bytes) => Box::new(*bytes),
            Self::OnDisk(file) => {
                let mut file = &**file;
                file.rewind()?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
            #[cfg(test)]
            Self::Owned(bytes) => Box::new(bytes.as_slice()),
        })
    }
}

macro_rules! embedded {
    ($($file:literal),* $(,)?) => {
        &[$((
            $file,
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $file)),
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/import/example/", $file)),
        )),*]
    };
}

/// The file names of the format, with the embedded files of the Star Trek set and of the example.
const FILES: &[(&str, &[u8], &[u8])] = embedded![
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
    "external_ids.csv",
    "pictures.csv",
    "summaries.csv",
];

/// The embedded Star Trek data set.
pub fn embedded() -> Folder {
    Folder(FILES.iter().map(|(name, bytes, _)| (*name, Content::Embedded(bytes))).collect())
}

/// The files of the embedded example: a small invented data set to start from.
pub fn example_files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().map(|(name, _, bytes)| (*name, *bytes))
}

/// The embedded example.
pub fn example() -> Folder {
    Folder(example_files().map(|(name, bytes)| (name, Content::Embedded(bytes))).collect())
}

/// Known CSV files that are not part of the format and are ignored.
const NOT_READ: &[&str] = &["returns.csv"];

/// The file names of the format, in an order in which files refer mostly to those before them.
pub fn file_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, ..)| *name)
}

/// Opens the files of a data set in a folder. [`super::check()`] reports missing files.
///
/// # Errors
///
/// If the folder or one of its files cannot be read, or a file looks like a misnamed file of the format. Other files,
/// such as notes and hidden files, are ignored.
pub fn folder(path: &Path) -> Result<Folder, Faults> {
    let mut faults = Faults::default();
    let mut files = BTreeMap::new();
    let shown = path.display().to_string();
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(reason) => {
            let what = match reason.kind() {
                ErrorKind::NotFound => "does not exist; use the folder that contains the CSV files".to_owned(),
                ErrorKind::NotADirectory => "is a file; use the folder that contains the CSV files".to_owned(),
                _ => format!("cannot be read: {reason}"),
            };
            faults.add(&shown, 0, "", what);
            return faults.or(Folder::default());
        }
    };
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    for name in &names {
        if let Some(reason) = stranger(name) {
            faults.add(name, 0, "", reason);
        }
    }
    for name in file_names() {
        match File::open(path.join(name)).and_then(|file| Ok((file.metadata()?.is_dir(), file))) {
            Ok((true, _)) => faults.add(name, 0, "", "is a folder, not a file"),
            Ok((false, file)) => drop(files.insert(name, Content::OnDisk(Arc::new(file)))),
            Err(reason) if reason.kind() == ErrorKind::NotFound => {}
            Err(reason) => faults.add(name, 0, "", format!("cannot be read: {reason}")),
        }
    }
    faults.or(Folder(files))
}

/// The fault of a file with this name, if it looks like a misnamed file of the format.
fn stranger(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    // Hidden files, and backup and lock files of editors and spreadsheets.
    if name.starts_with(['.', '~', '#']) || name.ends_with(['~', '#']) || lower.split('.').next_back() == Some("bak") {
        return None;
    }
    if FILES.iter().any(|(known, ..)| *known == name) || NOT_READ.contains(&name) {
        return None;
    }
    let (stem, ending) = lower.split_once('.').unwrap_or((&lower, ""));
    let stem = stem.trim().replace([' ', '-'], "_");
    let (near, distance) = FILES
        .iter()
        .map(|(known, ..)| (*known, strsim::damerau_levenshtein(known.trim_end_matches(".csv"), &stem)))
        .min_by_key(|(_, distance)| *distance)?;
    let is_near = distance <= 2.min(stem.len() / 3);
    let is_table = ending.split('.').next_back() == Some("csv");
    let is_other_table = ["csv.txt", "tsv", "tab", "xlsx", "xls", "ods", "numbers", "csv.gz", "txt"].contains(&ending);
    match (is_near, is_table) {
        (true, true) => Some(format!("is not part of the format; did you mean {near}?")),
        (true, false) if is_other_table => Some(format!("is not CSV; save it as {near}, comma-separated and in UTF-8")),
        (false, true) => {
            let known: Vec<&str> = file_names().collect();
            Some(format!("is not part of the format; its files are {}", known.join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_files_are_told_with_the_nearest() {
        for (name, near) in [
            ("availabilty.csv", "did you mean availability.csv?"),
            ("People.csv", "did you mean people.csv?"),
            ("PEOPLE.CSV", "did you mean people.csv?"),
            ("cast-seasons.csv", "did you mean cast_seasons.csv?"),
            ("peple.csv", "did you mean people.csv?"),
            ("people .csv", "did you mean people.csv?"),
            ("people.tsv", "save it as people.csv"),
            ("people.csv.txt", "save it as people.csv"),
            ("seasons.xlsx", "save it as seasons.csv"),
            ("budget.csv", "its files are franchises.csv, productions.csv"),
        ] {
            assert!(stranger(name).is_some_and(|reason| reason.contains(near)), "{name}: {:?}", stranger(name));
        }
        for name in [
            "people.csv",
            "returns.csv",
            "README.md",
            "LICENSE",
            "datapackage.json",
            "validate.py",
            ".git",
            "people.csv~",
        ] {
            assert_eq!(stranger(name), None, "{name}");
        }
    }
}
