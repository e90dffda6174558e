//! A cache of rows, lists, counts and complete responses, shared by all requests. A change of the database drops the
//! entries that depend on what was changed.
//!
//! Each entry has its [`Dependencies`], and the moment before its read began. It is returned only if nothing that it
//! depends on was touched since, so a read that overlaps a change cannot store stale data. The code that detects changes
//! ([`crate::store`]) calls [`Cache::touch`] with what they touched, or [`Cache::invalidate_all`] if that is not known.
//! While changes cannot be detected, the cache is disabled and returns nothing.
//!
//! If several requests need the same key at the same time, the first reads it and the others wait for its result.
//! Prefetched values are cached too, but no request waits for them.

use std::{
    any::Any,
    collections::{HashMap, hash_map},
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use futures_channel::oneshot;
use quick_cache::{Equivalent, Weighter};

use super::{
    Dependencies, Key, Moment, Touched,
    dependency::{Checked, Versions},
};

/// A key of the cache.
pub trait CacheKey: Clone + Eq + Hash + Send + Sync + 'static {
    /// The type of its value.
    type Value: Clone + Send + Sync + 'static;

    /// Estimated size of a value in memory, in bytes.
    fn bytes(value: &Self::Value) -> usize;

    /// Bytes that the key owns on the heap, such as its strings.
    fn heap_bytes(&self) -> usize;
}

/// Estimated overhead of an entry besides its key and value, in bytes.
const OVERHEAD: usize = 160;

/// The cache. Keys may be of any type that implements [`CacheKey`].
pub struct Cache {
    entries: quick_cache::sync::Cache<StoredKey, Arc<Entry>, Weight>,
    /// Keys that are being read, with the requests that wait for them.
    in_flight: Mutex<HashMap<StoredKey, InFlight>>,
    /// The number of the next read in flight.
    next_flight: AtomicU64,
    versions: Versions,
    /// Held while changes are applied.
    touching: Mutex<()>,
    enabled: AtomicBool,
    answers: bool,
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    drops: AtomicU64,
}

/// Statistics of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheState {
    /// Lookups that found an entry.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// Entries that were found stale, because what they depend on had changed.
    pub stale: u64,
    /// Number of times the cache was cleared.
    pub drops: u64,
    /// Number of entries.
    pub entries: usize,
    /// Estimated size of the entries, in bytes.
    pub bytes: u64,
}

/// The result for a key: its value, or `None` if the database has none.
pub type Loaded<K> = Option<<K as CacheKey>::Value>;

/// The result for a key, with its type erased.
type AnyValue = Arc<dyn Any + Send + Sync>;

/// A result with what it depends on.
pub(super) struct Entry {
    /// The last moment at which it was fresh.
    checked: Checked,
    dependencies: Box<[u32]>,
    bytes: usize,
    found: AnyValue,
}

struct InFlight {
    number: u64,
    /// The moment before the read began.
    begun: Moment,
    waiters: Vec<oneshot::Sender<AnyValue>>,
}

impl Cache {
    /// Creates a cache for about `bytes` bytes. It is disabled until changes can be detected.
    pub fn new(bytes: u64) -> Self {
        let entries = usize::try_from(bytes / 512).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        Self {
            entries: quick_cache::sync::Cache::with_weighter(entries, bytes, Weight),
            in_flight: Mutex::default(),
            next_flight: AtomicU64::new(0),
            versions: Versions::new(usize::try_from(bytes / 64).unwrap_or(usize::MAX).clamp(1 << 12, 1 << 20)),
            touching: Mutex::default(),
            enabled: AtomicBool::new(false),
            answers: true,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            stale: AtomicU64::new(0),
            drops: AtomicU64::new(0),
        }
    }

    /// Caches rows, lists and counts, but no complete responses.
    #[must_use]
    pub fn without_answers(self) -> Self {
        Self { answers: false, ..self }
    }

    /// Whether to cache complete responses too.
    pub fn caches_answers(&self) -> bool {
        self.answers
    }

    /// Drops what depends on what changes have touched.
    pub fn touch(&self, touched: &Touched) {
        let _turn = lock(&self.touching);
        self.versions.touch(touched);
    }

