//! Locks: fields that imports and editors must leave as they are.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::{
    account::{self, Role},
    change, field_lock,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Set,
};

use super::{
    fault::{Fault, NotChanged},
    raw::{self, Row, RowChange},
    recording,
    table::{Table, snake_case},
};
use crate::code::Code;

/// What to lock, and why.
#[derive(Clone, Debug)]
pub struct Lock {
    /// The table of the object.
    pub table: &'static Table,
    /// Its id.
    pub id: i32,
    /// The fields, by their names in the API; empty for the whole object.
    pub fields: Vec<String>,
    /// Why.
    pub reason: String,
    /// When, in UTC.
    pub at: String,
}

/// Lists of the API that are rows of another table: their names, as of columns, and the tables. Only people and characters
/// have the first.
const LISTS: &[(&str, &str)] =
    &[("aliases", "alias"), ("external_ids", "external_id"), ("pictures", "picture"), ("summaries", "summary")];

/// The lists of the objects of a table.
fn lists(table: &Table) -> &'static [(&'static str, &'static str)] {
    match table.name {
        "person" | "character" => LISTS,
        "show" | "season" | "episode" => LISTS.get(1..).unwrap_or_default(),
        _ => &[],
    }
}

/// The column of a field of the API: `premieredOn` is `premiered_on`, `show` is `show_id`.
fn column(table: &Table, field: &str) -> Option<&'static str> {
    let snake = snake_case(field);
    if let Some((list, _)) = lists(table).iter().find(|(list, _)| *list == snake) {
        return Some(list);
    }
    let columns = table.columns.iter().map(|column| column.name);
    columns.filter(|name| *name != "id" && !name.ends_with("_key")).find(|name| {
        *name == snake
            || name.strip_suffix("_id") == Some(&snake)
            || (*name == "guest_cast" && snake == "cast_coverage")
    })
}

/// The field of the API that a column is.
pub(crate) fn field(column: &str) -> String {
    let column = if column == "guest_cast" { "cast_coverage" } else { column };
    let mut words = column.strip_suffix("_id").unwrap_or(column).split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        name + &capital + letters.as_str()
    })
}

/// Locks fields of an object, or all of it.
///
/// # Errors
///
/// If it has no such field.
pub async fn lock(db: &DatabaseConnection, by: &account::Model, lock: &Lock) -> Result<(), NotChanged> {
    let mut columns = Vec::new();
    let mut faults = Vec::new();
    for name in &lock.fields {
        if let Some(column) = column(lock.table, name) {
            columns.push(column);
            continue;
        }
        let known = lock.table.columns.iter().map(|column| column.name);
        let known = known.filter(|name| *name != "id" && !name.ends_with("_key"));
        let known: Vec<String> = known.chain(lists(lock.table).iter().map(|(list, _)| *list)).map(field).collect();
        let message = format!("a {} has no field {name:?}; it has {}", lock.table.noun, known.join(", "));
        faults.push(Fault::new(None, Code::BadInput, message));
    }
    if !faults.is_empty() {
        return Err(NotChanged::Faults(faults));
    }
    if columns.is_empty() {
        columns.push("");
    }
    for column in columns {
        let known = of(lock.table.kind, lock.id).filter(field_lock::Column::Field.eq(column)).one(db).await?;
        if known.is_some() {
            continue;
        }
        let row = field_lock::ActiveModel {
            kind: Set(lock.table.kind),
            row_id: Set(lock.id),
            field: Set(column.to_owned()),
            reason: Set(lock.reason.clone()),
            account_id: Set((by.id > 0).then_some(by.id)),
            created_at: Set(lock.at.clone()),
            ..Default::default()
        };
        row.insert(db).await?;
    }
    Ok(())
}

/// Unlocks fields of an object, or all of it. Returns how many locks were removed.
///
/// # Errors
///
/// If it has no such field.
pub async fn unlock(
    db: &DatabaseConnection,
    table: &'static Table,
    id: i32,
    fields: &[String],
) -> Result<u64, NotChanged> {
    let mut delete = field_lock::Entity::delete_many()
        .filter(field_lock::Column::Kind.eq(table.kind))
        .filter(field_lock::Column::RowId.eq(id));
    if !fields.is_empty() {
        let columns: Option<Vec<&str>> = fields.iter().map(|name| column(table, name)).collect();
        let Some(columns) = columns else {
            let message = format!("a {} has no such field", table.noun);
            return Err(Fault::new(None, Code::BadInput, message).into());
        };
        delete = delete.filter(field_lock::Column::Field.is_in(columns));
    }
    Ok(delete.exec(db).await?.rows_affected)
}

fn of(kind: i32, id: i32) -> sea_orm::Select<field_lock::Entity> {
    field_lock::Entity::find().filter(field_lock::Column::Kind.eq(kind)).filter(field_lock::Column::RowId.eq(id))
}

/// All locks, by the kind and the id of their objects.
struct Locks(HashMap<(i32, i64), Vec<field_lock::Model>>);

