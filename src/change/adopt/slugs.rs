//! Slugs and codes for new objects. None of them is, or was, that of another object.

use std::collections::{HashMap, HashSet};

use entity::{episode, show};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::identity::Objects;
use crate::{
    change::{recording::statement, table, write::slug_for},
    import::{episode_slug, season_slug},
    source::{Key, Records},
};

/// Gives every new object a slug, every show with new episodes a code, and every unnumbered special a number.
pub(super) async fn give(tx: &DatabaseTransaction, records: &Records, objects: &mut Objects) -> Result<(), DbErr> {
    let mut slugs = Slugs { tx, taken: HashSet::new() };
    for record in &records.shows {
        let Some(show) = objects.shows.get_mut(&record.key) else { continue };
        let known = match show.id {
            Some(id) => show::Entity::find_by_id(id).one(tx).await?.and_then(|row| row.code),
            None => None,
        };
        if show.id.is_none() {
            let year = record.premiered_on.as_ref().and_then(|date| date.as_str().get(..4));
            show.slug = slugs.free("show", &record.title, year, &record.key).await?;
        }
        let code = match known {
            Some(code) => code,
            None => slugs.code(&record.title).await?,
        };
        objects.codes.insert(record.key.clone(), code);
    }
    for record in &records.seasons {
        let Some(show) = objects.shows.get(&record.show).cloned() else { continue };
        let Some(season) = objects.seasons.get_mut(&record.key).filter(|season| season.id.is_none()) else { continue };
        season.slug = season_slug(&show.slug, record.number);
    }
    numbers(tx, records, objects).await?;
    for record in &records.episodes {
        let (Some(code), Some(season)) = (objects.codes.get(&record.show), objects.seasons.get(&record.season)) else {
            continue;
        };
        let number = objects.numbers.get(&record.key).copied().unwrap_or(record.number);
        let part = season.slug.rsplit('-').next().unwrap_or_default();
        let slug = episode_slug(&code.to_lowercase(), part, number);
        if let Some(episode) = objects.episodes.get_mut(&record.key).filter(|episode| episode.id.is_none()) {
            episode.slug = slug;
        }
    }
    for record in &records.people {
        let Some(person) = objects.people.get_mut(&record.key).filter(|person| person.id.is_none()) else { continue };
        let year = record.born.as_ref().and_then(|date| date.as_str().get(..4));
        person.slug = slugs.free("person", &record.name, year, &record.key).await?;
    }
    for record in &records.characters {
        let show = record.show.as_ref().and_then(|show| objects.shows.get(show)).map(|show| show.slug.clone());
        let Some(character) = objects.characters.get_mut(&record.key).filter(|character| character.id.is_none()) else {
            continue;
        };
        character.slug = slugs.free("character", &record.name, show.as_deref(), &record.key).await?;
    }
    Ok(())
}

/// Numbers new specials that the source does not number, behind the others of their season.
async fn numbers(tx: &DatabaseTransaction, records: &Records, objects: &mut Objects) -> Result<(), DbErr> {
    let mut taken: HashMap<Key, HashSet<u32>> = HashMap::new();
    for record in records.episodes.iter().filter(|record| !record.unnumbered) {
        let last = record.number_end.unwrap_or(record.number).min(record.number.saturating_add(50));
        taken.entry(record.season.clone()).or_default().extend(record.number..=last);
    }
    for record in records.episodes.iter().filter(|record| record.unnumbered) {
        let Some(object) = objects.episodes.get(&record.key) else { continue };
        if let Some(id) = object.id {
            let row = episode::Entity::find_by_id(id).one(tx).await?;
            if let Some(number) = row.and_then(|row| u32::try_from(row.number).ok()) {
                objects.numbers.insert(record.key.clone(), number);
                taken.entry(record.season.clone()).or_default().insert(number);
            }
        }
    }
    for record in records.episodes.iter().filter(|record| record.unnumbered) {
        let is_new = objects.episodes.get(&record.key).is_some_and(|object| object.id.is_none());
        if !is_new {
            continue;
        }
        let taken = taken.entry(record.season.clone()).or_default();
        if let Some(season) = objects.seasons.get(&record.season).and_then(|season| season.id) {
            let there = episode::Entity::find().filter(episode::Column::SeasonId.eq(season)).all(tx).await?;
            for row in there {
                let numbers = row.number..=row.number_end.unwrap_or(row.number);
                taken.extend(numbers.filter_map(|number| u32::try_from(number).ok()));
            }
        }
        let mut number = record.number;
        while !taken.insert(number) {
            number += 1;
        }
        objects.numbers.insert(record.key.clone(), number);
    }
    Ok(())
}

struct Slugs<'t> {
    tx: &'t DatabaseTransaction,
    taken: HashSet<(&'static str, String)>,
}

impl Slugs<'_> {
    /// A free slug for a name: of the name, or of the name and `detail`, or with a number. A name without Latin letters
    /// gets the slug of its key.
    async fn free(
        &mut self,
        table: &'static str,
        name: &str,
        detail: Option<&str>,
        key: &Key,
    ) -> Result<String, DbErr> {
        let mut base = slug_for(name);
        if base.is_empty() {
            base = slug_for(&format!("{table} {}", key.as_str()));
        }
        // Half of what an index can hold leaves room for the rest.
        base.truncate(500);
        let detailed = detail.map(|detail| format!("{base}-{detail}"));
        let numbered = (2..).map(|number: u32| format!("{base}-{number}"));
        for slug in std::iter::once(base.clone()).chain(detailed).chain(numbered) {
            let slug = slug.trim_matches('-').to_owned();
            if !self.taken.contains(&(table, slug.clone())) && self.is_free(table, &slug).await? {
                self.taken.insert((table, slug.clone()));
                return Ok(slug);
            }
        }
        Ok(base)
    }

    async fn is_free(&self, name: &str, slug: &str) -> Result<bool, DbErr> {
        let kind = table::named(name).map(|table| table.kind).unwrap_or_default();
        let sql = format!(
            "SELECT 1 FROM {name} WHERE slug = ? UNION ALL SELECT 1 FROM redirect WHERE kind = {kind} AND slug = ?"
        );
        let statement = statement(self.tx.get_database_backend(), &sql, [slug.into(), slug.into()]);
        Ok(self.tx.query_one_raw(statement).await?.is_none())
    }

    /// A free code for a show: the initials of its title, or the first letters of its only word.
    async fn code(&mut self, title: &str) -> Result<String, DbErr> {
        let slug = slug_for(title);
        let words: Vec<&str> = slug.split('-').filter(|word| !word.is_empty()).collect();
        let mut base: String = match words.as_slice() {
            [] => "X".to_owned(),
            [word] => word.chars().take(3).collect(),
            words => words.iter().filter_map(|word| word.chars().next()).take(6).collect(),
        };
        base.make_ascii_uppercase();
        let numbered = (2..).map(|number: u32| format!("{base}{number}"));
        for code in std::iter::once(base.clone()).chain(numbered) {
            let sql = "SELECT 1 FROM show WHERE lower(code) = lower(?)";
            let statement = statement(self.tx.get_database_backend(), sql, [code.as_str().into()]);
            if !self.taken.contains(&("code", code.clone())) && self.tx.query_one_raw(statement).await?.is_none() {
                self.taken.insert(("code", code.clone()));
                return Ok(code);
            }
        }
        Ok(base)
    }
}