    /// Clears the cache, because it is not known what has changed.
    pub fn invalidate_all(&self) {
        let turn = lock(&self.touching);
        self.versions.touch_all();
        drop(turn);
        self.drops.fetch_add(1, Ordering::Relaxed);
        self.entries.clear();
    }

    /// Enables the cache. Changes are detected from now on.
    pub fn enable(&self) {
        self.invalidate_all();
        self.enabled.store(true, Ordering::SeqCst);
    }

    /// Clears and disables the cache because changes can no longer be detected.
    pub fn disable(&self) {
        self.enabled.store(false, Ordering::SeqCst);
        self.invalidate_all();
    }

    /// Current statistics.
    pub fn state(&self) -> CacheState {
        CacheState {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            stale: self.stale.load(Ordering::Relaxed),
            drops: self.drops.load(Ordering::Relaxed),
            entries: self.entries.len(),
            bytes: self.entries.weight(),
        }
    }

    /// The current moment. What is read from now on includes all changes that have been reported.
    pub fn now(&self) -> Moment {
        self.versions.now()
    }

    /// The value of `key`, if it is cached. Does not count as a hit or a miss.
    pub fn find<K: CacheKey>(&self, key: &K) -> Option<Loaded<K>> {
        self.entry(key).and_then(|entry| entry.value::<K>())
    }

    /// Stores the result for `key`, which depends on `dependencies`. `begun` is the moment before the read began.
    pub fn insert<K: CacheKey>(&self, begun: Moment, key: K, found: Loaded<K>, dependencies: Dependencies) {
        let dependencies = dependencies.into_slots();
        let bytes = weight(&key, found.as_ref(), &dependencies);
        self.insert_entry(key, Entry { checked: Checked::at(begun), dependencies, bytes, found: Arc::new(found) });
    }

    /// Stores an entry. If the database changes at the same moment, the entry is found stale later.
    fn insert_entry<K: CacheKey>(&self, key: K, entry: Entry) {
        if self.enabled.load(Ordering::SeqCst) && entry.is_fresh(&self.versions) {
            self.entries.insert(StoredKey(Box::new(key)), Arc::new(entry));
        }
    }

    /// The entry for `key`, if there is one and it is fresh.
    fn entry<K: CacheKey>(&self, key: &K) -> Option<Arc<Entry>> {
        if !self.enabled.load(Ordering::SeqCst) {
            return None;
        }
        let entry = self.entries.get(&BorrowedKey(key))?;
        if entry.is_fresh(&self.versions) {
            return Some(entry);
        }
        self.stale.fetch_add(1, Ordering::Relaxed);
        self.entries.remove(&BorrowedKey(key));
        None
    }

    /// The entry for `key`, if there is one and it is fresh. Counts as a hit or a miss.
    pub(super) fn get<K: CacheKey>(&self, key: &K) -> Option<Arc<Entry>> {
        let found = self.entry(key);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Splits `keys` into those that the caller must read and those that another request is already reading.
    pub(super) fn claim<K: Key>(self: &Arc<Self>, keys: &[K]) -> Claim<K> {
        let number = self.next_flight.fetch_add(1, Ordering::Relaxed);
        let begun = self.now();
        let mut claim = Claim { cache: Arc::clone(self), number, begun, own: Vec::new(), others: Vec::new() };
        let mut in_flight = lock(&self.in_flight);
        for (index, key) in keys.iter().enumerate() {
            match in_flight.entry(StoredKey(Box::new(key.clone()))) {
                hash_map::Entry::Occupied(mut flight)
                    if self.versions.is_fresh(&dependencies(key).into_slots(), flight.get().begun) =>
                {
                    let (sender, receiver) = oneshot::channel();
                    flight.get_mut().waiters.push(sender);
                    claim.others.push((index, receiver));
                }
                // Nobody is reading the key, or the read began before a change that this request must see.
                flight => {
                    flight.insert_entry(InFlight { number, begun, waiters: Vec::new() });
                    claim.own.push(key.clone());
                }
            }
        }
        claim
    }
}

impl Entry {
    /// The value, if the entry is one of a key of the type `K`.
    pub(super) fn value<K: CacheKey>(&self) -> Option<Loaded<K>> {
        self.found.downcast_ref::<Loaded<K>>().cloned()
    }

    /// What the result depends on.
    pub(super) fn dependencies(&self) -> &[u32] {
        &self.dependencies
    }

