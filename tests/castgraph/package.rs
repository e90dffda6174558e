//! `data/datapackage.json` says of the format what the importer takes: the importer is asked about every column.

use std::{collections::BTreeSet, fs, path::Path};

use castgraph::import::{self, Fault};
use serde_json::Value;
use tempfile::TempDir;

/// Columns of the format that follow from others and are not imported.
const NOT_IMPORTED: &[(&str, &str)] = &[("seasons", "entries"), ("media", "precision")];

/// Columns that may be empty in some rows only, which a table schema cannot say.
const SOMETIMES_NEEDED: &[(&str, &str)] = &[("productions", "code"), ("territories", "iso_3166"), ("crew", "season")];

/// Columns that name rows of several files, or several rows, which a foreign key cannot say.
const REFERS_FREELY: &[(&str, &str)] = &[
    ("territories", "includes"),
    ("territories", "excludes"),
    ("claims", "subject_key"),
    ("citations", "key"),
    ("external_ids", "key"),
    ("pictures", "key"),
    ("summaries", "key"),
];

/// The first row of each file, in a folder of its own.
struct Tiny(TempDir);

impl Tiny {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for resource in imported() {
            let [header, row] = first_lines(&resource);
            save(&folder.path().join(path(&resource)), &[header, row]);
        }
        Self(folder)
    }

    /// What the importer says of one cell if that holds `text`.
    fn told(&self, resource: &Value, column: &str, text: &str) -> Vec<String> {
        let [header, mut row] = first_lines(resource);
        let place = header.iter().position(|name| name == column).expect("the column");
        text.clone_into(&mut row[place]);
        let faults = self.faults(resource, &[header, row]);
        faults.into_iter().filter(|fault| fault.line == 2 && fault.column == column).map(|fault| fault.reason).collect()
    }

    /// What the importer says of a file that has these lines.
    fn faults(&self, resource: &Value, lines: &[Vec<String>]) -> Vec<Fault> {
        let file = self.0.path().join(path(resource));
        let before = fs::read(&file).expect("the file");
        save(&file, lines);
        let faults = import::check(&import::folder(self.0.path()).expect("the folder")).expect_err("rows are missing");
        fs::write(&file, before).expect("the file as it was");
        faults.list().iter().filter(|fault| fault.file == path(resource)).cloned().collect()
    }
}

fn save(file: &Path, lines: &[Vec<String>]) {
    let mut writer = csv::Writer::from_path(file).expect("the file");
    for line in lines {
        writer.write_record(line).expect("a line");
    }
}

fn package() -> Value {
    serde_json::from_str(include_str!("../../data/datapackage.json")).expect("it is JSON")
}

/// The files that an import reads.
fn imported() -> Vec<Value> {
    let resources = package()["resources"].as_array().expect("a list").clone();
    resources.into_iter().filter(|resource| resource["name"] != "returns").collect()
}

fn path(resource: &Value) -> &str {
    resource["path"].as_str().expect("a path")
}

fn first_lines(resource: &Value) -> [Vec<String>; 2] {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(path(resource));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file).expect("the file");
    let mut lines = reader.records().map(|line| line.expect("a line").iter().map(ToOwned::to_owned).collect());
    [lines.next().expect("a header"), lines.next().expect("a row")]
}

/// Asks the importer about every column of every file, but for those in `but`.
fn of_every_column(but: &[(&str, &str)], check: impl Fn(&Tiny, &Value, &Value, &str)) {
    let tiny = Tiny::new();
    for resource in imported() {
        for field in resource["schema"]["fields"].as_array().expect("a list") {
            let (file, column) = (resource["name"].as_str().expect("a name"), field["name"].as_str().expect("a name"));
            if !NOT_IMPORTED.contains(&(file, column)) && !but.contains(&(file, column)) {
                check(&tiny, &resource, field, column);
            }
        }
    }
}

