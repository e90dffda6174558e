//! The kinds of objects that a changeset can change: one for each file of the import format, with the same columns.
//!
//! A change is checked and written by the import, as rows of these files. This table gives the columns the names and
//! types that they have in the API.

/// The type of a field, and how its value is written in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A text, as it is.
    Text,
    /// A date: `1966`, `1966-09` or `1966-09-08`.
    Date,
    /// A whole number.
    Number,
    /// An amount of money in units of its currency: `5.99`.
    Amount,
    /// `yes` or `no`.
    Flag,
    /// A value of this enumeration of the API, in lower case; the character separates words.
    Word(&'static str, char),
    /// The slug of a row of this file.
    Slug(&'static str),
    /// Slugs of rows of this file, separated by semicolons.
    Slugs(&'static str),
    /// Names, separated by semicolons.
    Names,
    /// The slugs of the sources in the column `verified`.
    Sources,
    /// Whether the column `verified` has `general`.
    General,
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the API.
    pub name: &'static str,
    /// Its column in the file.
    pub column: &'static str,
    /// Its type.
    pub ty: FieldType,
    /// Whether a new object needs it.
    pub needed: bool,
    /// Its description.
    pub doc: &'static str,
}

/// A kind of objects.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name in the API, in camel case: `characterLink`.
    pub name: &'static str,
    /// Its file.
    pub file: &'static str,
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// The table whose rows the rows of the file are.
    pub table: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// What it is, with an article.
    pub doc: &'static str,
}

use FieldType::{Amount, Date, Flag, General, Names, Number, Slug, Slugs, Sources, Text, Word};

const fn must(name: &'static str, column: &'static str, ty: FieldType, doc: &'static str) -> Field {
    Field { name, column, ty, needed: true, doc }
}

const fn may(name: &'static str, column: &'static str, ty: FieldType, doc: &'static str) -> Field {
    Field { name, column, ty, needed: false, doc }
}

const SLUG: Field = may("slug", "slug", Text, "Slug; made from the other fields if it is left out.");
const OWN_SLUG: Field =
    must("slug", "slug", Text, "Slug: a stable identifier of lower case letters, digits and hyphens.");
const SOURCES: Field = may("sources", "verified", Sources, "Slugs of the sources that support it.");
const GENERAL: Field =
    may("generalKnowledge", "verified", General, "Whether it is common knowledge that needs no source.");
const NOTE: Field = may("note", "note", Text, "Further notes.");
const PERSON: Field = must("person", "person", Slug("people.csv"), "The person.");
const CHARACTER: Field = must("character", "character", Slug("characters.csv"), "The character.");
const SHOW: Field = must("show", "production", Slug("productions.csv"), "The show or film.");
const OF_SEASON: Field = may("season", "season", Slug("seasons.csv"), "The season, if it is about one.");
const BILLING: Field = must("billing", "billing", Word("Billing", '-'), "How prominently the person is credited.");
const POSITION: Field =
    may("position", "order", Number, "Position in the credits among those with the same billing, from 1.");
const PART: Field = must("part", "part", Word("Part", '-'), "The part of the performance that is the person's.");
const CREDITED_AS: Field = may("creditedAs", "credited_as", Text, "The name in the credits, if it differs.");
const PORTRAYAL: Field =
    may("portrayal", "portrayal", Word("Portrayal", '-'), "How the performance relates to others of the character.");
const OBJECT_FILE: Field = must("file", "file", Text, "The file of the object: `people.csv`.");
const OBJECT_KEY: Field = must("key", "key", Text, "The slug of the object.");
const GUEST_CAST: Field =
    may("castCoverage", "guest_cast", Word("CastCoverage", '-'), "How much of the guest cast is known.");

/// All kinds of objects.
pub const FORMATS: &[Format] = &[
    Format {
        name: "franchise",
        file: "franchises.csv",
        key: &["slug"],
        table: "franchise",
        fields: &[SLUG, must("name", "name", Text, "Its name."), SOURCES, GENERAL, NOTE],
        doc: "a franchise",
    },
    Format {
        name: "show",
        file: "productions.csv",
        key: &["slug"],
        table: "show",
        fields: &[
            SLUG,
            must("title", "title", Text, "Its title."),
            must("format", "kind", Word("ShowFormat", '-'), "Its format."),
            may("code", "code", Text, "Short name, with which the slugs of its episodes begin: `TNG`."),
            may("medium", "medium", Word("ShowMedium", '-'), "Live action or animation."),
            may("status", "status", Word("ShowStatus", '-'), "Whether it is running."),
            may("franchise", "franchise", Slug("franchises.csv"), "Its franchise."),
            may("premieredOn", "premiere_date", Date, "The day of its premiere."),
            may("endedOn", "end_date", Date, "The day on which it ended."),
            may("homePlatform", "home_platform", Slug("platforms.csv"), "The platform that it was made for."),
            may("genres", "genres", Names, "Its genres, such as `Drama`."),
            may("language", "language", Text, "The language in which it was made, as a BCP 47 tag: `en`."),
            may("runtimeMinutes", "runtime_minutes", Number, "Length of an episode or of the film, in minutes."),
            may("officialSite", "official_site", Text, "Address of its official web site."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a series, miniseries, anthology or film",
    },
    Format {
        name: "showLink",
        file: "production_links.csv",
        key: &["from", "relation", "to"],
        table: "show_link",
        fields: &[
            must("from", "from", Slug("productions.csv"), "The show of which something is said."),
            must("kind", "relation", Word("ShowLinkKind", '_'), "How it relates to the other."),
            must("to", "to", Slug("productions.csv"), "The other show."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a link between two shows",
    },
    Format {
        name: "season",
        file: "seasons.csv",
        key: &["slug"],
        table: "season",
        fields: &[
            may("slug", "slug", Text, "Slug, which follows from the show and the number, and may be left out."),
            SHOW,
            must("number", "number", Number, "Its number, from 1; 0 for specials."),
            may("premieredOn", "premiere_date", Date, "The day of its first episode."),
            may("finaleOn", "finale_date", Date, "The day of its last episode."),
            may("plannedEpisodeCount", "counted_episodes", Number, "The number of its episodes, as announced."),
            may("homePlatform", "platform", Slug("platforms.csv"), "The platform that it was made for."),
            GUEST_CAST,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a season of a show",
    },
    Format {
        name: "episode",
        file: "episodes.csv",
        key: &["slug"],
        table: "episode",
        fields: &[
            may("slug", "slug", Text, "Slug, which follows from the show and the numbers, and may be left out."),
            may("show", "production", Slug("productions.csv"), "The show, which follows from the season."),
            must("season", "season", Slug("seasons.csv"), "The season."),
            must("number", "number", Number, "Its number in the season."),
            may("numberEnd", "number_end", Number, "The number of its last part, if it is a double episode."),
            must("title", "title", Text, "Its title."),
            may("airedOn", "air_date", Date, "The day on which it was first shown."),
            may("otherAiredOn", "alt_air_date", Date, "Another day, of another source."),
            may("otherSource", "alt_source", Slug("sources.csv"), "The source of the other day."),
            may("productionNumber", "production_number", Text, "Its number in production."),
            may("runtimeMinutes", "runtime_minutes", Number, "Its length in minutes."),
            GUEST_CAST,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "an episode of a season",
    },
    Format {
        name: "person",
        file: "people.csv",
        key: &["slug"],
        table: "person",
        fields: &[
            SLUG,
            must("name", "name", Text, "The best-known name."),
            may("born", "born", Date, "Date of birth."),
            may("died", "died", Date, "Date of death."),
            may("aliases", "also_known_as", Names, "Other names."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a person",
    },
    Format {
        name: "character",
        file: "characters.csv",
        key: &["slug"],
        table: "character",
        fields: &[
            SLUG,
            must("name", "name", Text, "The best-known name."),
            may("species", "species", Text, "Species."),
            may("aliases", "aliases", Names, "Other names."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a character",
    },
    Format {
        name: "characterLink",
        file: "character_links.csv",
        key: &["from", "relation", "to"],
        table: "character_link",
        fields: &[
            must("from", "from", Slug("characters.csv"), "The character of whom something is said."),
            must("kind", "relation", Word("CharacterLinkKind", '_'), "How the character relates to the other."),
            must("to", "to", Slug("characters.csv"), "The other character."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a link between two characters",
    },
    Format {
        name: "seasonCast",
        file: "cast_seasons.csv",
        key: &["season", "person", "character", "part"],
        table: "credit",
        fields: &[
            must("season", "season", Slug("seasons.csv"), "The season."),
            PERSON,
            CHARACTER,
            BILLING,
            PART,
            POSITION,
            CREDITED_AS,
            may("coverage", "coverage", Word("CreditCoverage", '-'), "Which episodes of the season it holds for."),
            PORTRAYAL,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a credit of an actor for a season",
    },
    Format {
        name: "episodeCast",
        file: "cast_episodes.csv",
        key: &["episode", "person", "character", "part"],
        table: "appearance",
        fields: &[
            must("episode", "episode", Slug("episodes.csv"), "The episode."),
            PERSON,
            CHARACTER,
            BILLING,
            PART,
            POSITION,
            CREDITED_AS,
            PORTRAYAL,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "an appearance of an actor in an episode",
    },
    Format {
        name: "filmCast",
        file: "cast_films.csv",
        key: &["production", "person", "character", "part"],
        table: "credit",
        fields: &[
            must("film", "production", Slug("productions.csv"), "The film."),
            PERSON,
            CHARACTER,
            BILLING,
            PART,
            POSITION,
            CREDITED_AS,
            PORTRAYAL,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a credit of an actor for a film",
    },
    Format {
        name: "crew",
        file: "crew.csv",
        key: &["production", "season", "episode", "person", "role"],
        table: "credit",
        fields: &[
            SHOW,
            may("season", "season", Slug("seasons.csv"), "The season, if it is work on one."),
            may("episode", "episode", Slug("episodes.csv"), "The episode, if it is work on one."),
            PERSON,
            must("job", "role", Word("Job", '-'), "What the person did."),
            POSITION,
            CREDITED_AS,
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a credit of a crew member for a show, a season or an episode",
    },
    Format {
        name: "territory",
        file: "territories.csv",
        key: &["slug"],
        table: "territory",
        fields: &[
            OWN_SLUG,
            must("name", "name", Text, "Its name."),
            must("kind", "kind", Word("TerritoryKind", '-'), "A country or a group of countries."),
            may("countryCode", "iso_3166", Text, "Its ISO 3166-1 code, if it is a country: `CA`."),
            may("includes", "includes", Slugs("territories.csv"), "The countries of a group; `*` for all."),
            may("excludes", "excludes", Slugs("territories.csv"), "The countries that do not belong to a group."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a country or a group of countries",
    },
    Format {
        name: "platform",
        file: "platforms.csv",
        key: &["slug"],
        table: "platform_name",
        fields: &[
            OWN_SLUG,
            must("name", "name", Text, "Its name."),
            must("kind", "kind", Word("PlatformKind", '-'), "The kind of platform."),
            may("territory", "territory", Slug("territories.csv"), "Its home territory."),
            may("owner", "owner", Text, "Who owns it."),
            may("launchedOn", "launched", Date, "The day on which it launched under this name."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a platform under one of its names",
    },
    Format {
        name: "platformChange",
        file: "platform_changes.csv",
        key: &["from", "to"],
        table: "platform_name",
        fields: &[
            must("from", "from", Slug("platforms.csv"), "The former name, as a platform."),
            must("to", "to", Slug("platforms.csv"), "The later name, as a platform."),
            may("on", "date", Date, "The day of the change."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "the change of a platform's name",
    },
    Format {
        name: "availability",
        file: "availability.csv",
        key: &["slug"],
        table: "availability",
        fields: &[
            OWN_SLUG,
            SHOW,
            OF_SEASON,
            must("platform", "platform", Slug("platforms.csv"), "The platform."),
            must("territory", "territory", Slug("territories.csv"), "The country or group of countries."),
            may("startsOn", "start_date", Date, "The first day."),
            may("exclusive", "exclusive", Flag, "Whether no other platform has it there."),
            may("cadence", "cadence", Text, "How episodes appear: `weekly`."),
            may("delay", "delay", Text, "How long after the premiere."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "where a show or season can be watched",
    },
    Format {
        name: "offer",
        file: "offers.csv",
        key: &["slug"],
        table: "offer",
        fields: &[
            OWN_SLUG,
            must("platform", "platform", Slug("platforms.csv"), "The platform."),
            must("territory", "territory", Slug("territories.csv"), "The country or group of countries."),
            may("plan", "plan", Text, "The name of the plan."),
            must("price", "price", Amount, "The price, as a decimal number: `5.99`."),
            must("currency", "currency", Text, "ISO 4217 code of its currency: `USD`."),
            may("period", "period", Word("OfferPeriod", '-'), "The time for which it is paid."),
            may("trial", "trial", Text, "The free trial."),
            may("asOf", "as_of", Date, "The day of the price."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a price of a platform",
    },
    Format {
        name: "funding",
        file: "funding.csv",
        key: &["slug"],
        table: "funding",
        fields: &[
            OWN_SLUG,
            SHOW,
            OF_SEASON,
            must("kind", "kind", Word("FundingKind", '-'), "The kind of funding."),
            may("grantor", "grantor", Text, "Who gave it."),
            may("programme", "programme", Text, "The programme."),
            must("amount", "amount", Amount, "The amount, as a decimal number."),
            must("currency", "currency", Text, "ISO 4217 code of its currency: `USD`."),
            may("awardedOn", "awarded", Date, "The day on which it was awarded."),
            may("reportedOn", "reported_on", Date, "The day on which it was reported."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "public funding of a show or season",
    },
    Format {
        name: "media",
        file: "media.csv",
        key: &["slug"],
        table: "media",
        fields: &[
            OWN_SLUG,
            must("kind", "kind", Word("MediaKind", '-'), "The kind of publication."),
            SHOW,
            OF_SEASON,
            may("releasedOn", "date", Date, "The day of its release."),
            may("issuer", "issuer", Text, "Who released it."),
            may("text", "text", Text, "Its text."),
            SOURCES,
            GENERAL,
            NOTE,
        ],
        doc: "a trailer, poster, text or other publication",
    },
    Format {
        name: "source",
        file: "sources.csv",
        key: &["key"],
        table: "source",
        fields: &[
            must("slug", "key", Text, "Slug: a stable identifier of lower case letters, digits and hyphens."),
            must("kind", "kind", Word("SourceKind", '-'), "The kind of source."),
            may("publisher", "publisher", Text, "Who published it."),
            may("title", "title", Text, "Its title."),
            may("author", "author", Text, "Who wrote it."),
            may("publishedOn", "published", Date, "The day of publication."),
            may("address", "address", Text, "Its web address."),
            may("licence", "licence", Text, "The licence of its facts: `CC-BY-SA-4.0`."),
            may("fetchedOn", "fetched", Date, "The day on which it was fetched."),
            NOTE,
        ],
        doc: "a source of information",
    },
    Format {
        name: "claim",
        file: "claims.csv",
        key: &["slug"],
        table: "claim",
        fields: &[
            OWN_SLUG,
            must(
                "subjectFile",
                "subject_file",
                Text,
                "Kind of object that it is about, as the import format names it: `seasons.csv` for seasons.",
            ),
            must(
                "subjectKey",
                "subject_key",
                Text,
                "The object that it is about: its slug, or `season/person/character` for a credit.",
            ),
            must("about", "predicate", Text, "Topic, such as `premiere_date`."),
            must("statement", "value", Text, "The statement."),
            may("claimedOn", "claimed_on", Date, "The day of the statement."),
            must("source", "source", Slug("sources.csv"), "Who said it."),
            must("status", "status", Word("ClaimStatus", '-'), "Its outcome, as known today."),
            may("supersededBy", "superseded_by", Slug("claims.csv"), "The claim that replaced it."),
            NOTE,
        ],
        doc: "a statement made by a source",
    },
    Format {
        name: "citation",
        file: "citations.csv",
        key: &["source", "file", "key", "field", "claim"],
        table: "citation",
        fields: &[
            must("source", "source", Slug("sources.csv"), "The source."),
            must(
                "file",
                "file",
                Text,
                "Kind of object that it supports, as the import format names it: `seasons.csv` for seasons.",
            ),
            must(
                "key",
                "key",
                Text,
                "The object that it supports: its slug, or `season/person/character` for a credit.",
            ),
            must("field", "field", Text, "The field that it supports."),
            may("claim", "claim", Slug("claims.csv"), "The claim that it rests on."),
        ],
        doc: "a source's support for one field of an object",
    },
    Format {
        name: "externalId",
        file: "external_ids.csv",
        key: &["authority", "kind", "value"],
        table: "external_id",
        fields: &[
            OBJECT_FILE,
            OBJECT_KEY,
            must("authority", "authority", Word("Authority", '-'), "Who gave the id."),
            may(
                "kind",
                "kind",
                Word("ExternalIdKind", '-'),
                "What it identifies there. If it is left out, what the object is.",
            ),
            must("value", "value", Text, "The id, such as `nm0001772`."),
            may("position", "order", Number, "Position among the ids of the object; the last if it is left out."),
            may("source", "source", Slug("sources.csv"), "The source that it came from."),
        ],
        doc: "the id of an object at another authority",
    },
    Format {
        name: "picture",
        file: "pictures.csv",
        key: &["file", "key", "url"],
        table: "picture",
        fields: &[
            OBJECT_FILE,
            OBJECT_KEY,
            must("kind", "kind", Word("PictureKind", '-'), "What it shows."),
            must("url", "url", Text, "Its address, which begins with `https://` or `http://`."),
            may("smallUrl", "small_url", Text, "Address of a smaller version."),
            must("credit", "credit", Text, "Whom to credit."),
            may("licence", "licence", Text, "Its licence: `CC-BY-SA-4.0`."),
            may("position", "order", Number, "Position among the pictures of the object; the last if it is left out."),
        ],
        doc: "a picture of an object",
    },
    Format {
        name: "summary",
        file: "summaries.csv",
        key: &["file", "key", "language", "credit"],
        table: "summary",
        fields: &[
            OBJECT_FILE,
            OBJECT_KEY,
            may("language", "language", Text, "Its language, as a BCP 47 tag: `en`."),
            must("text", "text", Text, "The text, in one line."),
            may("credit", "credit", Text, "Whom to credit. An object has one summary of a language for each credit."),
            must("licence", "licence", Text, "Its licence: `CC-BY-SA-4.0`."),
            may("position", "order", Number, "Position among the summaries of the object; the last if it is left out."),
        ],
        doc: "a summary of an object",
    },
];

/// The kind with this name in the API.
pub fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The kind of the rows of a file.
pub fn of_file(file: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.file == file)
}

impl Format {
    /// The field with this name in the API.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The first field of a column.
    pub fn of_column(&self, column: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// Whether rows are identified by a slug.
    pub fn has_slug(&self) -> bool {
        self.key.len() == 1
    }
}
