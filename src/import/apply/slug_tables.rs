//! Writes tables whose rows have slugs.

use std::collections::HashMap;

use entity::{character, episode, franchise, name_key, person, season, show, subject::Kind};
use sea_orm::{ActiveModelBehavior, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};

use super::{
    Ids, missing,
    upsert::{CHUNK, find, insert_numbered, is_empty, update},
};
use crate::import::{
    data_set::{Character, Episode, Franchise, Person, Record, Records, Season, Show},
    renamed::Renamed,
    summary::TableCounts,
};

/// A record of a table whose rows have slugs.
pub(super) trait Named: Send {
    type Entity: EntityTrait<
            Model: IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>,
            ActiveModel: ActiveModelBehavior + Send,
        >;

    const SLUG: <Self::Entity as EntityTrait>::Column;

    /// The number of the table in `redirect.kind`, if its objects can be renamed.
    const REDIRECTED: Option<i32> = None;

    fn slug(&self) -> &str;

    /// The slug and the id of a row.
    fn names(row: &<Self::Entity as EntityTrait>::Model) -> (&str, i32);

    fn fill(&self, row: &mut <Self::Entity as EntityTrait>::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr>;

    /// Replaces a former slug by the present one, and what goes with it.
    fn rename(&mut self, _: &Renamed) {}
}

/// Records by place.
pub(super) trait List<R>: Sync {
    fn at(&self, place: u32) -> Option<R>;

    fn slug_at(&self, place: u32) -> Option<String>;
}

impl<R: Record + Named + Sync> List<R> for Records<R> {
    fn at(&self, place: u32) -> Option<R> {
        self.get(place)
    }

    fn slug_at(&self, place: u32) -> Option<String> {
        self.slug(place).map(ToOwned::to_owned)
    }
}

impl<R: Named + Clone + Sync> List<R> for Vec<R> {
    fn at(&self, place: u32) -> Option<R> {
        self.get(place as usize).cloned()
    }

    fn slug_at(&self, place: u32) -> Option<String> {
        self.get(place as usize).map(|record| record.slug().to_owned())
    }
}

/// Writes the records of one table. Returns the ids of their rows by place.
///
/// Rows are updated before any is inserted, so that a new row may have what an old one gives up.
pub(super) async fn write<R: Named>(
    tx: &DatabaseTransaction,
    records: &impl List<R>,
    ids: &Ids<'_>,
) -> Result<(TableCounts, Vec<i32>), DbErr> {
    let mut tally = TableCounts::default();
    let mut numbers: Vec<i32> = Vec::new();
    let (mut new, mut renamed) = (Vec::new(), Vec::new());
    let dropped = ids.renamed.dropped(R::REDIRECTED, (0..).map_while(|place| records.slug_at(place)));
    let is_new = is_empty::<R::Entity>(tx).await?;
    let record_at = |place: u32| {
        let mut record = records.at(place)?;
        if !ids.renamed.is_empty() {
            record.rename(ids.renamed);
        }
        Some(record)
    };
    for from in (0..).step_by(CHUNK) {
        let batch: Vec<(u32, R)> = (from..).take(CHUNK).map_while(|place| Some((place, record_at(place)?))).collect();
        if batch.is_empty() {
            break;
        }
        numbers.resize(numbers.len() + batch.len(), 0);
        let slugs = batch.iter().map(|(_, record)| record.slug());
        let rows = if is_new { Vec::new() } else { find::<R::Entity>(tx, R::SLUG, slugs).await? };
        let mut there: HashMap<String, _> = rows.into_iter().map(|row| (R::names(&row).0.to_owned(), row)).collect();
        for (place, record) in batch {
            if dropped.contains(&place) {
                renamed.push((place, record.slug().to_owned()));
            } else if let Some(row) = there.remove(record.slug()) {
                if let Some(number) = numbers.get_mut(place as usize) {
                    *number = R::names(&row).1;
                }
                ids.count();
                update::<R::Entity>(tx, row, &mut tally, |row| record.fill(row, ids)).await?;
            } else {
                new.push(place);
            }
        }
    }
    tally.added = new.len();
    let added = insert_numbered::<R::Entity>(tx, new.len(), |at, row| {
        ids.count();
        let record = new.get(at).and_then(|place| record_at(*place));
        record.ok_or_else(|| missing("a record"))?.fill(row, ids)
    });
    for (place, id) in new.iter().zip(added.await?) {
        if let Some(number) = numbers.get_mut(*place as usize) {
            *number = id;
        }
    }
    for row in find::<R::Entity>(tx, R::SLUG, renamed.iter().map(|(_, slug)| slug.as_str())).await? {
        let (slug, id) = R::names(&row);
        for (place, _) in renamed.iter().filter(|(_, present)| present == slug) {
            if let Some(number) = numbers.get_mut(*place as usize) {
                *number = id;
            }
        }
    }
    Ok((tally, numbers))
}

impl Named for Franchise {
    type Entity = franchise::Entity;

