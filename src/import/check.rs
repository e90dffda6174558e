//! Parses and validates the files of a data set.

mod shows;
mod names;
mod links;
mod credits;
mod platforms;
mod media;
mod external_ids;
mod pictures;
mod sources;
mod subjects;
mod notes;

pub(crate) use pictures::{is_address, language_tag};
pub use shows::{episode_slug, season_slug};

use std::{cell::Cell, collections::BTreeMap};

use super::{
    DataSet, Faults, Folder, Watch,
    data_set::{Character, Franchise, Person, Record, Records},
    index::Index,
    table::{Columns, Count, Files, Table},
};

/// The rows that other rows can refer to.
struct Known<'t> {
    franchises: Index<'t>,
    shows: Index<'t>,
    seasons: Index<'t>,
    episodes: Index<'t>,
    people: Index<'t>,
    characters: Index<'t>,
    territories: Index<'t>,
    platforms: Index<'t>,
    availability: Index<'t>,
    offers: Index<'t>,
    funding: Index<'t>,
    media: Index<'t>,
    sources: Index<'t>,
    claims: Index<'t>,
}

/// The files of a data set whose rows are kept, in the order in which they are written to the database.
struct Tables {
    franchises: Table,
    shows: Table,
    show_links: Table,
    seasons: Table,
    episodes: Table,
    people: Table,
    characters: Table,
    character_links: Table,
    territories: Table,
    platforms: Table,
    platform_changes: Table,
    availability: Table,
    offers: Table,
    funding: Table,
    media: Table,
    sources: Table,
    claims: Table,
    citations: Table,
    external_ids: Table,
    pictures: Table,
    summaries: Table,
}

/// Checks a data set, without a database.
///
/// # Errors
///
/// All faults in the data set.
pub fn check(folder: &Folder) -> Result<DataSet, Faults> {
    check_watched(folder, &|_| {})
}

/// Like [`check()`], and reports the number of rows that are read so far.
///
/// # Errors
///
/// All faults in the data set.
pub fn check_watched(folder: &Folder, watch: Watch<'_>) -> Result<DataSet, Faults> {
    let read = Cell::new(0);
    check_files(Files::Folder(folder, &Count { read: &read, watch }))
}

/// Rows of the format by file, as cells by column. A missing cell is empty.
pub type Rows = BTreeMap<&'static str, Vec<BTreeMap<String, String>>>;

/// Checks rows as [`check()`] checks the lines of files. The line in a fault is the place of the row in its file, from 1.
///
/// # Errors
///
/// All faults in the rows.
pub fn check_rows(rows: &Rows) -> Result<DataSet, Faults> {
    check_files(Files::Rows(rows))
}

fn check_files(files: Files<'_>) -> Result<DataSet, Faults> {
    let mut faults = Faults::default();
    let tables = Tables::read(files, &mut faults);
    let mut known = Known {
        franchises: Index::of(&tables.franchises, &mut faults),
        shows: Index::of(&tables.shows, &mut faults),
        seasons: Index::of(&tables.seasons, &mut faults),
        episodes: Index::of(&tables.episodes, &mut faults),
        people: Index::of(&tables.people, &mut faults),
        characters: Index::of(&tables.characters, &mut faults),
        territories: Index::of(&tables.territories, &mut faults),
        platforms: Index::of(&tables.platforms, &mut faults),
        availability: Index::of(&tables.availability, &mut faults),
        offers: Index::of(&tables.offers, &mut faults),
        funding: Index::of(&tables.funding, &mut faults),
        media: Index::of(&tables.media, &mut faults),
        sources: Index::by("key", &tables.sources, &mut faults),
        claims: Index::of(&tables.claims, &mut faults),
    };
    records::<Franchise>(&tables.franchises, &mut faults);
    shows::shows(&tables.shows, &known, &mut faults);
    shows::seasons(&tables.seasons, &mut known, &mut faults);
    let numbers = shows::episodes(&tables.episodes, &mut known, &mut faults);
    notes::episode_records(&tables.episodes, &known, &mut faults);
    records::<Person>(&tables.people, &mut faults);
    records::<Character>(&tables.characters, &mut faults);
    for table in tables.verified() {
        for row in table.rows() {
            sources::verified(row, &known, &mut faults);
        }
    }
    let show_links = links::show_links(&tables.show_links, &known, &mut faults);
    let character_links = links::character_links(&tables.character_links, &known, &mut faults);
    let platform_names = platforms::platform_names(&tables, &known, &mut faults);
    let platforms = platforms::first_names(&platform_names);
    let mut subjects = subjects::Subjects::of(files, &tables, &platform_names, &platforms, &known);
    let credits = credits::credits(files, &tables, &numbers, &known, &mut subjects, &mut faults);
    let claims = sources::claims(&tables.claims, &subjects, &known, &mut faults);
    let citations = sources::citations(&tables.citations, &subjects, &claims, &known, &mut faults);
    let set = DataSet {
        show_links,
        character_links,
        credits: credits.list,
        appearances: credits.appearances,
        names_in_credits: credits.names,
        territories: platforms::territories(&tables.territories, &known, &mut faults),
        platform_names,
        platforms,
        homes: platforms::homes(&tables, &known, &mut faults),
        availability: platforms::availability(&tables.availability, &known, &mut faults),
        offers: platforms::offers(&tables.offers, &known, &mut faults),
        funding: media::funding(&tables.funding, &known, &mut faults),
        media: media::media(&tables.media, &known, &mut faults),
        sources: sources::sources(&tables.sources, &mut faults),
        general: subjects.general,
        supports: sources::supports(subjects.supports, &citations, &known),
        notes: subjects.notes,
        claims,
        citations,
        external_ids: external_ids::external_ids(&tables.external_ids, &known, &mut faults),
        pictures: pictures::pictures(&tables.pictures, &known, &mut faults),
        summaries: pictures::summaries(&tables.summaries, &known, &mut faults),
        ..DataSet::default()
    };
    let Known { franchises, shows, seasons, episodes, people, characters, .. } = known;
    let [franchises, shows, seasons, episodes, people, characters] =
        [franchises, shows, seasons, episodes, people, characters].map(Index::into_places);
    faults.or(DataSet {
        franchises: Records::new(tables.franchises, franchises),
        shows: Records::new(tables.shows, shows),
        seasons: Records::new(tables.seasons, seasons),
        episodes: Records::new(tables.episodes, episodes),
        people: Records::new(tables.people, people),
        characters: Records::new(tables.characters, characters),
        ..set
    })
}

