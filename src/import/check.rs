//! Parses and validates the files of a data set.

mod shows;
mod names;
mod links;
mod credits;
mod platforms;
mod media;
mod external_ids;
mod sources;
mod subjects;
mod notes;

pub use shows::{episode_slug, season_slug};

use std::{collections::BTreeMap, sync::Arc};

use super::{
    DataSet, Faults, Folder,
    index::Index,
    row::Row,
    table::{Columns, Table, read},
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
    sources: Index<'t>,
    claims: Index<'t>,
}

/// The files of a data set, in the order in which they are written to the database.
struct Tables {
    franchises: Table,
    shows: Table,
    show_links: Table,
    seasons: Table,
    episodes: Table,
    people: Table,
    characters: Table,
    character_links: Table,
    cast_seasons: Table,
    cast_episodes: Table,
    cast_films: Table,
    crew: Table,
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
}

/// Checks a data set, without a database.
///
/// # Errors
///
/// All faults in the data set.
pub fn check(folder: &Folder) -> Result<DataSet, Faults> {
    check_tables(|columns, faults| read(folder, columns, faults))
}

/// Rows of the format by file, as cells by column. A missing cell is empty.
pub type Rows = BTreeMap<&'static str, Vec<BTreeMap<String, String>>>;

/// Checks rows as [`check()`] checks the lines of files. The line in a fault is the place of the row in its file, from 1.
///
/// # Errors
///
/// All faults in the rows.
pub fn check_rows(rows: &Rows) -> Result<DataSet, Faults> {
    check_tables(|columns, faults| {
        let names: Arc<[&'static str]> = columns.required.iter().chain(columns.optional).copied().collect();
        let rows = rows.get(columns.file).into_iter().flatten();
        let rows = (1..).zip(rows).map(|(line, row)| {
            let cells: Vec<&str> = names.iter().map(|name| row.get(*name).map_or("", String::as_str)).collect();
            Row::read(columns.file, line, &names, &cells, faults)
        });
        Table { rows: rows.collect(), ..Table::default() }
    })
}

fn check_tables(read: impl FnMut(&Columns, &mut Faults) -> Table) -> Result<DataSet, Faults> {
    let mut faults = Faults::default();
    let tables = Tables::read(read, &mut faults);
    let mut known = Known {
        franchises: Index::of(&tables.franchises, &mut faults),
        shows: Index::of(&tables.shows, &mut faults),
        seasons: Index::of(&tables.seasons, &mut faults),
        episodes: Index::of(&tables.episodes, &mut faults),
        people: Index::of(&tables.people, &mut faults),
        characters: Index::of(&tables.characters, &mut faults),
        territories: Index::of(&tables.territories, &mut faults),
        platforms: Index::of(&tables.platforms, &mut faults),
        sources: Index::by("key", &tables.sources, &mut faults),
        claims: Index::of(&tables.claims, &mut faults),
    };
    for table in [&tables.availability, &tables.offers, &tables.funding, &tables.media] {
        Index::of(table, &mut faults);
    }
    let set = DataSet {
        franchises: shows::franchises(&tables.franchises, &mut faults),
        shows: shows::shows(&tables.shows, &known, &mut faults),
        show_links: links::show_links(&tables.show_links, &known, &mut faults),
        seasons: shows::seasons(&tables.seasons, &mut known, &mut faults),
        episodes: shows::episodes(&tables.episodes, &mut known, &mut faults),
        people: names::people(&tables.people, &mut faults),
        characters: names::characters(&tables.characters, &mut faults),
        character_links: links::character_links(&tables.character_links, &known, &mut faults),
        credits: credits::credits(&tables, &known, &mut faults),
        territories: platforms::territories(&tables.territories, &known, &mut faults),
        platform_names: platforms::platform_names(&tables, &known, &mut faults),
        homes: platforms::homes(&tables, &known, &mut faults),
        availability: platforms::availability(&tables.availability, &known, &mut faults),
        offers: platforms::offers(&tables.offers, &known, &mut faults),
        funding: media::funding(&tables.funding, &known, &mut faults),
        media: media::media(&tables.media, &known, &mut faults),
        sources: sources::sources(&tables.sources, &mut faults),
        external_ids: external_ids::external_ids(&tables.external_ids, &known, &mut faults),
        ..DataSet::default()
    };
    let subjects = subjects::Subjects::of(&tables, &set.platform_names, &known);
    let claims = sources::claims(&tables.claims, &subjects, &known, &mut faults);
    let citations = sources::citations(&tables, &subjects, &claims, &known, &mut faults);
    let episode_records = notes::episode_records(&tables.episodes, &known, &mut faults);
    let notes = notes::notes(&subjects);
    let set = DataSet { subjects: subjects.general(), claims, citations, episode_records, notes, ..set };
    faults.or(set)
}

/// Whether the rows of a file have ids at other authorities.
pub fn has_external_ids(file: &str) -> bool {
    external_ids::FILES.contains(&file)
}

/// Optional columns of most files.
const CHECKED: &[&str] = &["verified", "note"];

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
];

impl Tables {
    fn read(mut read: impl FnMut(&Columns, &mut Faults) -> Table, faults: &mut Faults) -> Self {
        let mut table = |file, required, optional| {
            let may_be_absent = MAY_BE_ABSENT.contains(&file);
            read(&Columns { file, required, optional, may_be_absent }, faults)
        };
        Self {
            franchises: table("franchises.csv", &["slug", "name"], CHECKED),
            shows: table(
                "productions.csv",
                &["slug", "code", "title", "kind", "medium", "franchise", "premiere_date", "end_date", "status"],
                &["home_platform", "verified", "note"],
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
                &["alt_air_date", "alt_source", "production_number", "verified", "note", "guest_cast"],
            ),
            people: table("people.csv", &["slug", "name", "born", "died", "also_known_as"], CHECKED),
            characters: table("characters.csv", &["slug", "name", "species", "aliases"], CHECKED),
            character_links: table("character_links.csv", &["from", "relation", "to"], CHECKED),
            cast_seasons: table(
                "cast_seasons.csv",
                &["season", "person", "character", "billing", "order", "part", "credited_as"],
                &["verified", "note", "coverage", "portrayal"],
            ),
            cast_episodes: table(
                "cast_episodes.csv",
                &["episode", "person", "character", "billing", "order", "part", "credited_as"],
                &["verified", "note", "portrayal"],
            ),
            cast_films: table(
                "cast_films.csv",
                &["production", "person", "character", "billing", "part"],
                &["order", "credited_as", "verified", "note", "portrayal"],
            ),
            crew: table(
                "crew.csv",
                &["production", "season", "episode", "person", "role", "order"],
                &["credited_as", "verified", "note"],
            ),
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
        }
    }
}

impl Tables {
    /// The files with a column `verified`.
    fn verified(&self) -> [&Table; 19] {
        [
            &self.franchises,
            &self.shows,
            &self.show_links,
            &self.seasons,
            &self.episodes,
            &self.people,
            &self.characters,
            &self.character_links,
            &self.cast_seasons,
            &self.cast_episodes,
            &self.cast_films,
            &self.crew,
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
