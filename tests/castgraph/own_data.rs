//! One's own data: the example, the check of a folder, and what is said about its files.

use std::{fs, path::Path};

use castgraph::import::{self, Leftovers};
use serde_json::Value;

use crate::{
    commands::{castgraph, text},
    site::{self, Set},
};

#[tokio::test]
async fn the_example_is_imported_and_answers() {
    for site in site::both(Set::Empty).await {
        let set = import::check(&import::example()).expect("the example is right");
        site::import_set(site.store.write(), &set, Leftovers::Keep).await.expect("it goes in");
        let data = site
            .data(
                r#"{ season(by: {slug: "nightwatch-s01"}) { returns { nodes { character { name } samePerformer } } }
                franchise(by: {slug: "harbour-lights"}) { recasts { nodes { character { name } } }
                multipleRoles { nodes { person { name } } } } }"#,
            )
            .await;
        let names = |list: &Value, place: &str| -> Vec<String> {
            let nodes = list["nodes"].as_array().expect("a list");
            nodes.iter().map(|node| node.pointer(place).and_then(Value::as_str).expect("a name").to_owned()).collect()
        };
        let returns = names(&data["season"]["returns"], "/character/name");
        assert!(returns.contains(&"Mara Quill".to_owned()) && returns.contains(&"The Keeper".to_owned()), "{data}");
        assert_eq!(names(&data["franchise"]["recasts"], "/character/name"), ["The Keeper"], "{data}");
        assert_eq!(names(&data["franchise"]["multipleRoles"], "/person/name"), ["Clara Ito"], "{data}");
        site.remove().await;
    }
}

#[test]
fn a_new_folder_is_checked_and_imported() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = castgraph(folder.path(), arguments);
        (output.status.code(), text(&output).0, text(&output).1)
    };
    let (code, out, _) = run(&["new", "myshows"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("castgraph import --check myshows"), "{out}");
    for line in out.lines().filter_map(|line| line.trim().strip_prefix("castgraph import ")) {
        let arguments: Vec<&str> = std::iter::once("import").chain(line.split(' ')).collect();
        assert_eq!(run(&arguments).0, Some(0), "{line}");
    }
    fs::remove_file(folder.path().join("myshows.db")).expect("the import made it");
    let made = fs::read_dir(folder.path().join("myshows")).expect("the folder").count();
    assert_eq!(made, import::file_names().count() + 1, "the files and a page about them");
    assert_eq!(run(&["new", "myshows"]).2, "castgraph: myshows is not empty; choose a new folder\n");
    assert!(run(&["new", "no/such"]).2.contains("the folder no does not exist; create it"));

    let (code, out, _) = run(&["import", "--check", "myshows"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("people                     5\n") && out.ends_with("myshows can be imported\n"), "{out}");
    let (_, json, _) = run(&["import", "--check", "--json", "myshows"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["tables"]["people"], 5);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no database was made");

    assert_eq!(run(&["import", "--quiet", "myshows"]), (Some(0), String::new(), String::new()));
    let (_, out, _) = run(&["import", "myshows"]);
    assert!(out.contains("people                     0         0          5         0\n"), "{out}");
    let (_, json, _) = run(&["import", "--json", "myshows"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["unchanged"], &json["tables"]["people"]["unchanged"]), (&true.into(), &5.into()));
}

/// The faults of the example after `change` was done to its folder.
fn faults(change: impl FnOnce(&Path)) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(castgraph(folder.path(), &["new", "set"]).status.success());
    change(&folder.path().join("set"));
    let output = castgraph(folder.path(), &["import", "--check", "set"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output).0);
    text(&output).1.lines().map(|line| line.trim_start_matches("castgraph: ").to_owned()).collect()
}

fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.contains(from), "{file} has {from}");
    fs::write(path, text.replacen(from, to, 1)).expect("it is written");
}

#[test]
fn a_misspelt_file_is_told_with_the_nearest() {
    let told = faults(|set| fs::rename(set.join("availability.csv"), set.join("availabilty.csv")).expect("it moves"));
    assert_eq!(told[0], "availabilty.csv: is not part of the format; did you mean availability.csv?");
    let told = faults(|set| fs::rename(set.join("people.csv"), set.join("people.xlsx")).expect("it moves"));
    assert!(
        told.contains(&"people.xlsx: is not CSV; save it as people.csv, comma-separated and in UTF-8".to_owned()),
        "{told:?}"
    );
}

#[test]
fn separators_are_told_once() {
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs")] {
        let told = faults(|set| {
            for file in import::file_names() {
                let text = fs::read_to_string(set.join(file)).expect("the file");
                fs::write(set.join(file), text.replace(',', separator)).expect("it is written");
            }
        });
        assert_eq!(told.len(), 2, "one hint and the count: {told:?}");
        assert!(told[0].ends_with(&format!(": is separated by {name}; save it with commas")), "{told:?}");
    }
    let told = faults(|set| {
        let text = fs::read_to_string(set.join("people.csv")).expect("the file");
        let wide: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(set.join("people.csv"), wide).expect("it is written");
    });
    assert_eq!(told[0], "people.csv: is UTF-16 text; save it as UTF-8");
}

#[test]
fn a_fault_about_a_word_lists_the_words() {
    for (file, from, to, parts) in [
        ("cast_seasons.csv", "main,1", "mian,1", &["did you mean main?", "special-guest", "co-star"][..]),
        ("productions.csv", "series,live-action", "serial,live-action", &["the values are", "film"]),
        ("crew.csv", "director", "direktor", &["did you mean director?", "writer"]),
        ("production_links.csv", "spin_off_of", "spinoff_of", &["did you mean spin_off_of?", "sequel"]),
        ("character_links.csv", "twin_of", "twins", &["the values are", "child_of"]),
        ("platforms.csv", "broadcast-network", "network", &["the values are", "streaming"]),
        ("availability.csv", "yes,weekly", "ja,weekly", &["yes", "no"]),
        ("claims.csv", "confirmed", "confirmd", &["did you mean confirmed?", "superseded"]),
        ("sources.csv", "article,An", "artikle,An", &["did you mean article?", "wiki"]),
    ] {
        let told = faults(|set| replace(set, file, from, to));
        let line = told.iter().find(|line| line.starts_with(file)).unwrap_or_else(|| panic!("{told:?}"));
        for part in parts {
            assert!(line.contains(part), "{line} has {part}");
        }
    }
}

#[test]
fn a_misspelt_column_is_told_with_the_nearest() {
    let told = faults(|set| replace(set, "people.csv", "also_known_as", "also_known"));
    assert!(told[0].contains("people.csv:1: also_known: "), "{told:?}");
    let told = faults(|set| replace(set, "people.csv", "born", "Born"));
    assert!(told[0].contains("is not a column of this file; did you mean born?"), "{told:?}");
}

#[test]
fn faults_are_json_too() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(castgraph(folder.path(), &["new", "set"]).status.success());
    replace(&folder.path().join("set"), "people.csv", "1975-04-02", "1975-14-02");
    let output = castgraph(folder.path(), &["import", "--json", "set"]);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_str(&text(&output).0).expect("JSON");
    assert_eq!((&json["faults"][0]["file"], &json["faults"][0]["line"]), (&"people.csv".into(), &2.into()));
    assert_eq!(json["faults"][0]["column"], "born");
    assert!(!folder.path().join("castgraph.db").exists());
}
