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
mod owned;
mod pictures;
mod upsert;

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicU64, Ordering},
};

use entity::{field_lock, subject::Kind};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

use super::{DataSet, Summary, Watch, data_set::Subject, renamed::Renamed, summary::Leftovers};

/// Writes all tables within a transaction, in an order in which each row refers only to rows that are already written.
///
/// # Errors
///
/// If the database fails. Then the transaction must be rolled back.
pub async fn write(tx: &DatabaseTransaction, set: &DataSet, leftovers: Leftovers) -> Result<Summary, DbErr> {
    Box::pin(write_watched(tx, set, leftovers, &|_| {})).await
}

/// Like [`write()`], and reports the number of rows that are written or compared so far.
///
/// # Errors
///
/// Like [`write()`].
pub async fn write_watched(
    tx: &DatabaseTransaction,
    set: &DataSet,
    leftovers: Leftovers,
    watch: Watch<'_>,
) -> Result<Summary, DbErr> {
    let renamed = Renamed::read(tx, set).await?;
    let mut ids = Ids::new(set, &renamed, watch);
    ids.locked = locked(tx, leftovers).await?;
    let franchises = ids.write(tx, Kind::Franchise, &set.franchises).await?;
    let shows = ids.write(tx, Kind::Show, &set.shows).await?;
    let seasons = ids.write(tx, Kind::Season, &set.seasons).await?;
    credits::release(tx, &ids).await?;
    let episodes = ids.write(tx, Kind::Episode, &set.episodes).await?;
    let people = ids.write(tx, Kind::Person, &set.people).await?;
    let characters = ids.write(tx, Kind::Character, &set.characters).await?;
    let aliases = aliases::write(tx, &ids).await?;
    let show_links = links::show_links(tx, &mut ids, leftovers).await?;
    let character_links = links::character_links(tx, &mut ids, leftovers).await?;
    let (credits, appearances) = credits::write(tx, &mut ids, leftovers).await?;
    platforms::keep_countries(tx, &set.territories).await?;
    let territories = ids.write(tx, Kind::Territory, &set.territories).await?;
    ids.territories = by_slug(&ids, Kind::Territory, set.territories.iter().map(|row| &row.slug));
    let territory_parts = platforms::territory_parts(tx, &set.territories, &ids).await?;
    platforms::keep_identity(tx, &set.platform_names).await?;
    let platforms = ids.write(tx, Kind::Platform, &platforms::platforms(&set.platforms)).await?;
    ids.platforms = by_slug(&ids, Kind::Platform, &set.platforms);
    let (platform_names, numbers) = slug_tables::write(tx, &set.platform_names, &ids).await?;
    ids.platform_names = set.platform_names.iter().map(|row| row.slug.clone()).zip(numbers).collect();
    platforms::remove_nameless(tx).await?;
    let homes = platforms::homes(tx, &set.homes, &ids, leftovers).await?;
    let availability = ids.write(tx, Kind::Availability, &set.availability).await?;
    let offers = ids.write(tx, Kind::Offer, &set.offers).await?;
    let funding = ids.write(tx, Kind::Funding, &set.funding).await?;
    let media = ids.write(tx, Kind::Media, &set.media).await?;
    let (sources, numbers) = slug_tables::write(tx, &set.sources, &ids).await?;
    ids.sources = set.sources.iter().map(|row| row.slug.clone()).zip(numbers.iter().copied()).collect();
    ids.source_at = numbers;
    let subjects = sources::subjects(tx, &mut ids).await?;
    let claims = sources::claims(tx, &set.claims, &mut ids).await?;
    let citations = sources::citations(tx, &ids, leftovers).await?;
    let episode_records = notes::episode_records(tx, &ids).await?;
    let notes = notes::notes(tx, &ids).await?;
    let external_ids = external_ids::write(tx, set, &ids, leftovers).await?;
    let pictures = Box::pin(pictures::pictures(tx, &set.pictures, &ids, leftovers)).await?;
    let summaries = Box::pin(pictures::summaries(tx, &set.summaries, &ids, leftovers)).await?;
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
        ("pictures", pictures),
        ("summaries", summaries),
    ];
    Ok(Summary { tallies, leftovers, locked: Vec::new() })
}

