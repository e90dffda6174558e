//! A cut of the Star Trek set for tests that import: about a fourth of the rows. In a debug build, each import of the whole
//! set takes seconds, most of them for guest casts.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    sync::LazyLock,
};

use castgraph::import::{self, DataSet};
use csv::StringRecord;
use tempfile::TempDir;

/// The lines of each file of the cut, header included.
static FILES: LazyLock<BTreeMap<&str, Vec<StringRecord>>> = LazyLock::new(cut);

/// The cut, checked.
pub fn set() -> &'static DataSet {
    static SET: LazyLock<DataSet> = LazyLock::new(|| {
        let folder = import::folder(copy().path()).expect("the folder");
        import::check(&folder).unwrap_or_else(|faults| panic!("the cut is right: {faults}"))
    });
    &SET
}

/// A folder with the files of the cut, for a test to change.
pub fn copy() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    folder
}

/// Writes the files of the cut into a folder.
pub fn write(folder: &Path) {
    for (name, lines) in FILES.iter() {
        let mut file = csv::Writer::from_path(folder.join(name)).expect("the file");
        for line in lines {
            file.write_record(line).expect("the line is written");
        }
    }
}

/// The number of rows in a file of the cut. `file` has no extension.
pub fn rows(file: &str) -> i64 {
    i64::try_from(FILES[format!("{file}.csv").as_str()].len() - 1).expect("a small number")
}

/// Episodes of other shows than Picard that keep their guests and crew because tests name them.
const EPISODES: &[&str] = &["tos-s01e00", "tos-s01e06", "tng-s01e01", "tng-s02e16"];

fn cut() -> BTreeMap<&'static str, Vec<StringRecord>> {
    let mut files: BTreeMap<_, _> = import::file_names().map(|name| (name, lines(name))).collect();
    let is_kept = |episode: &str| episode.starts_with("pic-") || EPISODES.contains(&episode);
    // The first columns of every cast file are a season, episode or film, a person, a character and a billing.
    let is_guest = |line: &StringRecord| ["guest", "co-star"].contains(&&line[3]);
    let role = |line: &StringRecord| (line[1].to_owned(), line[2].to_owned());
    keep(&mut files, "cast_episodes.csv", |line| is_kept(&line[0]));
    let roles: HashSet<_> = files["cast_episodes.csv"].iter().map(role).collect();
    keep(&mut files, "cast_seasons.csv", |line| {
        !is_guest(line) || line[0].starts_with("star-trek-picard-") || roles.contains(&role(line))
    });
    keep(&mut files, "cast_films.csv", |line| !is_guest(line) || &line[0] == "star-trek-nemesis");
    keep(&mut files, "crew.csv", |line| line[2].is_empty() || is_kept(&line[2]));

    // Drop the people and characters that no other file names.
    let roster = ["people.csv", "characters.csv"];
    let others = files.iter().filter(|(name, _)| !roster.contains(name)).flat_map(|(_, lines)| lines);
    let words = |cell: &str| cell.split([';', '/']).map(|word| word.trim().to_owned()).collect::<Vec<_>>();
    let named: HashSet<String> = others.flat_map(|line| line.iter().flat_map(words)).collect();
    for file in roster {
        keep(&mut files, file, |line| named.contains(&line[0]));
    }
    files
}

/// Drops the lines of a file that `is_kept` rejects. The header stays.
fn keep(files: &mut BTreeMap<&str, Vec<StringRecord>>, file: &str, is_kept: impl Fn(&StringRecord) -> bool) {
    let lines = files.get_mut(file).expect("the file");
    let mut place = 0..;
    lines.retain(|line| place.next() == Some(0) || is_kept(line));
}

/// The lines of a file of the whole set.
fn lines(name: &str) -> Vec<StringRecord> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    let mut file = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("the file");
    file.records().map(|line| line.expect("a line")).collect()
}
