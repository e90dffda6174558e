//! What a change of a row touches: the rows of its table, and of the views and the search index that are made of it.

use serde_json::Value;

use crate::{
    change::{log::Changes, raw::RowChange},
    load::{PartValue, Touched},
};

/// Tables whose changes are not recorded. Each commit may have changed them.
pub const NOT_RECORDED: &[&str] = &["account", "access_key", "changeset", "change", "change_context", "field_lock"];

/// Views, with the tables that they are made of.
pub const VIEWS: &[(&str, &[&str])] =
    &[("dated_credit", &["credit", "season", "show"]), ("showing", &["availability", "season", "episode"])];

/// The tables of the search index, with the tables whose names they have.
pub const INDEX: (&[&str], &[&str]) =
    (&["search_name", "search_word", "search_gram"], &["show", "episode", "person", "character", "alias"]);

/// The tallies, with the tables whose changes can change them.
pub const TALLIES: &[(&str, &[&str])] = &[
    ("show_tally", &["show"]),
    ("season_tally", &["season"]),
    ("episode_tally", &["episode"]),
    ("person_tally", &["person"]),
    ("character_tally", &["character"]),
    ("credit_tally", &["credit"]),
    ("subject_tally", &["subject"]),
    ("cited_fact_tally", &["subject", "citation", "source"]),
];

/// What changes have touched; `None` if that is not known.
pub fn touched(changes: &Changes) -> Option<Touched> {
    let Changes::Rows(changes) = changes else { return None };
    let mut touched = Touched::default();
    for table in NOT_RECORDED {
        touched.unknown(table);
    }
    for change in changes {
        touch(&mut touched, change);
    }
    Some(touched)
}

fn touch(touched: &mut Touched, change: &RowChange) {
    let table = change.table.name;
    touch_rows(touched, table, change);
    if replaces_unseen(change) {
        touched.unknown(table);
    }
    match table {
        // A row of the view is a credit with the days of its season or show.
        "credit" => touch_rows(touched, "dated_credit", change),
        // The object is in generated columns, which are not recorded.
        "external_id" | "picture" | "summary" => touched.unknown(table),
        "season" | "show" if changes_any(change, &["premiered_on", "finale_on"]) => touched.unknown("dated_credit"),
        _ => {}
    }
    if VIEWS.iter().any(|(view, tables)| *view == "showing" && tables.contains(&table)) {
        touched.unknown("showing");
    }
    for (tally, _) in TALLIES.iter().filter(|(_, tables)| tables.contains(&table)) {
        touched.table(tally);
    }
    let (index, named) = INDEX;
    if named.contains(&table) {
        for table in index {
            touched.table(table);
        }
    }
}

/// Touches the row before and after the change, by each id in it and by its slug.
fn touch_rows(touched: &mut Touched, table: &str, change: &RowChange) {
    touched.table(table);
    for row in [&change.before, &change.after].into_iter().flatten() {
        for (column, value) in row {
            match value {
                Value::Number(id) if column == "id" || column.ends_with("_id") => {
                    touched.rows(table, column, PartValue::Int(id.as_i64().unwrap_or_default()));
                }
                Value::String(slug) if column == "slug" => touched.rows(table, column, PartValue::Text(slug)),
                _ => {}
            }
        }
    }
    // A subject has the id of what it stands for in a column that is generated.
    if table == "subject" {
        touched.rows(table, "row_id", PartValue::Int(change.object.1));
    }
}

fn changes_any(change: &RowChange, columns: &[&str]) -> bool {
    change.before.is_some()
        && change.after.is_some()
        && change.fields().any(|(column, ..)| columns.contains(&column.name))
}

/// Whether the change may have deleted another row that no trigger saw, because both have the same unique values.
fn replaces_unseen(change: &RowChange) -> bool {
    let table = change.table.name;
    change.may_replace
        && table != "appearance"
        && (change.before.is_none() || change.fields().any(|(column, ..)| is_unique(table, column.name)))
}

/// Whether a column of a table is part of a primary key or a unique index.
pub fn is_unique(table: &str, column: &str) -> bool {
    let more: &[&str] = match table {
        "alias" => &["position", "name"],
        "season" | "episode" => &["number"],
        "credit" => &["job", "part"],
        "show_link" | "character_link" | "redirect" | "subject" => &["kind"],
        "territory" => &["kind", "iso_3166"],
        "citation" => &["field"],
        "external_id" => &["authority", "kind", "value", "of_kind", "position"],
        "source_value" => &["of_kind", "field", "authority"],
        "picture" => &["url", "of_kind"],
        "summary" => &["language", "credit", "of_kind"],
        _ => &[],
    };
    column == "id" || column == "slug" || column.ends_with("_id") || more.contains(&column)
}
