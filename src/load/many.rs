use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use foldhash::fast::RandomState;

use super::{
    CacheKey, Condition, Dependencies, Key, List, Order, Parent, Reader, Record, SortValue, Source, Tally,
    entry::Entry,
    join_all::try_join_all,
    list_query::{read_counts, read_lists},
    prefetch::{Field, PrefetchSet},
    reads,
};
use crate::error::Error;

/// Loads a window of one parent's list.
pub struct Many<R: 'static> {
    pub(super) list: &'static List<R>,
    pub(super) parent: Parent,
    pub(super) window: Arc<Window>,
    /// What to prefetch when the list is read. Not part of equality.
    pub(super) prefetch: PrefetchSet,
}

/// Selects rows of a list. Parents with the same window are read with one statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The sort order.
    pub order: &'static Order,
    /// Additional conditions for the rows.
    pub filter: Arc<[Condition]>,
    /// Only rows after the row with these sort key values.
    pub after: Option<Vec<SortValue>>,
    /// Only rows before the row with these sort key values.
    pub before: Option<Vec<SortValue>>,
    /// Whether the window includes the rows at `after` and `before`.
    pub inclusive: bool,
    /// The maximum number of rows.
    pub limit: Option<u32>,
    /// Whether the limit applies from the end of the window.
    pub from_end: bool,
}

impl Window {
    /// The whole list in the given order.
    pub fn all(order: &'static Order) -> Self {
        Self {
            order,
            filter: Arc::default(),
            after: None,
            before: None,
            inclusive: false,
            limit: None,
            from_end: false,
        }
    }
}

impl<R> Many<R> {
    /// The rows of one parent's `list` that are in `window`.
    pub fn new(list: &'static List<R>, parent: impl Into<Parent>, window: impl Into<Arc<Window>>) -> Self {
        Self { list, parent: parent.into(), window: window.into(), prefetch: PrefetchSet::default() }
    }

    /// Prefetches the rows and counts that these fields need.
    #[must_use]
    pub fn prefetch<'f>(self, fields: impl Iterator<Item = Field<'f>>) -> Self {
        Self { prefetch: PrefetchSet::new(self.list.prefetches, fields), ..self }
    }

    /// The window.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The list.
    pub fn list(&self) -> &'static List<R> {
        self.list
    }

    /// The same list of the same parent with another window, without prefetching.
    #[must_use]
    pub fn with_window(&self, window: Window) -> Self {
        Self { window: Arc::new(window), prefetch: PrefetchSet::default(), ..*self }
    }

    /// The number of rows in the whole list of this parent, regardless of the bounds of the window. Filters apply.
    pub fn count(&self) -> Count {
        let List { source, tally, .. } = self.list;
        Count { source, parent: self.parent, filter: Arc::clone(&self.window.filter), tally: *tally }
    }
}

impl<R> Clone for Many<R> {
    fn clone(&self) -> Self {
        Self { window: Arc::clone(&self.window), ..*self }
    }
}

impl<R> PartialEq for Many<R> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.list.source == other.list.source && self.window == other.window
    }
}

impl<R> Eq for Many<R> {}

impl<R> Hash for Many<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.source.hash(state);
        self.parent.hash(state);
        self.window.hash(state);
    }
}

impl<R: Record> CacheKey for Many<R> {
    type Value = Arc<[Entry<R>]>;

    fn bytes(entries: &Self::Value) -> usize {
        entries.iter().map(Entry::bytes).sum()
    }

    fn heap_bytes(&self) -> usize {
        let bounds = [&self.window.after, &self.window.before].into_iter().flatten().flatten();
        size_of::<Window>() + heap_bytes(&self.window.filter) + bounds.map(SortValue::bytes).sum::<usize>()
    }
}

impl<R: Record> Key for Many<R> {
    const MERGES: bool = true;

    fn merge(&mut self, equal: &Self) {
        self.prefetch = self.prefetch | equal.prefetch;
    }

    fn depends(&self, on: &mut Dependencies) {
        reads::add(on, &self.list.source, self.parent, Some(self.window.order), &self.window.filter);
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<Self::Value>>, Error> {
        let groups = group(keys, |key| (&key.list.source, Arc::clone(&key.window)));
        let lists =
            try_join_all(groups.iter().map(|group| Box::pin(read_lists(reader, &group.keys)) as _).collect()).await?;
        Ok(in_key_order(keys.len(), groups, lists))
    }
}

/// Loads the number of rows in one parent's list.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Count {
    pub(super) source: &'static Source,
    pub(super) parent: Parent,
    pub(super) filter: Arc<[Condition]>,
    pub(super) tally: Option<&'static Tally>,
}

impl Count {
    /// The number of rows that the list of `source` has for `parent`.
    pub(super) fn all(source: &'static Source, parent: impl Into<Parent>) -> Self {
        Self { source, parent: parent.into(), filter: Arc::default(), tally: None }
    }
}

impl CacheKey for Count {
    type Value = i64;

    fn bytes(count: &i64) -> usize {
        size_of_val(count)
    }

    fn heap_bytes(&self) -> usize {
        heap_bytes(&self.filter)
    }
}

impl Key for Count {
    fn depends(&self, on: &mut Dependencies) {
        reads::add(on, self.source, self.parent, None, &self.filter);
    }

    async fn load(reader: &Reader, keys: &[Self]) -> Result<Vec<Option<i64>>, Error> {
        let groups = group(keys, |key| (key.source, Arc::clone(&key.filter)));
        let counts =
            try_join_all(groups.iter().map(|group| Box::pin(read_counts(reader, &group.keys)) as _).collect()).await?;
        Ok(in_key_order(keys.len(), groups, counts))
    }
}

/// Heap size of conditions and their values, in bytes.
fn heap_bytes(filter: &[Condition]) -> usize {
    filter.iter().map(|condition| size_of::<Condition>() + condition.heap_bytes()).sum()
}

/// Keys that one statement can read, and their indexes among all keys.
struct Group<'k, K> {
    keys: Vec<&'k K>,
    indexes: Vec<usize>,
}

/// Groups keys by `by`. The groups are in the order of their first keys.
fn group<K, G: Eq + Hash>(keys: &[K], by: impl Fn(&K) -> G) -> Vec<Group<'_, K>> {
    let mut known: HashMap<_, _, RandomState> = HashMap::default();
    let mut groups: Vec<Group<K>> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let group = *known.entry(by(key)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => {
                group.keys.push(key);
                group.indexes.push(index);
            }
            None => groups.push(Group { keys: vec![key], indexes: vec![index] }),
        }
    }
    groups
}

/// Puts the results of all groups into the order of the keys, of which there are `count`.
fn in_key_order<K, V>(count: usize, groups: Vec<Group<'_, K>>, found: Vec<Vec<V>>) -> Vec<Option<V>> {
    let mut values: Vec<Option<V>> = std::iter::repeat_with(|| None).take(count).collect();
    for (group, found) in groups.into_iter().zip(found) {
        for (index, value) in group.indexes.into_iter().zip(found) {
            if let Some(slot) = values.get_mut(index) {
                *slot = Some(value);
            }
        }
    }
    values
}
