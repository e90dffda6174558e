//! Prefetching of rows and counts.
//!
//! A page of credits with their people would take two statements, the second with the ids that the first returned. A
//! [`Prefetch`] describes a row that a row refers to, or a list whose parent it is. If the query selects that row or
//! the length of that list, one statement reads both. The prefetched values are stored under their keys, [`One`] and
//! [`Count`], so a resolver need not know about prefetching: a value that was not prefetched is read as usual.

use std::{
    collections::{HashMap, hash_map},
    ops::BitOr,
    sync::Arc,
};

use foldhash::fast::RandomState;
use sea_orm::EntityTrait;
use serde_json::value::RawValue;

use super::{
    Count, Loader, One, Record, Source, Sql,
    decode::{EncodedRow, RowDecoder},
    entry, list_query,
};
use crate::error::Error;

/// A row or a count that can be prefetched with the rows of a list.
#[derive(Clone, Copy, Debug)]
pub struct Prefetch {
    /// The GraphQL field that needs it.
    name: &'static str,
    target: Target,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    /// A row of another table; `column` holds its id.
    Row { column: &'static str, make: fn(&'static str) -> Box<dyn Prefetcher> },
    /// The length of a list whose parent is this row.
    Count(&'static Source),
}

impl Prefetch {
    /// The row of `E` whose id is in `column`, such as the person of a credit. The field `name` needs it.
    pub const fn one<E>(name: &'static str, column: &'static str) -> Self
    where
        E: EntityTrait,
        E::Model: Record,
    {
        let make = |column| Box::new(RowPrefetcher::<E> { column, rows: HashMap::default() }) as Box<dyn Prefetcher>;
        Self { name, target: Target::Row { column, make } }
    }

    /// The length of a list of this row, such as the number of a person's credits. The field `name` needs it.
    ///
    /// # Panics
    ///
    /// If the list's parent is not a single id. In a static, this is a compile error.
    pub const fn count(name: &'static str, source: &'static Source) -> Self {
        assert!(source.parent.len() == 1, "the parent of a counted list is one id");
        Self { name, target: Target::Count(source) }
    }

    fn is_for(&self, field: Field<'_>) -> bool {
        self.name == field.name && (field.counts || matches!(self.target, Target::Row { .. }))
    }

    fn prefetcher(&self) -> Box<dyn Prefetcher> {
        match self.target {
            Target::Row { column, make } => make(column),
            Target::Count(source) => Box::new(CountPrefetcher { source, found: HashMap::default() }),
        }
    }
}

/// A field that the query selects on the rows of a list.
#[derive(Clone, Copy, Debug)]
pub struct Field<'f> {
    /// Its name.
    pub name: &'f str,
    /// Whether it is a list without a filter whose length is selected.
    pub counts: bool,
}

/// A selection of the values that a list can prefetch, one bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PrefetchSet(u8);

impl PrefetchSet {
    /// Selects those of `prefetches` that these fields need.
    pub(super) fn new<'f>(prefetches: &[Prefetch], fields: impl Iterator<Item = Field<'f>>) -> Self {
        let index = |field: Field<'_>| prefetches.iter().position(|prefetch| prefetch.is_for(field));
        Self(fields.filter_map(index).fold(0, |bits, index| bits | 1 << index))
    }
}

impl BitOr for PrefetchSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The rows and counts that one statement prefetches.
pub(super) struct PrefetchBatch(Vec<Box<dyn Prefetcher>>);

/// Stores prefetched values under their keys.
pub(super) type PrimeFn = Box<dyn FnOnce(&Loader) + Send>;

impl PrefetchBatch {
    /// Prefetches those of `prefetches` that are selected.
    pub(super) fn new(prefetches: &[Prefetch], selected: PrefetchSet) -> Self {
        let selected = prefetches.iter().enumerate().filter(|(index, _)| selected.0 & 1 << index != 0);
        Self(selected.map(|(_, prefetch)| prefetch.prefetcher()).collect())
    }

    /// Appends the columns to prefetch with the rows `r`, for PostgreSQL.
    pub(super) fn columns(&self, sql: &mut Sql) {
        for (index, prefetcher) in self.0.iter().enumerate() {
            prefetcher.columns(sql.push(", "), &format!("l{index}"));
        }
    }

    /// Appends the joins with the rows `r`, for PostgreSQL.
    pub(super) fn joins(&self, sql: &mut Sql) {
        for (index, prefetcher) in self.0.iter().enumerate() {
            prefetcher.join(sql, &format!("l{index}"));
        }
    }

    /// Reads the prefetched columns of `row`, which start at column `first`.
    pub(super) fn read_row(&mut self, row: EncodedRow<'_>, mut first: usize) -> Result<(), Error> {
        for prefetcher in &mut self.0 {
            first = prefetcher.read_row(row, first)?;
        }
        Ok(())
    }

    /// Appends an expression for a JSON array of the values to prefetch with the row `r`, for SQLite.
    pub(super) fn json(&self, sql: &mut Sql) {
        sql.push("json_array(");
        for (index, prefetcher) in self.0.iter().enumerate() {
            prefetcher.json(sql.push(if index > 0 { ", " } else { "" }));
        }
        sql.push(")");
    }

