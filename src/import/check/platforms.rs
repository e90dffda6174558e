//! Territories, platforms and their names, and where seasons can be watched.

use std::collections::{HashMap, HashSet};

use entity::{PartialDate, offer::Period, platform_name, territory::Kind};

use super::{Known, Tables, media::amount, shows::belongs};
use crate::import::{
    Faults,
    country::is_country,
    data_set::{Availability, Home, Offer, PlatformName, Territory},
    row::Row,
    table::Table,
};

/// Stands for all countries in `includes`.
const EVERYWHERE: &str = "*";

pub(super) fn territories(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Territory> {
    let mut territories = Vec::new();
    let mut codes = HashMap::new();
    for row in table.rows() {
        row.needed("kind", faults);
        let kind = row.word("kind", '-', faults);
        let code = row.text("iso_3166");
        if let Some(code) = &code
            && !is_country(code)
        {
            let reason = "is not a country code; use the two capital letters of ISO 3166-1, such as GB";
            row.fault(faults, "iso_3166", format!("{code:?} {reason}"));
        } else if let Some(line) = code.as_ref().and_then(|code| codes.insert(code.clone(), row.line)) {
            row.fault(faults, "iso_3166", format!("line {line} has the same code"));
        }
        match kind {
            Some(Kind::Country) if code.is_none() => row.fault(faults, "iso_3166", "must not be empty for a country"),
            Some(Kind::Group) if code.is_some() => row.fault(faults, "iso_3166", "must be empty for a group"),
            _ => {}
        }
        let everywhere = row.list("includes") == [EVERYWHERE];
        let includes = if everywhere { Vec::new() } else { parts(row, "includes", kind, known, faults) };
        let excludes = parts(row, "excludes", kind, known, faults);
        for both in excludes.iter().filter(|slug| includes.contains(slug)) {
            row.fault(faults, "excludes", format!("{both:?} is in includes too"));
        }
        if everywhere && kind == Some(Kind::Country) {
            row.fault(faults, "includes", "must be empty for a country");
        }
        territories.push(Territory {
            slug: row.get("slug").to_owned(),
            name: row.needed("name", faults),
            kind: kind.unwrap_or(Kind::Group),
            iso_3166: code,
            everywhere,
            includes,
            excludes,
            note: row.text("note"),
        });
    }
    territories
}

/// The countries in a cell of a group, separated by semicolons.
fn parts(row: Row<'_>, column: &str, kind: Option<Kind>, known: &Known, faults: &mut Faults) -> Vec<String> {
    let parts = row.list(column);
    if kind == Some(Kind::Country) && !parts.is_empty() {
        row.fault(faults, column, "must be empty for a country");
    }
    let mut seen = HashSet::new();
    for part in &parts {
        let found = known.territories.find(row, column, part, "territories.csv", faults);
        if found.is_some_and(|found| found.get("kind") == "group") {
            row.fault(faults, column, format!("{part:?} is a group; name countries"));
        } else if !seen.insert(*part) {
            row.fault(faults, column, format!("{part:?} appears twice"));
        }
    }
    parts.into_iter().map(ToOwned::to_owned).collect()
}

pub(super) fn platform_names(tables: &Tables, known: &Known, faults: &mut Faults) -> Vec<PlatformName> {
    let renamed = Renamed::of(&tables.platform_changes, known, faults);
    let mut names = Vec::new();
    for row in tables.platforms.rows() {
        known.territories.optional(row, "territory", "territories.csv", faults);
        row.needed("kind", faults);
        let slug = row.get("slug");
        names.push(PlatformName {
            slug: slug.to_owned(),
            platform: renamed.first_name(slug).to_owned(),
            name: row.needed("name", faults),
            kind: row.word("kind", '-', faults).unwrap_or(platform_name::Kind::Streaming),
            territory: row.text("territory"),
            owner: row.text("owner"),
            launched_on: row.date("launched", faults),
            named_on: renamed.before.get(slug).and_then(|(_, day)| day.clone()),
            note: row.text("note"),
        });
    }
    names
}

/// The slugs of the first names of all platforms.
pub(super) fn first_names(names: &[PlatformName]) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = names.iter().filter(|name| seen.insert(name.platform.as_str()));
    names.map(|name| name.platform.clone()).collect()
}

/// The previous name of each name, and the day of the change.
#[derive(Default)]
struct Renamed<'t> {
    before: HashMap<&'t str, (&'t str, Option<PartialDate>)>,
}

