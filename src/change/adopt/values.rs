//! Which value a field shows, when a source, other sources and people have said different things.
//!
//! castgraph remembers the last value of each source. A value that none of them gave was set by a person, and stays. Of
//! several sources the one with the highest rank is shown, so that the order of the runs does not matter.

use std::collections::{BTreeMap, HashMap};

use entity::{source_value, subject::Kind};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::Value,
};

use super::{CHUNK, Plan, identity::Objects};
use crate::{
    change::{recording::statement, table},
    source::Authority,
};

/// The values that sources gave.
pub(super) struct Said {
    authority: &'static str,
    rank: Vec<&'static str>,
    rows: HashMap<(Kind, i32), BTreeMap<String, Vec<source_value::Model>>>,
    /// The values of this run, by table and slug.
    new: BTreeMap<(i32, String), BTreeMap<&'static str, String>>,
    /// The slug of the source of this run.
    pub(super) source: String,
}

/// What to do with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The value to show.
    pub(super) value: String,
    /// Whether a person set it.
    pub(super) is_curated: bool,
    /// The values of all sources, if they disagree, with the slugs of the sources.
    pub(super) disagreeing: Vec<(String, String, String)>,
}

impl Said {
    pub(super) async fn read(
        tx: &DatabaseTransaction,
        objects: &Objects,
        authority: Authority,
        plan: &Plan,
    ) -> Result<Self, DbErr> {
        let mut said = Self {
            authority: authority.word(),
            rank: plan.rank.iter().map(|authority| authority.word()).collect(),
            rows: HashMap::new(),
            new: BTreeMap::new(),
            source: String::new(),
        };
        for (kind, objects) in [
            (Kind::Show, &objects.shows),
            (Kind::Season, &objects.seasons),
            (Kind::Episode, &objects.episodes),
            (Kind::Person, &objects.people),
            (Kind::Character, &objects.characters),
        ] {
            let ids: Vec<i32> = objects.values().filter_map(|object| object.id).collect();
            for ids in ids.chunks(CHUNK) {
                let of = source_value::Entity::find()
                    .filter(source_value::Column::OfKind.eq(i32::from(kind)))
                    .filter(source_value::Column::OfId.is_in(ids.iter().copied()));
                for row in of.all(tx).await? {
                    let fields = said.rows.entry((kind, row.of_id)).or_default();
                    fields.entry(row.field.clone()).or_default().push(row);
                }
            }
        }
        Ok(said)
    }

    /// What this source said of a field before.
    pub(super) fn before(&self, kind: Kind, id: Option<i32>, field: &str) -> Option<&str> {
        let rows = self.rows.get(&(kind, id?))?.get(field)?;
        rows.iter().find(|row| row.authority == self.authority).map(|row| row.value.as_str())
    }

    /// Chooses the value of a field whose present value is `shown`, now that the source says `new`.
    pub(super) fn choose(
        &mut self,
        (kind, id, slug): (Kind, Option<i32>, &str),
        field: &'static str,
        shown: &str,
        new: &str,
    ) -> Choice {
        self.note(kind, slug, field, new);
        let known = id.and_then(|id| self.rows.get(&(kind, id))?.get(field));
        let known = known.map(Vec::as_slice).unwrap_or_default();
        let was_said = known.iter().any(|row| row.value == shown);
        // Somebody has set a value, or emptied the field.
        let is_curated = if shown.is_empty() { known.iter().any(|row| !row.value.is_empty()) } else { !was_said };
        let others = known.iter().filter(|row| row.authority != self.authority);
        let others = others.map(|row| (row.authority.as_str(), row.value.as_str(), row.source.as_str()));
        let mut values: Vec<(&str, &str, &str)> =
            std::iter::once((self.authority, new, self.source.as_str())).chain(others).collect();
        values.retain(|(_, value, _)| !value.is_empty());
        let rank = |authority: &str| self.rank.iter().position(|known| *known == authority).unwrap_or(self.rank.len());
        values.sort_by_key(|(authority, ..)| (rank(authority), *authority));
        let best = values.first().map(|(_, value, _)| *value).unwrap_or_default();
        let disagree = values.iter().any(|(_, value, _)| *value != best);
        let owned = |(authority, value, source): &(&str, &str, &str)| {
            ((*authority).to_owned(), (*value).to_owned(), (*source).to_owned())
        };
        Choice {
            value: if is_curated { shown.to_owned() } else { best.to_owned() },
            is_curated,
            disagreeing: if disagree { values.iter().map(owned).collect() } else { Vec::new() },
        }
    }

    /// Remembers what the source says of a field.
    pub(super) fn note(&mut self, kind: Kind, slug: &str, field: &'static str, value: &str) {
        self.new.entry((kind.into(), slug.to_owned())).or_default().insert(field, value.to_owned());
    }

    /// Stores the values of this run.
    pub(super) async fn keep(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let mut added = Vec::new();
        for kind in [Kind::Show, Kind::Season, Kind::Episode, Kind::Person, Kind::Character] {
            let number = i32::from(kind);
            let of_kind = self.new.iter().filter(|((kind, _), _)| *kind == number);
            let slugs: Vec<&str> = of_kind.clone().map(|((_, slug), _)| slug.as_str()).collect();
            let ids = ids(tx, kind, &slugs).await?;
            for ((_, slug), fields) in of_kind {
                // A row that was left out has no id.
                let Some(id) = ids.get(slug).copied() else { continue };
                for (field, value) in fields {
                    let known = self.rows.get(&(kind, id)).and_then(|known| known.get(*field));
                    let known = known.and_then(|rows| rows.iter().find(|row| row.authority == self.authority));
                    match known {
                        Some(row) if row.value == *value => {}
                        Some(row) => {
                            let mut row = row.clone().into_active_model();
                            row.value = Set(value.clone());
                            row.source = Set(self.source.clone());
                            source_value::Entity::update(row).exec(tx).await?;
                        }
                        None if value.is_empty() => {}
                        None => added.push(source_value::ActiveModel {
                            of_kind: Set(number),
                            of_id: Set(id),
                            field: Set((*field).to_owned()),
                            authority: Set(self.authority.to_owned()),
                            value: Set(value.clone()),
                            source: Set(self.source.clone()),
                            ..Default::default()
                        }),
                    }
                }
            }
        }
        while !added.is_empty() {
            let rest = added.split_off(added.len().min(CHUNK));
            source_value::Entity::insert_many(added).exec_without_returning(tx).await?;
            added = rest;
        }
        Ok(())
    }
}

/// The ids of the objects with these slugs.
async fn ids(tx: &DatabaseTransaction, kind: Kind, slugs: &[&str]) -> Result<HashMap<String, i32>, DbErr> {
    let mut ids = HashMap::new();
    let Some(table) = table::of_kind(kind.into()) else { return Ok(ids) };
    for slugs in slugs.chunks(CHUNK) {
        let places = vec!["?"; slugs.len()].join(", ");
        let sql = format!("SELECT slug, id FROM {} WHERE slug IN ({places})", table.name);
        let values = slugs.iter().map(|slug| Value::from(*slug));
        for row in tx.query_all_raw(statement(tx.get_database_backend(), &sql, values)).await? {
            ids.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
    }
    Ok(ids)
}
