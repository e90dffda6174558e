//! Which value a field shows, when a source, other sources and people have said different things.
//!
//! castgraph remembers the last value of each source, and the one that an import wrote into the field. Any other value in the
//! field was set by a person, and stays, even if a source says the same. Of several sources the one with the highest rank is
//! shown, so that the order of the runs does not matter.

use std::collections::{BTreeMap, HashMap};

use entity::{source_value, subject::Kind};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Set, sea_query::Value,
};

use super::{CHUNK, Plan, identity::Objects};
use crate::{
    change::{compose::Cells, recording::statement, table},
    source::Authority,
};

/// The values that sources gave.
pub(super) struct Said {
    authority: &'static str,
    rank: Vec<&'static str>,
    rows: HashMap<(Kind, i32), BTreeMap<String, Vec<source_value::Model>>>,
    /// The values of this run, by table and slug.
    new: BTreeMap<(i32, String), BTreeMap<&'static str, Noted>>,
    /// The slug of the source of this run.
    pub(super) source: String,
}

/// What this run says of a field.
#[derive(Clone, Debug)]
struct Noted {
    /// The value of the source.
    value: String,
    /// What the run writes into the field; `None` if it leaves it as it is.
    written: Option<Written>,
}

/// A value to write into a field.
#[derive(Clone, Debug)]
struct Written {
    /// The authority whose value it is.
    authority: String,
    value: String,
    /// The value in the field so far.
    before: String,
}