    const SLUG: franchise::Column = franchise::Column::Slug;

    const REDIRECTED: Option<i32> = Some(1);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &franchise::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(1, &self.slug) {
            self.slug.clone_from(slug);
        }
    }

    fn fill(&self, row: &mut franchise::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        Ok(())
    }
}

impl Named for Show {
    type Entity = show::Entity;

    const SLUG: show::Column = show::Column::Slug;

    const REDIRECTED: Option<i32> = Some(2);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &show::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(2, &self.slug) {
            self.slug.clone_from(slug);
        }
        if let Some(code) = renamed.code(&self.slug) {
            self.code.clone_from(code);
        }
    }

    fn fill(&self, row: &mut show::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.code.set_ne(self.code.clone());
        row.title.set_ne(self.title.clone());
        row.format.set_ne(self.format);
        row.medium.set_ne(self.medium);
        row.status.set_ne(self.status);
        row.premiered_on.set_ne(self.premiered_on.clone());
        row.ended_on.set_ne(self.ended_on.clone());
        row.genres.set_ne(Some(self.genres.join("; ")).filter(|genres| !genres.is_empty()));
        row.language.set_ne(self.language.clone());
        row.runtime_minutes.set_ne(self.runtime_minutes);
        row.official_site.set_ne(self.official_site.clone());
        row.franchise_id.set_ne(ids.maybe_named(Kind::Franchise, self.franchise.as_deref())?);
        row.title_key.set_ne(name_key(&self.title));
        Ok(())
    }
}

impl Named for Season {
    type Entity = season::Entity;

    const SLUG: season::Column = season::Column::Slug;

    const REDIRECTED: Option<i32> = Some(3);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &season::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(3, &self.slug) {
            self.slug.clone_from(slug);
        }
        if let Some((_, number)) = renamed.number(&self.slug) {
            self.number = *number;
        }
    }

    fn fill(&self, row: &mut season::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.number.set_ne(self.number);
        row.premiered_on.set_ne(self.premiered_on.clone());
        row.finale_on.set_ne(self.finale_on.clone());
        row.planned_episode_count.set_ne(self.planned_episode_count);
        row.guest_cast.set_ne(self.guest_cast);
        row.show_id.set_ne(ids.named(Kind::Show, &self.show)?);
        Ok(())
    }
}

impl Named for Episode {
    type Entity = episode::Entity;

    const SLUG: episode::Column = episode::Column::Slug;

    const REDIRECTED: Option<i32> = Some(4);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &episode::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(4, &self.slug) {
            self.slug.clone_from(slug);
        }
        if let Some((Some(season), number)) = renamed.number(&self.slug) {
            self.season.clone_from(season);
            self.number = *number;
        }
    }

    fn fill(&self, row: &mut episode::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.number.set_ne(self.number);
        row.number_end.set_ne(self.number_end);
        row.title.set_ne(self.title.clone());
        row.aired_on.set_ne(self.aired_on.clone());
        row.guest_cast.set_ne(self.guest_cast);
        row.runtime_minutes.set_ne(self.runtime_minutes);
        row.show_id.set_ne(ids.named(Kind::Show, &self.show)?);
        row.season_id.set_ne(ids.named(Kind::Season, &self.season)?);
        row.title_key.set_ne(name_key(&self.title));
        Ok(())
    }
}

impl Named for Person {
    type Entity = person::Entity;

    const SLUG: person::Column = person::Column::Slug;

    const REDIRECTED: Option<i32> = Some(5);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &person::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(5, &self.slug) {
            self.slug.clone_from(slug);
        }
    }

    fn fill(&self, row: &mut person::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
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

    const REDIRECTED: Option<i32> = Some(6);

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &character::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn rename(&mut self, renamed: &Renamed) {
        if let Some(slug) = renamed.present(6, &self.slug) {
            self.slug.clone_from(slug);
        }
    }

    fn fill(&self, row: &mut character::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        row.species.set_ne(self.species.clone());
        row.name_key.set_ne(name_key(&self.name));
        Ok(())
    }
}
