//! Territories, platforms and their names, and where seasons can be watched.

use std::collections::{HashMap, HashSet};

use entity::{availability, home, offer, platform, platform_name, subject::Kind, territory, territory_part};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set, Unchanged,
};

use super::{
    Ids, id, maybe_id,
    slug_tables::Named,
    upsert::{find, remove, upsert},
};
use crate::import::{
    data_set::{Availability, Home, Offer, PlatformName, Territory},
    summary::{Leftovers, TableCounts},
};

/// A platform with all its names, identified by the slug of the first name.
#[derive(Clone)]
pub(super) struct Platform {
    slug: String,
}

/// The platforms with these slugs.
pub(super) fn platforms(slugs: &[String]) -> Vec<Platform> {
    slugs.iter().map(|slug| Platform { slug: slug.clone() }).collect()
}

/// Updates the slugs of platforms that are in the database under one of their names, so that a new first name in the
/// set does not create a second platform.
pub(super) async fn keep_identity(tx: &DatabaseTransaction, names: &[PlatformName]) -> Result<(), DbErr> {
    let slugs = names.iter().map(|name| name.slug.as_str());
    let known = find::<platform_name::Entity>(tx, platform_name::Column::Slug, slugs).await?;
    let known: HashMap<&str, i32> = known.iter().map(|row| (row.slug.as_str(), row.platform_id)).collect();
    let slugs = names.iter().map(|name| name.platform.as_str());
    let there = find::<platform::Entity>(tx, platform::Column::Slug, slugs).await?;
    let mut there: HashSet<String> = there.into_iter().map(|row| row.slug).collect();
    for name in names {
        let Some(number) = known.get(name.slug.as_str()) else { continue };
        if there.insert(name.platform.clone()) {
            let row = platform::ActiveModel { id: Unchanged(*number), slug: Set(name.platform.clone()) };
            platform::Entity::update(row).exec(tx).await?;
        }
    }
    Ok(())
}

/// Updates the slugs of countries that are in the database under their code. Two countries may have swapped slugs.
pub(super) async fn keep_countries(tx: &DatabaseTransaction, territories: &[Territory]) -> Result<(), DbErr> {
    let countries = || territories.iter().filter_map(|country| Some((country.iso_3166.as_deref()?, &country.slug)));
    let slugs: HashMap<&str, &String> = countries().collect();
    let known = find::<territory::Entity>(tx, territory::Column::Iso3166, slugs.keys().copied()).await?;
    let slug_of = |row: &territory::Model| slugs.get(row.iso_3166.as_deref()?).map(|slug| (*slug).clone());
    let moved = || known.iter().filter(|row| slug_of(row).is_some_and(|slug| slug != row.slug));
    for row in moved() {
        // A temporary slug; real ones contain no space.
        rename(tx, row, format!("moved {}", row.id)).await?;
    }
    for row in moved() {
        if let Some(slug) = slug_of(row) {
            rename(tx, row, slug).await?;
        }
    }
    Ok(())
}

async fn rename(tx: &DatabaseTransaction, row: &territory::Model, slug: String) -> Result<(), DbErr> {
    let row = territory::ActiveModel { id: Unchanged(row.id), slug: Set(slug), ..Default::default() };
    territory::Entity::update(row).exec(tx).await.map(drop)
}

/// Removes platforms without names, which have all moved to other platforms.
pub(super) async fn remove_nameless(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let named = platform_name::Entity::find().select_only().column(platform_name::Column::PlatformId).into_query();
    platform::Entity::delete_many().filter(platform::Column::Id.not_in_subquery(named)).exec(tx).await.map(drop)
}

/// Writes the countries that each group includes and excludes, and removes those that are missing from the set.
pub(super) async fn territory_parts(
    tx: &DatabaseTransaction,
    territories: &[Territory],
    ids: &Ids<'_>,
) -> Result<TableCounts, DbErr> {
    let mut parts = Vec::new();
    for territory in territories {
        let group = id(&ids.territories, &territory.slug)?;
        for (excluded, countries) in [(0, &territory.includes), (1, &territory.excludes)] {
            for country in countries {
                parts.push((group, id(&ids.territories, country)?, excluded));
            }
        }
    }
    let groups = ids.territories.values().copied();
    let rows = find::<territory_part::Entity>(tx, territory_part::Column::GroupId, groups).await?;
    let there = rows.into_iter().map(|row| ((row.group_id, row.country_id), row)).collect();
    let key = |part: &(i32, i32, i32)| Ok((part.0, part.1));
    let (mut tally, gone) = upsert::<territory_part::Entity, _, _>(tx, &parts, there, key, |part, row| {
        row.group_id.set_ne(part.0);
        row.country_id.set_ne(part.1);
        row.excluded.set_ne(part.2);
        Ok(())
    })
    .await?;
    tally.changed += std::mem::take(&mut tally.left_over);
    for gone in gone {
        territory_part::Entity::delete_by_id((gone.group_id, gone.country_id)).exec(tx).await?;
    }
    Ok(tally)
}

