//! A cache of rows, lists, counts and complete responses, shared by all requests. Any change of the database clears it.
//!
//! The data of castgraph changes rarely, and then a lot at once (an import). So a change invalidates everything: it
//! increments a counter, the *generation*. Entries of older generations are never returned, and the results of a read
//! that began in an older generation are not stored, so a read that overlaps a change cannot store stale data. The code
//! that detects changes ([`crate::store`]) calls [`Cache::drop_all`]. While changes cannot be detected, the cache is
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
pub trait Kept: Clone + Eq + Hash + Send + Sync + 'static {
    /// The type of its value.
    type Value: Clone + Send + Sync + 'static;

    /// Estimated size of a value in memory, in bytes.
    fn bytes(value: &Self::Value) -> usize;

    /// Bytes that the key owns on the heap, such as its strings.
    fn outside(&self) -> usize;
}

/// Estimated overhead of an entry besides its key and value, in bytes.
const OVERHEAD: usize = 160;

/// The cache. Keys may be of any type that implements [`Kept`].
pub struct Cache {
    kept: quick_cache::sync::Cache<Stored, Entry, Weight>,
    /// Keys that are being read, with the requests that wait for them.
    flights: Mutex<HashMap<Stored, Flight>>,
    age: AtomicU64,
    open: AtomicBool,
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
pub type Found<K> = Option<<K as Kept>::Value>;

/// The result for a key, with its type erased.
type Anything = Arc<dyn Any + Send + Sync>;

/// Number of database changes so far. Entries of older generations are never returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(u64);

#[derive(Clone)]
struct Entry {
    age: Age,
    bytes: usize,
    found: Anything,
}

struct Flight {
    age: Age,
    waiting: Vec<oneshot::Sender<Anything>>,
}

impl Cache {
    /// Creates a cache for about `bytes` bytes. It is disabled until changes can be detected.
    pub fn new(bytes: u64) -> Self {
        let entries = usize::try_from(bytes / 512).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        Self {
            kept: quick_cache::sync::Cache::with_weighter(entries, bytes, Weight),
            flights: Mutex::default(),
            age: AtomicU64::new(0),
            open: AtomicBool::new(false),
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
    pub fn keeps_answers(&self) -> bool {
        self.answers
    }

    /// Clears the cache because the database has changed.
    pub fn drop_all(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
        self.kept.clear();
    }

    /// Enables the cache. Changes are detected from now on.
    pub fn open(&self) {
        self.drop_all();
        self.open.store(true, Ordering::SeqCst);
    }

    /// Clears and disables the cache because changes can no longer be detected.
    pub fn shut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.drop_all();
    }

    /// Current statistics.
    pub fn state(&self) -> CacheState {
        CacheState {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            drops: self.age.load(Ordering::Relaxed),
            entries: self.kept.len(),
            bytes: self.kept.weight(),
        }
    }

    /// The current generation.
    pub fn age(&self) -> Age {
        Age(self.age.load(Ordering::SeqCst))
    }

    /// The entry for `key`, if there is one. Does not count as a hit or a miss.
    pub fn find<K: Kept>(&self, key: &K) -> Option<Found<K>> {
        let found = if self.open.load(Ordering::SeqCst) { self.kept.get(&Sought(key)) } else { None };
        let found = found.filter(|entry| entry.age == self.age());
        found.and_then(|entry| entry.found.downcast_ref::<Found<K>>().cloned())
    }

    /// Stores the result for `key`. `age` is the generation from before the read began.
    pub fn keep<K: Kept>(&self, age: Age, key: K, found: Found<K>) {
        let bytes = weight(&key, found.as_ref());
        self.insert(Stored(Box::new(key)), Entry { age, bytes, found: Arc::new(found) });
    }

    /// Stores an entry. If the database changes at the same moment, the entry is of an older generation, so it is never
    /// returned.
    fn insert(&self, key: Stored, entry: Entry) {
        if entry.age == self.age() && self.open.load(Ordering::SeqCst) {
            self.kept.insert(key, entry);
        }
    }

    /// The entry for `key`, if there is one. Counts as a hit or a miss.
    pub(super) fn get<K: Kept>(&self, key: &K) -> Option<Found<K>> {
        let found = self.find(key);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Splits `keys` into those that the caller must read and those that another request is already reading.
    pub(super) fn claim<K: Kept>(self: &Arc<Self>, keys: &[K]) -> Claim<K> {
        let age = self.age();
        let mut claim = Claim { cache: Arc::clone(self), age, own: Vec::new(), others: Vec::new() };
        let mut flights = lock(&self.flights);
        for (place, key) in keys.iter().enumerate() {
            match flights.entry(Stored(Box::new(key.clone()))) {
                hash_map::Entry::Occupied(mut flight) if flight.get().age == age => {
                    let (sender, receiver) = oneshot::channel();
                    flight.get_mut().waiting.push(sender);
                    claim.others.push((place, receiver));
                }
                // Nobody is reading the key, or the read began before a change that this request must see.
                flight => {
                    flight.insert_entry(Flight { age, waiting: Vec::new() });
                    claim.own.push(key.clone());
                }
            }
        }
        claim
    }
}

/// Keys that one request reads on behalf of all. If the claim is dropped, other requests can read them.
pub(super) struct Claim<K: Kept> {
    cache: Arc<Cache>,
    age: Age,
    /// The keys to read.
    pub(super) own: Vec<K>,
    /// The indexes of the keys that another request is reading, with the receivers of its results.
    pub(super) others: Vec<(usize, oneshot::Receiver<Anything>)>,
}

impl<K: Kept> Claim<K> {
    /// Stores the results for the own keys, in their order, and sends them to the requests that wait.
    pub(super) fn finish(&mut self, values: &[Found<K>]) {
        for (key, value) in std::mem::take(&mut self.own).into_iter().zip(values) {
            let value: Found<K> = value.clone();
            let bytes = weight(&key, value.as_ref());
            let found: Anything = Arc::new(value);
            let flight = self.release(&key);
            for sender in flight.into_iter().flat_map(|flight| flight.waiting) {
                // Sending fails if the waiting request was cancelled.
                drop(sender.send(Arc::clone(&found)));
            }
            self.cache.insert(Stored(Box::new(key)), Entry { age: self.age, bytes, found });
        }
    }

    /// Waits for the result of another request. `None` if that request failed or was cancelled.
    pub(super) async fn wait(receiver: oneshot::Receiver<Anything>) -> Option<Found<K>> {
        receiver.await.ok()?.downcast_ref::<Found<K>>().cloned()
    }

    /// Removes the in-flight entry of a key, unless a newer claim has replaced it.
    fn release(&self, key: &K) -> Option<Flight> {
        let mut flights = lock(&self.cache.flights);
        match flights.entry(Stored(Box::new(key.clone()))) {
            hash_map::Entry::Occupied(flight) if flight.get().age == self.age => Some(flight.remove()),
            _ => None,
        }
    }
}

impl<K: Kept> Drop for Claim<K> {
    fn drop(&mut self) {
        for key in std::mem::take(&mut self.own) {
            self.release(&key);
        }
    }
}

/// Estimated size of an entry, in bytes.
fn weight<K: Kept>(key: &K, found: Option<&K::Value>) -> usize {
    OVERHEAD + size_of::<K>() + key.outside() + found.map_or(0, K::bytes)
}

/// A key with its type erased.
trait AnyKey: Send + Sync {
    fn feed(&self, hasher: &mut dyn Hasher);
    fn same(&self, other: &dyn AnyKey) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<K: Kept> AnyKey for K {
    fn feed(&self, mut hasher: &mut dyn Hasher) {
        std::any::TypeId::of::<K>().hash(&mut hasher);
        self.hash(&mut hasher);
    }

    fn same(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref::<K>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Stored(Box<dyn AnyKey>);

impl Hash for Stored {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.feed(state);
    }
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

impl Eq for Stored {}

/// A borrowed key, for lookups without a copy.
struct Sought<'k>(&'k dyn AnyKey);

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.feed(state);
    }
}

impl Equivalent<Stored> for Sought<'_> {
    fn equivalent(&self, stored: &Stored) -> bool {
        self.0.same(&*stored.0)
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Stored, Entry> for Weight {
    fn weight(&self, _: &Stored, entry: &Entry) -> u64 {
        entry.bytes as u64
    }
}

/// Locks a mutex even if it is poisoned. A panic leaves no state of this module half-changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
