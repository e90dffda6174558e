//! Rows and counts that come along with the rows that lead to them.
//!
//! Who asks for a page of credits with their people would send two statements, the second with what the first gave. A
//! [`Reference`] says that a row names another, or that a list hangs on it, and how; where it is known that the other row
//! or the length of the list will be asked for, one statement gives both. What came along lies where [`One`] and
//! [`Count`] are looked for, so that nobody has to know how it came there: whoever asks for more than came reads it as
//! ever.

use std::{
    collections::{HashMap, hash_map},
    ops::BitOr,
    sync::Arc,
};

use foldhash::fast::RandomState;
use sea_orm::EntityTrait;
use serde_json::value::RawValue;

use super::{
    Count, Loader, One, Record, Source, Sql, entry, parents,
    row::{Cells, Line},
};
use crate::error::Error;

/// What a row leads to.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The field that shows it.
    name: &'static str,
    to: To,
}

#[derive(Clone, Copy, Debug)]
enum To {
    /// The row of another table that has the number in this column.
    Row { column: &'static str, make: fn(&'static str) -> Box<dyn Along> },
    /// How many rows the list has of which the number of this row is the parent.
    Count(&'static Source),
}

impl Reference {
    /// The row of `E` that has the number in `column`, such as the person of a credit, which the field `name` shows.
    pub const fn to<E>(name: &'static str, column: &'static str) -> Self
    where
        E: EntityTrait,
        E::Model: Record,
    {
        let make = |column| Box::new(Rows::<E> { column, rows: HashMap::default() }) as Box<dyn Along>;
        Self { name, to: To::Row { column, make } }
    }

    /// How many rows the list of `source` has under this row, such as the credits of a person, which the field `name`
    /// shows.
    ///
    /// # Panics
    ///
    /// If the list hangs on anything but the number of a row. References are statics, so that they do not compile then.
    pub const fn count(name: &'static str, source: &'static Source) -> Self {
        assert!(source.parent.len() == 1, "a list that is counted hangs on one number");
        Self { name, to: To::Count(source) }
    }

    fn is_for(&self, field: Field<'_>) -> bool {
        self.name == field.name && (field.counts || matches!(self.to, To::Row { .. }))
    }

    fn along(&self) -> Box<dyn Along> {
        match self.to {
            To::Row { column, make } => make(column),
            To::Count(source) => Box::new(Counts { source, found: HashMap::default() }),
        }
    }
}

/// A field of rows that will be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Field<'f> {
    /// Its name.
    pub name: &'f str,
    /// Whether it is a list without a filter, of which the length will be asked for.
    pub counts: bool,
}

/// Which references of a list are wanted, by a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted(u8);

impl Wanted {
    /// Those of `references` that are shown by these fields.
    pub(super) fn new<'f>(references: &[Reference], fields: impl Iterator<Item = Field<'f>>) -> Self {
        let place = |field: Field<'_>| references.iter().position(|reference| reference.is_for(field));
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
pub(super) struct Company(Vec<Box<dyn Along>>);

/// Puts what came along where it is looked for.
pub(super) type Arrival = Box<dyn FnOnce(&Loader) + Send>;

impl Company {
    /// Those of `references` that are wanted.
    pub(super) fn new(references: &[Reference], wanted: Wanted) -> Self {
        let wanted = references.iter().enumerate().filter(|(place, _)| wanted.0 & 1 << place != 0);
        Self(wanted.map(|(_, reference)| reference.along()).collect())
    }

    /// Adds, for PostgreSQL, the columns of what comes along with the rows `r`.
    pub(super) fn columns(&self, sql: &mut Sql) {
        for (place, along) in self.0.iter().enumerate() {
            along.columns(sql.push(", "), &format!("l{place}"));
        }
    }

    /// Adds, for PostgreSQL, the tables that it comes from, joined with the rows `r`.
    pub(super) fn joins(&self, sql: &mut Sql) {
        for (place, along) in self.0.iter().enumerate() {
            along.join(sql, &format!("l{place}"));
        }
    }

    /// Reads it from `row`, where it begins at the column `first`.
    pub(super) fn take_row(&mut self, row: Line<'_>, mut first: usize) -> Result<(), Error> {
        for along in &mut self.0 {
            first = along.take_row(row, first)?;
        }
        Ok(())
    }

    /// Adds the SQLite expression that makes a JSON array of what comes along with the row `r`.
    pub(super) fn json(&self, sql: &mut Sql) {
        sql.push("json_array(");
        for (place, along) in self.0.iter().enumerate() {
            along.json(sql.push(if place > 0 { ", " } else { "" }));
        }
        sql.push(")");
    }

    /// Reads what [`Company::json`] made.
    pub(super) fn take_json(&mut self, all: &[Option<&RawValue>]) -> Result<(), Error> {
        for (along, json) in self.0.iter_mut().zip(all) {
            if let Some(json) = json {
                along.take_json(json)?;
            }
        }
        Ok(())
    }

    /// How many rows came.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|along| along.len()).sum()
    }

    /// Everything that came.
    pub(super) fn arrive(self) -> impl Iterator<Item = Arrival> {
        self.0.into_iter().map(|along| along.arrive())
    }
}

