//! What is exported says all that was imported.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use castgraph::{
    export::{Format, NotExported, export},
    import::Leftovers,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    cut,
    import::{append, apply, change, dump, read},
    site::{self, Set, Site, both},
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

/// The files of an export of a database.
async fn exported(site: &Site) -> (TempDir, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("set");
    export(site.store.read(), Format::Csv, &target).await.unwrap_or_else(|reason| panic!("{reason}"));
    let files = fs::read_dir(&target).expect("the export").map(|file| file.expect("a file").path());
    let text = |path: &Path| fs::read_to_string(path).expect("UTF-8");
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    (folder, files.map(|path| (name(&path), text(&path))).collect())
}

/// All rows. Citations, notes, pictures and summaries are numbered in the order of the files, which may differ; nothing refers to them.
async fn rows(site: &Site) -> BTreeSet<String> {
    let dump = dump(site.store.write()).await;
    let unnumbered = |line: &str| match line.split_once(' ').map(|(table, cells)| (table, cells.split_once('|'))) {
        Some((table @ ("citation" | "note" | "picture" | "summary"), Some((_, rest)))) => format!("{table} {rest}"),
        _ => line.to_owned(),
    };
    dump.lines().map(unnumbered).collect()
}

/// Exports a site, and sees that the export changes nothing there, and gives empty sites the same rows and the same files.
async fn goes_round(site: Site, others: Vec<Site>) -> BTreeMap<String, String> {
    let (export, files) = exported(&site).await;
    let set = read(&export.path().join("set"));
    let before = rows(&site).await;
    let again = apply(&site, &set).await;
    assert!(again.is_unchanged(), "{}: {again}", site.engine);
    for other in others {
        apply(&other, &set).await;
        let after = rows(&other).await;
        let lost: Vec<_> = before.symmetric_difference(&after).take(9).collect();
        assert!(lost.is_empty(), "{} to {}: {lost:#?}", site.engine, other.engine);
        assert!(exported(&other).await.1 == files, "{} to {}", site.engine, other.engine);
        other.remove().await;
    }
    site.remove().await;
    files
}

#[tokio::test]
async fn the_star_trek_set_comes_back_whole() {
    goes_round(site::sqlite(Set::Whole).await, vec![site::sqlite(Set::Empty).await]).await;
}

/// What the Star Trek set does not have, from either engine to both.
#[tokio::test]
async fn rare_rows_and_odd_texts_come_back_whole() {
    let folder = cut::copy();
    add_rare_rows(folder.path());
    add_odd_texts(folder.path());
    let set = read(folder.path());
    let mut exports = Vec::new();
    for site in both(Set::Empty).await {
        crate::site::import_set(site.store.write(), &set, Leftovers::Keep).await.expect("it goes in");
        exports.push(goes_round(site, both(Set::Empty).await).await);
    }
    assert!(exports.iter().all(|files| *files == exports[0]), "both engines give the same bytes");
}

