//! Search for people, characters, shows, episodes, franchises and platforms by their names, including alternative names.
//!
//! The search text is folded like the names. A name matches if each word of the text is one of its words, or a prefix
//! of one. A text that is an external id (`nm0001772`) finds the object with that id. If no name matches, words are joined or split and numbers spelled out (`search/readings.rs`); typing errors
//! are tolerated only if that does not match either (`search/spelling.rs`), so correctly spelled matches are never buried
//! under near misses. `search/rank.rs` sorts the hits.
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

use std::sync::Arc;

use entity::{Authority, external_id, subject::Kind};
use futures_util::{future::try_join_all, try_join};

use crate::{
    error::Error,
    load::{CacheKey, Key, Order, Reader, SortKey, SortValue, Source},
};
use rank::rank;
use readings::{Part, part, readings};
use statement::WordLookups;
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

/// Loads all hits for a text among rows of some kinds, best first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    text: SearchText,
    /// Other readings of the text, which are tried if it fits no name.
    readings: Vec<SearchText>,
    /// The name of a show and a part of it, if the text can be read so.
    part: Option<(SearchText, Part)>,
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
        let id = Authority::read(text);
        Ok(Self { text: SearchText::read(text)?, readings: readings(text), part: part(text), id, kinds })
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
        let mut hits = self.named(reader).await?;
        if let Some((show, part)) = &self.part {
            hits.extend(self.parts(reader, show, *part).await?);
            hits.sort_unstable_by_key(Hit::sort);
            hits.dedup_by_key(|hit| (hit.kind, hit.row_id));
        }
        if !hits.is_empty() {
            return Ok(hits);
        }
        for reading in &self.readings {
            let found = statement::names(reader, &WordLookups::as_read(reading), &self.kinds).await?;
            if !found.is_empty() {
                return Ok(rank(reading, &found, false));
            }
        }
        self.similar(reader).await
    }

    /// Rows whose names fit the text as it is written.
    async fn named(&self, reader: &Reader) -> Result<Vec<Hit>, Error> {
        let lookups = WordLookups::as_written(&self.text);
        let (mut found, few) =
            try_join!(statement::names(reader, &lookups, &self.kinds), statement::few_names(reader, &self.kinds))?;
        found.extend(few);
        Ok(rank(&self.text, &found, false))
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

impl CacheKey for Search {
    type Value = Arc<[Hit]>;

    fn bytes(hits: &Self::Value) -> usize {
        hits.iter().map(|hit| size_of::<Hit>() + hit.name.len()).sum()
    }

    fn heap_bytes(&self) -> usize {
        let texts = self.readings.iter().chain(self.part.as_ref().map(|(show, _)| show));
        let id = self.id.as_ref().map_or(0, |(.., value)| value.len());
        self.text.bytes() + texts.map(SearchText::bytes).sum::<usize>() + size_of_val(self.kinds.as_slice()) + id
    }
}

impl Key for Search {
    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let read = keys.iter().map(async |search| search.run(reader).await.map(Arc::from).map(Some));
        try_join_all(read).await
    }
}
