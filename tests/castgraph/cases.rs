//! Queries with reviewed answers: `cases/*.graphql`, and the examples of the page, each with a `.json` of the same name
//! in `cases/`. Both engines give the same bytes. `UPDATE_CASES=1 cargo test cases` writes the answers anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::site::{self, Set};

#[tokio::test]
async fn every_case_has_its_answer_on_both_engines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let answers = root.join("tests/castgraph/cases");
    let mut queries = queries(&answers);
    queries.extend(self::queries(&root.join("pages/examples")));
    assert!(queries.len() >= 15, "the cases are found");
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = Vec::new();
    for site in site::both(Set::Whole).await {
        for path in &queries {
            let query = fs::read_to_string(path).expect("the case is read");
            let answer = serde_json::to_string_pretty(&site.execute(&query, serde_json::Value::Null).await.response);
            let answer = answer.expect("answers are JSON") + "\n";
            let file = answers.join(path.file_name().expect("a file")).with_extension("json");
            if update && site.engine == "SQLite" {
                fs::write(&file, &answer).expect("the answer is written");
            }
            let reviewed = fs::read_to_string(&file).unwrap_or_default();
            if answer != reviewed {
                wrong.push(format!("{} on {}: {answer}", path.display(), site.engine));
            }
        }
        site.remove().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn queries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("the folder of the cases").map(|file| file.expect("a file").path());
    // Mutations need a key; the tests of `docs` run them. Subscriptions have more than one answer; those of `live` run them.
    let is_query = |path: &PathBuf| {
        let is_other = |text: String| text.contains("\nmutation ") || text.contains("\nsubscription ");
        path.extension().is_some_and(|end| end == "graphql")
            && !is_other(fs::read_to_string(path).expect("the case is read"))
    };
    let mut queries: Vec<PathBuf> = files.filter(is_query).collect();
    queries.sort();
    queries
}
