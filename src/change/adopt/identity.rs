//! Which object of the database each record means.

use std::collections::HashMap;

use entity::{
    Authority, character, credit, episode,
    external_id::{self, Kind},
    name_key, person, season, show, subject,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::{Adopted, CHUNK, candidate, decision};
use crate::change::fault::NotChanged;
use crate::source::{self, ExternalId, IdKind, Key, Records};

/// An object that a record means: its id, unless it is new, and its slug, which new ones get later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object {
    pub(super) id: Option<i32>,
    pub(super) slug: String,
}

/// The objects that the records mean, by the keys of the records.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) shows: HashMap<Key, Object>,
    pub(super) seasons: HashMap<Key, Object>,
    pub(super) episodes: HashMap<Key, Object>,
    pub(super) people: HashMap<Key, Object>,
    pub(super) characters: HashMap<Key, Object>,
    /// The codes of the shows.
    pub(super) codes: HashMap<Key, String>,
    /// The numbers of specials that the source does not number.
    pub(super) numbers: HashMap<Key, u32>,
    /// The objects with the ids of the records.
    ids: Ids,
    /// The slugs of the sources that these ids came from.
    sources: HashMap<IdKey, String>,
}

/// Objects by external id.
type Ids = HashMap<IdKey, (subject::Kind, i32)>;

/// What no two ids have in common.
type IdKey = (Authority, Option<Kind>, String);

