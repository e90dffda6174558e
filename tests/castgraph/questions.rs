//! Questions with reviewed answers: `docs/questions/*/*.graphql`, each with a `.json` beside it, and the page that is
//! made of them. `UPDATE_CASES=1 cargo test questions` writes answers and page anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::site::{self, Set};

/// The folders in their order, with what they are about. The page with GraphiQL reads the same file.
fn chapters() -> BTreeMap<String, String> {
    let file = fs::read_to_string(root().join("chapters.json")).expect("the chapters");
    serde_json::from_str(&file).expect("the chapters are JSON")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/questions")
}

/// The questions of a chapter in their order.
fn questions(chapter: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(root().join(chapter)).expect("the chapter").map(|file| file.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "graphql")).collect();
    files.sort();
    files
}

fn all() -> Vec<PathBuf> {
    chapters().keys().flat_map(|chapter| questions(chapter)).collect()
}

#[tokio::test]
async fn every_question_has_its_answer_on_both_engines() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let files = fs::read_dir(root()).expect("the questions").map(|file| file.expect("a file").path());
    assert_eq!(files.filter(|path| path.is_dir()).count(), chapters().len(), "every folder is a chapter");
    let mut wrong = Vec::new();
    for site in site::both(Set::Whole).await {
        for path in all() {
            let query = fs::read_to_string(&path).expect("the question is read");
            let response = site.execute(&query, Value::Null).await.response;
            assert!(response.errors.is_empty(), "{}: {:?}", path.display(), response.errors);
            let answer = serde_json::to_string_pretty(&response).expect("answers are JSON") + "\n";
            let file = path.with_extension("json");
            if update && site.engine == "SQLite" {
                fs::write(&file, &answer).expect("the answer is written");
            }
            if answer != fs::read_to_string(&file).unwrap_or_default() {
                wrong.push(format!("{} on {}: {answer}", path.display(), site.engine));
            }
        }
        site.remove().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let page = root().with_extension("md");
    if update {
        fs::write(&page, made_of_questions()).expect("the page is written");
    }
    let found = fs::read_to_string(&page).unwrap_or_default();
    assert!(found == made_of_questions(), "docs/questions.md is out of date: UPDATE_CASES=1 cargo test questions");
}

/// The page: each question with its query and its answer.
fn made_of_questions() -> String {
    let mut page = "# Questions and answers\n\n\
                    Generated from the files in [questions](questions), whose queries the tests run. Do not edit it.\n"
        .to_owned();
    for (chapter, title) in chapters() {
        writeln!(page, "\n## {title}").expect("text");
        for path in questions(&chapter) {
            let text = fs::read_to_string(&path).expect("the question is read");
            let (question, query) = text.split_once('\n').expect("a question and its query");
            let question = question.strip_prefix("# ").expect("the first line is the question");
            let answer = fs::read_to_string(path.with_extension("json")).unwrap_or_default();
            let query = query.trim_end();
            let answer = answer.trim_end();
            write!(
                page,
                "\n### {question}\n\n<details><summary>Query</summary>\n\n```graphql\n{query}\n```\n\n</details>\n\n\
                 ```json\n{answer}\n```\n"
            )
            .expect("text");
        }
    }
    page
}

/// What the answers say of sources.
#[derive(Default)]
struct Said {
    /// Slugs of claims.
    claims: BTreeSet<String>,
    /// Source, field, claim, and all words of the object that has the citation and of those around it.
    citations: Vec<(String, String, String, BTreeSet<String>)>,
}

impl Said {
    fn read(&mut self, value: &Value, around: &BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                let mut words = around.clone();
                for (name, value) in object {
                    if !is_about_sources(name, value) {
                        add_words(value, &mut words);
                    }
                }
                if object.contains_key("statement")
                    && let Some(slug) = object.get("slug").and_then(Value::as_str)
                {
                    self.claims.insert(slug.to_owned());
                }
                if let (Some(field), Some(source)) = (object.get("field"), object.get("source")) {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let claim = object.get("claim").map(|claim| text(&claim["slug"])).unwrap_or_default();
                    self.citations.push((text(&source["slug"]), text(field), claim, around.clone()));
                }
                object.values().for_each(|value| self.read(value, &words));
            }
            Value::Array(list) => list.iter().for_each(|value| self.read(value, around)),
            _ => {}
        }
    }
}

/// Whether a field holds claims or citations, whose words are not those of the row.
fn is_about_sources(name: &str, value: &Value) -> bool {
    let first = &value["nodes"][0];
    ["claims", "citations"].contains(&name) || first.get("statement").is_some() || first.get("source").is_some()
}

/// Adds the texts in an object and in the objects that it names, but not those of its lists of nodes.
fn add_words(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(words.insert(text.to_lowercase())),
        Value::Object(object) if !object.contains_key("nodes") => {
            let own = object.iter().filter(|(name, value)| !is_about_sources(name, value));
            own.for_each(|(_, value)| add_words(value, words));
        }
        Value::Array(list) => list.iter().for_each(|value| add_words(value, words)),
        _ => {}
    }
}

fn rows(file: &str) -> Vec<csv::StringRecord> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    csv::Reader::from_path(path).expect("the file").records().collect::<Result<_, _>>().expect("rows")
}

/// Each claim and each citation of the data set is in one of the answers.
#[test]
fn every_claim_and_citation_is_reached_by_a_question() {
    let mut said = Said::default();
    for path in all() {
        let answer = fs::read_to_string(path.with_extension("json")).expect("the answer is read");
        let answer: Value = serde_json::from_str(&answer).expect("answers are JSON");
        // Objects at the top stand for themselves.
        for value in answer["data"].as_object().expect("data").values() {
            said.read(value, &BTreeSet::new());
        }
    }
    let claims = rows("claims.csv");
    assert!(claims.len() > 100);
    let missing: Vec<&str> = claims.iter().map(|row| &row[0]).filter(|slug| !said.claims.contains(*slug)).collect();
    assert!(missing.is_empty(), "claims that no question reaches: {missing:?}");

    let citations = rows("citations.csv");
    assert!(citations.len() > 100);
    let reached = |row: &&csv::StringRecord| {
        let mut found = said.citations.iter().filter(|(source, field, claim, _)| {
            (source.as_str(), field.as_str(), claim.as_str()) == (&row[0], &row[3], &row[4])
        });
        // A claim is about one row; without one the words around the citation tell the row.
        found.any(|(.., words)| !row[4].is_empty() || row[2].split('/').all(|part| words.contains(part)))
    };
    let missing: Vec<_> = citations.iter().filter(|row| !reached(row)).collect();
    assert!(missing.is_empty(), "citations that no question reaches: {missing:#?}");
}
