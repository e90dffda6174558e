//! Public funding, and published material about shows and seasons.

use entity::{funding, media};

use crate::load::{List, Order, SortKey::Int, SortKey::Text, Source};

static FUNDING_BY_DAY: Order = Order {
    name: "AWARDED_ON_ASC",
    keys: &[Text("coalesce(t.awarded_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

static MEDIA_BY_DAY: Order = Order {
    name: "RELEASED_ON_ASC",
    keys: &[Text("coalesce(t.released_on, '9999-99-99')"), Int("t.id")],
    descending: false,
    join: "",
};

/// Public funding of a season.
pub static FUNDING_OF_SEASON: List<funding::Model> = List::new(
    Source { name: "season.funding", parent: &["season"], from: "funding AS t", condition: "t.season_id = p.season" },
    &FUNDING_BY_DAY,
);

/// Public funding of a show and its seasons.
pub static FUNDING_OF_SHOW: List<funding::Model> = List::new(
    Source { name: "show.funding", parent: &["show"], from: "funding AS t", condition: "t.show_id = p.show" },
    &FUNDING_BY_DAY,
);

/// All public funding.
pub static FUNDING: List<funding::Model> =
    List::new(Source { name: "funding", parent: &[], from: "funding AS t", condition: "true" }, &FUNDING_BY_DAY);

/// All media: announcements, trailers, posters, loglines and summaries.
pub static MEDIA: List<media::Model> = media_of("media", &[], "true");

/// Announcements, trailers and posters of a season.
pub static MEDIA_OF_SEASON: List<media::Model> = media_of("season.media", &["season"], SEASON_MEDIA);

/// Announcements, trailers and posters of a show and its seasons.
pub static MEDIA_OF_SHOW: List<media::Model> = media_of("show.media", &["show"], SHOW_MEDIA);

/// Loglines and summaries of a season.
pub static TEXTS_OF_SEASON: List<media::Model> = media_of("season.texts", &["season"], SEASON_TEXTS);

/// Loglines and summaries of a show and its seasons.
pub static TEXTS_OF_SHOW: List<media::Model> = media_of("show.texts", &["show"], SHOW_TEXTS);

const SEASON_MEDIA: &str = "t.season_id = p.season AND t.kind NOT IN ('LOGLINE', 'SUMMARY')";
const SHOW_MEDIA: &str = "t.show_id = p.show AND t.kind NOT IN ('LOGLINE', 'SUMMARY')";
const SEASON_TEXTS: &str = "t.season_id = p.season AND t.kind IN ('LOGLINE', 'SUMMARY')";
const SHOW_TEXTS: &str = "t.show_id = p.show AND t.kind IN ('LOGLINE', 'SUMMARY')";

const fn media_of(name: &'static str, parent: &'static [&'static str], condition: &'static str) -> List<media::Model> {
    List::new(Source { name, parent, from: "media AS t", condition }, &MEDIA_BY_DAY)
}
