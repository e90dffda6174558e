use sea_orm::{DbErr, EntityTrait, FromQueryResult, Iden, Iterable, ModelTrait, QueryResult};
use serde::de::DeserializeOwned;

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

    /// Reads a row by the names of [`Record::columns`].
    fn from_row(row: &QueryResult) -> Result<Self, DbErr>;

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

impl<M> Record for M
where
    M: ModelTrait + FromQueryResult + DeserializeOwned + Send + Sync + 'static,
{
    fn columns() -> Vec<Column> {
        columns_of(<<M::Entity as EntityTrait>::Column as Iterable>::iter().map(|column| column.to_string()))
    }

    fn from_row(row: &QueryResult) -> Result<Self, DbErr> {
        M::from_query_result(row, "")
    }
}