    fn is_fresh(&self, versions: &Versions) -> bool {
        self.checked.is_fresh(versions, &self.dependencies)
    }
}

/// What the result for `key` depends on.
pub(super) fn dependencies<K: Key>(key: &K) -> Dependencies {
    let mut dependencies = Dependencies::default();
    key.depends(&mut dependencies);
    dependencies
}

/// Keys that one request reads on behalf of all. If the claim is dropped, other requests can read them.
pub(super) struct Claim<K: Key> {
    cache: Arc<Cache>,
    number: u64,
    begun: Moment,
    /// The keys to read.
    pub(super) own: Vec<K>,
    /// The indexes of the keys that another request is reading, with the receivers of its results.
    pub(super) others: Vec<(usize, oneshot::Receiver<AnyValue>)>,
}

impl<K: Key> Claim<K> {
    /// Stores the results for the own keys, in their order, and sends them to the requests that wait.
    pub(super) fn finish(&mut self, values: &[Loaded<K>]) {
        for (key, value) in std::mem::take(&mut self.own).into_iter().zip(values) {
            let value: Loaded<K> = value.clone();
            let dependencies = dependencies(&key).into_slots();
            let bytes = weight(&key, value.as_ref(), &dependencies);
            let found: AnyValue = Arc::new(value);
            let flight = self.release(&key);
            for sender in flight.into_iter().flat_map(|flight| flight.waiters) {
                // Sending fails if the waiting request was cancelled.
                drop(sender.send(Arc::clone(&found)));
            }
            self.cache.insert_entry(key, Entry { checked: Checked::at(self.begun), dependencies, bytes, found });
        }
    }

    /// Waits for the result of another request. `None` if that request failed or was cancelled.
    pub(super) async fn wait(receiver: oneshot::Receiver<AnyValue>) -> Option<Loaded<K>> {
        receiver.await.ok()?.downcast_ref::<Loaded<K>>().cloned()
    }

    /// Removes the in-flight entry of a key, unless a newer claim has replaced it.
    fn release(&self, key: &K) -> Option<InFlight> {
        let mut in_flight = lock(&self.cache.in_flight);
        match in_flight.entry(StoredKey(Box::new(key.clone()))) {
            hash_map::Entry::Occupied(flight) if flight.get().number == self.number => Some(flight.remove()),
            _ => None,
        }
    }
}

impl<K: Key> Drop for Claim<K> {
    fn drop(&mut self) {
        for key in std::mem::take(&mut self.own) {
            self.release(&key);
        }
    }
}

/// Estimated size of an entry, in bytes.
fn weight<K: CacheKey>(key: &K, found: Option<&K::Value>, dependencies: &[u32]) -> usize {
    OVERHEAD + size_of::<K>() + key.heap_bytes() + size_of_val(dependencies) + found.map_or(0, K::bytes)
}

/// A key with its type erased.
trait AnyKey: Send + Sync {
    fn dyn_hash(&self, hasher: &mut dyn Hasher);
    fn dyn_eq(&self, other: &dyn AnyKey) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<K: CacheKey> AnyKey for K {
    fn dyn_hash(&self, mut hasher: &mut dyn Hasher) {
        std::any::TypeId::of::<K>().hash(&mut hasher);
        self.hash(&mut hasher);
    }

    fn dyn_eq(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref::<K>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct StoredKey(Box<dyn AnyKey>);

impl Hash for StoredKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.dyn_hash(state);
    }
}

impl PartialEq for StoredKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.dyn_eq(&*other.0)
    }
}

impl Eq for StoredKey {}

/// A borrowed key, for lookups without a copy.
struct BorrowedKey<'k>(&'k dyn AnyKey);

impl Hash for BorrowedKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.dyn_hash(state);
    }
}

impl Equivalent<StoredKey> for BorrowedKey<'_> {
    fn equivalent(&self, stored: &StoredKey) -> bool {
        self.0.dyn_eq(&*stored.0)
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<StoredKey, Arc<Entry>> for Weight {
    fn weight(&self, _: &StoredKey, entry: &Arc<Entry>) -> u64 {
        entry.bytes as u64
    }
}

/// Locks a mutex even if it is poisoned. A panic leaves no state of this module half-changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
