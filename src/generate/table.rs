/// A table to fill, with its columns in the order of the cells of a row.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, without some that have a default.
    pub columns: &'static [&'static str],
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// A number.
    Int(i32),
    /// A text.
    Text(String),
}

/// The tables, in an order in which each refers only to those before it.
pub const TABLES: [Table; 8] = [
    Table { name: "franchise", columns: &["id", "slug", "name"] },
    Table { name: "person", columns: &["id", "slug", "name", "name_key", "born"] },
    Table { name: "character", columns: &["id", "slug", "name", "name_key", "species"] },
    Table {
        name: "show",
        columns: &[
            "id",
            "slug",
            "code",
            "franchise_id",
            "title",
            "title_key",
            "format",
            "medium",
            "status",
            "premiered_on",
            "ended_on",
        ],
    },
    Table {
        name: "season",
        columns: &["id", "slug", "show_id", "number", "premiered_on", "finale_on", "planned_episode_count"],
    },
    Table {
        name: "episode",
        columns: &["id", "slug", "show_id", "season_id", "number", "title", "title_key", "aired_on"],
    },
    Table {
        name: "credit",
        columns: &[
            "id",
            "person_id",
            "show_id",
            "season_id",
            "character_id",
            "job",
            "billing",
            "position",
            "part",
            "coverage",
        ],
    },
    Table { name: "appearance", columns: &["credit_id", "episode_id", "season_id", "billing"] },
];

impl Table {
    /// Whether its first column is `id`.
    pub fn has_id(&self) -> bool {
        self.columns.first() == Some(&"id")
    }
}

impl From<i32> for Cell {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