/// Reports the faults of rows that refer to no others.
fn records<R: Record>(table: &Table, faults: &mut Faults) {
    for row in table.rows() {
        R::read(row, faults);
    }
}

/// Whether the rows of a file have ids at other authorities, pictures and summaries.
pub fn has_external_ids(file: &str) -> bool {
    external_ids::FILES.contains(&file)
}

/// Optional columns of most files.
const CHECKED: &[&str] = &["verified", "note"];

/// Optional columns of `productions.csv`.
const OF_SHOWS: &[&str] =
    &["home_platform", "verified", "note", "genres", "language", "runtime_minutes", "official_site"];

/// Optional columns of `episodes.csv`.
const OF_EPISODES: &[&str] =
    &["alt_air_date", "alt_source", "production_number", "verified", "note", "guest_cast", "runtime_minutes"];

/// Optional files: older data sets do not have them.
const MAY_BE_ABSENT: &[&str] = &[
    "territories.csv",
    "platforms.csv",
    "platform_changes.csv",
    "availability.csv",
    "offers.csv",
    "funding.csv",
    "media.csv",
    "sources.csv",
    "claims.csv",
    "citations.csv",
    "external_ids.csv",
    "pictures.csv",
    "summaries.csv",
];

impl Tables {
    fn read(files: Files<'_>, faults: &mut Faults) -> Self {
        let mut table = |file, required, optional| {
            let may_be_absent = MAY_BE_ABSENT.contains(&file);
            files.read(&Columns { file, required, optional, may_be_absent }, faults)
        };
        Self {
            franchises: table("franchises.csv", &["slug", "name"], CHECKED),
            shows: table(
                "productions.csv",
                &["slug", "code", "title", "kind", "medium", "franchise", "premiere_date", "end_date", "status"],
                OF_SHOWS,
            ),
            show_links: table("production_links.csv", &["from", "relation", "to"], CHECKED),
            seasons: table(
                "seasons.csv",
                &["slug", "production", "number", "premiere_date", "finale_date", "counted_episodes"],
                &["entries", "platform", "verified", "note", "guest_cast"],
            ),
            episodes: table(
                "episodes.csv",
                &["slug", "production", "season", "number", "number_end", "title", "air_date"],
                OF_EPISODES,
            ),
            people: table("people.csv", &["slug", "name", "born", "died", "also_known_as"], CHECKED),
            characters: table("characters.csv", &["slug", "name", "species", "aliases"], CHECKED),
            character_links: table("character_links.csv", &["from", "relation", "to"], CHECKED),
            territories: table(
                "territories.csv",
                &["slug", "name", "kind", "iso_3166"],
                &["includes", "excludes", "verified", "note"],
            ),
            platforms: table("platforms.csv", &["slug", "name", "kind", "territory", "owner", "launched"], CHECKED),
            platform_changes: table("platform_changes.csv", &["from", "to", "change", "date"], CHECKED),
            availability: table(
                "availability.csv",
                &[
                    "slug",
                    "production",
                    "season",
                    "platform",
                    "territory",
                    "start_date",
                    "exclusive",
                    "cadence",
                    "delay",
                ],
                CHECKED,
            ),
            offers: table(
                "offers.csv",
                &["slug", "platform", "territory", "plan", "price", "currency", "period", "trial", "as_of"],
                CHECKED,
            ),
            funding: table(
                "funding.csv",
                &["slug", "production", "season", "kind", "programme", "amount", "currency", "awarded", "reported_on"],
                &["grantor", "verified", "note"],
            ),
            media: table(
                "media.csv",
                &["slug", "kind", "production", "season", "date", "issuer", "text"],
                &["precision", "verified", "note"],
            ),
            sources: table(
                "sources.csv",
                &["key", "publisher", "title", "author", "published", "address", "kind"],
                &["note", "licence", "fetched"],
            ),
            claims: table(
                "claims.csv",
                &["slug", "subject_file", "subject_key", "predicate", "value", "claimed_on", "source", "status"],
                &["superseded_by", "note"],
            ),
            citations: table("citations.csv", &["source", "file", "key", "field", "claim"], &[]),
            external_ids: table(
                "external_ids.csv",
                &["file", "key", "authority", "value"],
                &["kind", "order", "source"],
            ),
            pictures: table(
                "pictures.csv",
                &["file", "key", "kind", "url", "credit"],
                &["small_url", "licence", "order"],
            ),
            summaries: table("summaries.csv", &["file", "key", "text", "licence"], &["language", "credit", "order"]),
        }
    }
}

impl Tables {
    /// Those with a column `verified`.
    fn verified(&self) -> [&Table; 15] {
        [
            &self.franchises,
            &self.shows,
            &self.show_links,
            &self.seasons,
            &self.episodes,
            &self.people,
            &self.characters,
            &self.character_links,
            &self.territories,
            &self.platforms,
            &self.platform_changes,
            &self.availability,
            &self.offers,
            &self.funding,
            &self.media,
        ]
    }
}

#[cfg(test)]
mod tests;