impl Objects {
    /// Finds the objects. Records without one get a new one, and candidates.
    pub(super) async fn find(
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<Self, NotChanged> {
        let (ids, sources) = read_ids(tx, records).await?;
        let mut objects = Self { ids, sources, ..Self::default() };
        objects.find_shows(tx, records, adopted).await?;
        objects.find_seasons(tx, records, adopted).await?;
        objects.find_episodes(tx, records, adopted).await?;
        objects.find_people(tx, records, adopted).await?;
        objects.find_characters(tx, records, adopted).await?;
        Ok(objects)
    }

    /// The object with an id.
    pub(super) fn with_id(&self, id: &Id) -> Option<(subject::Kind, i32)> {
        self.ids.get(&owned(external_id::key(id.authority, id.kind, &id.value))).copied()
    }

    /// The slug of the source that an id came from, if an object has it and no person gave it.
    pub(super) fn source_of(&self, id: &Id) -> Option<&str> {
        self.sources.get(&owned(external_id::key(id.authority, id.kind, &id.value))).map(String::as_str)
    }

    /// The object of this table that has one of the ids. The first id counts; another object with a later id is reported.
    fn identified(&self, key: &Key, ids: &[Id], of: subject::Kind, adopted: &mut Adopted) -> Option<i32> {
        let found = ids.iter().filter_map(|id| Some((id, self.with_id(id)?)));
        let mut found = found.filter(|(_, (kind, _))| *kind == of);
        let (first, (_, object)) = found.next()?;
        for (other, (_, another)) in found.filter(|(_, (_, another))| *another != object) {
            adopted.remarks.insert(format!(
                "{key} has the ids of two objects, {:?} {} and {:?} {} (number {another}); merge them if they are the same",
                first.authority, first.value, other.authority, other.value
            ));
        }
        Some(object)
    }

    async fn find_shows(
        &mut self,
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<(), DbErr> {
        for record in &records.shows {
            let ids = ids(&record.about.ids, Some(record.format));
            let mut id = self.identified(&record.key, &ids, subject::Kind::Show, adopted);
            if id.is_none() {
                id = candidate::shows(tx, record, adopted).await?;
            }
            let slug = match id {
                Some(id) => show::Entity::find_by_id(id).one(tx).await?.map(|row| row.slug),
                None => None,
            };
            self.shows.insert(record.key.clone(), Object { id, slug: slug.unwrap_or_default() });
        }
        Ok(())
    }

    async fn find_seasons(
        &mut self,
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<(), DbErr> {
        for record in &records.seasons {
            let Some(show) = self.shows.get(&record.show).cloned() else { continue };
            let ids = ids(&record.about.ids, None);
            let by_id = self.identified(&record.key, &ids, subject::Kind::Season, adopted);
            let row = match (by_id, show.id) {
                (Some(id), _) => season::Entity::find_by_id(id).one(tx).await?,
                // A show has each season once.
                (None, Some(show)) => {
                    let of = season::Entity::find().filter(season::Column::ShowId.eq(show));
                    of.filter(season::Column::Number.eq(record.number)).one(tx).await?
                }
                (None, None) => None,
            };
            let object = row.map_or_else(Object::default, |row| Object { id: Some(row.id), slug: row.slug });
            self.seasons.insert(record.key.clone(), object);
        }
        Ok(())
    }

    async fn find_episodes(
        &mut self,
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<(), DbErr> {
        for record in &records.episodes {
            let Some(season) = self.seasons.get(&record.season).cloned() else { continue };
            let ids = ids(&record.about.ids, None);
            let by_id = self.identified(&record.key, &ids, subject::Kind::Episode, adopted);
            let row = match (by_id, season.id) {
                (Some(id), _) => episode::Entity::find_by_id(id).one(tx).await?,
                (None, Some(season)) if !record.unnumbered => {
                    let of = episode::Entity::find().filter(episode::Column::SeasonId.eq(season));
                    let row = of.filter(episode::Column::Number.eq(record.number)).one(tx).await?;
                    match row {
                        // An episode with another id of the same source is another one.
                        Some(row) if has_other_id(tx, row.id, &ids).await? => {
                            adopted.remarks.insert(format!(
                                "{} {:?} was left out: its number is that of {:?}, which has another id at the source",
                                record.key, record.title, row.slug
                            ));
                            continue;
                        }
                        row => row,
                    }
                }
                _ => None,
            };
            let object = row.map_or_else(Object::default, |row| Object { id: Some(row.id), slug: row.slug });
            self.episodes.insert(record.key.clone(), object);
        }
        Ok(())
    }

    async fn find_people(
        &mut self,
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<(), DbErr> {
        let shows: Vec<i32> = self.shows.values().filter_map(|show| show.id).collect();
        for record in &records.people {
            let ids = ids(&record.about.ids, None);
            let mut id = self.identified(&record.key, &ids, subject::Kind::Person, adopted);
            if id.is_none() {
                id = candidate::people(tx, record, &shows, adopted).await?;
            }
            let slug = match id {
                Some(id) => person::Entity::find_by_id(id).one(tx).await?.map(|row| row.slug),
                None => None,
            };
            self.people.insert(record.key.clone(), Object { id, slug: slug.unwrap_or_default() });
        }
        Ok(())
    }

    async fn find_characters(
        &mut self,
        tx: &DatabaseTransaction,
        records: &Records,
        adopted: &mut Adopted,
    ) -> Result<(), NotChanged> {
        for record in &records.characters {
            let ids = ids(&record.about.ids, None);
            let mut id = self.identified(&record.key, &ids, subject::Kind::Character, adopted);
            if id.is_none() {
                let credited = self.credited(tx, record, records).await?;
                let decided = decision::same(tx, subject::Kind::Character.into(), record.key.as_str()).await?;
                if let (Some(credited), Some(decided)) = (credited, decided) {
                    decision::unite(tx, subject::Kind::Character.into(), credited, decided).await?;
                }
                id = decided.or(credited);
            }
            if id.is_none() {
                let show = record.show.as_ref().and_then(|show| self.shows.get(show)).and_then(|show| show.id);
                id = candidate::characters(tx, record, show, adopted).await?;
            }
            let slug = match id {
                Some(id) => character::Entity::find_by_id(id).one(tx).await?.map(|row| row.slug),
                None => None,
            };
            self.characters.insert(record.key.clone(), Object { id, slug: slug.unwrap_or_default() });
        }
        Ok(())
    }

    /// The character under this name that one of the same people plays in the same show: the same role, and no likeness of
    /// names.
    async fn credited(
        &self,
        tx: &DatabaseTransaction,
        record: &source::Character,
        records: &Records,
    ) -> Result<Option<i32>, DbErr> {
        let Some(show) = record.show.as_ref().and_then(|show| self.shows.get(show)).and_then(|show| show.id) else {
            return Ok(None);
        };
        let people = records.credits.iter().filter(|credit| credit.character.as_ref() == Some(&record.key));
        let people: Vec<i32> = people.filter_map(|credit| self.people.get(&credit.person)?.id).collect();
        if people.is_empty() {
            return Ok(None);
        }
        let of = credit::Entity::find()
            .filter(credit::Column::ShowId.eq(show))
            .filter(credit::Column::PersonId.is_in(people))
            .filter(credit::Column::CharacterId.is_not_null());
        let roles: Vec<Option<i32>> = of.select_only().column(credit::Column::CharacterId).into_tuple().all(tx).await?;
        let named = character::Entity::find()
            .filter(character::Column::Id.is_in(roles.into_iter().flatten()))
            .filter(character::Column::NameKey.eq(name_key(&record.name)));
        Ok(named.one(tx).await?.map(|row| row.id))
    }
}

/// Whether an episode has an id of the same authority as one of `ids`, but another.
async fn has_other_id(tx: &DatabaseTransaction, episode: i32, ids: &[Id]) -> Result<bool, DbErr> {
    let there = external_id::Entity::find().filter(external_id::Column::EpisodeId.eq(episode)).all(tx).await?;
    let differs = |id: &Id| {
        let mut same = there.iter().filter(|row| row.authority == id.authority).peekable();
        same.peek().is_some() && same.all(|row| row.value != id.value)
    };
    Ok(ids.first().is_some_and(differs))
}

/// An external id as the database has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Id {
    pub(super) authority: Authority,
    pub(super) kind: Kind,
    pub(super) value: String,
}

/// The ids of a record that the database can hold. `format` is that of a show.
pub(super) fn ids(given: &[ExternalId], format: Option<show::Format>) -> Vec<Id> {
    let id = |id: &ExternalId| {
        let authority = match id.authority {
            source::Authority::Tvmaze => Authority::Tvmaze,
            source::Authority::Tmdb => Authority::Tmdb,
            source::Authority::Imdb => Authority::Imdb,
            source::Authority::Wikidata => Authority::Wikidata,
            source::Authority::Tvdb => Authority::Tvdb,
            source::Authority::Tvrage => Authority::Tvrage,
        };
        let kind = match id.kind {
            IdKind::Franchise => return None,
            IdKind::Show if authority.gives_ids_once() && format == Some(show::Format::Film) => Kind::Film,
            IdKind::Show => Kind::Series,
            IdKind::Film => Kind::Film,
            IdKind::Season => Kind::Season,
            IdKind::Episode => Kind::Episode,
            IdKind::Person => Kind::Person,
            IdKind::Character => Kind::Character,
        };
        authority.admits(kind, &id.value).then(|| Id { authority, kind, value: id.value.clone() })
    };
    given.iter().filter_map(id).collect()
}

/// The objects with ids of the records, and with ids that the source has merged into those; and the sources of the ids.
async fn read_ids(tx: &DatabaseTransaction, records: &Records) -> Result<(Ids, HashMap<IdKey, String>), DbErr> {
    let abouts = records.shows.iter().map(|record| &record.about);
    let abouts = abouts.chain(records.seasons.iter().map(|record| &record.about));
    let abouts = abouts.chain(records.episodes.iter().map(|record| &record.about));
    let abouts = abouts.chain(records.people.iter().map(|record| &record.about));
    let abouts = abouts.chain(records.characters.iter().map(|record| &record.about));
    let mut values: Vec<String> = abouts.flat_map(|about| about.ids.iter().map(|id| id.value.clone())).collect();
    values.extend(records.merged.iter().map(|merged| merged.from.value.clone()));
    values.sort_unstable();
    values.dedup();
    let (mut found, mut sources) = (Ids::new(), HashMap::new());
    for values in values.chunks(CHUNK) {
        let rows = external_id::Entity::find().find_also_related(entity::source::Entity);
        for (row, source) in rows.filter(external_id::Column::Value.is_in(values)).all(tx).await? {
            let key = owned(external_id::key(row.authority, row.kind, &row.value));
            if let Some(source) = source {
                sources.insert(key.clone(), source.slug);
            }
            found.insert(key, (row.of_kind, row.of_id));
        }
    }
    // What was merged at the source has the id that it had before.
    for merged in &records.merged {
        let (Some(from), Some(into)) =
            (ids(std::slice::from_ref(&merged.from), None).pop(), ids(std::slice::from_ref(&merged.into), None).pop())
        else {
            continue;
        };
        let key = |id: &Id| owned(external_id::key(id.authority, id.kind, &id.value));
        if let Some(object) = found.get(&key(&from)).copied() {
            found.entry(key(&into)).or_insert(object);
        }
    }
    Ok((found, sources))
}

fn owned((authority, kind, value): (Authority, Option<Kind>, &str)) -> (Authority, Option<Kind>, String) {
    (authority, kind, value.to_owned())
}
