use std::io;

use sea_orm::{EntityTrait, Iden, Iterable, ModelTrait};
use serde::{Serialize, de::DeserializeOwned};

/// A column of a [`Record`].
#[derive(Clone, Debug)]
pub struct Column {
    /// The SQL that gives its value, such as `t.slug`.
    pub sql: String,
    /// Its name in the result.
    pub name: String,
}

/// A row that a list or a look-up gives.
///
/// It is read from columns (PostgreSQL) or from a JSON array of them in the same order (SQLite, where a row costs
/// several times its JSON text).
pub trait Record: DeserializeOwned + Sized + Send + Sync + 'static {
    /// The columns, in the order of the fields.
    fn columns() -> Vec<Column>;

    /// About how many bytes it takes in memory.
    fn bytes(&self) -> usize {
        size_of::<Self>() + 64
    }

    /// The SQLite expression that makes the JSON array of a row out of the names of [`Record::columns`].
    fn json() -> String {
        let names: Vec<String> = Self::columns().into_iter().map(|column| column.name).collect();
        format!("json_array({})", names.join(", "))
    }
}

/// Columns of `t` that are called in the result as they are called there.
pub fn columns_of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Column> {
    let column = |name: &str| Column { sql: format!("t.{name}"), name: name.to_owned() };
    names.into_iter().map(|name| column(name.as_ref())).collect()
}

/// Whether a column is what the database sorts and compares by: names without case and accents, which nobody reads.
/// Models skip them too.
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
        let mut texts = Length(0);
        // Only writing can fail, and counting does not.
        let _ = serde_json::to_writer(&mut texts, self);
        size_of::<Self>() + texts.0
    }
}

/// Counts what is written. Most of a row in memory is its texts, and their JSON is not much longer.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