/// The ids of the rows in the database.
struct Ids<'s> {
    set: &'s DataSet,
    watch: Watch<'s>,
    /// The number of rows that are done.
    done: AtomicU64,
    renamed: &'s Renamed,
    /// By kind and place; 0 if the record has no row.
    rows: HashMap<Kind, Vec<i32>>,
    /// Records whose object has another record, by kind and place.
    dropped: HashSet<(Kind, u32)>,
    territories: HashMap<String, i32>,
    platforms: HashMap<String, i32>,
    platform_names: HashMap<String, i32>,
    sources: HashMap<String, i32>,
    /// The ids of sources by place.
    source_at: Vec<i32>,
    claims: HashMap<String, i32>,
    /// The ids of the rows of `subject`, by kind and place; 0 if there is none.
    subjects: HashMap<Kind, Vec<i32>>,
    /// Credits and links with a lock, by kind, which no import removes.
    locked: HashSet<(Kind, i32)>,
}

impl<'s> Ids<'s> {
    fn new(set: &'s DataSet, renamed: &'s Renamed, watch: Watch<'s>) -> Self {
        Self {
            set,
            watch,
            done: AtomicU64::new(0),
            renamed,
            rows: HashMap::new(),
            dropped: HashSet::new(),
            territories: HashMap::new(),
            platforms: HashMap::new(),
            platform_names: HashMap::new(),
            sources: HashMap::new(),
            source_at: Vec::new(),
            claims: HashMap::new(),
            subjects: HashMap::new(),
            locked: HashSet::new(),
        }
    }

    /// Counts a row that is done.
    fn count(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(1000) {
            (self.watch)(done);
        }
    }

    /// Writes the records of one table.
    async fn write<R: slug_tables::Named>(
        &mut self,
        tx: &DatabaseTransaction,
        kind: Kind,
        records: &impl slug_tables::List<R>,
    ) -> Result<super::TableCounts, DbErr> {
        let dropped = self.renamed.dropped(R::REDIRECTED, (0..).map_while(|place| records.slug_at(place)));
        self.dropped.extend(dropped.into_iter().map(|place| (kind, place)));
        let (tally, numbers) = slug_tables::write(tx, records, self).await?;
        self.rows.insert(kind, numbers);
        Ok(tally)
    }

    /// The id of the row of a record. In a checked set every reference has its row.
    fn row(&self, kind: Kind, place: u32) -> Result<i32, DbErr> {
        let row = self.rows.get(&kind).and_then(|rows| rows.get(place as usize)).copied();
        row.filter(|row| *row > 0).ok_or_else(|| missing(&format!("{kind:?} {place}")))
    }

    /// The ids of all rows of a kind.
    fn all(&self, kind: Kind) -> impl Iterator<Item = i32> {
        self.rows.get(&kind).into_iter().flatten().copied().filter(|row| *row > 0)
    }

    /// The row of `subject` for a record.
    fn subject(&self, subject: Subject) -> Result<i32, DbErr> {
        let row = self.subjects.get(&subject.kind).and_then(|rows| rows.get(subject.place as usize)).copied();
        row.filter(|row| *row > 0).ok_or_else(|| missing(&format!("{subject:?}")))
    }

    /// The id of the row `slug`.
    fn named(&self, kind: Kind, slug: &str) -> Result<i32, DbErr> {
        let place = |slug: &str| match kind {
            Kind::Franchise => self.set.franchises.place(slug),
            Kind::Show => self.set.shows.place(slug),
            Kind::Season => self.set.seasons.place(slug),
            Kind::Episode => self.set.episodes.place(slug),
            Kind::Person => self.set.people.place(slug),
            Kind::Character => self.set.characters.place(slug),
            _ => None,
        };
        let place = place(slug).or_else(|| self.renamed.former(kind.into(), slug).find_map(place));
        self.row(kind, place.ok_or_else(|| missing(slug))?)
    }

    /// The id of the row `slug`, if there is a slug.
    fn maybe_named(&self, kind: Kind, slug: Option<&str>) -> Result<Option<i32>, DbErr> {
        slug.map(|slug| self.named(kind, slug)).transpose()
    }

    /// Whether an import may remove a row.
    fn is_free(&self, kind: Kind, id: i32) -> bool {
        !self.locked.contains(&(kind, id))
    }
}

/// The ids of the rows of a kind by slug.
fn by_slug<'n>(ids: &Ids<'_>, kind: Kind, slugs: impl IntoIterator<Item = &'n String>) -> HashMap<String, i32> {
    slugs.into_iter().cloned().zip(ids.all(kind)).collect()
}

/// The objects with a lock, if rows that are missing from the set are to be removed.
async fn locked(tx: &DatabaseTransaction, leftovers: Leftovers) -> Result<HashSet<(Kind, i32)>, DbErr> {
    if leftovers == Leftovers::Keep {
        return Ok(HashSet::new());
    }
    let all = field_lock::Entity::find().all(tx).await?;
    Ok(all.into_iter().filter_map(|lock| Some((Kind::try_from(lock.kind).ok()?, lock.row_id))).collect())
}

/// The id of the row `slug`.
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