/// What to do with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The value to show.
    pub(super) value: String,
    /// Whether a person set it.
    pub(super) is_curated: bool,
    /// Whether no source has a value any more, and that of an earlier run stays.
    pub(super) is_gone: bool,
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

    /// The place of this source in the order of the sources, from 1.
    pub(super) fn rank(&self) -> i32 {
        let place = self.rank.iter().position(|known| *known == self.authority).unwrap_or(self.rank.len());
        i32::try_from(place).unwrap_or_default() + 1
    }

    /// The name of this source as it is shown.
    pub(super) fn authority_name(&self) -> &'static str {
        self.authority.parse().map_or(self.authority, Authority::name)
    }

    /// What this source said of a field before.
    pub(super) fn before(&self, kind: Kind, id: Option<i32>, field: &str) -> Option<&str> {
        let rows = self.rows.get(&(kind, id?))?.get(field)?;
        rows.iter().find(|row| row.authority == self.authority).map(|row| row.value.as_str())
    }

    /// Whether the source of this run has a higher rank than another, given by its slug.
    pub(super) fn outranks(&self, source: &str) -> bool {
        let of = |rank: &str| source.strip_prefix(rank).is_some_and(|rest| rest.starts_with('-'));
        let place = |is_it: &dyn Fn(&str) -> bool| self.rank.iter().position(|authority| is_it(authority));
        match (place(&|authority| authority == self.authority), place(&of)) {
            (Some(own), Some(other)) => own < other,
            _ => false,
        }
    }

    /// Chooses the value of a field whose present value is `shown`, now that the source says `new`.
    pub(super) fn choose(
        &mut self,
        (kind, id, slug): (Kind, Option<i32>, &str),
        field: &'static str,
        shown: &str,
        new: &str,
    ) -> Choice {
        let known = id.and_then(|id| self.rows.get(&(kind, id))?.get(field));
        let known = known.map(Vec::as_slice).unwrap_or_default();
        let mut written = known.iter().filter_map(|row| row.written.as_deref());
        // Somebody has set a value, or emptied the field.
        let is_curated =
            if shown.is_empty() { written.next().is_some() } else { !written.any(|written| written == shown) };
        let others = known.iter().filter(|row| row.authority != self.authority);
        let others = others.map(|row| (row.authority.as_str(), row.value.as_str(), row.source.as_str()));
        let mut values: Vec<(&str, &str, &str)> =
            std::iter::once((self.authority, new, self.source.as_str())).chain(others).collect();
        values.retain(|(_, value, _)| !value.is_empty());
        let rank = |authority: &str| self.rank.iter().position(|known| *known == authority).unwrap_or(self.rank.len());
        values.sort_by_key(|(authority, ..)| (rank(authority), *authority));
        let best = values.first().map(|(authority, value, _)| ((*authority).to_owned(), (*value).to_owned()));
        let disagree = values.iter().any(|(_, value, _)| best.as_ref().is_some_and(|(_, best)| best != value));
        let owned = |(authority, value, source): &(&str, &str, &str)| {
            ((*authority).to_owned(), (*value).to_owned(), (*source).to_owned())
        };
        let disagreeing = if disagree { values.iter().map(owned).collect() } else { Vec::new() };
        let is_gone = best.is_none() && !is_curated && !shown.is_empty();
        let written = best.filter(|_| !is_curated);
        let written = written.map(|(authority, value)| Written { authority, value, before: shown.to_owned() });
        let value = written.as_ref().map_or(shown, |written| written.value.as_str()).to_owned();
        self.new
            .entry((kind.into(), slug.to_owned()))
            .or_default()
            .insert(field, Noted { value: new.to_owned(), written });
        Choice { value, is_curated, is_gone, disagreeing }
    }

    /// Remembers what the source says of a list, to which each source adds.
    pub(super) fn note(&mut self, kind: Kind, slug: &str, field: &'static str, value: &str) {
        let noted = Noted { value: value.to_owned(), written: None };
        self.new.entry((kind.into(), slug.to_owned())).or_default().insert(field, noted);
    }

    /// Forgets what the source says of a field, or of the whole object, because it was left out.
    pub(super) fn forget(&mut self, kind: i32, slug: &str, field: Option<&str>) {
        let key = (kind, slug.to_owned());
        match (field, self.new.get_mut(&key)) {
            (Some(field), Some(fields)) => drop(fields.remove(field)),
            _ => drop(self.new.remove(&key)),
        }
    }

    /// Stores the values of this run. `shown` are the cells of the changed objects after it, by table and slug.
    pub(super) async fn keep(
        &self,
        tx: &DatabaseTransaction,
        shown: &HashMap<(i32, String), Cells>,
    ) -> Result<(), DbErr> {
        let mut added = Vec::new();
        for kind in [Kind::Show, Kind::Season, Kind::Episode, Kind::Person, Kind::Character] {
            let number = i32::from(kind);
            let of_kind = self.new.iter().filter(|((kind, _), _)| *kind == number);
            let slugs: Vec<&str> = of_kind.clone().map(|((_, slug), _)| slug.as_str()).collect();
            let ids = ids(tx, kind, &slugs).await?;
            for (key, fields) in of_kind {
                // A row that was left out has no id.
                let Some(id) = ids.get(&key.1).copied() else { continue };
                for (field, noted) in fields {
                    let written = noted.written.as_ref().and_then(|written| {
                        written.is_in(shown.get(key)?.get(*field).map(String::as_str).unwrap_or_default())
                    });
                    let known = self.rows.get(&(kind, id)).and_then(|known| known.get(*field));
                    let known = known.map(Vec::as_slice).unwrap_or_default();
                    for row in known {
                        self.renew(tx, row, noted, written).await?;
                    }
                    if noted.value.is_empty() || known.iter().any(|row| row.authority == self.authority) {
                        continue;
                    }
                    added.push(source_value::ActiveModel {
                        of_kind: Set(number),
                        of_id: Set(id),
                        field: Set((*field).to_owned()),
                        authority: Set(self.authority.to_owned()),
                        value: Set(noted.value.clone()),
                        source: Set(self.source.clone()),
                        written: Set(of_authority(written, self.authority)),
                        ..Default::default()
                    });
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

    /// Updates what is known of a field, if it differs.
    async fn renew(
        &self,
        tx: &DatabaseTransaction,
        row: &source_value::Model,
        noted: &Noted,
        written: Option<(&str, &str)>,
    ) -> Result<(), DbErr> {
        let mut renewed = row.clone().into_active_model();
        if row.authority == self.authority && row.value != noted.value {
            renewed.value = Set(noted.value.clone());
            renewed.source = Set(self.source.clone());
        }
        if written.is_some() {
            renewed.written.set_ne(of_authority(written, &row.authority));
        }
        if renewed.is_changed() {
            source_value::Entity::update(renewed).exec(tx).await?;
        }
        Ok(())
    }
}

impl Written {
    /// The authority and the value, if the field has the value now. The value may be spelt in another way there, and the
    /// field may be locked.
    fn is_in<'w>(&'w self, shown: &'w str) -> Option<(&'w str, &'w str)> {
        (shown == self.value || shown != self.before).then_some((self.authority.as_str(), shown))
    }
}

/// The written value, if it is that of this authority.
fn of_authority(written: Option<(&str, &str)>, authority: &str) -> Option<String> {
    written.filter(|(of, _)| *of == authority).map(|(_, value)| value.to_owned())
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
