//! Search for people, characters, shows, episodes, franchises and platforms by their names, including alternative names.
//!
//! The search text is folded like the names. A name matches if each word of the text is one of its words, or a prefix
//! of one. A text that is an external id (`nm0001772`) finds the object with that id. If no name matches, words are joined
//! or split and numbers spelled out (`search/readings.rs`), and then the text and the names are compared without their
//! spaces; typing errors are tolerated only if that does not match either (`search/spelling.rs`), so correctly spelled
//! matches are never buried under near misses. `search/rank.rs` sorts the hits.
//!
//! The full-text indexes of the two engines fold, split and rank in different ways, and neither tolerates typing
//! errors. Instead, triggers maintain plain tables of the words of all names (migration 11). The engines only look up
//! words by index; matching and ranking are in Rust. Both engines therefore return the same hits by construction. There
//! are few franchises and platforms, so their names are read without an index, and only matched as they are written.

mod rank;
mod readings;
mod spelling;
mod statement;
mod words;

use std::{collections::HashSet, sync::Arc};

use entity::{Authority, external_id, subject::Kind};
use futures_util::{future::try_join_all, try_join};

use crate::{
    error::Error,
    load::{CacheKey, Dependencies, Key, Order, Reader, SortKey, SortValue, Source},
};
use rank::{rank, rank_joined};
use readings::{Part, bare_part, joined, number_readings, part, readings};
use statement::{NameMatch, WordLookups};
use words::SearchText;

/// The maximum number of names to rank. If more match, only the shortest are ranked.
pub const MAX_HITS: u32 = 2000;

/// The kinds of objects that can be searched.
pub const KINDS: [Kind; 7] =
    [Kind::Franchise, Kind::Show, Kind::Season, Kind::Episode, Kind::Person, Kind::Character, Kind::Platform];

/// The list name in the cursors of a search. The search itself is read with [`Search`], not as a list.
pub static SOURCE: Source = Source { name: "search", parent: &[], from: "search_name AS t", condition: "true" };

/// The sort order of hits in cursors: [`Hit::sort`].
pub static BY_RANK: Order = Order {
    name: "RANK",
    keys: &[SortKey::Int("rank"), SortKey::Int("credits"), SortKey::Int("kind"), SortKey::Int("row_id")],
    descending: false,
    join: "",
};

/// A row with a matching name, and the best of its matching names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The table of the row.
    pub kind: Kind,
    /// The id of the row.
    pub row_id: i32,
    /// The matching name, as written.
    pub name: String,
    /// How well the name matches: lower is better, 0 is the whole name.
    pub rank: i32,
    /// Number of credits of the person, character, show or episode.
    pub credits: i32,
}

impl Hit {
    /// The sort key: best match first, then most credits, then kind and id.
    pub fn sort(&self) -> [i32; 4] {
        [self.rank, -self.credits, self.kind.into(), self.row_id]
    }

    /// Whether each word of the text is a word of the name, not only the beginning of one.
    fn has_all_words(&self) -> bool {
        self.rank < 2
    }

    /// [`Hit::sort`] as stored in cursors.
    pub fn sort_values(&self) -> Vec<SortValue> {
        self.sort().map(SortValue::Int).to_vec()
    }
}

/// Finds the best `first` hits for a text among rows of these kinds.
///
/// # Errors
///
/// If the text is too long, or the database cannot be read.
pub async fn find(reader: &Reader, text: &str, kinds: &[Kind], first: usize) -> Result<Vec<Hit>, Error> {
    let mut hits = Search::new(text, kinds)?.run(reader).await?;
    hits.truncate(first);
    Ok(hits)
}

/// Other readings of a text, each with its words joined by spaces, in the order in which they are tried.
pub fn other_readings(text: &str) -> Vec<String> {
    readings(text).iter().map(|reading| reading.whole().to_owned()).collect()
}

/// The letters of a text without spaces, in each way in which they are compared with names without spaces.
pub fn joined_texts(text: &str) -> Vec<String> {
    joined(text)
}

/// Loads all hits for a text among rows of some kinds, best first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    text: SearchText,
    /// Other readings of the text, which are tried if it fits no name.
    readings: Vec<SearchText>,
    /// The name of a show and a part of it, if the text can be read so.
    part: Option<(SearchText, Part)>,
    /// The same, if the text can be read so with less certainty.
    bare_part: Option<(SearchText, Part)>,
    /// The text without spaces.
    joined: Vec<String>,
    /// Readings of numbers that may fit better than a name that only begins with the text.
    numbers: Vec<SearchText>,
    /// The external id that the text is, if it is one.
    id: Option<(Authority, Option<external_id::Kind>, String)>,
    kinds: Vec<Kind>,
}

impl Search {
    /// Searches for `text` among rows of `kinds`. A text without words has no hits.
    ///
    /// # Errors
    ///
    /// If the text is too long.
    pub fn new(text: &str, kinds: &[Kind]) -> Result<Self, Error> {
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable_by_key(|kind| i32::from(*kind));
        kinds.dedup();
        Ok(Self {
            text: SearchText::read(text)?,
            readings: readings(text),
            part: part(text),
            bare_part: bare_part(text),
            joined: joined(text),
            numbers: number_readings(text),
            id: Authority::read(text),
            kinds,
        })
    }