/// Guests that only episodes know, two parts of one role with what is said of the second, notes of crews, names in
/// credits, currencies without cents.
fn add_rare_rows(folder: &Path) {
    let add = |file: &str, line: &str| append(folder, file, line);
    add("cast_episodes.csv", "pic-s02e04,kirk-thatcher,q,guest,3,voice,K. Thatcher,general,Heard only,");
    add("cast_episodes.csv", "pic-s02e02,kirk-thatcher,q,co-star,,voice,,source:durfee-pic-0202,,");
    add("cast_episodes.csv", "pic-s02e03,kirk-thatcher,q,guest,,body,,,,");
    add("citations.csv", "durfee-pic-0202,cast_seasons.csv,star-trek-picard-s02/john-de-lancie/q/voice,part,z01");
    add(
        "cast_seasons.csv",
        "star-trek-picard-s02,john-de-lancie,q,guest,7,voice,J. de Lancie,general,A second part,listed,",
    );
    add(
        "claims.csv",
        "z01,cast_seasons.csv,star-trek-picard-s02/john-de-lancie/q/voice,part,\"voice, too\",,durfee-pic-0202,unverified,,",
    );
    add(
        "claims.csv",
        "z02,crew.csv,star-trek-picard/star-trek-picard-s02/pic-s02e02/kirk-thatcher/composer,work,x,,durfee-pic-0202,opinion,,",
    );
    add("crew.csv", "star-trek-picard,star-trek-picard-s02,pic-s02e02,kirk-thatcher,composer,,,,Of one song");
    add("crew.csv", "star-trek-picard,star-trek-picard-s02,,isa-briones,composer,,I. Briones,general,");
    add("crew.csv", "star-trek-picard,star-trek-picard-s02,pic-s02e02,isa-briones,composer,4,I. B.,,");
    add("crew.csv", "star-trek-picard,star-trek-picard-s02,,brent-spiner,composer,,,,A note alone");
    add("crew.csv", "star-trek-picard,star-trek-picard-s02,pic-s02e03,brent-spiner,composer,,,,");
    add("cast_films.csv", "star-trek-nemesis,john-de-lancie,q,guest,4,body,\"de Lancie, John\",,Cut,");
    add(
        "pictures.csv",
        "people.csv,brent-spiner,portrait,https://pictures.example/b?size=9&amp=1#top,,\"Doe, Jane\",,2",
    );
    add("pictures.csv", "people.csv,brent-spiner,portrait,http://pictures.example/a,,Jane Doe,CC-BY-4.0,2");
    add(
        "pictures.csv",
        "episodes.csv,pic-s01e01,still,https://pictures.example/s,https://pictures.example/t,J,CC0-1.0,9998",
    );
    add("summaries.csv", "characters.csv,q,,\"An immortal, and a nuisance\",,CC0-1.0,");
    add("summaries.csv", "characters.csv,q,pt-BR,Um imortal,Jane Doe,CC-BY-SA-4.0,7");
    add("summaries.csv", "characters.csv,q,pt-BR,Um imortal,,CC-BY-SA-4.0,3");
    change(
        folder,
        "productions.csv",
        ",Science fiction,en,,",
        ",Drama; Science fiction,zh-Hant-TW,51,https://trek.example/?a=b",
    );
    add("offers.csv", "yen,netflix,us,,100,JPY,,,,,");
    add("offers.csv", "dinar,netflix,us,,0.050,KWD,,,,,");
    add("platforms.csv", "third,Third,streaming,,,,,");
    add("platform_changes.csv", "paramount-plus,third,renamed,2030,general,Not yet");
    change(
        folder,
        "territories.csv",
        "latin-america,Latin America,group,,,",
        "latin-america,Latin America,group,,at;ch,de",
    );
}

/// Texts that are hard on files: quotes, commas, scripts, what looks like a formula or a comment.
fn add_odd_texts(folder: &Path) {
    let letters = "[\"',;|=+@#\\\\/<>&{}%$a-zß-ÿα-ωא-ת一-三\u{1F596}\u{301}\u{200F}\u{2028} -]{1,12}";
    let texts = proptest::string::string_regex(letters).expect("a pattern");
    let mut runner = TestRunner::deterministic();
    let mut text = || loop {
        let text = texts.new_tree(&mut runner).expect("a text").current();
        if !text.trim().is_empty() && text.trim() == text {
            return text;
        }
    };
    let (mut people, mut cast) = (append_to(folder, "people.csv"), append_to(folder, "cast_seasons.csv"));
    for number in 0..200 {
        let (name, alias, note, credited_as) = (text(), text().replace(';', "."), text(), text());
        let slug = format!("odd-{number}");
        let person = [&slug, &name, "", "", alias.trim(), "", &note];
        people.write_record(person).expect("a row");
        let credit = ["star-trek-picard-s02", &slug, "q", "guest", "", "screen", &credited_as, "", &note, "", ""];
        cast.write_record(credit).expect("a row");
    }
    drop((people, cast));
}

fn append_to(folder: &Path, file: &str) -> csv::Writer<fs::File> {
    csv::Writer::from_writer(fs::OpenOptions::new().append(true).open(folder.join(file)).expect("the file"))
}

/// Cells come back as they stand in `data/`, but for how rows were checked where several rows became one.
#[tokio::test]
async fn cells_are_those_of_the_files() {
    let site = site::sqlite(Set::Whole).await;
    let (_folder, files) = exported(&site).await;
    let names: BTreeSet<&str> = files.keys().map(String::as_str).collect();
    assert!(names.contains("datapackage.json") && names.len() == 26, "{names:?}");
    let mut same = 0;
    for (name, text) in files.iter().filter(|(name, _)| *name != "datapackage.json") {
        let original = fs::read_to_string(Path::new(DATA).join(name)).expect("the file");
        if *text == original {
            same += 1;
            continue;
        }
        let merged = ["cast_seasons.csv", "cast_episodes.csv", "crew.csv", "platforms.csv", "platform_changes.csv"];
        let merged = merged.contains(&name.as_str());
        let (original, text) = (cells(&original, merged), cells(text, merged));
        let differing: Vec<_> = original.symmetric_difference(&text).collect();
        let expected: &[&str] = match name.as_str() {
            // A source whose words are about the row is behind it, and a platform has one name in citations.
            "characters.csv" => &["data|Data|Android"],
            "citations.csv" => &["platforms.csv", "platform_changes.csv"],
            _ => &[],
        };
        let unexpected = differing.iter().filter(|line| !expected.iter().any(|part| line.contains(part)));
        assert_eq!(unexpected.count(), 0, "{name}: {differing:#?}");
    }
    assert!(same >= 14, "{same} files are the same to the byte");
    site.remove().await;
}

