//! The rows that a graph is built from, with their database ids.

/// The rows of one committed state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Shows by id.
    pub shows: Vec<ShowRow>,
    /// Seasons by id.
    pub seasons: Vec<SeasonRow>,
    /// Episodes by id.
    pub episodes: Vec<EpisodeRow>,
    /// Credits in any order.
    pub credits: Vec<CreditRow>,
    /// Credits with the episodes in which they are listed, in any order.
    pub appearances: Vec<(i32, i32)>,
}

/// A show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShowRow {
    /// Its id.
    pub id: i32,
    /// The id of its franchise, or 0.
    pub franchise: i32,
    /// Whether it is a film.
    pub film: bool,
    /// Its first date, as returned by `day`.
    pub day: i32,
}

/// A season.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeasonRow {
    /// Its id.
    pub id: i32,
    /// The id of its show.
    pub show: i32,
    /// Its first date, as returned by `day`.
    pub day: i32,
}

/// An episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpisodeRow {
    /// Its id.
    pub id: i32,
    /// The id of its show.
    pub show: i32,
    /// The id of its season.
    pub season: i32,
    /// Whether it is a special, such as an unaired pilot: it has the number 0, and credits for the whole season do not
    /// hold for it.
    pub special: bool,
    /// Its first air date, as returned by `day`.
    pub day: i32,
}

/// A credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditRow {
    /// Its id.
    pub id: i32,
    /// The id of the person.
    pub person: i32,
    /// The id of the show.
    pub show: i32,
    /// The id of the season, or 0.
    pub season: i32,
    /// The id of the character; 0 if the job is not acting.
    pub character: i32,
    /// Whether the person is in every episode of the season.
    pub whole: bool,
}

/// A date as a sortable number, such as 20180804; the first day of a month or a year. An unknown date is 0.
pub(super) fn day(number: i32) -> i32 {
    // SQL converts a missing date to a number without a year.
    if number < 10_000 { 0 } else { number }
}
