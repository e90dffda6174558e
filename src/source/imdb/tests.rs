use std::{fs, io::Write, path::Path};

use chrono::NaiveDate;
use entity::credit::{Job, Part};
use flate2::{Compression, write::GzEncoder};

use crate::source::{Key, Records, imdb::read};

const BASICS: &str = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\r\n\
    tt0000001\ttvSeries\tMoon Kitchen\tMondküche\t0\t2001\t2003\t30\tAnimation,Comedy\r\n\
    tt0000002\ttvEpisode\tPilot\tPilot\t0\t2001\t\\N\t30\t\\N\r\n\
    tt0000003\ttvEpisode\tLost Tape\tLost Tape\t0\t\\N\t\\N\t\\N\t\\N\r\n\
    tt0000004\tmovie\tOther Film\tOther Film\t0\t0\t\\N\t90\tDrama\r\n\
    tt0000005\tvideoGame\tMoon Game\tMoon Game\t0\t2002\t\\N\t\\N\t\\N\r\n\
    tt0000006\ttvHologram\tOdd\tOdd\t0\t2002\t\\N\t\\N\t\\N\r\n\
    tt0000007\tshort\r\n";
const EPISODE: &str =
    "tconst\tparentTconst\tseasonNumber\tepisodeNumber\ntt0000002\ttt0000001\t1\t1\ntt0000003\ttt0000001\t\\N\t\\N\n";