/// The rows of a file in no order, with words in `verified` in order, or without these.
fn cells(text: &str, without_verified: bool) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let place = reader.headers().expect("a header").iter().position(|name| name == "verified");
    let row = |row: csv::StringRecord| {
        let cells = row.iter().enumerate().map(|(number, cell)| {
            if Some(number) != place {
                return cell.to_owned();
            }
            let words: BTreeSet<&str> = cell.split(';').collect();
            if without_verified { String::new() } else { words.into_iter().collect::<Vec<_>>().join(";") }
        });
        cells.collect::<Vec<_>>().join("|")
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

#[tokio::test]
async fn the_description_claims_no_terms_for_what_others_wrote() {
    let site = site::sqlite(Set::Cut).await;
    let (_folder, files) = exported(&site).await;
    let package: Value = serde_json::from_str(&files["datapackage.json"]).expect("it is JSON");
    assert!(package["licenses"].is_null() && package["sources"].is_null(), "{package}");
    for resource in package["resources"].as_array().expect("a list") {
        let header = files[resource["path"].as_str().expect("a path")].lines().next().expect("a header").to_owned();
        let fields = resource["schema"]["fields"].as_array().expect("a list").iter();
        let fields: Vec<&str> = fields.map(|field| field["name"].as_str().expect("a name")).collect();
        assert_eq!(header, fields.join(","));
    }
    assert_eq!(package["resources"].as_array().map(Vec::len), Some(25));
    site.remove().await;
}

#[tokio::test]
async fn nothing_is_written_over_and_nothing_half_written_stays() {
    for site in both(Set::Cut).await {
        let folder = tempfile::tempdir().expect("a folder");
        let within = || fs::read_dir(folder.path()).expect("the folder").count();
        let target = folder.path().join("set");
        fs::create_dir(&target).expect("a folder");
        fs::write(target.join("mine.txt"), "mine").expect("a file");
        for (format, name, reason) in [
            (Format::Csv, "set", "not an empty folder"),
            (Format::Csv, "set/mine.txt", "not an empty folder"),
            (Format::Jsonl, "set/mine.txt", "already exists"),
            (Format::Graphml, "set", "already exists"),
            (Format::Csv, "no/such/place", "does not exist; create it"),
            (Format::Graphml, "no/such/place", "does not exist; create it"),
        ] {
            let refused =
                export(site.store.read(), format, &folder.path().join(name)).await.expect_err("it is refused");
            assert!(refused.to_string().contains(reason), "{name}: {refused}");
        }
        assert_eq!(
            (within(), fs::read_to_string(target.join("mine.txt")).expect("it is there")),
            (1, "mine".to_owned())
        );

        fs::remove_file(target.join("mine.txt")).expect("it goes");
        export(site.store.read(), Format::Csv, &target).await.expect("an empty folder is taken");
        fs::remove_dir_all(&target).expect("it goes");

        // Other programs may write what the files cannot say.
        let change = "UPDATE show SET code = NULL WHERE slug = 'star-trek-picard'";
        site.store.write().execute_unprepared(change).await.expect("the database takes it");
        let refused = export(site.store.read(), Format::Csv, &target).await.expect_err("it could not be read in");
        assert!(matches!(&refused, NotExported::Format(faults) if faults.to_string().contains("code")), "{refused}");
        assert_eq!(within(), 0);
        export(site.store.read(), Format::Jsonl, &target).await.expect("lines take anything");
        site.remove().await;
    }
}

#[tokio::test]
async fn json_lines_have_every_row() {
    for site in both(Set::Cut).await {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("set.jsonl");
        let written = export(site.store.read(), Format::Jsonl, &target).await.expect("it is written");
        let text = fs::read_to_string(&target).expect("UTF-8");
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for row in &rows {
            *counts.entry(row["table"].as_str().expect("a table")).or_default() += 1;
        }
        assert_eq!(counts.remove("changes"), Some(1), "the cursor");
        assert_eq!(counts.len(), 25);
        assert!(written.counts.iter().all(|(table, count)| counts[table.as_str()] == *count), "{written}");
        let row = |table: &str, slug: &str| rows.iter().find(|row| row["table"] == table && row["slug"] == slug);
        assert_eq!(
            *row("episodes", "tng-s01e01").expect("the row"),
            serde_json::json!({"table": "episodes", "slug": "tng-s01e01", "production": "star-trek-the-next-generation",
                "season": "star-trek-the-next-generation-s01", "number": 1, "number_end": 2,
                "title": "Encounter at Farpoint", "air_date": "1987-09-28",
                "verified": ["source:etienneq-timeline", "source:nscoding-imdb", "source:jaimechurch-db"]})
        );
        assert_eq!(row("availability", "pic-s1-prime-video-world").expect("the row")["exclusive"], true);
        assert_eq!(row("offers", "cbs-all-access-2019").expect("the row")["price"], "5.99");
        assert!(text.starts_with(r#"{"table":"franchises","slug":"star-trek","#), "columns keep their order");
        site.remove().await;
    }
}

/// That it is `GraphML` is checked by a tool for graphs in `./check data`.
#[tokio::test]
async fn graphs_have_every_credit() {
    let mut texts = Vec::new();
    for site in both(Set::Cut).await {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("cast.graphml");
        let name = "UPDATE person SET name = '<&\"''>' WHERE slug = 'isa-briones'";
        site.store.write().execute_unprepared(name).await.expect("a name");
        let written = export(site.store.read(), Format::Graphml, &target).await.expect("it is written");
        let text = fs::read_to_string(&target).expect("UTF-8");
        let nodes: usize = written.counts[..4].iter().map(|(_, count)| count).sum();
        let edges: usize = written.counts[4..].iter().map(|(_, count)| count).sum();
        assert_eq!((text.matches("<node ").count(), text.matches("<edge ").count()), (nodes, edges));
        let due = ["people", "characters", "productions", "seasons"].map(cut::rows);
        assert_eq!(i64::try_from(nodes), Ok(due.iter().sum()));
        let credits = site.data("{ people { totalCount } }").await;
        assert_eq!(credits["people"]["totalCount"], cut::rows("people"));
        assert!(text.contains(r#"<data key="node-label">&lt;&amp;&quot;'&gt;</data>"#));
        assert!(text.contains(
            r#"<edge source="person:isa-briones" target="character:dahj-asha"><data key="edge-kind">plays</data><data key="edge-show">star-trek-picard</data><data key="edge-season">star-trek-picard-s01</data><data key="edge-billing">main</data>"#
        ));
        texts.push(text);
        site.remove().await;
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "both engines give the same bytes");
}

/// An export that others write beside sees one state: that of its beginning.
#[tokio::test]
async fn an_export_sees_one_state() {
    for site in both(Set::Cut).await {
        let mut program = program(&site.url, &["--format", "jsonl", "-"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(program.stdout.take().expect("output")).lines();
        let first = lines.next().expect("a line").expect("UTF-8");
        assert!(first.contains("franchises"), "{first}");
        // The program waits with most of its lines until they are taken.
        let change = "UPDATE source SET title = 'changed meanwhile'";
        site.store.write().execute_unprepared(change).await.expect("others may write");
        let rest: Vec<String> = lines.map(|line| line.expect("UTF-8")).collect();
        assert!(program.wait().expect("it ends").success());
        let sources = rest.iter().filter(|line| line.starts_with(r#"{"table":"sources""#));
        assert_eq!(i64::try_from(sources.clone().count()), Ok(cut::rows("sources")));
        assert_eq!(sources.filter(|line| line.contains("changed meanwhile")).count(), 0, "{}", site.engine);
        site.remove().await;
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_or_is_old_is_not_exported() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.db").to_str().expect("UTF-8").to_owned();
    for url in [&missing, &format!("sqlite://{missing}")] {
        let output = program(url, &["set"]).current_dir(folder.path()).output().expect("the program runs");
        assert!(
            !output.status.success() && said(&output).contains("there is no castgraph database"),
            "{}",
            said(&output)
        );
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "nothing was made");

    for site in both(Set::Cut).await {
        let target = folder.path().join(site.engine);
        let run = || program(&site.url, &[target.to_str().expect("UTF-8")]).output().expect("the program runs");
        let forget = "DELETE FROM seaql_migrations WHERE version LIKE '%notes'";
        site.store.write().execute_unprepared(forget).await.expect("it is forgotten");
        let old = run();
        assert!(!old.status.success() && said(&old).contains("castgraph migrate up"), "{}", said(&old));
        let recall = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20261121_000009_notes', 0)";
        site.store.write().execute_unprepared(recall).await.expect("it is known again");
        let done = run();
        assert!(done.status.success() && said(&done).contains("27 productions.csv"), "{}", said(&done));
        assert!(target.join("datapackage.json").is_file());
        site.remove().await;
    }
}

fn program(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castgraph"));
    command.env_remove("RUST_LOG").args(["export", "--database-url", url]).args(arguments);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
