use std::{
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde::{Deserialize, Serialize};

use super::Reference;

/// Where the rows of a list come from, as SQL that both engines understand.
///
/// `condition` sees the parts of the parent as columns of `p`: `t.season_id = p.season`.
#[derive(Debug)]
pub struct Source {
    /// Name of the list, unlike that of any other; cursors carry it.
    pub name: &'static str,
    /// Names of the parts of the parent. A list that belongs to nothing has none.
    pub parent: &'static [&'static str],
    /// Tables, views or a subquery, the rows of which are called `t`.
    pub from: &'static str,
    /// Which of the rows belong to the parent.
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

/// A list of rows of type `R`: one relation of the cast graph, declared once.
#[derive(Debug)]
pub struct List<R> {
    /// Where its rows come from.
    pub source: Source,
    /// The order in which it is given unless another is asked for.
    pub order: &'static Order,
    /// What its rows lead to and can come along with them.
    pub references: &'static [Reference],
    row: PhantomData<fn() -> R>,
}

impl<R> List<R> {
    /// Declares a list.
    pub const fn new(source: Source, order: &'static Order) -> Self {
        Self { source, order, references: &[], row: PhantomData }
    }

    /// Declares what can come along.
    ///
    /// # Panics
    ///
    /// If there are more than eight. Lists are statics, so that they do not compile then.
    #[must_use]
    pub const fn with(self, references: &'static [Reference]) -> Self {
        assert!(references.len() <= 8, "a list has at most eight references");
        Self { references, ..self }
    }
}

/// An order of a list. The last key makes it total.
#[derive(Debug)]
pub struct Order {
    /// Name of the order, unlike that of any other of the same list; cursors carry it.
    pub name: &'static str,
    /// What to sort by, the most important key first. No key may be NULL.
    pub keys: &'static [SortKey],
    /// Whether all keys go from high to low.
    pub descending: bool,
    /// What the keys need beside the rows `t`: joins of one row to each, which are left out where rows are counted.
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

/// An SQL expression to sort by.
#[derive(Clone, Copy, Debug)]
pub enum SortKey {
    /// A 32 bit integer.
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

    /// Whether `value` is of the key's type.
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
    /// Its bytes, with those of its text.
    pub(super) fn outside(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Int(_) => 0,
                Self::Text(text) => text.len(),
            }
    }
}

/// The ids that a list hangs on, in the order of [`Source::parent`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parent([i32; 5]);

impl Parent {
    pub(super) fn part(self, place: usize) -> i32 {
        self.0.get(place).copied().unwrap_or_default()
    }
}

impl<const N: usize> From<[i32; N]> for Parent {
    fn from(parts: [i32; N]) -> Self {
        const { assert!(N <= 5, "a parent has at most five parts") };
        let mut all = [0; 5];
        for (place, part) in all.iter_mut().zip(parts) {
            *place = part;
        }
        Self(all)
    }
}

/// A condition that a filter adds: SQL with a `?` for each value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Bind>,
}

impl Condition {
    /// Makes a condition of SQL with a `?` for each of `values`.
    pub fn new(sql: &'static str, values: impl Into<Vec<Bind>>) -> Self {
        Self { sql, values: values.into() }
    }
}

impl Condition {
    /// The bytes of its values.
    pub(super) fn outside(&self) -> usize {
        let text = |value: &Bind| match value {
            Bind::Int(_) => 0,
            Bind::Text(text) => text.len(),
        };
        self.values.iter().map(|value| size_of_val(value) + text(value)).sum()
    }
}

/// A value that is sent beside a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Bind {
    /// A 32 bit integer.
    Int(i32),
    /// Text.
    Text(String),
}

impl From<i32> for Bind {
    fn from(value: i32) -> Self {
        Self::Int(value)
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
