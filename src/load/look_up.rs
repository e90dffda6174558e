use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use foldhash::fast::RandomState;
use futures_util::try_join;
use sea_orm::EntityTrait;

use super::{Bind, CacheKey, Dependencies, Key, PartValue, Reader, Record, SortKey, SortValue, entry, statement::Sql};
use crate::error::Error;

/// A unique key of one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LookUp {
    /// Its id in this database.
    Id(i32),
    /// Its slug.
    Slug(String),
}

/// Loads one row of a table.
pub struct One<E>(LookUp, PhantomData<fn() -> E>);

impl<E> One<E> {
    /// The row with this id.
    pub fn id(id: i32) -> Self {
        Self::new(LookUp::Id(id))
    }

    /// The row that `look_up` identifies.
    pub fn new(look_up: LookUp) -> Self {
        Self(look_up, PhantomData)
    }
}

impl<E> Clone for One<E> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<E> PartialEq for One<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E> Eq for One<E> {}

impl<E> Hash for One<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<E> CacheKey for One<E>
where
    E: EntityTrait,
    E::Model: Record,
{
    type Value = Arc<E::Model>;

    fn bytes(row: &Self::Value) -> usize {
        row.bytes()
    }

    fn heap_bytes(&self) -> usize {
        match &self.0 {
            LookUp::Id(_) => 0,
            LookUp::Slug(slug) => slug.len(),
        }
    }
}

impl<E> Key for One<E>
where
    E: EntityTrait,
    E::Model: Record,
{
    fn depends(&self, on: &mut Dependencies) {
        let table = E::default();
        match &self.0 {
            LookUp::Id(id) => on.rows(table.table_name(), "id", PartValue::Int((*id).into())),
            LookUp::Slug(slug) => on.rows(table.table_name(), "slug", PartValue::Text(slug)),
        }
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let (mut ids, mut slugs) = (Vec::new(), Vec::new());
        for key in keys {
            match &key.0 {
                LookUp::Id(id) => ids.push(*id),
                LookUp::Slug(slug) => slugs.push(slug.as_str()),
            }
        }
        let (by_id, by_slug) = try_join!(
            read::<E, _>(reader, SortKey::Int("t.id"), &ids, |sql, ids| sql.bind_ints(ids.iter().copied())),
            read::<E, _>(reader, SortKey::Text("t.slug"), &slugs, |sql, slugs| sql.bind_texts(slugs.iter().copied())),
        )?;
        let found: HashMap<_, _, RandomState> = by_id.into_iter().chain(by_slug).collect();
        Ok(keys.iter().map(|key| found.get(&key.0).cloned()).collect())
    }
}

/// Reads the rows whose `key` is one of `values`. `bind` binds several values as one parameter.
async fn read<E, V>(
    reader: &Reader,
    key: SortKey,
    values: &[V],
    bind: impl for<'s> FnOnce(&'s mut Sql, &[V]) -> &'s mut Sql,
) -> Result<Vec<(LookUp, Arc<E::Model>)>, Error>
where
    E: EntityTrait,
    E::Model: Record,
    V: Copy + Into<Bind>,
{
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let keys = [key];
    let found = entry::read::<E::Model>(reader, &keys, |sql| {
        sql.push(E::default().table_name()).push(" AS t WHERE ").push(key.sql());
        match values {
            // PostgreSQL assumes ten values in an array. For ten, it would scan a small table instead of using the
            // index.
            [one] => sql.push(" = ").bind(*one),
            _ if sql.postgres() => bind(sql.push(" = ANY("), values).push(")"),
            _ => bind(sql.push(" IN (SELECT value FROM json_each("), values).push("))"),
        };
    });
    let named = found.await?.into_iter().filter_map(|mut found| {
        let look_up = match found.sort.pop()? {
            SortValue::Int(id) => LookUp::Id(id),
            SortValue::Text(slug) => LookUp::Slug(slug),
        };
        Some((look_up, found.row))
    });
    Ok(named.collect())
}