#[test]
fn files_and_columns_are_those_of_the_importer() {
    let files: BTreeSet<String> = imported().iter().map(|resource| path(resource).to_owned()).collect();
    let empty = tempfile::tempdir().expect("a folder");
    let export = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/import/folder.rs")).expect("the list");
    let (_, list) = export.split_once("const FILES").expect("the list");
    let list = list.split("];").next().unwrap_or_default();
    let read: BTreeSet<String> = list
        .split('"')
        .filter(|word| Path::new(word).extension().is_some_and(|end| end == "csv"))
        .map(ToOwned::to_owned)
        .collect();
    assert_eq!(files, read);
    assert!(import::folder(empty.path()).is_ok_and(|folder| import::check(&folder).is_err()));

    let tiny = Tiny::new();
    for resource in imported() {
        let [mut header, mut row] = first_lines(&resource);
        let named = resource["schema"]["fields"].as_array().expect("a list").iter();
        let named: Vec<&str> = named.map(|field| field["name"].as_str().expect("a name")).collect();
        assert_eq!(header, named, "{}", path(&resource));
        header.push("colour".to_owned());
        row.push(String::new());
        let faults = tiny.faults(&resource, &[header, row]);
        let known =
            faults.iter().find_map(|fault| fault.reason.split_once("its columns are ")).expect("it tells them").1;
        let known: BTreeSet<&str> = known.split(", ").collect();
        assert_eq!(known, named.into_iter().collect(), "{}", path(&resource));
    }
}

#[test]
fn cells_that_must_not_be_empty_are_those_of_the_importer() {
    of_every_column(SOMETIMES_NEEDED, |tiny, resource, field, column| {
        let needed = !tiny.told(resource, column, "").is_empty();
        assert_eq!(field["constraints"]["required"] == true, needed, "{} {column}", path(resource));
    });
}

#[test]
fn words_numbers_and_dates_are_those_of_the_importer() {
    let day = package()["resources"][1]["schema"]["fields"][6]["constraints"]["pattern"].clone();
    assert!(day.as_str().is_some_and(|pattern| pattern.ends_with("-02-29)$")));
    of_every_column(&[], |tiny, resource, field, column| {
        let told = tiny.told(resource, column, "no-such-word");
        let place = format!("{} {column}", path(resource));
        let constraints = &field["constraints"];
        let after =
            |text: &str| told.iter().find_map(|reason| reason.split_once(text).map(|(_, rest)| rest.to_owned()));

        let words = after("is not a known value; the values are ")
            .map(|words| words.split(", ").map(Value::from).collect::<Value>());
        assert_eq!(words.unwrap_or_default(), constraints["enum"], "{place}");
        let range = after("is not a number from ");
        let expected =
            (field["type"] == "integer").then(|| format!("{} to {}", constraints["minimum"], constraints["maximum"]));
        assert_eq!(range, expected, "{place}");
        assert_eq!(after("is neither yes nor no").is_some(), field["type"] == "boolean", "{place}");
        assert_eq!(after("is not a date").is_some(), constraints["pattern"] == day, "{place}");
    });
}

#[test]
fn references_are_those_of_the_importer() {
    of_every_column(REFERS_FREELY, |tiny, resource, _, column| {
        let told = tiny.told(resource, column, "no-such-slug");
        let told = told.iter().find_map(|reason| reason.split_once("\"no-such-slug\" is not in "));
        let told = told.map(|(_, rest)| rest.split(';').next().unwrap_or_default().to_owned());
        let keys = resource["schema"]["foreignKeys"].as_array().into_iter().flatten();
        let key = keys.into_iter().find(|key| key["fields"] == serde_json::json!([column]));
        let file = key.map(|key| match key["reference"]["resource"].as_str().expect("a name") {
            "" => path(resource).to_owned(),
            other => format!("{other}.csv"),
        });
        assert_eq!(told, file, "{} {column}", path(resource));
    });
}

/// Rows that stand there twice are refused wherever the description has a key.
#[test]
fn keys_are_those_of_the_importer() {
    let tiny = Tiny::new();
    for resource in imported() {
        let [header, row] = first_lines(&resource);
        let faults = tiny.faults(&resource, &[header, row.clone(), row]);
        assert!(faults.iter().any(|fault| fault.line == 3), "{}", path(&resource));
        // Keys of these hold cells that may be empty, which a primary key must not.
        let keyless =
            ["crew", "citations", "external_ids", "summaries"].contains(&resource["name"].as_str().expect("a name"));
        assert_eq!(resource["schema"]["primaryKey"].is_null(), keyless, "{}", path(&resource));
    }
}
