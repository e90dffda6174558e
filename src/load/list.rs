use std::{
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde::{Deserialize, Serialize};

use super::Prefetch;

/// The FROM and WHERE clauses of a list, as SQL for both engines.
///
/// `condition` refers to the ids of the parent as columns of `p`: `t.season_id = p.season`.
#[derive(Debug)]
pub struct Source {
    /// The unique name of the list. Cursors contain it.
    pub name: &'static str,
    /// The names of the ids that identify the parent. Empty for a list without a parent.
    pub parent: &'static [&'static str],
    /// Tables, views or a subquery. The alias of the rows is `t`.
    pub from: &'static str,
    /// The condition for rows that belong to the parent.
    pub condition: &'static str,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Source {}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// A list of rows of type `R`. Each relation of the cast graph is declared once, as such a list.
#[derive(Debug)]
pub struct List<R> {
    /// The source of its rows.
    pub source: Source,
    /// The default sort order.
    pub order: &'static Order,
    /// The rows and counts that can be prefetched with its rows.
    pub prefetches: &'static [Prefetch],
    /// How to count its rows without reading them, if the conditions allow it.
    pub(super) tally: Option<&'static Tally>,
    row: PhantomData<fn() -> R>,
}

impl<R> List<R> {
    /// Declares a list without prefetching.
    pub const fn new(source: Source, order: &'static Order) -> Self {
        Self { source, order, prefetches: &[], tally: None, row: PhantomData }
    }

    /// Declares a tally of its rows.
    #[must_use]
    pub const fn tallied(self, tally: &'static Tally) -> Self {
        Self { tally: Some(tally), ..self }
    }

    /// Declares the rows and counts that can be prefetched.
    ///
    /// # Panics
    ///
    /// If there are more than eight. In a static, this is a compile error.
    #[must_use]
    pub const fn with(self, prefetches: &'static [Prefetch]) -> Self {
        assert!(prefetches.len() <= 8, "a list has at most eight prefetches");
        Self { prefetches, ..self }
    }
}

/// A table with the number of rows of a list that have the same values in some columns. It replaces the FROM clause of the
/// list where rows are counted, if all conditions are on these columns.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The table, with the alias `t` and the number of rows in the column `total`.
    pub from: &'static str,
    /// The columns that have the same names and values as in the list.
    pub columns: &'static [&'static str],
}

impl Tally {
    /// Whether the rows that satisfy all of `conditions` can be counted.
    pub(super) fn counts(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| {
            let mut words = condition.sql.split(|letter: char| !letter.is_alphanumeric() && !"_.'".contains(letter));
            condition.subquery.is_none()
                && words.all(|word| match word.split_once('.') {
                    Some((alias, column)) => alias == "t" && self.columns.contains(&column),
                    None => word != "SELECT",
                })
        })
    }
}

/// A sort order of a list. The last key makes it total.
#[derive(Debug)]
pub struct Order {
    /// The name of the order, unique within its list. Cursors contain it.
    pub name: &'static str,
    /// The sort keys, most significant first. No key may be NULL.
    pub keys: &'static [SortKey],
    /// Whether all keys are descending.
    pub descending: bool,
    /// Joins that the keys need. Each row `t` joins exactly one row, so counts leave the joins out.
    pub join: &'static str,
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Order {}

impl Hash for Order {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// A sort key: an SQL expression and its type.
#[derive(Clone, Copy, Debug)]
pub enum SortKey {
    /// A 32-bit integer.
    Int(&'static str),
    /// Text, compared by code point.
    Text(&'static str),
}

impl SortKey {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Int(sql) | Self::Text(sql) => sql,
        }
    }

    /// Whether `value` has the type of the key.
    pub fn admits(self, value: &SortValue) -> bool {
        matches!((self, value), (Self::Int(_), SortValue::Int(_)) | (Self::Text(_), SortValue::Text(_)))
    }
}

/// The value of a [`SortKey`] for one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortValue {
    /// The value of an integer key.
    Int(i32),
    /// The value of a text key.
    Text(String),
}

impl SortValue {
    /// Size in memory, including the text, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Int(_) => 0,
                Self::Text(text) => text.len(),
            }
    }
}

/// The ids that identify the parent of a list, in the order of [`Source::parent`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parent([i32; 5]);

impl Parent {
    pub(super) fn part(self, index: usize) -> i32 {
        self.0.get(index).copied().unwrap_or_default()
    }
}

impl<const N: usize> From<[i32; N]> for Parent {
    fn from(parts: [i32; N]) -> Self {
        const { assert!(N <= 5, "a parent has at most five parts") };
        let mut all = [0; 5];
        for (slot, part) in all.iter_mut().zip(parts) {
            *slot = part;
        }
        Self(all)
    }
}

/// A condition of a filter: SQL with a `?` for each value. The `?` of several values stands for the whole test, as in
/// `t.id ?`, which becomes `t.id = ANY($1)` or its equivalent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Bind>,
    /// The conditions of the subquery that `sql` begins, if it begins one.
    pub(super) subquery: Option<Vec<Condition>>,
    /// The same condition for the orders by a key, as the key and SQL that bounds it.
    pub(super) bound: Option<(&'static str, &'static str)>,
}

impl Condition {
    /// Creates a condition from SQL with a `?` for each of `values`.
    pub fn new(sql: &'static str, values: impl Into<Vec<Bind>>) -> Self {
        Self { sql, values: values.into(), subquery: None, bound: None }
    }

    /// In an order by `key`, uses `sql` instead: the same condition with the same values, as a bound of that key. An index
    /// in that order is then read from the bound on, and not from its beginning.
    #[must_use]
    pub fn or_bound(self, key: &'static str, sql: &'static str) -> Self {
        Self { bound: Some((key, sql)), ..self }
    }

    /// The SQL for a list in this order.
    pub(super) fn sql_for(&self, order: &Order) -> &'static str {
        let first = order.keys.first().map(|key| key.sql());
        self.bound.filter(|(key, _)| first == Some(*key)).map_or(self.sql, |(_, sql)| sql)
    }

    /// Creates a condition from a subquery whose text ends before its conditions, as in
    /// `t.id IN (SELECT t.show_id FROM credit AS t WHERE true`.
    pub fn subquery(begin: &'static str, conditions: Vec<Condition>) -> Self {
        Self { sql: begin, values: Vec::new(), subquery: Some(conditions), bound: None }
    }
}

impl Condition {
    /// Heap size of the values, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        let text = |value: &Bind| match value {
            Bind::Int(_) => 0,
            Bind::Text(text) => text.len(),
            Bind::Ints(ints) => size_of_val(ints.as_slice()),
            Bind::Texts(texts) => texts.iter().map(|text| size_of_val(text) + text.len()).sum(),
        };
        let inner = self.subquery.iter().flatten().map(|inner| size_of_val(inner) + inner.heap_bytes());
        self.values.iter().map(|value| size_of_val(value) + text(value)).chain(inner).sum()
    }
}

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Bind {
    /// A 32-bit integer.
    Int(i32),
    /// Text.
    Text(String),
    /// Several integers.
    Ints(Vec<i32>),
    /// Several texts.
    Texts(Vec<String>),
}

impl From<i32> for Bind {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<Vec<i32>> for Bind {
    fn from(values: Vec<i32>) -> Self {
        Self::Ints(values)
    }
}

impl From<Vec<String>> for Bind {
    fn from(values: Vec<String>) -> Self {
        Self::Texts(values)
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
