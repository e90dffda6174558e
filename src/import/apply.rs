//! Writes the records of a data set to the database: inserts new rows and updates changed ones, in one transaction.

mod slug_tables;
mod aliases;
mod links;
mod credits;
mod platforms;
mod media;
mod sources;
mod notes;
mod external_ids;
mod upsert;

use std::collections::{HashMap, HashSet};

use entity::{field_lock, subject::Kind};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

use super::{
    DataSet, Summary,
    data_set::{CreditKey, SubjectKey},
    renamed::Renamed,
    summary::Leftovers,
};

/// Writes all tables within a transaction, in an order in which each row refers only to rows that are already written.
///
/// # Errors
///
/// If the database fails. Then the transaction must be rolled back.
pub async fn write(tx: &DatabaseTransaction, set: &DataSet, leftovers: Leftovers) -> Result<Summary, DbErr> {
    let renamed = Renamed::read(tx).await?.apply(set);
    let set = renamed.as_ref().unwrap_or(set);
    let mut ids = Ids { locked: locked(tx, leftovers).await?, ..Ids::default() };
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
    let external_ids = external_ids::write(tx, set, &ids, leftovers).await?;
    let tallies = vec![
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
        ("external ids", external_ids),
    ];
    Ok(Summary { tallies, leftovers, locked: Vec::new() })
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
    /// Credits and links with a lock, by kind, which no import removes.
    locked: HashSet<(Kind, i32)>,
}

/// The objects with a lock, if rows that are missing from the set are to be removed.
async fn locked(tx: &DatabaseTransaction, leftovers: Leftovers) -> Result<HashSet<(Kind, i32)>, DbErr> {
    if leftovers == Leftovers::Keep {
        return Ok(HashSet::new());
    }
    let all = field_lock::Entity::find().all(tx).await?;
    Ok(all.into_iter().filter_map(|lock| Some((Kind::try_from(lock.kind).ok()?, lock.row_id))).collect())
}

impl Ids {
    /// Whether an import may remove a row.
    fn is_free(&self, kind: Kind, id: i32) -> bool {
        !self.locked.contains(&(kind, id))
    }

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