impl<'t> Renamed<'t> {
    fn of(table: &'t Table, known: &Known, faults: &mut Faults) -> Self {
        let mut renamed = Self::default();
        let (mut from_lines, mut to_lines) = (HashMap::new(), HashMap::new());
        for row in table.rows() {
            let (from, to) = (row.get("from"), row.get("to"));
            known.platforms.needed(row, "from", "platforms.csv", faults);
            known.platforms.needed(row, "to", "platforms.csv", faults);
            row.needed("date", faults);
            if row.needed("change", faults) != "renamed" && !row.get("change").is_empty() {
                row.fault(
                    faults,
                    "change",
                    format!("{:?} is not a known value; the values are renamed", row.get("change")),
                );
            }
            let day = row.date("date", faults);
            let mut right = true;
            for (column, name, lines) in [("from", from, &mut from_lines), ("to", to, &mut to_lines)] {
                if let Some(line) = lines.insert(name, row.line) {
                    right = false;
                    row.fault(faults, column, format!("line {line} has the same platform here"));
                }
            }
            if right && renamed.names_of(from).contains(&to) {
                right = false;
                row.fault(faults, "to", format!("{to:?} had this name before"));
            }
            if right {
                renamed.before.insert(to, (from, day));
            }
        }
        for row in table.rows() {
            renamed.in_order(row, faults);
        }
        renamed
    }

    /// A name and the names before it, newest first.
    fn names_of(&self, slug: &'t str) -> Vec<&'t str> {
        let mut names = vec![slug];
        while let Some((before, _)) = names.last().and_then(|name| self.before.get(name)) {
            names.push(before);
        }
        names
    }

    fn first_name(&self, slug: &'t str) -> &'t str {
        self.names_of(slug).last().copied().unwrap_or(slug)
    }

    /// Checks that a name does not end before it begins.
    fn in_order(&self, row: Row<'_>, faults: &mut Faults) {
        let day = |name: &str| self.before.get(name).and_then(|(_, day)| day.as_ref());
        if let (Some(began), Some(ended)) = (day(row.get("from")), day(row.get("to")))
            && ended <= began
        {
            row.fault(faults, "date", format!("{ended} is not after {began}, when this name began"));
        }
    }
}

/// The platforms of shows and seasons. Both columns are optional.
pub(super) fn homes(tables: &Tables, known: &Known, faults: &mut Faults) -> Vec<Home> {
    let mut homes = Vec::new();
    for row in tables.shows.rows() {
        known.platforms.optional(row, "home_platform", "platforms.csv", faults);
        if let Some(platform_name) = row.text("home_platform") {
            homes.push(Home { show: row.get("slug").to_owned(), season: None, platform_name });
        }
    }
    for row in tables.seasons.rows() {
        known.platforms.optional(row, "platform", "platforms.csv", faults);
        if let Some(platform_name) = row.text("platform") {
            let season = row.text("slug");
            homes.push(Home { show: row.get("production").to_owned(), season, platform_name });
        }
    }
    homes
}

pub(super) fn availability(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Availability> {
    let mut rows = Vec::new();
    for row in table.rows() {
        let (show, season) = whole(row, known, faults);
        known.platforms.needed(row, "platform", "platforms.csv", faults);
        known.territories.needed(row, "territory", "territories.csv", faults);
        rows.push(Availability {
            slug: row.get("slug").to_owned(),
            show,
            season,
            platform_name: row.get("platform").to_owned(),
            territory: row.get("territory").to_owned(),
            starts_on: row.date("start_date", faults),
            exclusive: row.yes_or_no("exclusive", faults),
            cadence: row.text("cadence"),
            delay: row.text("delay"),
            note: row.text("note"),
        });
    }
    rows
}

pub(super) fn offers(table: &Table, known: &Known, faults: &mut Faults) -> Vec<Offer> {
    let mut offers = Vec::new();
    for row in table.rows() {
        known.platforms.needed(row, "platform", "platforms.csv", faults);
        known.territories.needed(row, "territory", "territories.csv", faults);
        offers.push(Offer {
            slug: row.get("slug").to_owned(),
            platform_name: row.get("platform").to_owned(),
            territory: row.get("territory").to_owned(),
            plan: row.text("plan"),
            price: amount(row, "price", faults),
            currency: row.get("currency").to_owned(),
            period: row.word::<Period>("period", '-', faults),
            trial: row.text("trial"),
            as_of: row.date("as_of", faults),
            note: row.text("note"),
        });
    }
    offers
}

/// The show of a row, and its season, if it has one.
pub(super) fn whole(row: Row<'_>, known: &Known, faults: &mut Faults) -> (String, Option<String>) {
    let show = known.shows.needed(row, "production", "productions.csv", faults);
    let season = known.seasons.optional(row, "season", "seasons.csv", faults);
    belongs(row, "season", season, "production", show, faults);
    (row.get("production").to_owned(), row.text("season"))
}
