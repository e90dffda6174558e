//! Repeats and takes back recorded changes, row by row.

use std::collections::BTreeMap;

use entity::change;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, ExprTrait,
    sea_query::{Alias, Expr, Query, SimpleExpr, Value},
};
use serde_json::Value as Json;

use super::table::{Column, Table, Type, of_kind};

/// The columns of a row by name.
pub type Row = BTreeMap<String, Json>;

/// A recorded change, decoded.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// Its number; numbers grow in the order of the commits.
    pub id: i32,
    /// The changeset, if castgraph wrote it.
    pub changeset: Option<i32>,
    /// The table.
    pub table: &'static Table,
    /// The number of the row.
    pub row_id: i64,
    /// The kind and the id of the object that the row is a part of, or is.
    pub object: (i32, i64),
    /// The columns before; `None` if the row was added.
    pub before: Option<Row>,
    /// The columns after; `None` if the row was removed.
    pub after: Option<Row>,
    /// Whether it may have deleted another row unseen, as `INSERT OR REPLACE` does on SQLite.
    pub may_replace: bool,
}

impl RowChange {
    /// Decodes a change.
    ///
    /// # Errors
    ///
    /// If the row was not written by castgraph's triggers.
    pub fn of(row: &change::Model) -> Result<Self, DbErr> {
        let table = of_kind(row.kind).ok_or_else(|| unreadable(row, "an unknown table"))?;
        let decode = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| serde_json::from_str(text).map_err(|reason| unreadable(row, reason))).transpose()
        };
        Ok(Self {
            id: row.id,
            changeset: row.changeset_id,
            table,
            row_id: row.row_id,
            object: (row.of_kind, row.of_id),
            before: decode(&row.before)?,
            after: decode(&row.after)?,
            may_replace: false,
        })
    }

    /// A change to make, which is not recorded yet.
    pub fn new(table: &'static Table, before: Option<Row>, after: Option<Row>) -> Self {
        Self { id: 0, changeset: None, table, row_id: 0, object: (0, 0), before, after, may_replace: false }
    }

    /// The columns whose values differ.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Column, &Json, &Json)> {
        self.table.columns.iter().filter_map(move |column| {
            let before = self.before.as_ref().and_then(|row| row.get(column.name)).unwrap_or(&Json::Null);
            let after = self.after.as_ref().and_then(|row| row.get(column.name)).unwrap_or(&Json::Null);
            (before != after).then_some((column, before, after))
        })
    }

    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { before: self.after, after: self.before, ..self }
    }
}

fn unreadable(row: &change::Model, reason: impl std::fmt::Display) -> DbErr {
    DbErr::Custom(format!("change {} cannot be read: {reason}", row.id))
}

/// Makes a change again. An update writes only the columns that differ.
///
/// # Errors
///
/// If the database refuses it.
pub async fn apply(tx: &impl ConnectionTrait, change: &RowChange) -> Result<(), DbErr> {
    let table = change.table;
    let name = || Alias::new(table.name);
    match (&change.before, &change.after) {
        (_, None) => {
            let Some(row) = &change.before else { return Ok(()) };
            let delete = Query::delete().from_table(name()).and_where(is_row(table, row)).to_owned();
            tx.execute(&delete).await.map(drop)
        }
        (None, Some(row)) => {
            let columns = table.columns.iter().map(|column| Alias::new(column.name));
            let values = table.columns.iter().map(|column| value(column, row.get(column.name)).into());
            let insert = Query::insert()
                .into_table(name())
                .columns(columns)
                .values(values.collect::<Vec<SimpleExpr>>())
                .map_err(|reason| DbErr::Custom(reason.to_string()))?
                .to_owned();
            tx.execute(&insert).await.map(drop)
        }
        (Some(_), Some(row)) => {
            let values = change
                .fields()
                .map(|(column, _, after)| (Alias::new(column.name), SimpleExpr::from(value(column, Some(after)))));
            let values: Vec<_> = values.collect();
            if values.is_empty() {
                return Ok(());
            }
            let update = Query::update().table(name()).values(values).and_where(is_row(table, row)).to_owned();
            tx.execute(&update).await.map(drop)
        }
    }
}

