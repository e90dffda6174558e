use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, IntoActiveModel, Iterable, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use crate::import::summary::TableCounts;

/// Maximum rows per statement. PostgreSQL accepts 65,535 values and SQLite 32,766, and every table has fewer than 25
/// columns.
pub(super) const CHUNK: usize = 1000;

/// The rows whose `column` has one of `values`, sorted by primary key within each chunk of values.
pub(super) async fn find<E: EntityTrait>(
    tx: &DatabaseTransaction,
    column: E::Column,
    values: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<Vec<E::Model>, DbErr> {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let mut found = Vec::new();
    if values.len() > CHUNK && is_empty::<E>(tx).await? {
        return Ok(found);
    }
    for values in values.chunks(CHUNK) {
        let mut query = E::find().filter(column.is_in(values.iter().cloned()));
        for key in E::PrimaryKey::iter() {
            query = query.order_by_asc(key.into_column());
        }
        found.extend(query.all(tx).await?);
    }
    Ok(found)
}

/// Deletes the rows whose `column` has one of `values`.
pub(super) async fn remove<E: EntityTrait>(
    tx: &DatabaseTransaction,
    column: E::Column,
    values: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<(), DbErr> {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    for values in values.chunks(CHUNK) {
        E::delete_many().filter(column.is_in(values.iter().cloned())).exec(tx).await?;
    }
    Ok(())
}

/// Whether a table has no rows, so that there is no need to look for those of a set.
pub(super) async fn is_empty<E: EntityTrait>(tx: &DatabaseTransaction) -> Result<bool, DbErr> {
    Ok(E::find().limit(1).one(tx).await?.is_none())
}

/// Inserts the records whose key is not in `there`, and updates the rows that differ from their records. Returns the
/// rows of `there` without a record.
pub(super) async fn upsert<E, R, K>(
    tx: &DatabaseTransaction,
    records: &[R],
    mut there: HashMap<K, E::Model>,
    key: impl Fn(&R) -> Result<K, DbErr>,
    fill: impl Fn(&R, &mut E::ActiveModel) -> Result<(), DbErr>,
) -> Result<(TableCounts, Vec<E::Model>), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelBehavior + Send,
    K: Eq + Hash,
{
    let mut tally = TableCounts::default();
    let mut new = Vec::new();
    for record in records {
        match there.remove(&key(record)?) {
            Some(row) => update::<E>(tx, row, &mut tally, |row| fill(record, row)).await?,
            None => new.push(record),
        }
    }
    tally.added = new.len();
    tally.left_over = there.len();
    for new in new.chunks(CHUNK) {
        let rows = new.iter().map(|record| filled::<E>(|row| fill(record, row)));
        insert::<E>(tx, rows.collect::<Result<_, _>>()?).await?;
    }
    Ok((tally, there.into_values().collect()))
}

/// Updates a row if it differs from its record.
pub(super) async fn update<E>(
    tx: &DatabaseTransaction,
    row: E::Model,
    tally: &mut TableCounts,
    fill: impl FnOnce(&mut E::ActiveModel) -> Result<(), DbErr>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelBehavior + Send,
{
    let mut row = row.into_active_model();
    fill(&mut row)?;
    if row.is_changed() {
        row.update(tx).await?;
        tally.changed += 1;
    } else {
        tally.unchanged += 1;
    }
    Ok(())
}

/// A new row.
pub(super) fn filled<E: EntityTrait>(
    fill: impl FnOnce(&mut E::ActiveModel) -> Result<(), DbErr>,
) -> Result<E::ActiveModel, DbErr> {
    let mut row = <E::ActiveModel as ActiveModelTrait>::default();
    fill(&mut row)?;
    Ok(row)
}

/// Inserts rows in their order.
pub(super) async fn insert<E: EntityTrait>(tx: &DatabaseTransaction, mut rows: Vec<E::ActiveModel>) -> Result<(), DbErr>
where
    E::ActiveModel: Send,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        E::insert_many(rows).exec_without_returning(tx).await?;
        rows = rest;
    }
    Ok(())
}

/// Inserts new rows in their order, and returns their ids. The ids are taken before, so that no row is read again.
pub(super) async fn insert_numbered<E: EntityTrait>(
    tx: &DatabaseTransaction,
    count: usize,
    fill: impl Fn(usize, &mut E::ActiveModel) -> Result<(), DbErr>,
) -> Result<std::ops::Range<i32>, DbErr>
where
    E::ActiveModel: Send,
{
    let ids = reserve::<E>(tx, count).await?;
    let key = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column);
    for from in (0..count).step_by(CHUNK) {
        let rows = (from..count.min(from + CHUNK)).zip(ids.clone().skip(from)).map(|(place, id)| {
            filled::<E>(|row| {
                if let Some(key) = key {
                    row.set(key, id.into());
                }
                fill(place, row)
            })
        });
        insert::<E>(tx, rows.collect::<Result<_, _>>()?).await?;
    }
    Ok(ids)
}

/// Takes the next ids of a table.
async fn reserve<E: EntityTrait>(tx: &DatabaseTransaction, count: usize) -> Result<std::ops::Range<i32>, DbErr> {
    let table = E::default();
    let (table, count) = (table.table_name(), i32::try_from(count).map_err(|_| too_many())?);
    if count == 0 {
        return Ok(0..0);
    }
    let backend = tx.get_database_backend();
    let sql = match backend {
        // Other writers wait for the lock of write transactions.
        DbBackend::Postgres => format!(
            "SELECT CAST(setval(sequence, nextval(sequence) + {count} - 1) AS bigint) AS last
             FROM pg_get_serial_sequence('{table}', 'id') AS sequence"
        ),
        _ => format!("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0) + {count} AS last"),
    };
    let row = tx.query_one_raw(Statement::from_string(backend, sql)).await?;
    let last: i64 = row.ok_or_else(too_many)?.try_get("", "last")?;
    let last = i32::try_from(last).map_err(|_| too_many())?;
    Ok(last - count + 1..last + 1)
}

fn too_many() -> DbErr {
    DbErr::Custom("the table has no more ids".to_owned())
}
