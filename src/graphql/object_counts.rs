use std::{fmt::Write, sync::Arc};

use serde::Deserialize;

use super::connection::LARGEST_PAGE;
use crate::{
    error::Error,
    guard::ObjectCounts,
    load::{CacheKey, Column, Dependencies, Key, Reader, Record, columns_of, select},
};

/// The objects that lists consist of, with the table that has at least one row for each item of such a list.
const OBJECTS: &[(&str, &str)] = &[
    ("Franchise", "franchise"),
    ("Show", "show"),
    ("ShowLink", "show_link"),
    ("SharedShow", "show"),
    ("Season", "season"),
    ("Episode", "episode"),
    ("Person", "person"),
    ("Performer", "person"),
    ("CoStar", "person"),
    ("MultipleRoles", "person"),
    ("SharedCast", "person"),
    ("Bridge", "person"),
    ("Character", "character"),
    ("CharacterLink", "character_link"),
    ("Return", "character"),
    ("Recast", "character"),
    ("Credit", "credit"),
    ("Platform", "platform"),
    ("Territory", "territory"),
    ("Availability", "availability"),
    ("Offer", "offer"),
    ("Funding", "funding"),
    ("Media", "media"),
    ("Source", "source"),
    ("Claim", "claim"),
    ("Citation", "citation"),
    ("Change", "change"),
    ("Changeset", "changeset"),
];

/// Loads the number of objects of each type, for the guard's estimates. It counts only up to the maximum page size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CountObjects;

impl CacheKey for CountObjects {
    type Value = Arc<ObjectCounts>;

    fn bytes(_: &Self::Value) -> usize {
        OBJECTS.len() * size_of::<(String, u64)>()
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}

impl Key for CountObjects {
    fn depends(&self, on: &mut Dependencies) {
        for (_, table) in OBJECTS {
            on.table(table);
        }
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let mut text = String::from("(");
        for (place, (name, table)) in OBJECTS.iter().enumerate() {
            let union = if place > 0 { " UNION ALL " } else { "" };
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "{union}SELECT '{name}' AS name, CAST(count(*) AS integer) AS number \
                 FROM (SELECT 1 FROM {table} LIMIT {LARGEST_PAGE}) AS n"
            );
        }
        text.push_str(") AS t");
        let counted = select::<Counted>(reader, |sql| {
            sql.push(&text);
        })
        .await?;
        let number = |counted: &Arc<Counted>| (counted.name.clone(), u64::try_from(counted.number).unwrap_or(0));
        let counts = Arc::new(ObjectCounts::new(counted.iter().map(number)));
        Ok(vec![Some(counts); keys.len()])
    }
}

/// The number of objects of one type.
#[derive(Debug, Deserialize)]
struct Counted {
    name: String,
    number: i32,
}

impl Record for Counted {
    fn columns() -> Vec<Column> {
        columns_of(["name", "number"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_exist() {
        let sdl = super::super::sdl();
        for (name, _) in OBJECTS {
            assert!(sdl.contains(&format!("\ntype {name} ")), "{name}");
        }
    }
}