/// The condition for the row with the primary key of `row`.
fn is_row(table: &Table, row: &Row) -> SimpleExpr {
    let key = |column: &Column| Expr::col(Alias::new(column.name)).eq(value(column, row.get(column.name)));
    table.key().map(key).reduce(ExprTrait::and).unwrap_or_else(|| Expr::val(false))
}

fn value(column: &Column, json: Option<&Json>) -> Value {
    match column.ty {
        Type::Text => Value::String(json.and_then(Json::as_str).map(str::to_owned)),
        // Amounts of money are 64 bits wide; the others fit.
        Type::Number if ["price", "amount"].contains(&column.name) => Value::BigInt(json.and_then(Json::as_i64)),
        Type::Number | Type::Reference(_) | Type::Owner(_) => {
            Value::Int(json.and_then(Json::as_i64).and_then(|number| i32::try_from(number).ok()))
        }
    }
}

/// The columns of a row as the database has them now, or `None` if it is gone.
///
/// # Errors
///
/// If the database fails.
pub async fn read(tx: &DatabaseTransaction, table: &Table, key: &Row) -> Result<Option<Row>, DbErr> {
    let columns = table.columns.iter().map(|column| Alias::new(column.name));
    let select = Query::select().columns(columns).from(Alias::new(table.name)).and_where(is_row(table, key)).to_owned();
    tx.query_one(&select).await?.map(|found| decode(table, &found)).transpose()
}

/// The rows of `table` whose `column` is `number`, in the order of their keys.
///
/// # Errors
///
/// If the database fails.
pub async fn read_all(tx: &DatabaseTransaction, table: &Table, column: &str, number: i64) -> Result<Vec<Row>, DbErr> {
    let columns = table.columns.iter().map(|column| Alias::new(column.name));
    let mut select = Query::select().columns(columns).from(Alias::new(table.name)).to_owned();
    select.and_where(Expr::col(Alias::new(column)).eq(number));
    for key in table.key() {
        select.order_by(Alias::new(key.name), sea_orm::Order::Asc);
    }
    tx.query_all(&select).await?.iter().map(|found| decode(table, found)).collect()
}

fn decode(table: &Table, found: &sea_orm::QueryResult) -> Result<Row, DbErr> {
    let cell = |column: &Column| {
        let json = match column.ty {
            Type::Text => found.try_get::<Option<String>>("", column.name)?.map(Json::from),
            Type::Number if ["price", "amount"].contains(&column.name) => {
                found.try_get::<Option<i64>>("", column.name)?.map(Json::from)
            }
            Type::Number | Type::Reference(_) | Type::Owner(_) => {
                found.try_get::<Option<i32>>("", column.name)?.map(Json::from)
            }
        };
        Ok((column.name.to_owned(), json.unwrap_or_default()))
    };
    table.columns.iter().map(cell).collect()
}

/// The number in a column of a row.
pub fn number(row: &Row, column: &str) -> Option<i64> {
    row.get(column).and_then(Json::as_i64)
}

/// The text in a column of a row.
pub fn text<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    row.get(column).and_then(Json::as_str)
}

/// What people call a row: its slug, name or title.
pub fn label(row: &Row) -> Option<&str> {
    ["slug", "name", "title"].iter().find_map(|column| text(row, column))
}

/// The word for a value that is stored as a number, as the API has it: `GUEST`, `true`.
pub fn word(column: &Column, value: &Json) -> Option<String> {
    use entity::credit::{Billing, Job};
    use sea_orm::ActiveEnum;
    let number = i32::try_from(value.as_i64()?).ok()?;
    let capitals = |word: String| word.to_uppercase();
    match column.name {
        "job" => Job::try_from_value(&number).ok().map(|job| capitals(crate::import::word_of(&job, '_'))),
        "billing" => Billing::try_from_value(&number).ok().map(|word| capitals(crate::import::word_of(&word, '_'))),
        "general" | "exclusive" | "everywhere" | "excluded" => Some((number == 1).to_string()),
        _ => None,
    }
}
