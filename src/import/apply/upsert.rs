use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    Iterable, PrimaryKeyToColumn, QueryFilter, QueryOrder, Value,
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
    let mut found = Vec::with_capacity(values.len());
    for values in values.chunks(CHUNK) {
        let mut query = E::find().filter(column.is_in(values.iter().cloned()));
        for key in E::PrimaryKey::iter() {
            query = query.order_by_asc(key.into_column());
        }
        found.extend(query.all(tx).await?);
    }
    Ok(found)
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
        let Some(row) = there.remove(&key(record)?) else {
            let mut row = <E::ActiveModel as ActiveModelTrait>::default();
            fill(record, &mut row)?;
            new.push(row);
            continue;
        };
        let mut row = row.into_active_model();
        fill(record, &mut row)?;
        if row.is_changed() {
            row.update(tx).await?;
            tally.changed += 1;
        } else {
            tally.unchanged += 1;
        }
    }
    tally.added = new.len();
    tally.left_over = there.len();
    insert::<E>(tx, new).await?;
    Ok((tally, there.into_values().collect()))
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
