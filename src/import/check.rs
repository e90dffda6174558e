//! From the files of a data set to its records, or to all that is wrong with it.

mod shows;
mod names;
mod links;
mod credits;

use super::{
    CastSet, Faults, Folder,
    index::Index,
    table::{Columns, Table, read},
};

/// The rows of the files that others refer to.
struct Known<'t> {
    franchises: Index<'t>,
    shows: Index<'t>,
    seasons: Index<'t>,
    episodes: Index<'t>,
    people: Index<'t>,
    characters: Index<'t>,
}

/// The files of a data set in the order in which they are written.
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
}

/// Checks a data set without looking at any database.
///
/// # Errors
///
/// All that is wrong with it.
pub fn check(folder: &Folder) -> Result<CastSet, Faults> {
    let mut faults = Faults::default();
    let tables = Tables::read(folder, &mut faults);
    let mut known = Known {
        franchises: Index::of(&tables.franchises, &mut faults),
        shows: Index::of(&tables.shows, &mut faults),
        seasons: Index::of(&tables.seasons, &mut faults),
        episodes: Index::of(&tables.episodes, &mut faults),
        people: Index::of(&tables.people, &mut faults),
        characters: Index::of(&tables.characters, &mut faults),
    };
    let set = CastSet {
        franchises: shows::franchises(&tables.franchises, &mut faults),
        shows: shows::shows(&tables.shows, &known, &mut faults),
        show_links: links::show_links(&tables.show_links, &known, &mut faults),
        seasons: shows::seasons(&tables.seasons, &mut known, &mut faults),
        episodes: shows::episodes(&tables.episodes, &mut known, &mut faults),
        people: names::people(&tables.people, &mut faults),
        characters: names::characters(&tables.characters, &mut faults),
        character_links: links::character_links(&tables.character_links, &known, &mut faults),
        credits: credits::credits(&tables, &known, &mut faults),
    };
    faults.or(set)
}

/// Columns that any file may have, and that are not imported.
const CHECKED: &[&str] = &["verified", "note"];

impl Tables {
    fn read(folder: &Folder, faults: &mut Faults) -> Self {
        let mut table = |file, required, ignored| read(folder, &Columns { file, required, ignored }, faults);
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
                &["entries", "platform", "verified", "note"],
            ),
            episodes: table(
                "episodes.csv",
                &["slug", "production", "season", "number", "number_end", "title", "air_date"],
                &["alt_air_date", "alt_source", "production_number", "verified", "note"],
            ),
            people: table("people.csv", &["slug", "name", "born", "died", "also_known_as"], CHECKED),
            characters: table("characters.csv", &["slug", "name", "species", "aliases"], CHECKED),
            character_links: table("character_links.csv", &["from", "relation", "to"], CHECKED),
            cast_seasons: table(
                "cast_seasons.csv",
                &["season", "person", "character", "billing", "order", "part", "credited_as"],
                CHECKED,
            ),
            cast_episodes: table(
                "cast_episodes.csv",
                &["episode", "person", "character", "billing", "order", "part", "credited_as"],
                CHECKED,
            ),
            cast_films: table("cast_films.csv", &["production", "person", "character", "billing", "part"], CHECKED),
            crew: table("crew.csv", &["production", "season", "episode", "person", "role", "order"], CHECKED),
        }
    }
}

#[cfg(test)]
mod tests;
