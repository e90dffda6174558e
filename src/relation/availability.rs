//! Where to watch: platforms with their names and offers, and the availability of seasons by country.

use entity::{PartialDate, availability, offer, platform, platform_name, season, show, territory};

use serde::Deserialize;

use crate::load::{Column, List, Order, Record, SortKey::Int, SortKey::Text, Source};

/// Whether the territory of a row is a country, or a group that includes the country and does not exclude it. Takes the
/// country code three times.
pub const IN_COUNTRY: &str = "t.territory_id IN (SELECT y.id FROM territory AS y WHERE y.iso_3166 = ? \
    OR (y.everywhere = 1 OR EXISTS (SELECT 1 FROM territory_part AS i JOIN territory AS c ON c.id = i.country_id \
                                    WHERE i.group_id = y.id AND i.excluded = 0 AND c.iso_3166 = ?)) \
      AND NOT EXISTS (SELECT 1 FROM territory_part AS i JOIN territory AS c ON c.id = i.country_id \
                      WHERE i.group_id = y.id AND i.excluded = 1 AND c.iso_3166 = ?))";

/// Earliest first; unknown dates last.
static BY_START: Order = Order {
    name: "STARTS_ON_ASC",
    keys: &[Text("coalesce(t.starts_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// The availability of a season.
pub static OF_SEASON: List<availability::Model> = List::new(
    Source {
        name: "season.availability",
        parent: &["season"],
        from: "availability AS t",
        condition: "t.season_id = p.season",
    },
    &BY_START,
);

/// The availability of a show and its seasons.
pub static OF_SHOW: List<availability::Model> = List::new(
    Source { name: "show.availability", parent: &["show"], from: "availability AS t", condition: "t.show_id = p.show" },
    &BY_START,
);

/// All availability.
pub static ALL: List<availability::Model> =
    List::new(Source { name: "availability", parent: &[], from: "availability AS t", condition: "true" }, &BY_START);

/// A home platform with the day from which it had the name that it was recorded under.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Home {
    /// The day, or `None` for the first name.
    pub named_on: Option<PartialDate>,
    /// The platform.
    pub platform: platform::Model,
}

impl Record for Home {
    fn columns() -> Vec<Column> {
        let own = Column { sql: "n.named_on".to_owned(), name: "n_named_on".to_owned() };
        std::iter::once(own).chain(platform::Model::columns()).collect()
    }

    fn json() -> String {
        format!("json_array(n_named_on, {})", platform::Model::json())
    }
}

/// The home platform of a show as a whole.
pub static HOME_OF_SHOW: List<Home> = List::new(
    Source {
        name: "show.homePlatform",
        parent: &["show"],
        from: "home AS h JOIN platform_name AS n ON n.id = h.platform_name_id JOIN platform AS t ON t.id = n.platform_id",
        condition: "h.show_id = p.show AND coalesce(h.season_id, 0) = 0",
    },
    &BY_ID,
);

/// The home platform of a season.
pub static HOME_OF_SEASON: List<Home> = List::new(
    Source {
        name: "season.homePlatform",
        parent: &["season"],
        from: "home AS h JOIN platform_name AS n ON n.id = h.platform_name_id JOIN platform AS t ON t.id = n.platform_id",
        condition: "h.season_id = p.season",
    },
    &BY_ID,
);

static BY_ID: Order = Order { name: "ID_ASC", keys: &[Int("t.id")], descending: false, join: "" };

/// All platforms, by the slug of their first name.
pub static PLATFORMS: List<platform::Model> = List::new(
    Source { name: "platforms", parent: &[], from: "platform AS t", condition: "true" },
    &Order { name: "SLUG_ASC", keys: &[Text("t.slug"), Int("t.id")], descending: false, join: "" },
);

/// Platforms joined with their names. A filter selects one name.
pub static NAMED: List<platform::Model> = List::new(
    Source {
        name: "platformNamed",
        parent: &[],
        from: "platform_name AS n JOIN platform AS t ON t.id = n.platform_id",
        condition: "true",
    },
    &BY_ID,
);

/// Whether the platform has a name with this slug.
pub const HAS_NAME: &str = "n.slug = ?";

/// The names of a platform, earliest first.
pub static NAMES: List<platform_name::Model> = List::new(
    Source {
        name: "platform.names",
        parent: &["platform"],
        from: "platform_name AS t",
        condition: "t.platform_id = p.platform",
    },
    &Order {
        name: "NAMED_ON_ASC",
        keys: &[Text("coalesce(t.named_on, '')"), Int("t.id")],
        descending: false,
        join: "",
    },
);

/// The seasons that were available on a platform, under any of its names.
pub static SEASONS: List<season::Model> = List::new(
    Source {
        name: "platform.seasons",
        parent: &["platform"],
        from: "season AS t",
        condition: "t.id IN (SELECT h.season_id FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id \
                             WHERE n.platform_id = p.platform AND h.season_id IS NOT NULL \
                             UNION \
                             SELECT a.season_id FROM platform_name AS n \
                             JOIN availability AS a ON a.platform_name_id = n.id \
                             WHERE n.platform_id = p.platform AND a.season_id IS NOT NULL)",
    },
    &Order {
        name: "PREMIERED_ON_ASC",
        // Not the expression of the index over all seasons, which PostgreSQL would walk to find a few.
        keys: &[Text("coalesce(t.premiered_on, '9999-99-99') || ''"), Int("t.id")],
        descending: false,
        join: "",
    },
);

/// The shows and films whose home platform this is, under any of its names.
pub static SHOWS: List<show::Model> = List::new(
    Source {
        name: "platform.shows",
        parent: &["platform"],
        from: "show AS t",
        condition: "t.id IN (SELECT h.show_id FROM platform_name AS n JOIN home AS h ON h.platform_name_id = n.id \
                             WHERE n.platform_id = p.platform AND coalesce(h.season_id, 0) = 0)",
    },
    &super::root::SHOWS_BY_PREMIERE,
);

/// All offers (prices), by slug.
pub static ALL_OFFERS: List<offer::Model> =
    List::new(Source { name: "offers", parent: &[], from: "offer AS t", condition: "true" }, &super::root::BY_SLUG);

/// The offers (prices) of a platform, earliest first.
pub static OFFERS: List<offer::Model> = List::new(
    Source {
        name: "platform.offers",
        parent: &["platform"],
        from: "platform_name AS n JOIN offer AS t ON t.platform_name_id = n.id",
        condition: "n.platform_id = p.platform",
    },
    &Order {
        name: "AS_OF_ASC",
        keys: &[Text("coalesce(t.as_of, '9999-99-99')"), Int("t.id")],
        descending: false,
        join: "",
    },
);

/// The countries of a group; included countries come before excluded ones.
pub static PARTS: List<Part> = List::new(
    Source {
        name: "territory.parts",
        parent: &["territory"],
        from: "territory_part AS i JOIN territory AS t ON t.id = i.country_id",
        condition: "i.group_id = p.territory",
    },
    &Order { name: "NAME_ASC", keys: &[Int("i.excluded"), Text("t.name"), Int("t.id")], descending: false, join: "" },
);

/// A country that a group includes or excludes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Part {
    /// 1 if the group excludes it, otherwise 0.
    pub excluded: i32,
    /// The country.
    pub country: territory::Model,
}

impl Record for Part {
    fn columns() -> Vec<Column> {
        let own = Column { sql: "i.excluded".to_owned(), name: "i_excluded".to_owned() };
        std::iter::once(own).chain(territory::Model::columns()).collect()
    }

    fn json() -> String {
        format!("json_array(i_excluded, {})", territory::Model::json())
    }
}
