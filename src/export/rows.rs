use std::{collections::BTreeMap, sync::OnceLock};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement, Value};

use super::{
    cast_tables,
    csv_folder::cells,
    data_package::Package,
    statement::{TABLES, filled},
};

/// The rows of a file of the format that satisfy a condition on its columns, such as `t."season" = ?`, as cells by
/// column. For `crew.csv` the first value is the slug of a person, to whose credits the rows are limited.
///
/// # Errors
///
/// If the database fails, or there is no such file.
pub(crate) async fn rows(
    tx: &DatabaseTransaction,
    file: &str,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<BTreeMap<String, String>>, DbErr> {
    static PACKAGE: OnceLock<Option<Package>> = OnceLock::new();
    let name = file.trim_end_matches(".csv");
    let table = TABLES.iter().find(|table| table.name == name);
    let package = PACKAGE.get_or_init(|| Package::read().ok());
    let (Some(table), Some(package)) = (table, package) else {
        return Err(DbErr::Custom(format!("{file} is not a file of the format")));
    };
    let backend = tx.get_database_backend();
    let only = " AND credit.person_id = (SELECT person.id FROM person WHERE person.slug = ?)";
    let sql = if name == "crew" { cast_tables::CREW.replace("{only}", only) } else { table.sql.to_owned() };
    let text = format!("SELECT * FROM ({}) AS t WHERE {condition}", filled(&sql, backend));
    let statement = Statement::from_sql_and_values(backend, numbered(&text, backend), values);
    let fields = package.fields(name);
    let row = |row| {
        let cells = cells(row, table, fields)?;
        Ok(fields.iter().map(|field| field.name.clone()).zip(cells).collect())
    };
    tx.query_all_raw(statement).await?.iter().map(row).collect()
}

/// Replaces `?` by `$1`, `$2`, … for PostgreSQL.
pub(crate) fn numbered(sql: &str, backend: sea_orm::DbBackend) -> String {
    if backend != sea_orm::DbBackend::Postgres {
        return sql.to_owned();
    }
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    (1..).zip(parts).fold(first, |text, (number, part)| text + "$" + &number.to_string() + part)
}
