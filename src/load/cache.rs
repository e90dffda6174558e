//! A cache of rows, lists, counts and complete responses, shared by all requests. Any change of the database clears it.
//!
//! The data of castgraph changes rarely, and then a lot at once (an import). So a change invalidates everything: it
//! increments a counter, the *generation*. Entries of older generations are never returned, and the results of a read
//! that began in an older generation are not stored, so a read that overlaps a change cannot store stale data. The code
//! that detects changes ([`crate::store`]) calls [`Cache::invalidate_all`]. While changes cannot be detected, the cache is
//! disabled and returns nothing.
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
    entries: quick_cache::sync::Cache<StoredKey, Entry, Weight>,
    /// Keys that are being read, with the requests that wait for them.
    in_flight: Mutex<HashMap<StoredKey, InFlight>>,
    generation: AtomicU64,
    enabled: AtomicBool,
    answers: bool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Statistics of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheState {
    /// Lookups that found an entry.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
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

/// Number of database changes so far. Entries of older generations are never returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

#[derive(Clone)]
struct Entry {
    generation: Generation,
    bytes: usize,
    found: AnyValue,
}

struct InFlight {
    generation: Generation,
    waiters: Vec<oneshot::Sender<AnyValue>>,
}

impl Cache {
    /// Creates a cache for about `bytes` bytes. It is disabled until changes can be detected.
    pub fn new(bytes: u64) -> Self {
        let entries = usize::try_from(bytes / 512).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        Self {
            entries: quick_cache::sync::Cache::with_weighter(entries, bytes, Weight),
            in_flight: Mutex::default(),
            generation: AtomicU64::new(0),
            enabled: AtomicBool::new(false),
            answers: true,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
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

    /// Clears the cache because the database has changed.
    pub fn invalidate_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
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
            drops: self.generation.load(Ordering::Relaxed),
            entries: self.entries.len(),
            bytes: self.entries.weight(),
        }
    }

    /// The current generation.
    pub fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    /// The entry for `key`, if there is one. Does not count as a hit or a miss.
    pub fn find<K: CacheKey>(&self, key: &K) -> Option<Loaded<K>> {
        let found = if self.enabled.load(Ordering::SeqCst) { self.entries.get(&BorrowedKey(key)) } else { None };
        let found = found.filter(|entry| entry.generation == self.generation());
        found.and_then(|entry| entry.found.downcast_ref::<Loaded<K>>().cloned())
    }

    /// Stores the result for `key`. `generation` is the generation from before the read began.
    pub fn insert<K: CacheKey>(&self, generation: Generation, key: K, found: Loaded<K>) {
        let bytes = weight(&key, found.as_ref());
        self.insert_entry(StoredKey(Box::new(key)), Entry { generation, bytes, found: Arc::new(found) });
    }

    /// Stores an entry. If the database changes at the same moment, the entry is of an older generation, so it is never
    /// returned.
    fn insert_entry(&self, key: StoredKey, entry: Entry) {
        if entry.generation == self.generation() && self.enabled.load(Ordering::SeqCst) {
            self.entries.insert(key, entry);
        }
    }

    /// The entry for `key`, if there is one. Counts as a hit or a miss.
    pub(super) fn get<K: CacheKey>(&self, key: &K) -> Option<Loaded<K>> {
        let found = self.find(key);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Splits `keys` into those that the caller must read and those that another request is already reading.
    pub(super) fn claim<K: CacheKey>(self: &Arc<Self>, keys: &[K]) -> Claim<K> {
        let generation = self.generation();
        let mut claim = Claim { cache: Arc::clone(self), generation, own: Vec::new(), others: Vec::new() };
        let mut in_flight = lock(&self.in_flight);
        for (index, key) in keys.iter().enumerate() {
            match in_flight.entry(StoredKey(Box::new(key.clone()))) {
                hash_map::Entry::Occupied(mut flight) if flight.get().generation == generation => {
                    let (sender, receiver) = oneshot::channel();
                    flight.get_mut().waiters.push(sender);
                    claim.others.push((index, receiver));
                }
                // Nobody is reading the key, or the read began before a change that this request must see.
                flight => {
                    flight.insert_entry(InFlight { generation, waiters: Vec::new() });
                    claim.own.push(key.clone());
                }
            }
        }
        claim
    }
}

/// Keys that one request reads on behalf of all. If the claim is dropped, other requests can read them.
pub(super) struct Claim<K: CacheKey> {
    cache: Arc<Cache>,
    generation: Generation,
    /// The keys to read.
    pub(super) own: Vec<K>,
    /// The indexes of the keys that another request is reading, with the receivers of its results.
    pub(super) others: Vec<(usize, oneshot::Receiver<AnyValue>)>,
}

impl<K: CacheKey> Claim<K> {
    /// Stores the results for the own keys, in their order, and sends them to the requests that wait.
    pub(super) fn finish(&mut self, values: &[Loaded<K>]) {
        for (key, value) in std::mem::take(&mut self.own).into_iter().zip(values) {
            let value: Loaded<K> = value.clone();
            let bytes = weight(&key, value.as_ref());
            let found: AnyValue = Arc::new(value);
            let flight = self.release(&key);
            for sender in flight.into_iter().flat_map(|flight| flight.waiters) {
                // Sending fails if the waiting request was cancelled.
                drop(sender.send(Arc::clone(&found)));
            }
            self.cache.insert_entry(StoredKey(Box::new(key)), Entry { generation: self.generation, bytes, found });
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
            hash_map::Entry::Occupied(flight) if flight.get().generation == self.generation => Some(flight.remove()),
            _ => None,
        }
    }
}

impl<K: CacheKey> Drop for Claim<K> {
    fn drop(&mut self) {
        for key in std::mem::take(&mut self.own) {
            self.release(&key);
        }
    }
}

/// Estimated size of an entry, in bytes.
fn weight<K: CacheKey>(key: &K, found: Option<&K::Value>) -> usize {
    OVERHEAD + size_of::<K>() + key.heap_bytes() + found.map_or(0, K::bytes)
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

impl Weighter<StoredKey, Entry> for Weight {
    fn weight(&self, _: &StoredKey, entry: &Entry) -> u64 {
        entry.bytes as u64
    }
}

/// Locks a mutex even if it is poisoned. A panic leaves no state of this module half-changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