const PRINCIPALS: &str = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n\
    tt0000002\t1\tnm0000001\tactor\t\\N\t[\"Stan\",\"Roger (voice) (as Joe \\\"J\\\" Smith)\"]\n\
    tt0000002\t1\tnm0000001\tactor\t\\N\t[\"Stan\",\"Roger (voice) (as Joe \\\"J\\\" Smith)\"]\n\
    tt0000002\t2\tnm0000002\tself\t\\N\t[\"Self - Host\"]\n\
    tt0000002\t3\tnm0000003\twriter\tteleplay by\t\\N\n\
    tt0000002\t4\tnm0000004\tactress\t\\N\t\\N\n\
    tt0000002\t5\tnm0000005\tjuggler\t\\N\t\\N\n\
    tt0000002\t6\tnm0000001\tarchive_footage\t\\N\t[\"Ghost\"]\n\
    tt0000002\tx\tnm0000001\tactor\t\\N\tKing\n\
    tt0000004\t1\tnm0000001\tactor\t\\N\t[\"Boss\"]\n";
const CREW: &str = "tconst\tdirectors\twriters\ntt0000002\tnm0000001\tnm0000003,nm0000009\ntt0000001\t\\N\t\\N\n";
const NAMES: &str = "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n\
    nm0000001\tSeth Low\t1970\t\\N\tactor\ttt0000001\nnm0000002\tAnn Ray\t0\t\\N\t\\N\t\\N\n\
    nm0000003\tBo Li\t\\N\t\\N\t\\N\t\\N\nnm0000004\tCy Orr\t\\N\t\\N\t\\N\t\\N\n";

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

fn folder(basics: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    write("title.basics.tsv", basics);
    write("title.episode.tsv", EPISODE.as_bytes());
    write("title.principals.tsv", PRINCIPALS.as_bytes());
    write("title.crew.tsv", CREW.as_bytes());
    write("name.basics.tsv", NAMES.as_bytes());
    folder
}

fn records(folder: &Path, titles: &[&str]) -> Records {
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    read(folder, &titles, day(), &mut |_| {}).expect("records")
}

#[test]
fn titles_asked_for_are_read_with_their_episodes_and_people() {
    let with_mark = format!("\u{FEFF}{BASICS}");
    let folder = folder(with_mark.as_bytes());
    let records = records(folder.path(), &["https://www.imdb.com/title/tt0000001/", "tt0000099"]);
    let shows: Vec<&str> = records.shows.iter().map(|show| show.title.as_str()).collect();
    assert_eq!(shows, ["Moon Kitchen"]);
    let episodes: Vec<(&str, u32, bool)> =
        records.episodes.iter().map(|episode| (episode.title.as_str(), episode.number, episode.unnumbered)).collect();
    assert_eq!(episodes, [("Pilot", 1, false), ("Lost Tape", 1, true)]);
    let cast: Vec<(String, Option<String>, Option<Part>)> = records
        .credits
        .iter()
        .filter(|credit| credit.job == Job::Actor)
        .map(|credit| {
            let character =
                records.characters.iter().find(|character| Some(&character.key) == credit.character.as_ref());
            (credit.person.to_string(), character.map(|character| character.name.clone()), credit.part)
        })
        .collect();
    let row = |person: &str, name: Option<&str>, part| (person.to_owned(), name.map(str::to_owned), Some(part));
    assert_eq!(
        cast,
        [
            row("imdb:nm0000001", Some("Stan"), Part::Screen),
            row("imdb:nm0000001", Some("Roger"), Part::Voice),
            row("imdb:nm0000002", Some("Ann Ray"), Part::Screen),
            row("imdb:nm0000004", None, Part::Screen),
            row("imdb:nm0000001", Some("Ghost"), Part::Screen),
            row("imdb:nm0000001", Some("King"), Part::Screen),
        ]
    );
    let writers: Vec<Job> = records
        .credits
        .iter()
        .filter(|credit| credit.person.as_str() == "imdb:nm0000003")
        .map(|credit| credit.job)
        .collect();
    assert_eq!(writers, [Job::Teleplay]);
    assert_eq!(records.credits.iter().find_map(|credit| credit.credited_as.as_deref()), Some("Joe \"J\" Smith"));
    let lines = records.remarks.lines();
    for line in [
        "title tt0000099: not found at the source",
        "person nm0000009: not found at the source",
        "unknown category \"juggler\", once",
    ] {
        assert!(lines.iter().any(|told| told == line), "{line} is not in {lines:#?}");
    }
    assert!(lines.iter().any(|line| line.contains("title.principals.tsv:9: ignored the ordering \"x\"")), "{lines:#?}");
}

#[test]
fn without_titles_everything_is_read() {
    let folder = folder(BASICS.as_bytes());
    let records = records(folder.path(), &[]);
    assert_eq!(
        records.shows.iter().map(|show| show.title.as_str()).collect::<Vec<_>>(),
        ["Moon Kitchen", "Other Film"]
    );
    let lines = records.remarks.lines();
    assert!(lines.iter().any(|line| line == "unknown type of title \"tvHologram\", once"), "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.ends_with("title.basics.tsv:8: skipped: the row has 2 values; the header has 9")),
        "{lines:#?}"
    );
    let film = records.shows.last().expect("a film");
    assert_eq!(film.premiered_on, None);
}

#[test]
fn bytes_that_are_not_utf_8_are_told() {
    let bytes = [BASICS.as_bytes(), b"tt0000008\tmovie\tCaf\xE9\tCaf\xE9\t0\t2000\t\\N\t90\tDrama\n"].concat();
    let records = records(folder(&bytes).path(), &["tt0000008"]);
    assert_eq!(records.shows.first().map(|show| show.title.as_str()), Some("Caf\u{FFFD}"));
    assert!(
        records.remarks.lines().iter().any(|line| line.contains(":9: the row is not UTF-8")),
        "{:?}",
        records.remarks
    );
}

#[test]
fn a_truncated_gzip_gives_the_rows_before_the_cut() {
    let folder = folder(b"");
    fs::remove_file(folder.path().join("title.basics.tsv")).expect("the file");
    let mut rows = BASICS.to_owned();
    for number in 100..20_000u32 {
        let noise = number.wrapping_mul(2_654_435_761);
        rows.extend([format!("tt{number:07}\tmovie\tFilm {noise}\tFilm {noise}\t0\t2000\t\\N\t90\tDrama\n")]);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(rows.as_bytes()).expect("bytes");
    let bytes = gzip.finish().expect("bytes");
    let write = |length: usize| fs::write(folder.path().join("title.basics.tsv.gz"), &bytes[..length]).expect("a file");
    write(bytes.len());
    assert_eq!(records(folder.path(), &[]).shows.len(), 2 + 19_900);
    write(bytes.len() / 2);
    let cut = records(folder.path(), &[]);
    assert!((1000..19_000).contains(&cut.shows.len()), "{}", cut.shows.len());
    assert!(cut.remarks.lines().iter().any(|line| line.contains("ends early or is damaged")), "{:?}", cut.remarks);
}

#[test]
fn files_that_are_none_are_told() {
    let told = |basics: &[u8]| records(folder(basics).path(), &[]).remarks.lines().join("\n");
    assert!(told(b"").contains("title.basics.tsv:1: skipped: the file has no column tconst"));
    assert!(told(b"a,b\n1,2\n").contains("title.basics.tsv:1: skipped: the file has no column tconst"));
    assert!(told(&[0xFF; 100]).contains("no column"));
    let empty = tempfile::tempdir().expect("a folder");
    let error = read(empty.path(), &[], day(), &mut |_| {}).expect_err("no files");
    assert!(error.to_string().ends_with("has no title.basics.tsv or title.basics.tsv.gz"), "{error}");
    let error = read(empty.path(), &["Moon".to_owned()], day(), &mut |_| {}).expect_err("no id");
    assert!(error.to_string().starts_with("\"Moon\" is no id of a title at IMDb"), "{error}");
}

/// Writes files with a million rows and reads them, for the measurement by hand:
/// `cargo test --release --lib imdb -- --ignored --nocapture`. `CASTGRAPH_ROWS` sets another size.
#[test]
#[ignore = "writes 60 MB and takes long without optimisation"]
fn a_million_rows() {
    let rows: u32 = std::env::var("CASTGRAPH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, header: &str| {
        let mut file = std::io::BufWriter::new(fs::File::create(folder.path().join(name)).expect("a file"));
        writeln!(file, "{header}").expect("a row");
        file
    };
    // Of ten rows, one is a title, one an episode, one a name, and seven are principals. Each series has 50 episodes.
    let tenth = rows / 10;
    let mut basics = file("title.basics.tsv", BASICS.lines().next().expect("a header"));
    let mut episode = file("title.episode.tsv", "tconst\tparentTconst\tseasonNumber\tepisodeNumber");
    let mut principals = file("title.principals.tsv", "tconst\tordering\tnconst\tcategory\tjob\tcharacters");
    let mut names = file("name.basics.tsv", NAMES.lines().next().expect("a header"));
    let mut series = 1;
    for id in 1..=tenth {
        if id % 51 == 1 {
            series = id;
            writeln!(basics, "tt{id:07}\ttvSeries\tSeries {id}\tSeries {id}\t0\t2001\t2003\t30\tComedy,Drama")
                .expect("a row");
        } else {
            let number = id - series;
            writeln!(basics, "tt{id:07}\ttvEpisode\tEpisode {id}\tEpisode {id}\t0\t2001\t\\N\t30\tComedy")
                .expect("a row");
            writeln!(episode, "tt{id:07}\ttt{series:07}\t{}\t{}", 1 + number / 10, 1 + number % 10).expect("a row");
        }
        for ordering in 1..=7 {
            let person = 1 + (series.wrapping_mul(31) + ordering * 7 + (id % 3) * ordering) % tenth;
            writeln!(principals, "tt{id:07}\t{ordering}\tnm{person:07}\tactor\t\\N\t[\"Character {ordering}\"]")
                .expect("a row");
        }
        writeln!(names, "nm{id:07}\tPerson {id}\t1970\t\\N\tactor\ttt{series:07}").expect("a row");
    }
    drop((basics, episode, principals, names));
    let memory = || {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find(|line| line.starts_with("VmHWM")).map(str::to_owned).unwrap_or_default()
    };
    let titles: Vec<String> = (0..10).map(|n| format!("tt{:07}", 1 + 51 * n)).collect();
    for titles in [titles, Vec::new()] {
        let began = std::time::Instant::now();
        let (mut read_rows, mut last) = (0, (String::new(), 0));
        let records = read(folder.path(), &titles, day(), &mut |progress| {
            if progress.file != last.0 {
                read_rows += last.1;
                last.0 = progress.file.to_owned();
            }
            last.1 = progress.rows;
        });
        let records = records.expect("records");
        let took = began.elapsed();
        read_rows += last.1;
        println!(
            "{} titles: {read_rows} rows in {took:?}, {} rows a second, {} credits; {}",
            titles.len(),
            u128::from(read_rows) * 1000 / took.as_millis().max(1),
            records.credits.len(),
            memory()
        );
        assert!(records.credits.iter().all(|credit| credit.show != Key::new(crate::source::Authority::Tmdb, 0)));
    }
}
