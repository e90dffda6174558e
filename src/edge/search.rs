//! Search for people, characters, shows and episodes by their names, including alternative names.
//!
//! The search text is folded like the names. A name matches if each word of the text is one of its words, or a prefix
//! of one. Typing errors are tolerated only if no name matches exactly (`search/spelling.rs`), so correctly spelled
//! matches are never buried under near misses. `search/rank.rs` sorts the hits.
//!
//! The full-text indexes of the two engines fold, split and rank in different ways, and neither tolerates typing
//! errors. Instead, triggers maintain plain tables of the words of all names (migration 11). The engines only look up
//! words by index; matching and ranking are in Rust. Both engines therefore return the same hits by construction.

mod rank;
mod spelling;
mod statement;
mod words;

use std::sync::Arc;

use entity::subject::Kind;
use futures_util::future::try_join_all;

use crate::{
    error::Error,
    load::{Kept, Key, Order, Reader, SortKey, SortValue, Source},
};
use rank::rank;
use statement::Asked;
use words::Text;

/// The maximum number of names to rank. If more match, only the shortest are ranked.
pub const MOST: u32 = 2000;

/// The kinds of objects that can be searched.
pub const KINDS: [Kind; 4] = [Kind::Show, Kind::Episode, Kind::Person, Kind::Character];

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
/// If the text contains no words, is too long, or the database cannot be read.
pub async fn find(reader: &Reader, text: &str, kinds: &[Kind], first: usize) -> Result<Vec<Hit>, Error> {
    let mut hits = Search::new(text, kinds)?.run(reader).await?;
    hits.truncate(first);
    Ok(hits)
}

/// Loads all hits for a text among rows of some kinds, best first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    text: Text,
    kinds: Vec<Kind>,
}

impl Search {
    /// Searches for `text` among rows of `kinds`. Texts that differ only in case, accents or punctuation are equal
    /// keys.
    ///
    /// # Errors
    ///
    /// If the text contains no words or is too long.
    pub fn new(text: &str, kinds: &[Kind]) -> Result<Self, Error> {
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable_by_key(|kind| i32::from(*kind));
        kinds.dedup();
        Ok(Self { text: Text::read(text)?, kinds })
    }

    async fn run(&self, reader: &Reader) -> Result<Vec<Hit>, Error> {
        let asked = Asked::as_written(&self.text);
        let found = statement::names(reader, &asked, &self.kinds).await?;
        if !found.is_empty() {
            return Ok(rank(&self.text, &found, false));
        }
        let similar = self.text.words().iter().map(|word| spelling::similar(reader, word));
        let similar = try_join_all(similar).await?;
        if similar.iter().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let asked = asked.or(&similar);
        Ok(rank(&self.text, &statement::names(reader, &asked, &self.kinds).await?, true))
    }
}

impl Kept for Search {
    type Value = Arc<[Hit]>;

    fn bytes(hits: &Self::Value) -> usize {
        hits.iter().map(|hit| size_of::<Hit>() + hit.name.len()).sum()
    }

    fn outside(&self) -> usize {
        self.text.bytes() + size_of_val(self.kinds.as_slice())
    }
}

impl Key for Search {
    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let read = keys.iter().map(async |search| search.run(reader).await.map(Arc::from).map(Some));
        try_join_all(read).await
    }
}
