//! Writes the records of a data set to the database: inserts new rows and updates changed ones, in one transaction.

mod slug_tables;
mod aliases;
mod links;
mod credits;
mod platforms;
mod media;
mod sources;
mod notes;
mod upsert;

use std::collections::HashMap;

use entity::subject::Kind;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};

use super::{
    DataSet, Summary,
    data_set::{CreditKey, SubjectKey},
    summary::{Leftovers, TableCounts},
};
use crate::store::at_once;

/// Writes a data set in one transaction.
///
/// # Errors
///
/// If the database fails. Then nothing is changed.
pub async fn apply(db: &DatabaseConnection, set: &DataSet, leftovers: Leftovers) -> Result<Summary, DbErr> {
    let tx = db.begin_with_options(at_once()).await?;
    let tallies = write(&tx, set, leftovers).await?;
    tx.commit().await?;
    Ok(Summary { tallies, leftovers })
}

/// Writes all tables, in an order in which each row refers only to rows that are already written.
async fn write(
    tx: &DatabaseTransaction,
    set: &DataSet,
    leftovers: Leftovers,
) -> Result<Vec<(&'static str, TableCounts)>, DbErr> {
    let mut ids = Ids::default();
    let franchises = slug_tables::write(tx, &set.franchises, &mut ids).await?;
    let shows = slug_tables::write(tx, &set.shows, &mut ids).await?;
    let seasons = slug_tables::write(tx, &set.seasons, &mut ids).await?;
    credits::release(tx, &set.episodes, &ids).await?;
    let episodes = slug_tables::write(tx, &set.episodes, &mut ids).await?;
    let people = slug_tables::write(tx, &set.people, &mut ids).await?;
    let characters = slug_tables::write(tx, &set.characters, &mut ids).await?;
    let aliases = aliases::write(tx, set, &ids).await?;
    let (show_links, character_links) = links::write(tx, set, &ids, leftovers).await?;
    let (credits, appearances) = credits::write(tx, &set.credits, &ids, leftovers).await?;
    platforms::keep_countries(tx, &set.territories).await?;
    let territories = slug_tables::write(tx, &set.territories, &mut ids).await?;
    let territory_parts = platforms::territory_parts(tx, &set.territories, &ids).await?;
    platforms::keep_identity(tx, &set.platform_names).await?;
    let platforms = slug_tables::write(tx, &platforms::platforms(&set.platform_names), &mut ids).await?;
    let platform_names = slug_tables::write(tx, &set.platform_names, &mut ids).await?;
    platforms::remove_nameless(tx).await?;
    let homes = platforms::homes(tx, &set.homes, &ids, leftovers).await?;
    let availability = slug_tables::write(tx, &set.availability, &mut ids).await?;
    let offers = slug_tables::write(tx, &set.offers, &mut ids).await?;
    let funding = slug_tables::write(tx, &set.funding, &mut ids).await?;
    let media = slug_tables::write(tx, &set.media, &mut ids).await?;
    let sources = slug_tables::write(tx, &set.sources, &mut ids).await?;
    let subjects = sources::subjects(tx, &set.subjects, &mut ids).await?;
    let claims = sources::claims(tx, &set.claims, &mut ids).await?;
    let citations = sources::citations(tx, &set.citations, &ids, leftovers).await?;
    let episode_records = notes::episode_records(tx, &set.episode_records, &ids).await?;
    let notes = notes::notes(tx, &set.notes, &ids).await?;
    Ok(vec![
        ("franchises", franchises),
        ("shows", shows),
        ("seasons", seasons),
        ("episodes", episodes),
        ("people", people),
        ("characters", characters),
        ("aliases", aliases),
        ("show links", show_links),
        ("character links", character_links),
        ("credits", credits),
        ("appearances", appearances),
        ("territory rows", territories),
        ("territory parts", territory_parts),
        ("platforms", platforms),
        ("platform names", platform_names),
        ("homes", homes),
        ("availability rows", availability),
        ("offers", offers),
        ("funding rows", funding),
        ("media rows", media),
        ("sources", sources),
        ("subjects", subjects),
        ("claims", claims),
        ("citations", citations),
        ("episode records", episode_records),
        ("notes", notes),
    ])
}

/// The ids of the rows in the database, by slug.
#[derive(Default)]
struct Ids {
    franchises: HashMap<String, i32>,
    shows: HashMap<String, i32>,
    seasons: HashMap<String, i32>,
    episodes: HashMap<String, i32>,
    people: HashMap<String, i32>,
    characters: HashMap<String, i32>,
    territories: HashMap<String, i32>,
    platforms: HashMap<String, i32>,
    platform_names: HashMap<String, i32>,
    availability: HashMap<String, i32>,
    offers: HashMap<String, i32>,
    funding: HashMap<String, i32>,
    media: HashMap<String, i32>,
    sources: HashMap<String, i32>,
    claims: HashMap<String, i32>,
    subjects: HashMap<SubjectKey, i32>,
    credits: HashMap<CreditKey, i32>,
}

impl Ids {
    /// The ids of a table, if its rows have slugs.
    fn of(&self, kind: Kind) -> Option<&HashMap<String, i32>> {
        match kind {
            Kind::Franchise => Some(&self.franchises),
            Kind::Show => Some(&self.shows),
            Kind::Season => Some(&self.seasons),
            Kind::Episode => Some(&self.episodes),
            Kind::Person => Some(&self.people),
            Kind::Character => Some(&self.characters),
            Kind::Platform => Some(&self.platforms),
            Kind::Territory => Some(&self.territories),
            Kind::Availability => Some(&self.availability),
            Kind::Offer => Some(&self.offers),
            Kind::Funding => Some(&self.funding),
            Kind::Media => Some(&self.media),
            Kind::Credit | Kind::ShowLink | Kind::CharacterLink => None,
        }
    }
}

/// The id of the row `slug`. In a checked set every reference has its row.
fn id(ids: &HashMap<String, i32>, slug: &str) -> Result<i32, DbErr> {
    ids.get(slug).copied().ok_or_else(|| missing(slug))
}

/// The id of the row `slug`, if there is a slug.
fn maybe_id(ids: &HashMap<String, i32>, slug: Option<&str>) -> Result<Option<i32>, DbErr> {
    slug.map(|slug| id(ids, slug)).transpose()
}

fn missing(name: &str) -> DbErr {
    DbErr::RecordNotFound(format!("{name} was not written before it was needed"))
}