    /// Reads the array that [`PrefetchBatch::json`] produced.
    pub(super) fn read_json(&mut self, all: &[Option<&RawValue>]) -> Result<(), Error> {
        for (prefetcher, json) in self.0.iter_mut().zip(all) {
            if let Some(json) = json {
                prefetcher.read_json(json)?;
            }
        }
        Ok(())
    }

    /// Number of prefetched rows.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|prefetcher| prefetcher.len()).sum()
    }

    /// The functions that store the values in the loader, one for each kind of value.
    pub(super) fn into_prime_fns(self) -> impl Iterator<Item = PrimeFn> {
        self.0.into_iter().map(|prefetcher| prefetcher.into_prime_fn())
    }
}

/// Prefetches one kind of value.
trait Prefetcher: Send {
    /// Appends the columns to prefetch with the row `r`, for PostgreSQL. `alias` is the alias of the joined table.
    fn columns(&self, sql: &mut Sql, alias: &str);
    /// Appends the join with the rows `r`, if any, for PostgreSQL.
    fn join(&self, sql: &mut Sql, alias: &str);
    /// Reads the columns from `first` on. Returns the index of the next unread column.
    fn read_row(&mut self, row: EncodedRow<'_>, first: usize) -> Result<usize, Error>;
    /// Appends an expression for the value as JSON, or NULL, for SQLite.
    fn json(&self, sql: &mut Sql);
    /// Reads the JSON that [`Prefetcher::json`] produced.
    fn read_json(&mut self, json: &RawValue) -> Result<(), Error>;
    /// Number of rows read.
    fn len(&self) -> usize;
    fn into_prime_fn(self: Box<Self>) -> PrimeFn;
}

/// Rows of the table of `E` by id.
struct RowPrefetcher<E: EntityTrait> {
    /// The column of `r` that holds the id.
    column: &'static str,
    rows: HashMap<i32, Arc<E::Model>, RandomState>,
}

impl<E> Prefetcher for RowPrefetcher<E>
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

    fn read_row(&mut self, row: EncodedRow<'_>, first: usize) -> Result<usize, Error> {
        // The id is the first column of every table. NULL means that there is no row.
        if let Some(id) = RowDecoder::at(row, first).read::<Option<i32>>()?
            && let hash_map::Entry::Vacant(vacant) = self.rows.entry(id)
        {
            vacant.insert(Arc::new(RowDecoder::at(row, first).read()?));
        }
        Ok(first + entry::width::<E::Model>())
    }

    fn json(&self, sql: &mut Sql) {
        let (table, column, row) = (E::default().table_name(), self.column, entry::names::<E::Model>("l"));
        let one = format!("SELECT json_array(l.id, json_array({row})) FROM {table} AS l WHERE l.id = r.{column}");
        sql.push("json((").push(&one).push("))");
    }

    fn read_json(&mut self, json: &RawValue) -> Result<(), Error> {
        let (id, row): (i32, &RawValue) = entry::parse(json.get())?;
        if let hash_map::Entry::Vacant(vacant) = self.rows.entry(id) {
            vacant.insert(Arc::new(entry::parse(row.get())?));
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn into_prime_fn(self: Box<Self>) -> PrimeFn {
        Box::new(|loader| loader.prime(self.rows.into_iter().map(|(id, row)| (One::<E>::id(id), row))))
    }
}

/// The lengths of a list, by the ids of its parents.
struct CountPrefetcher {
    source: &'static Source,
    found: HashMap<i32, i64, RandomState>,
}

impl CountPrefetcher {
    /// Appends the count for the row `r`.
    fn count(&self, sql: &mut Sql) {
        let part = self.source.parent.first().copied().unwrap_or_default();
        list_query::count(sql.push("(SELECT "), self.source, &[]);
        sql.push(" FROM (SELECT r.id AS ").push(part).push(") AS p)");
    }
}

impl Prefetcher for CountPrefetcher {
    fn columns(&self, sql: &mut Sql, _: &str) {
        self.count(sql.push("r.id, "));
    }

    fn join(&self, _: &mut Sql, _: &str) {}

    fn read_row(&mut self, row: EncodedRow<'_>, first: usize) -> Result<usize, Error> {
        let (id, count) = RowDecoder::at(row, first).read()?;
        self.found.insert(id, count);
        Ok(first + 2)
    }

    fn json(&self, sql: &mut Sql) {
        self.count(sql.push("json_array(r.id, "));
        sql.push(")");
    }

    fn read_json(&mut self, json: &RawValue) -> Result<(), Error> {
        let (id, count) = entry::parse(json.get())?;
        self.found.insert(id, count);
        Ok(())
    }

    fn len(&self) -> usize {
        0
    }

    fn into_prime_fn(self: Box<Self>) -> PrimeFn {
        let Self { source, found } = *self;
        Box::new(move |loader| loader.prime(found.into_iter().map(|(id, count)| (Count::all(source, [id]), count))))
    }
}
