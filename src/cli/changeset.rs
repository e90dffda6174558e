//! `castgraph changeset` and `castgraph history`: what was changed, and what waits for a decision.

use std::fmt::Write;

use clap::Subcommand;
use entity::{
    account, change,
    changeset::{self, Origin, State},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value as Json;

use super::{Database, Outcome, output};
use crate::{
    account::{now, operator},
    change::{
        self as changes, Heading, NotChanged, Wish, field_of_column,
        raw::{self, RowChange},
        statement,
        table::{TABLES, Table},
    },
};

/// The commands of `castgraph changeset`.
#[derive(Debug, Subcommand)]
pub(super) enum ChangesetCommand {
    /// List changesets, newest first
    List {
        /// Only those in this state: proposed, applied, rejected, withdrawn or undone
        #[arg(long, value_parser = ["proposed", "applied", "rejected", "withdrawn", "undone"])]
        state: Option<String>,
        /// Maximum number
        #[arg(long, default_value_t = 20)]
        most: u64,
    },
    /// Show a changeset and its changes
    Show {
        /// Its number
        number: i32,
    },
    /// Accept a proposal
    Accept {
        /// Its number
        number: i32,
        /// Why
        #[arg(long, value_name = "TEXT")]
        comment: Option<String>,
    },
    /// Reject a proposal
    Reject {
        /// Its number
        number: i32,
        /// Why
        #[arg(long, value_name = "TEXT")]
        comment: String,
    },
    /// Take an applied changeset back, by a changeset of its own
    Undo {
        /// Its number
        number: i32,
        /// Why
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
}

pub(super) async fn changeset(database: &Database, command: ChangesetCommand) -> Outcome {
    Ok(output::print(database.with(async |store| run(store.write(), command).await).await?)?)
}

async fn run(db: &DatabaseConnection, command: ChangesetCommand) -> Result<String, NotChanged> {
    match command {
        ChangesetCommand::List { state, most } => {
            let mut query = changeset::Entity::find().order_by_desc(changeset::Column::Id).limit(most);
            if let Some(state) = state {
                query = query.filter(changeset::Column::State.eq(state.to_uppercase()));
            }
            let names = names(db).await?;
            let rows = query.all(db).await?;
            Ok(rows.iter().map(|row| head(row, &names)).collect())
        }
        ChangesetCommand::Show { number } => Ok(show(db, number).await?.ok_or_else(|| unknown(number))?),
        ChangesetCommand::Accept { number, comment } => {
            let done = changes::accept(db, &operator(), number, comment, None, now()).await?;
            Ok(format!("changeset {number} is applied: {} rows changed\n", done.rows.len()))
        }
        ChangesetCommand::Reject { number, comment } => {
            changes::reject(db, &operator(), number, Some(comment), now()).await?;
            Ok(format!("changeset {number} is rejected\n"))
        }
        ChangesetCommand::Undo { number, note } => {
            let title = format!("Undo of changeset {number}");
            let heading = Heading { note, ..Heading::new(Origin::Undo, None, title, now()) };
            let done = changes::undo(db, &operator(), number, heading, Wish::Apply).await?;
            let own = done.number.unwrap_or_default();
            Ok(format!("changeset {number} is undone by changeset {own}: {} rows changed\n", done.rows.len()))
        }
    }
}

fn unknown(number: i32) -> NotChanged {
    let message = format!("there is no changeset {number}; castgraph changeset list lists them");
    changes::Fault::new(None, crate::code::Code::NotFound, message).into()
}

/// The names of the accounts.
async fn names(db: &impl ConnectionTrait) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find().all(db).await
}

fn name(accounts: &[account::Model], id: Option<i32>) -> &str {
    let found = accounts.iter().find(|account| Some(account.id) == id);
    found.map_or("operator", |account| account.name.as_str())
}

fn state(state: State) -> String {
    format!("{state:?}").to_lowercase()
}

fn head(row: &changeset::Model, accounts: &[account::Model]) -> String {
    let author = name(accounts, row.account_id);
    format!("{:<8}{:<11}{:<22}{author:<16}{}\n", row.id, state(row.state), row.created_at, row.title)
}

/// A changeset with its changes, as text.
async fn show(db: &DatabaseConnection, number: i32) -> Result<Option<String>, DbErr> {
    let Some(row) = changeset::Entity::find_by_id(number).one(db).await? else { return Ok(None) };
    let names = names(db).await?;
    let mut out = head(&row, &names);
    let mut line = |label: &str, text: &Option<String>| {
        if let Some(text) = text {
            // Writing to a string does not fail.
            let _ = writeln!(out, "  {label}: {text}");
        }
    };
    line("note", &row.note);
    line("based on", &row.sources);
    line("decided", &row.decided_at.as_ref().map(|at| format!("{at} by {}", name(&names, row.decided_by_id))));
    line("comment", &row.comment);
    line("undoes", &row.undoes_id.map(|number| number.to_string()));
    line("proposal", &row.proposal.filter(|_| row.state == State::Proposed));
    let own = change::Entity::find().filter(change::Column::ChangesetId.eq(number));
    for row in own.order_by_asc(change::Column::Id).all(db).await? {
        let change = RowChange::of(&row)?;
        if change.table.is_shown() {
            out.push_str(&told(&change));
        }
    }
    Ok(Some(out))
}

/// A change as lines of text.
fn told(change: &RowChange) -> String {
    let row = change.after.as_ref().or(change.before.as_ref());
    let label = row.and_then(raw::label);
    let label = label.map_or_else(|| change.row_id.to_string(), str::to_owned);
    let verb = match (&change.before, &change.after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let mut out = format!("  {verb} {} {label}\n", change.table.noun);
    for (column, before, after) in change.fields() {
        let text = |json: &Json| {
            let word = raw::word(column, json);
            word.unwrap_or_else(|| json.as_str().map_or_else(|| json.to_string(), str::to_owned))
        };
        if column.name == "id" || column.name == "subject_id" || column.name.ends_with("_key") {
            continue;
        }
        let field = field_of_column(column.name);
        let _ = match (before, after) {
            (Json::Null, after) => writeln!(out, "    {field}: {}", text(after)),
            (before, Json::Null) => writeln!(out, "    {field}: {} -> nothing", text(before)),
            (before, after) => writeln!(out, "    {field}: {} -> {}", text(before), text(after)),
        };
    }
    out
}

pub(super) async fn history(database: &Database, slug: &str) -> Outcome {
    let text = database.with(async |store| history_of(store.write(), slug).await).await?;
    if text.is_empty() {
        return Err(format!("nothing has the slug {slug:?}, and nothing had it").into());
    }
    Ok(output::print(text)?)
}

/// The changes of every object that has the slug, or had it, newest first.
async fn history_of(db: &DatabaseConnection, slug: &str) -> Result<String, DbErr> {
    let names = names(db).await?;
    let mut out = String::new();
    for table in TABLES.iter().filter(|table| table.columns.iter().any(|column| column.name == "slug")) {
        for id in ids(db, table, slug).await? {
            let kind = if table.name == "platform_name" { continue } else { table.kind };
            let own = change::Entity::find()
                .filter(change::Column::OfKind.eq(kind))
                .filter(change::Column::OfId.eq(i64::from(id)));
            let rows = own.order_by_desc(change::Column::Id).all(db).await?;
            let mut last = None;
            for row in rows {
                if last != Some(row.changeset_id) {
                    let set = match row.changeset_id {
                        Some(number) => changeset::Entity::find_by_id(number).one(db).await?,
                        None => None,
                    };
                    out.push_str(&set.map_or("another program\n".to_owned(), |set| head(&set, &names)));
                    last = Some(row.changeset_id);
                }
                let change = RowChange::of(&row)?;
                if change.table.is_shown() {
                    out.push_str(&told(&change));
                }
            }
        }
    }
    Ok(out)
}

/// The ids of the objects of a table that have the slug, or had it.
async fn ids(db: &DatabaseConnection, table: &Table, slug: &str) -> Result<Vec<i32>, DbErr> {
    if table.name == "redirect" {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id FROM {} WHERE slug = ? UNION SELECT target_id FROM redirect WHERE kind = {} AND slug = ?",
        table.name, table.kind
    );
    let statement = statement(db.get_database_backend(), &sql, [slug.into(), slug.into()]);
    let mut found: Vec<i32> =
        db.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    // Removed objects, also merged ones: their last change has the slug. The text of a slug needs no escaping in JSON.
    let gone = change::Entity::find()
        .filter(change::Column::Kind.eq(table.kind))
        .filter(change::Column::After.is_null())
        .filter(
            sea_orm::Condition::any()
                .add(change::Column::Before.contains(format!("\"slug\":\"{slug}\"")))
                .add(change::Column::Before.contains(format!("\"slug\" : \"{slug}\""))),
        );
    found.extend(gone.all(db).await?.iter().filter_map(|row| i32::try_from(row.row_id).ok()));
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