/// Writes the platforms that shows and seasons were made for.
pub(super) async fn homes(
    tx: &DatabaseTransaction,
    homes: &[Home],
    ids: &Ids<'_>,
    leftovers: Leftovers,
) -> Result<TableCounts, DbErr> {
    let rows = find::<home::Entity>(tx, home::Column::ShowId, ids.all(Kind::Show)).await?;
    let there = rows.into_iter().map(|row| ((row.show_id, row.season_id), row)).collect();
    let key =
        |home: &Home| Ok((ids.named(Kind::Show, &home.show)?, ids.maybe_named(Kind::Season, home.season.as_deref())?));
    let (tally, gone) = upsert::<home::Entity, _, _>(tx, homes, there, key, |home, row| {
        let (show, season) = key(home)?;
        row.show_id.set_ne(show);
        row.season_id.set_ne(season);
        row.platform_name_id.set_ne(id(&ids.platform_names, &home.platform_name)?);
        Ok(())
    })
    .await?;
    if leftovers == Leftovers::Remove {
        remove::<home::Entity>(tx, home::Column::Id, gone.iter().map(|row| row.id)).await?;
    }
    Ok(tally)
}

impl Named for Territory {
    type Entity = territory::Entity;

    const SLUG: territory::Column = territory::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &territory::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut territory::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.name.set_ne(self.name.clone());
        row.kind.set_ne(self.kind);
        row.iso_3166.set_ne(self.iso_3166.clone());
        row.everywhere.set_ne(i32::from(self.everywhere));
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}

impl Named for Platform {
    type Entity = platform::Entity;

    const SLUG: platform::Column = platform::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &platform::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut platform::ActiveModel, _: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        Ok(())
    }
}

impl Named for PlatformName {
    type Entity = platform_name::Entity;

    const SLUG: platform_name::Column = platform_name::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &platform_name::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut platform_name::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.platform_id.set_ne(id(&ids.platforms, &self.platform)?);
        row.name.set_ne(self.name.clone());
        row.kind.set_ne(self.kind);
        row.territory_id.set_ne(maybe_id(&ids.territories, self.territory.as_deref())?);
        row.owner.set_ne(self.owner.clone());
        row.launched_on.set_ne(self.launched_on.clone());
        row.named_on.set_ne(self.named_on.clone());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}

impl Named for Availability {
    type Entity = availability::Entity;

    const SLUG: availability::Column = availability::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &availability::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut availability::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.show_id.set_ne(ids.named(Kind::Show, &self.show)?);
        row.season_id.set_ne(ids.maybe_named(Kind::Season, self.season.as_deref())?);
        row.platform_name_id.set_ne(id(&ids.platform_names, &self.platform_name)?);
        row.territory_id.set_ne(id(&ids.territories, &self.territory)?);
        row.starts_on.set_ne(self.starts_on.clone());
        row.exclusive.set_ne(self.exclusive.map(i32::from));
        row.cadence.set_ne(self.cadence.clone());
        row.delay.set_ne(self.delay.clone());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}

impl Named for Offer {
    type Entity = offer::Entity;

    const SLUG: offer::Column = offer::Column::Slug;

    fn slug(&self) -> &str {
        &self.slug
    }

    fn names(row: &offer::Model) -> (&str, i32) {
        (&row.slug, row.id)
    }

    fn fill(&self, row: &mut offer::ActiveModel, ids: &Ids<'_>) -> Result<(), DbErr> {
        row.slug.set_ne(self.slug.clone());
        row.platform_name_id.set_ne(id(&ids.platform_names, &self.platform_name)?);
        row.territory_id.set_ne(id(&ids.territories, &self.territory)?);
        row.plan.set_ne(self.plan.clone());
        row.price.set_ne(self.price);
        row.currency.set_ne(self.currency.clone());
        row.period.set_ne(self.period);
        row.trial.set_ne(self.trial.clone());
        row.as_of.set_ne(self.as_of.clone());
        row.note.set_ne(self.note.clone());
        Ok(())
    }
}