impl Locks {
    async fn read(tx: &DatabaseTransaction) -> Result<Self, DbErr> {
        let mut locks: HashMap<_, Vec<_>> = HashMap::new();
        for lock in field_lock::Entity::find().all(tx).await? {
            locks.entry((lock.kind, i64::from(lock.row_id))).or_default().push(lock);
        }
        Ok(Self(locks))
    }

    /// The locked columns that a change alters; an empty one if the whole row is locked.
    fn violated(&self, change: &RowChange) -> Vec<(&field_lock::Model, &'static str)> {
        let own = self.0.get(&change.object).into_iter().flatten();
        let is_object = change.object == (change.table.kind, change.row_id);
        let mut found = Vec::new();
        for lock in own {
            match lock.field.as_str() {
                "" => found.push((lock, "")),
                list if LISTS.contains(&(list, change.table.name)) => found.push((lock, "")),
                column if is_object => {
                    if change.after.is_none() {
                        found.push((lock, ""));
                    } else {
                        let fields = change.fields().map(|(column, ..)| column.name);
                        found.extend(fields.filter(|name| *name == column).map(|name| (lock, name)));
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// Refuses changes of locked fields by an editor.
pub(super) async fn check(
    tx: &DatabaseTransaction,
    author: &account::Model,
    rows: &[RowChange],
) -> Result<(), NotChanged> {
    if author.role >= Role::Reviewer {
        return Ok(());
    }
    let locks = Locks::read(tx).await?;
    let mut faults = Vec::new();
    for row in rows {
        for (lock, column) in locks.violated(row) {
            let what = match column {
                "" => format!("the {}", row.table.noun),
                column => format!("{} of the {}", field(column), row.table.noun),
            };
            let name = row.before.as_ref().and_then(|row| raw::text(row, "slug")).unwrap_or_default().to_owned();
            let message = format!("{what} {name:?} is locked: {}; ask a reviewer", lock.reason);
            faults.push(Fault::new(None, Code::Locked, message));
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(NotChanged::Faults(faults)) }
}

/// Gives locked fields that an import changed their values back, and forgets both changes. Returns what was left, such as
/// `person "brent-spiner": name`.
///
/// # Errors
///
/// If the database fails.
pub async fn leave_locked(tx: &DatabaseTransaction, changeset: i32) -> Result<Vec<String>, DbErr> {
    let locks = Locks::read(tx).await?;
    if locks.0.is_empty() {
        return Ok(Vec::new());
    }
    let rows = recording::row_changes(tx, changeset).await?;
    let (mut left, mut reverted) = (BTreeSet::new(), HashSet::new());
    for row in rows.iter().rev() {
        let violated = locks.violated(row);
        if violated.is_empty() {
            continue;
        }
        let name = row
            .before
            .as_ref()
            .or(row.after.as_ref())
            .and_then(|row| raw::text(row, "slug").or(raw::text(row, "name")));
        let name = format!("{} {:?}", row.table.noun, name.unwrap_or_default());
        for (_, column) in &violated {
            let fields = row.fields().map(|(column, ..)| column.name).filter(|name| !name.ends_with("_key"));
            let fields: Vec<String> = if column.is_empty() { fields.map(field).collect() } else { vec![field(column)] };
            left.extend(fields.iter().map(|field| format!("{name}: {field}")));
        }
        let whole = violated.iter().any(|(_, column)| column.is_empty());
        let back = match (&row.before, &row.after) {
            (Some(before), Some(after)) if !whole => {
                let mut kept: Row = after.clone();
                for (_, column) in &violated {
                    kept.insert((*column).to_owned(), before.get(*column).cloned().unwrap_or_default());
                    // The key of a name follows the name.
                    let key = format!("{column}_key");
                    if let Some(value) = before.get(&key) {
                        kept.insert(key, value.clone());
                    }
                }
                RowChange::new(row.table, Some(after.clone()), Some(kept))
            }
            _ => row.clone().inverse(),
        };
        raw::apply(tx, &back).await?;
        reverted.insert((row.table.kind, row.row_id));
    }
    forget(tx, changeset, &reverted).await?;
    Ok(left.into_iter().collect())
}

/// Makes one record of the changes of each reverted row, and none if the row is as it was before the changeset.
async fn forget(tx: &DatabaseTransaction, changeset: i32, reverted: &HashSet<(i32, i64)>) -> Result<(), DbErr> {
    let rows = recording::changes(tx, changeset).await?;
    let mut of_row: HashMap<(i32, i64), Vec<change::Model>> = HashMap::new();
    for row in rows.into_iter().filter(|row| reverted.contains(&(row.kind, row.row_id))) {
        of_row.entry((row.kind, row.row_id)).or_default().push(row);
    }
    for mut rows in of_row.into_values() {
        let Some(last) = rows.pop() else { continue };
        let Some(before) = rows.first().map(|row| row.before.clone()) else { continue };
        let mut gone: Vec<i32> = rows.iter().map(|row| row.id).collect();
        if before == last.after {
            gone.push(last.id);
        } else {
            let mut last = last.into_active_model();
            last.before = Set(before);
            last.update(tx).await?;
        }
        change::Entity::delete_many().filter(change::Column::Id.is_in(gone)).exec(tx).await?;
    }
    Ok(())
}
