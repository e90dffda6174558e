//! The tables whose changes are recorded.
//!
//! A change is recorded as the columns of a row before and after, as JSON, so that it can be repeated or taken back
//! without knowing what the row means. This catalogue says what the row needs: the primary key, the types of the columns,
//! and which of them refer to rows of other tables.

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A number.
    Number,
    /// The primary key of a row of this table.
    Reference(&'static str),
    /// The primary key of the row of this table that owns the row: if it is removed, so is the row.
    Owner(&'static str),
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the database.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The number of the table in `change.kind`; up to 15 as in [`entity::subject::Kind`].
    pub kind: i32,
    /// Its name in the database.
    pub name: &'static str,
    /// What one of its rows is called in messages.
    pub noun: &'static str,
    /// Number of columns of the primary key, which come first.
    pub keys: usize,
    /// Its columns, without generated ones.
    pub columns: &'static [Column],
}

const fn text(name: &'static str) -> Column {
    Column { name, ty: Type::Text }
}

const fn number(name: &'static str) -> Column {
    Column { name, ty: Type::Number }
}

const fn to(name: &'static str, table: &'static str) -> Column {
    Column { name, ty: Type::Reference(table) }
}

const fn of(name: &'static str, table: &'static str) -> Column {
    Column { name, ty: Type::Owner(table) }
}

const fn table(kind: i32, name: &'static str, noun: &'static str, columns: &'static [Column]) -> Table {
    Table { kind, name, noun, keys: 1, columns }
}

/// All recorded tables, in an order in which rows refer only to rows of tables before them, and of the same table.
pub const TABLES: &[Table] = &[
    table(1, "franchise", "franchise", &[number("id"), text("slug"), text("name")]),
    table(
        2,
        "show",
        "show",
        &[
            number("id"),
            text("slug"),
            to("franchise_id", "franchise"),
            text("code"),
            text("title"),
            text("title_key"),
            text("format"),
            text("medium"),
            text("status"),
            text("premiered_on"),
            text("ended_on"),
            text("genres"),
            text("language"),
            number("runtime_minutes"),
            text("official_site"),
        ],
    ),
    table(
        3,
        "season",
        "season",
        &[
            number("id"),
            text("slug"),
            to("show_id", "show"),
            number("number"),
            text("premiered_on"),
            text("finale_on"),
            number("planned_episode_count"),
            text("guest_cast"),
        ],
    ),
    table(
        4,
        "episode",
        "episode",
        &[
            number("id"),
            text("slug"),
            to("show_id", "show"),
            to("season_id", "season"),
            number("number"),
            number("number_end"),
            text("title"),
            text("title_key"),
            text("aired_on"),
            text("guest_cast"),
            number("runtime_minutes"),
        ],
    ),
    table(
        5,
        "person",
        "person",
        &[number("id"), text("slug"), text("name"), text("name_key"), text("born"), text("died")],
    ),
    table(6, "character", "character", &[number("id"), text("slug"), text("name"), text("name_key"), text("species")]),
    table(
        16,
        "alias",
        "other name",
        &[
            number("id"),
            of("person_id", "person"),
            of("character_id", "character"),
            number("position"),
            text("name"),
            text("name_key"),
        ],
    ),
    table(8, "show_link", "link", &[number("id"), to("from_id", "show"), to("to_id", "show"), text("kind")]),
    table(
        9,
        "character_link",
        "link",
        &[number("id"), to("from_id", "character"), to("to_id", "character"), text("kind")],
    ),
    table(
        7,
        "credit",
        "credit",
        &[
            number("id"),
            to("person_id", "person"),
            to("show_id", "show"),
            to("season_id", "season"),
            to("character_id", "character"),
            number("job"),
            number("billing"),
            number("position"),
            text("part"),
            text("credited_as"),
            text("coverage"),
            text("portrayal"),
        ],
    ),
    Table {
        kind: 17,
        name: "appearance",
        noun: "appearance",
        keys: 2,
        columns: &[
            to("credit_id", "credit"),
            to("episode_id", "episode"),
            to("season_id", "season"),
            number("billing"),
            number("position"),
            text("credited_as"),
        ],
    },
    table(
        11,
        "territory",
        "territory",
        &[number("id"), text("slug"), text("name"), text("kind"), text("iso_3166"), number("everywhere"), text("note")],
    ),
    Table {
        kind: 18,
        name: "territory_part",
        noun: "part of a group",
        keys: 2,
        columns: &[
            of("group_id", "territory"),
            to("country_id", "territory"),
            text("group_kind"),
            text("country_kind"),
            number("excluded"),
        ],
    },
    table(10, "platform", "platform", &[number("id"), text("slug")]),
    table(
        19,
        "platform_name",
        "platform name",
        &[
            number("id"),
            text("slug"),
            to("platform_id", "platform"),
            text("name"),
            text("kind"),
            to("territory_id", "territory"),
            text("owner"),
            text("launched_on"),
            text("named_on"),
            text("note"),
        ],
    ),
    table(
        20,
        "home",
        "home platform",
        &[number("id"), of("show_id", "show"), of("season_id", "season"), to("platform_name_id", "platform_name")],
    ),
    table(
        12,
        "availability",
        "availability",
        &[
            number("id"),
            text("slug"),
            to("show_id", "show"),
            to("season_id", "season"),
            to("platform_name_id", "platform_name"),
            to("territory_id", "territory"),
            text("starts_on"),
            number("exclusive"),
            text("cadence"),
            text("delay"),
            text("note"),
        ],
    ),
    table(
        13,
        "offer",
        "offer",
        &[
            number("id"),
            text("slug"),
            to("platform_name_id", "platform_name"),
            to("territory_id", "territory"),
            text("plan"),
            number("price"),
            text("currency"),
            text("period"),
            text("trial"),
            text("as_of"),
            text("note"),
        ],
    ),
    table(
        14,
        "funding",
        "funding",
        &[
            number("id"),
            text("slug"),
            to("show_id", "show"),
            to("season_id", "season"),
            text("kind"),
            text("grantor"),
            text("programme"),
            number("amount"),
            text("currency"),
            text("awarded_on"),
            text("reported_on"),
            text("note"),
        ],
    ),
    table(
        15,
        "media",
        "media",
        &[
            number("id"),
            text("slug"),
            text("kind"),
            to("show_id", "show"),
            to("season_id", "season"),
            text("released_on"),
            text("issuer"),
            text("text"),
            text("note"),
        ],
    ),
    table(
        21,
        "source",
        "source",
        &[
            number("id"),
            text("slug"),
            text("publisher"),
            text("title"),
            text("author"),
            text("published_on"),
            text("address"),
            text("kind"),
            text("note"),
            text("licence"),
            text("fetched_on"),
        ],
    ),
    table(
        22,
        "subject",
        "subject",
        &[
            number("id"),
            number("kind"),
            of("franchise_id", "franchise"),
            of("show_id", "show"),
            of("season_id", "season"),
            of("episode_id", "episode"),
            of("person_id", "person"),
            of("character_id", "character"),
            of("credit_id", "credit"),
            of("show_link_id", "show_link"),
            of("character_link_id", "character_link"),
            of("platform_id", "platform"),
            of("territory_id", "territory"),
            of("availability_id", "availability"),
            of("offer_id", "offer"),
            of("funding_id", "funding"),
            of("media_id", "media"),
            number("general"),
        ],
    ),
    table(
        23,
        "claim",
        "claim",
        &[
            number("id"),
            text("slug"),
            to("subject_id", "subject"),
            to("source_id", "source"),
            text("about"),
            text("statement"),
            text("claimed_on"),
            text("status"),
            to("superseded_by_id", "claim"),
            text("note"),
        ],
    ),
    table(
        24,
        "citation",
        "citation",
        &[number("id"), of("subject_id", "subject"), to("source_id", "source"), text("field"), of("claim_id", "claim")],
    ),
    table(
        25,
        "note",
        "note",
        &[
            number("id"),
            of("subject_id", "subject"),
            of("credit_id", "credit"),
            of("episode_id", "episode"),
            of("platform_name_id", "platform_name"),
            text("text"),
        ],
    ),
    table(
        26,
        "episode_record",
        "production record",
        &[
            of("episode_id", "episode"),
            text("production_number"),
            text("other_aired_on"),
            to("other_source_id", "source"),
        ],
    ),
    table(
        27,
        "redirect",
        "former name",
        &[number("id"), number("kind"), text("slug"), number("old_id"), number("target_id")],
    ),
    table(
        28,
        "external_id",
        "external id",
        &[
            number("id"),
            of("show_id", "show"),
            of("season_id", "season"),
            of("episode_id", "episode"),
            of("person_id", "person"),
            of("character_id", "character"),
            number("position"),
            text("authority"),
            text("kind"),
            text("value"),
            to("source_id", "source"),
        ],
    ),
    table(
        29,
        "source_value",
        "value of a source",
        &[
            number("id"),
            number("of_kind"),
            number("of_id"),
            text("field"),
            text("authority"),
            text("value"),
            text("source"),
            text("written"),
        ],
    ),
    table(
        30,
        "picture",
        "picture",
        &[
            number("id"),
            of("show_id", "show"),
            of("season_id", "season"),
            of("episode_id", "episode"),
            of("person_id", "person"),
            of("character_id", "character"),
            number("position"),
            text("kind"),
            text("url"),
            text("small_url"),
            text("credit"),
            text("licence"),
        ],
    ),
    table(
        31,
        "summary",
        "summary",
        &[
            number("id"),
            of("show_id", "show"),
            of("season_id", "season"),
            of("episode_id", "episode"),
            of("person_id", "person"),
            of("character_id", "character"),
            number("position"),
            text("language"),
            text("text"),
            text("licence"),
            text("credit"),
        ],
    ),
];

/// Tables whose changes are recorded so that they can be taken back, but not shown: the ties between sources and what they
/// support, and what imports remember.
const HIDDEN: &[&str] = &["subject", MEMORY];

/// What sources said, as imports remember it.
pub const MEMORY: &str = "source_value";

/// The table with this number.
pub fn of_kind(kind: i32) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.kind == kind)
}

/// The table with this name.
pub fn named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// The table of the objects of a type of the API.
pub fn of_type(name: &str) -> Option<&'static Table> {
    let snake = snake_case(name);
    named(if name.starts_with(char::is_uppercase) { snake.trim_start_matches('_') } else { &snake })
}

/// `premieredOn` as `premiered_on`, and `PlatformName` as `_platform_name`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

impl Table {
    /// Whether the changes of its rows are shown.
    pub fn is_shown(&self) -> bool {
        !HIDDEN.contains(&self.name)
    }

    /// The columns of the primary key.
    pub fn key(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().take(self.keys)
    }

    /// The columns of other tables that refer to rows of this table.
    pub fn referring(&self) -> impl Iterator<Item = (&'static Table, &'static Column)> {
        let name = self.name;
        let columns = TABLES.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        columns.filter(move |(_, column)| column.ty == Type::Reference(name) || column.ty == Type::Owner(name))
    }
}
