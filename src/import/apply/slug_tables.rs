//! Writes tables whose rows have slugs.

use std::collections::HashMap;

use entity::{character, episode, franchise, name_key, person, season, show};
use sea_orm::{ActiveModelBehavior, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};

use super::{
    Ids, id,
    upsert::{find, upsert},
};
use crate::import::{
    data_set::{Character, Episode, Franchise, Person, Season, Show},
    summary::TableCounts,
};

/// A record of a table whose rows have slugs.
pub(super) trait Named {
    type Entity: EntityTrait<
            Model: IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>,
            ActiveModel: ActiveModelBehavior + Send,
        >;

    const SLUG: <Self::Entity as EntityTrait>::Column;

    fn slug(&self) -> &str;

    /// The slug and the id of a row.
    fn names(row: &<Self::Entity as EntityTrait>::Model) -> (&str, i32);

    /// The map for the ids of this table.
    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32>;

    fn fill(&self, row: &mut <Self::Entity as EntityTrait>::ActiveModel, ids: &Ids) -> Result<(), DbErr>;
}

/// Writes the records of one table, and adds the ids of their rows to `ids`.
pub(super) async fn write<R: Named>(
    tx: &DatabaseTransaction,
    records: &[R],
    ids: &mut Ids,
) -> Result<TableCounts, DbErr> {
    let rows = || find::<R::Entity>(tx, R::SLUG, records.iter().map(Named::slug));
    let there = rows().await?.into_iter().map(|row| (R::names(&row).0.to_owned(), row)).collect();
    let slug = |record: &R| Ok(record.slug().to_owned());
    let (tally, _) = upsert::<R::Entity, _, _>(tx, records, there, slug, |record, row| record.fill(row, ids)).await?;
    for row in rows().await? {
        let (slug, number) = R::names(&row);
        R::ids(ids).insert(slug.to_owned(), number);
    }
    Ok(tally)
}

impl Named for Franchise {
    type Entity = franchise::Entity;

    const SLUG: franchise::Column = franchise::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &franchise::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.franchises
    }

    fn fill(&self, row: &mut franchise::ActiveModel, _: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        Ok(())
    }
}

impl Named for Show {
    type Entity = show::Entity;

    const SLUG: show::Column = show::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &show::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.shows
    }

    fn fill(&self, row: &mut show::ActiveModel, ids: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.code.set_ne(self.code.clone());
        row.title.set_ne(self.title.clone());
        row.format.set_ne(self.format);
        row.medium.set_ne(self.medium);
        row.status.set_ne(self.status);
        row.premiered_on.set_ne(self.premiered_on.clone());
        row.ended_on.set_ne(self.ended_on.clone());
        row.franchise_id.set_ne(self.franchise.as_deref().map(|slug| id(&ids.franchises, slug)).transpose()?);
        row.title_key.set_ne(name_key(&self.title));
        Ok(())
    }
}

impl Named for Season {
    type Entity = season::Entity;

    const SLUG: season::Column = season::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &season::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.seasons
    }

    fn fill(&self, row: &mut season::ActiveModel, ids: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.number.set_ne(self.number);
        row.premiered_on.set_ne(self.premiered_on.clone());
        row.finale_on.set_ne(self.finale_on.clone());
        row.planned_episode_count.set_ne(self.planned_episode_count);
        row.guest_cast.set_ne(self.guest_cast);
        row.show_id.set_ne(id(&ids.shows, &self.show)?);
        Ok(())
    }
}

impl Named for Episode {
    type Entity = episode::Entity;

    const SLUG: episode::Column = episode::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &episode::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.episodes
    }

    fn fill(&self, row: &mut episode::ActiveModel, ids: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.number.set_ne(self.number);
        row.number_end.set_ne(self.number_end);
        row.title.set_ne(self.title.clone());
        row.aired_on.set_ne(self.aired_on.clone());
        row.guest_cast.set_ne(self.guest_cast);
        row.show_id.set_ne(id(&ids.shows, &self.show)?);
        row.season_id.set_ne(id(&ids.seasons, &self.season)?);
        row.title_key.set_ne(name_key(&self.title));
        Ok(())
    }
}

impl Named for Person {
    type Entity = person::Entity;

    const SLUG: person::Column = person::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &person::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.people
    }

    fn fill(&self, row: &mut person::ActiveModel, _: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        row.born.set_ne(self.born.clone());
        row.died.set_ne(self.died.clone());
        row.name_key.set_ne(name_key(&self.name));
        Ok(())
    }
}

impl Named for Character {
    type Entity = character::Entity;

    const SLUG: character::Column = character::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &character::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn ids(ids: &mut Ids) -> &mut HashMap<String, i32> {
        &mut ids.characters
    }

    fn fill(&self, row: &mut character::ActiveModel, _: &Ids) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        row.species.set_ne(self.species.clone());
        row.name_key.set_ne(name_key(&self.name));
        Ok(())
    }
}
