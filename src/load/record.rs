use std::io;

use sea_orm::{EntityTrait, Iden, Iterable, ModelTrait};
use serde::{Serialize, de::DeserializeOwned};

/// A column of a [`Record`].
#[derive(Clone, Debug)]
pub struct Column {
    /// The SQL expression for its value, such as `t.slug`.
    pub sql: String,
    /// Its name in the result.
    pub name: String,
}

/// A row of a list or a lookup.
///
/// It is decoded from columns (PostgreSQL) or from a JSON array of the same columns (SQLite, whose driver needs several
/// times as long for a row as for its JSON).
pub trait Record: DeserializeOwned + Sized + Send + Sync + 'static {
    /// The columns, in the order of the fields.
    fn columns() -> Vec<Column>;

    /// Estimated size in memory, in bytes.
    fn bytes(&self) -> usize {
        size_of::<Self>() + 64
    }

    /// An expression for the JSON array of a row, over the names of [`Record::columns`], for SQLite.
    fn json() -> String {
        let names: Vec<String> = Self::columns().into_iter().map(|column| column.name).collect();
        format!("json_array({})", names.join(", "))
    }
}

/// Columns of `t` that keep their names in the result.
pub fn columns_of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Column> {
    let column = |name: &str| Column { sql: format!("t.{name}"), name: name.to_owned() };
    names.into_iter().map(|name| column(name.as_ref())).collect()
}

/// Whether a column exists only for sorting and comparing in the database, such as a name without case and accents.
/// Models leave these columns out too.
fn is_key(column: &str) -> bool {
    column.ends_with("_key")
}

impl<M> Record for M
where
    M: ModelTrait + DeserializeOwned + Serialize + Send + Sync + 'static,
{
    fn columns() -> Vec<Column> {
        let names = <<M::Entity as EntityTrait>::Column as Iterable>::iter().map(|column| column.to_string());
        columns_of(names.filter(|name| !is_key(name)))
    }

    fn bytes(&self) -> usize {
        let mut texts = ByteCounter(0);
        // Counting bytes cannot fail.
        let _ = serde_json::to_writer(&mut texts, self);
        size_of::<Self>() + texts.0
    }
}

/// Counts the bytes written to it. Strings are most of a row in memory, and their JSON is not much longer.
struct ByteCounter(usize);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
