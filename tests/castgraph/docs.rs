//! The tables in `docs/`, which are written from the program: `UPDATE_DOCS=1 cargo test docs` writes them anew.

use std::{fs, path::Path};

use castgraph::{cli::Cli, code::Code};
use clap::CommandFactory;

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
