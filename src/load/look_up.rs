use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use futures_util::try_join;
use sea_orm::EntityTrait;

use super::{Kept, Key, Reader, Record, SortKey, SortValue, entry, statement::Sql};
use crate::error::Error;

/// How one row is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LookUp {
    /// By its number in this database.
    Id(i32),
    /// By its slug.
    Slug(String),
}

/// One row of a table.
pub struct One<E>(LookUp, PhantomData<fn() -> E>);

impl<E> One<E> {
    /// The row that has the number `id`.
    pub fn id(id: i32) -> Self {
        Self::new(LookUp::Id(id))
    }

    /// The row that is named by `look_up`.
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

impl<E> Kept for One<E>
where
    E: EntityTrait,
    E::Model: Record,
{
    type Value = Arc<E::Model>;

    fn bytes(row: &Self::Value) -> usize {
        row.bytes()
    }

    fn outside(&self) -> usize {
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
    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let ids = keys.iter().filter_map(|key| match key.0 {
            LookUp::Id(id) => Some(id),
            LookUp::Slug(_) => None,
        });
        let slugs = keys.iter().filter_map(|key| match &key.0 {
            LookUp::Id(_) => None,
            LookUp::Slug(slug) => Some(slug.as_str()),
        });
        let (by_id, by_slug) = try_join!(
            read::<E>(reader, SortKey::Int("t.id"), ids.clone().next().is_none(), |sql| sql.bind_ints(ids)),
            read::<E>(reader, SortKey::Text("t.slug"), slugs.clone().next().is_none(), |sql| sql.bind_texts(slugs)),
        )?;
        let found: HashMap<_, _> = by_id.into_iter().chain(by_slug).collect();
        Ok(keys.iter().map(|key| found.get(&key.0).cloned()).collect())
    }
}

/// Reads the rows of which `key` is one of the values that `bind` adds.
async fn read<E>(
    reader: &Reader,
    key: SortKey,
    none: bool,
    bind: impl FnOnce(&mut Sql) -> &mut Sql,
) -> Result<Vec<(LookUp, Arc<E::Model>)>, Error>
where
    E: EntityTrait,
    E::Model: Record,
{
    if none {
        return Ok(Vec::new());
    }
    let keys = [key];
    let found = entry::read::<E::Model>(reader, &keys, |sql| {
        sql.push(E::default().table_name()).push(" AS t WHERE ").push(key.sql());
        if sql.postgres() {
            bind(sql.push(" = ANY(")).push(")");
        } else {
            bind(sql.push(" IN (SELECT value FROM json_each(")).push("))");
        }
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
