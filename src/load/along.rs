//! Rows that come along with those that name them.
//!
//! Who asks for a page of credits with their people would send two statements, the second with what the first gave. A
//! [`Reference`] says that a row names another, and how; where it is known that the other will be asked for, one statement
//! gives both. What came along lies where [`One`] is looked for, so that nobody has to know how it came there: whoever
//! asks for more than came reads it as ever.

use std::{
    collections::{HashMap, hash_map},
    ops::BitOr,
    sync::Arc,
};

use sea_orm::{EntityTrait, sqlx::postgres::PgRow};
use serde_json::value::RawValue;

use super::{Loader, One, Record, Sql, entry, row::Cells};
use crate::error::Error;

/// A row of another table that a row names, such as the person of a credit.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The field that shows it.
    name: &'static str,
    /// The column that holds its number.
    column: &'static str,
    rows: fn() -> Box<dyn Along>,
}

impl Reference {
    /// The row of `E` that has the number in `column`, which the field `name` shows.
    pub const fn to<E>(name: &'static str, column: &'static str) -> Self
    where
        E: EntityTrait,
        E::Model: Record,
    {
        Self { name, column, rows: || Box::new(Rows::<E> { width: entry::width::<E::Model>(), rows: HashMap::new() }) }
    }
}

/// Which references of a list are wanted, by a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted(u8);

impl Wanted {
    /// Those of `references` that the fields of these names show.
    pub(super) fn new<'f>(references: &[Reference], fields: impl Iterator<Item = &'f str>) -> Self {
        let place = |field: &str| references.iter().position(|reference| reference.name == field);
        Self(fields.filter_map(place).fold(0, |bits, place| bits | 1 << place))
    }
}

impl BitOr for Wanted {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What comes along with the rows of one statement.
pub(super) struct Company(Vec<(&'static str, Box<dyn Along>)>);

/// Puts what came along where it is looked for.
pub(super) type Arrival = Box<dyn FnOnce(&Loader) + Send>;

impl Company {
    /// Those of `references` that are wanted.
    pub(super) fn new(references: &[Reference], wanted: Wanted) -> Self {
        let wanted = references.iter().enumerate().filter(|(place, _)| wanted.0 & 1 << place != 0);
        Self(wanted.map(|(_, reference)| (reference.column, (reference.rows)())).collect())
    }

    /// Adds, for PostgreSQL, the columns of the rows that come along.
    pub(super) fn columns(&self, sql: &mut Sql) {
        for (place, (_, along)) in self.0.iter().enumerate() {
            sql.push(", ").push(&along.columns(&format!("l{place}")));
        }
    }

    /// Adds, for PostgreSQL, the tables that they come from, joined with the rows `r` that name them.
    pub(super) fn joins(&self, sql: &mut Sql) {
        for (place, (column, along)) in self.0.iter().enumerate() {
            sql.push(&format!(" LEFT JOIN {} AS l{place} ON l{place}.id = r.{column}", along.table()));
        }
    }

    /// Reads them from `row`, where they begin at the column `first`.
    pub(super) fn take_row(&mut self, row: &PgRow, mut first: usize) -> Result<(), Error> {
        for (_, along) in &mut self.0 {
            first = along.take_row(row, first)?;
        }
        Ok(())
    }

    /// The SQLite expression that makes a JSON array of those that the row `r` names.
    pub(super) fn json(&self) -> String {
        let one = |(column, along): &(&str, Box<dyn Along>)| {
            let (table, row) = (along.table(), along.columns("l"));
            format!("json((SELECT json_array(l.id, json_array({row})) FROM {table} AS l WHERE l.id = r.{column}))")
        };
        format!("json_array({})", self.0.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    /// Reads what [`Company::json`] made.
    pub(super) fn take_json(&mut self, rows: &[Option<&RawValue>]) -> Result<(), Error> {
        for ((_, along), row) in self.0.iter_mut().zip(rows) {
            if let Some(row) = row {
                along.take_json(row)?;
            }
        }
        Ok(())
    }

    /// How many rows came.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(_, along)| along.len()).sum()
    }

    /// Everything that came.
    pub(super) fn arrive(self) -> impl Iterator<Item = Arrival> {
        self.0.into_iter().map(|(_, along)| along.arrive())
    }
}

/// Rows of one table, whichever it is.
trait Along: Send {
    fn table(&self) -> &'static str;
    /// The columns of the table, which is called `alias`.
    fn columns(&self, alias: &str) -> String;
    /// Takes the row that begins at the column `first`, and gives the column behind it.
    fn take_row(&mut self, row: &PgRow, first: usize) -> Result<usize, Error>;
    /// Takes the number of a row, and the row.
    fn take_json(&mut self, row: &RawValue) -> Result<(), Error>;
    fn len(&self) -> usize;
    fn arrive(self: Box<Self>) -> Arrival;
}

/// Rows of the table of `E`, by their numbers.
struct Rows<E: EntityTrait> {
    /// How many columns the table has.
    width: usize,
    rows: HashMap<i32, Arc<E::Model>>,
}

impl<E> Along for Rows<E>
where
    E: EntityTrait,
    E::Model: Record,
{
    fn table(&self) -> &'static str {
        E::default().table_name()
    }

    fn columns(&self, alias: &str) -> String {
        entry::names::<E::Model>(alias)
    }

    fn take_row(&mut self, row: &PgRow, first: usize) -> Result<usize, Error> {
        // The number is the first column of every table; without one, the row names none.
        if let Some(id) = Cells::at(row, first).read::<Option<i32>>()?
            && let hash_map::Entry::Vacant(place) = self.rows.entry(id)
        {
            place.insert(Arc::new(Cells::at(row, first).read()?));
        }
        Ok(first + self.width)
    }

    fn take_json(&mut self, row: &RawValue) -> Result<(), Error> {
        let (id, row): (i32, &RawValue) = entry::parse(row.get())?;
        if let hash_map::Entry::Vacant(place) = self.rows.entry(id) {
            place.insert(Arc::new(entry::parse(row.get())?));
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn arrive(self: Box<Self>) -> Arrival {
        Box::new(|loader| loader.put(self.rows.into_iter().map(|(id, row)| (One::<E>::id(id), row))))
    }
}