    async fn run(&self, reader: &Reader) -> Result<Vec<Hit>, Error> {
        if self.text.is_empty() {
            return Ok(Vec::new());
        }
        if let Some((authority, kind, value)) = &self.id {
            let hits = statement::identified(reader, *authority, *kind, value, &self.kinds).await?;
            if !hits.is_empty() {
                return Ok(hits);
            }
        }
        let lookups = WordLookups::as_written(&self.text);
        let (mut found, few) =
            try_join!(statement::names(reader, &lookups, &self.kinds), statement::few_names(reader, &self.kinds))?;
        found.extend_from_slice(&few);
        let mut hits = rank(&self.text, &found, false);
        if let Some((show, part)) = &self.part {
            hits = merge(hits, self.parts(reader, show, *part).await?);
        }
        if hits.first().is_some_and(|hit| !hit.has_all_words()) {
            for reading in &self.numbers {
                hits = merge(hits, self.read_as(reader, reading, &few).await?);
            }
        }
        if !hits.is_empty() {
            return Ok(hits);
        }
        for reading in &self.readings {
            hits = self.read_as(reader, reading, &few).await?;
            if !hits.is_empty() {
                return Ok(hits);
            }
        }
        if let Some((show, part)) = &self.bare_part {
            hits = self.parts(reader, show, *part).await?;
        }
        for joined in &self.joined {
            if !hits.is_empty() {
                break;
            }
            let mut found = statement::names(reader, &WordLookups::beginnings(joined), &self.kinds).await?;
            found.extend_from_slice(&few);
            hits = rank_joined(joined, &found);
        }
        if hits.is_empty() { self.similar(reader).await } else { Ok(hits) }
    }

    /// Rows whose names fit another reading of the text.
    async fn read_as(&self, reader: &Reader, reading: &SearchText, few: &[Arc<NameMatch>]) -> Result<Vec<Hit>, Error> {
        let mut found = statement::names(reader, &WordLookups::as_read(reading), &self.kinds).await?;
        found.extend_from_slice(few);
        Ok(rank(reading, &found, false))
    }

    /// The seasons or episodes of the shows that fit best, and these shows after them.
    async fn parts(&self, reader: &Reader, show: &SearchText, part: Part) -> Result<Vec<Hit>, Error> {
        let mut found =
            rank(show, &statement::names(reader, &WordLookups::as_written(show), &[Kind::Show]).await?, false);
        for reading in readings(show.whole()) {
            if !found.is_empty() {
                break;
            }
            let names = statement::names(reader, &WordLookups::as_read(&reading), &[Kind::Show]).await?;
            found = rank(&reading, &names, false);
        }
        let best = found.first().map(|hit| hit.rank);
        found.retain(|hit| Some(hit.rank) == best);
        let kind = if part.episode.is_some() { Kind::Episode } else { Kind::Season };
        let mut hits = Vec::new();
        if self.kinds.contains(&kind) {
            hits = statement::parts(reader, &found, kind, part).await?;
        }
        if self.kinds.contains(&Kind::Show) {
            hits.extend(found.into_iter().map(|hit| Hit { rank: hit.rank + 1, ..hit }));
        }
        Ok(hits)
    }

    /// Rows whose names fit with typing errors.
    async fn similar(&self, reader: &Reader) -> Result<Vec<Hit>, Error> {
        let similar = self.text.words().iter().map(|word| spelling::similar(reader, word));
        let similar = try_join_all(similar).await?;
        if similar.iter().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let lookups = WordLookups::as_written(&self.text).or(&similar);
        Ok(rank(&self.text, &statement::names(reader, &lookups, &self.kinds).await?, true))
    }
}

/// The hits of both lists, each row once with its best name.
fn merge(mut hits: Vec<Hit>, more: Vec<Hit>) -> Vec<Hit> {
    hits.extend(more);
    hits.sort_unstable_by_key(Hit::sort);
    let mut known = HashSet::new();
    hits.retain(|hit| known.insert((i32::from(hit.kind), hit.row_id)));
    hits
}

impl CacheKey for Search {
    type Value = Arc<[Hit]>;

    fn bytes(hits: &Self::Value) -> usize {
        hits.iter().map(|hit| size_of::<Hit>() + hit.name.len()).sum()
    }

    fn heap_bytes(&self) -> usize {
        let shows = self.part.iter().chain(&self.bare_part).map(|(show, _)| show);
        let texts = self.readings.iter().chain(&self.numbers).chain(shows);
        self.text.bytes()
            + texts.map(SearchText::bytes).sum::<usize>()
            + self.joined.iter().map(String::len).sum::<usize>()
            + self.id.as_ref().map_or(0, |(.., value)| value.len())
            + size_of_val(self.kinds.as_slice())
    }
}

/// The tables that a search reads.
pub const TABLES: &[&str] = &[
    "search_name",
    "search_word",
    "search_gram",
    "franchise",
    "show",
    "season",
    "episode",
    "credit",
    "appearance",
    "platform_name",
    "home",
    "external_id",
    "subject",
];

impl Key for Search {
    fn depends(&self, on: &mut Dependencies) {
        for table in TABLES {
            on.table(table);
        }
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let read = keys.iter().map(async |search| search.run(reader).await.map(Arc::from).map(Some));
        try_join_all(read).await
    }
}
