//! The tables in `docs/`, which are written from the program: `UPDATE_DOCS=1 cargo test docs` writes them anew.

use std::{fs, path::Path};

use async_graphql::{Executor, Request};
use castgraph::{
    account,
    account::{Viewer, role_name},
    cli::Cli,
    code::Code,
    graphql::{PERMISSIONS, Review},
};
use clap::CommandFactory;
use entity::account::Role;

use crate::site::{Set, on_both};

/// Compares or writes what stands in a page after a heading line and before the next blank line.
fn table(page: &str, head: &str, rows: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = text.split_once(head).expect("the head of the table");
    let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
    let expected = format!("{before}{head}{rows}\n{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, &expected).expect("it is written");
    }
    assert!(
        text == expected || std::env::var_os("UPDATE_DOCS").is_some(),
        "docs/{page}: UPDATE_DOCS=1 cargo test docs"
    );
}

#[test]
fn errors_has_every_code() {
    let rows = Code::ALL.iter().map(|code| {
        let meaning = code.meaning().trim().replace('|', "\\|");
        format!("| `{}` | {} | {meaning} |\n", code.text(), code.status())
    });
    table("errors.md", "| code | status | what it means and what to do |\n|---|---|---|\n", &rows.collect::<String>());
}

#[test]
fn operating_has_every_setting() {
    let command = Cli::command();
    let settings = command.get_arguments().filter(|setting| setting.get_env().is_some());
    let rows = settings.map(|setting| {
        let default: Vec<_> = setting.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        format!(
            "| `--{}` | `{}` | {} | {} |\n",
            setting.get_long().expect("a flag"),
            setting.get_env().expect("a variable").to_string_lossy(),
            if default.is_empty() { String::new() } else { format!("`{}`", default.join(",")) },
            setting.get_help().map(ToString::to_string).unwrap_or_default(),
        )
    });
    table("operating.md", "| flag | environment | default | what |\n|---|---|---|---|\n", &rows.collect::<String>());
}

#[test]
fn editing_has_the_role_of_every_mutation() {
    let rows = PERMISSIONS.iter().map(|(mutation, role)| format!("| {mutation} | {} |\n", role_name(*role)));
    table("editing.md", "| mutation | role |\n|---|---|\n", &rows.collect::<String>());
}

/// The documents of the page are run one after the other, as somebody who follows it runs them.
#[tokio::test]
async fn the_documents_of_editing_run() {
    on_both(Set::Whole, |site| async move {
        // The whole of it, with the folder of its database.
        let site = site;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/editing.md");
        let page = fs::read_to_string(path).expect("the page is there");
        let documents: Vec<&str> =
            page.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(documents.len() >= 8, "{}", documents.len());
        // And those of GraphiQL's tabs.
        let tabs = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/examples")).expect("the examples");
        let tabs: Vec<String> =
            tabs.map(|file| fs::read_to_string(file.expect("a file").path()).expect("UTF-8")).collect();
        let tabs: Vec<&str> = tabs.iter().map(String::as_str).filter(|text| text.contains("\nmutation ")).collect();
        assert_eq!(tabs.len(), 3);
        let documents: Vec<&str> = tabs.into_iter().chain(documents).collect();
        let api = site.api.clone().writing(site.store.write().clone(), Review::Editors);
        let account = account::create(site.store.write(), "rae", Role::Reviewer, "2026-11-28T10:00:00Z").await;
        let account = account.expect("the account is new");
        for document in documents {
            let viewer = Viewer { account: account.clone(), key: 0, used_at: None };
            let answer = api.execute(Request::new(document).data(viewer)).await;
            assert!(answer.errors.is_empty(), "{}: {:?}\n{document}", site.engine, answer.errors);
        }
    })
    .await;
}