/// What comes along by one reference.
trait Along: Send {
    /// Adds, for PostgreSQL, the columns of what comes along with the row `r`. The table that is joined is called `alias`.
    fn columns(&self, sql: &mut Sql, alias: &str);
    /// Adds, for PostgreSQL, the table that is joined with the rows `r`, if there is one.
    fn join(&self, sql: &mut Sql, alias: &str);
    /// Takes what begins at the column `first`, and gives the column behind it.
    fn take_row(&mut self, row: Line<'_>, first: usize) -> Result<usize, Error>;
    /// Adds the SQLite expression that makes JSON, or NULL, of what comes along with the row `r`.
    fn json(&self, sql: &mut Sql);
    /// Takes what [`Along::json`] made.
    fn take_json(&mut self, json: &RawValue) -> Result<(), Error>;
    /// How many rows it is.
    fn len(&self) -> usize;
    fn arrive(self: Box<Self>) -> Arrival;
}

/// Rows of the table of `E`, by their numbers.
struct Rows<E: EntityTrait> {
    /// The column of `r` that holds the number.
    column: &'static str,
    rows: HashMap<i32, Arc<E::Model>, RandomState>,
}

impl<E> Along for Rows<E>
where
    E: EntityTrait,
    E::Model: Record,
{
    fn columns(&self, sql: &mut Sql, alias: &str) {
        sql.push(&entry::names::<E::Model>(alias));
    }

    fn join(&self, sql: &mut Sql, alias: &str) {
        let (table, column) = (E::default().table_name(), self.column);
        sql.push(&format!(" LEFT JOIN {table} AS {alias} ON {alias}.id = r.{column}"));
    }

    fn take_row(&mut self, row: Line<'_>, first: usize) -> Result<usize, Error> {
        // The number is the first column of every table; without one, the row names none.
        if let Some(id) = Cells::at(row, first).read::<Option<i32>>()?
            && let hash_map::Entry::Vacant(place) = self.rows.entry(id)
        {
            place.insert(Arc::new(Cells::at(row, first).read()?));
        }
        Ok(first + entry::width::<E::Model>())
    }

    fn json(&self, sql: &mut Sql) {
        let (table, column, row) = (E::default().table_name(), self.column, entry::names::<E::Model>("l"));
        let one = format!("SELECT json_array(l.id, json_array({row})) FROM {table} AS l WHERE l.id = r.{column}");
        sql.push("json((").push(&one).push("))");
    }

    fn take_json(&mut self, json: &RawValue) -> Result<(), Error> {
        let (id, row): (i32, &RawValue) = entry::parse(json.get())?;
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

/// The lengths of a list, by the numbers of its parents.
struct Counts {
    source: &'static Source,
    found: HashMap<i32, i64, RandomState>,
}

impl Counts {
    /// Adds the count for the row `r`.
    fn count(&self, sql: &mut Sql) {
        let part = self.source.parent.first().copied().unwrap_or_default();
        parents::count(sql.push("(SELECT "), self.source, &[]);
        sql.push(" FROM (SELECT r.id AS ").push(part).push(") AS p)");
    }
}

impl Along for Counts {
    fn columns(&self, sql: &mut Sql, _: &str) {
        self.count(sql.push("r.id, "));
    }

    fn join(&self, _: &mut Sql, _: &str) {}

    fn take_row(&mut self, row: Line<'_>, first: usize) -> Result<usize, Error> {
        let (id, count) = Cells::at(row, first).read()?;
        self.found.insert(id, count);
        Ok(first + 2)
    }

    fn json(&self, sql: &mut Sql) {
        self.count(sql.push("json_array(r.id, "));
        sql.push(")");
    }

    fn take_json(&mut self, json: &RawValue) -> Result<(), Error> {
        let (id, count) = entry::parse(json.get())?;
        self.found.insert(id, count);
        Ok(())
    }

    fn len(&self) -> usize {
        0
    }

    fn arrive(self: Box<Self>) -> Arrival {
        let Self { source, found } = *self;
        Box::new(move |loader| loader.put(found.into_iter().map(|(id, count)| (Count::all(source, [id]), count))))
    }
}
