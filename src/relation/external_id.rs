//! The ids of objects at other authorities, and the objects with an id.

use std::{collections::HashMap, sync::Arc};

use entity::{
    Authority,
    external_id::{self, Kind},
    subject,
};
use serde::Deserialize;

use crate::{
    error::Error,
    load::{
        CacheKey, Column, Dependencies, Key, List, Order, Reader, Record, SortKey::Int, Source, columns_of, select,
    },
};

static BY_POSITION: Order =
    Order { name: "POSITION_ASC", keys: &[Int("t.position"), Int("t.id")], descending: false, join: "" };

/// The ids of a show.
pub static OF_SHOW: List<external_id::Model> = of("show.externalIds", &["show"], "t.show_id = p.show");

/// The ids of a season.
pub static OF_SEASON: List<external_id::Model> = of("season.externalIds", &["season"], "t.season_id = p.season");

/// The ids of an episode.
pub static OF_EPISODE: List<external_id::Model> = of("episode.externalIds", &["episode"], "t.episode_id = p.episode");

/// The ids of a person.
pub static OF_PERSON: List<external_id::Model> = of("person.externalIds", &["person"], "t.person_id = p.person");

/// The ids of a character.
pub static OF_CHARACTER: List<external_id::Model> =
    of("character.externalIds", &["character"], "t.character_id = p.character");

const fn of(name: &'static str, parent: &'static [&'static str], condition: &'static str) -> List<external_id::Model> {
    List::new(Source { name, parent, from: "external_id AS t", condition }, &BY_POSITION)
}

/// An object with an external id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Identified {
    /// Who gave the id.
    pub authority: Authority,
    /// What it identifies there.
    pub kind: Kind,
    /// The id.
    pub value: String,
    /// The table of the object.
    pub of_kind: subject::Kind,
    /// The id of the object in its table.
    pub of_id: i32,
}

impl Record for Identified {
    fn columns() -> Vec<Column> {
        columns_of(["authority", "kind", "value", "of_kind", "of_id"])
    }
}

/// Loads the objects with an external id. There are several only if the kind is not given and the authority numbers each
/// kind on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WithExternalId {
    /// Who gave the id.
    pub authority: Authority,
    /// What it identifies, if that is known.
    pub kind: Option<Kind>,
    /// The id.
    pub value: String,
}

impl CacheKey for WithExternalId {
    type Value = Arc<[Arc<Identified>]>;

    fn bytes(found: &Self::Value) -> usize {
        found.iter().map(|found| size_of::<Identified>() + found.value.len()).sum()
    }

    fn heap_bytes(&self) -> usize {
        self.value.len()
    }
}

impl Key for WithExternalId {
    fn depends(&self, on: &mut Dependencies) {
        on.table("external_id");
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let rows = select::<Identified>(reader, |sql| {
            let postgres = sql.postgres();
            sql.push(
                "(SELECT x.authority, x.kind, x.value, x.of_kind, x.of_id, x.id FROM external_id AS x WHERE x.value ",
            );
            sql.push(if postgres { "= ANY(" } else { "IN (SELECT value FROM json_each(" });
            sql.bind_texts(keys.iter().map(|key| key.value.as_str())).push(if postgres { ")" } else { "))" });
            sql.push(" ORDER BY x.of_kind, x.of_id) AS t");
        });
        let mut found: HashMap<(Authority, String), Vec<Arc<Identified>>> = HashMap::new();
        for row in rows.await? {
            found.entry((row.authority, row.value.clone())).or_default().push(row);
        }
        let of = |key: &Self| {
            let rows = found.get(&(key.authority, key.value.clone())).map(Vec::as_slice).unwrap_or_default();
            rows.iter().filter(|row| key.kind.is_none_or(|kind| kind == row.kind)).cloned().collect()
        };
        Ok(keys.iter().map(|key| Some(of(key))).collect())
    }
}
