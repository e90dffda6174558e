//! What was read, kept for later requests until something in the database changes.
//!
//! Data of castgraph changes seldom and then much (an import), so that any change drops everything: one number, the
//! *age*, goes up. What was read in an older age is never given out, and what a read brings that began in an older age
//! is not kept, so that a read that overlaps a change cannot bring back what was before it. Who watches for changes
//! ([`crate::store`]) calls [`Cache::drop_all`]; while nobody can watch, the cache is shut and gives nothing.
//!
//! Requests that want the same at the same time read it once: the first reads, the others wait for it. What comes
//! along with rows is kept too, but nobody waits for it.

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

/// What something is kept under.
pub trait Kept: Clone + Eq + Hash + Send + Sync + 'static {
    /// What is found under a key.
    type Value: Clone + Send + Sync + 'static;

    /// About how many bytes a value takes in memory.
    fn bytes(value: &Self::Value) -> usize;

    /// How many bytes the key holds outside of itself: its texts.
    fn outside(&self) -> usize;
}

/// Bytes of a kept entry beside its key and its value: the cache's own bookkeeping, roughly.
const OVERHEAD: usize = 160;

/// What was read and answered, by its keys.
pub struct Cache {
    kept: quick_cache::sync::Cache<Stored, Entry, Weight>,
    /// Keys that are being read, with those who wait.
    flights: Mutex<HashMap<Stored, Flight>>,
    age: AtomicU64,
    open: AtomicBool,
    answers: bool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheState {
    /// Reads that were answered from the cache.
    pub hits: u64,
    /// Reads that were not.
    pub misses: u64,
    /// How often everything was dropped.
    pub drops: u64,
    /// Entries.
    pub entries: usize,
    /// Their size, estimated.
    pub bytes: u64,
}

/// What is found under a key of one type: a value, or that there is none.
pub type Found<K> = Option<<K as Kept>::Value>;

/// What was found under a key, without its type.
type Anything = Arc<dyn Any + Send + Sync>;

/// How often the database has changed. What was read in an older age is not given out.
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
    /// Keeps about `bytes`. The cache is shut until somebody watches for changes.
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

    /// Keeps rows, lists and counts, and no whole answers.
    #[must_use]
    pub fn without_answers(self) -> Self {
        Self { answers: false, ..self }
    }

    /// Whether whole answers are to be kept too.
    pub fn keeps_answers(&self) -> bool {
        self.answers
    }

    /// Drops everything, since something has changed.
    pub fn drop_all(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
        self.kept.clear();
    }

    /// Begins to keep and to give; from now on somebody watches for changes.
    pub fn open(&self) {
        self.drop_all();
        self.open.store(true, Ordering::SeqCst);
    }

    /// Stops to keep and to give, since nobody can tell whether something has changed.
    pub fn shut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.drop_all();
    }

    /// How the cache does.
    pub fn state(&self) -> CacheState {
        CacheState {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            drops: self.age.load(Ordering::Relaxed),
            entries: self.kept.len(),
            bytes: self.kept.weight(),
        }
    }

    /// The age of the database.
    pub fn age(&self) -> Age {
        Age(self.age.load(Ordering::SeqCst))
    }

    /// What is kept under `key`.
    pub fn find<K: Kept>(&self, key: &K) -> Option<Found<K>> {
        let found = if self.open.load(Ordering::SeqCst) { self.kept.get(&Sought(key)) } else { None };
        let found = found.filter(|entry| entry.age == self.age());
        found.and_then(|entry| entry.found.downcast_ref::<Found<K>>().cloned())
    }

    /// Keeps what was found under `key` in the age `age`, which must have been asked for before it was read.
    pub fn keep<K: Kept>(&self, age: Age, key: K, found: Found<K>) {
        let bytes = weight(&key, found.as_ref());
        self.insert(Stored(Box::new(key)), Entry { age, bytes, found: Arc::new(found) });
    }

    /// If it turns old just now, its age says so.
    fn insert(&self, key: Stored, entry: Entry) {
        if entry.age == self.age() && self.open.load(Ordering::SeqCst) {
            self.kept.insert(key, entry);
        }
    }

    /// What is kept under `key`, which counts as a hit or a miss.
    pub(super) fn get<K: Kept>(&self, key: &K) -> Option<Found<K>> {
        let found = self.find(key);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Parts `keys` into those that the caller must read and those that another request reads already.
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
                // What is being read, if it is, may be from before a change that this request must see.
                flight => {
                    flight.insert_entry(Flight { age, waiting: Vec::new() });
                    claim.own.push(key.clone());
                }
            }
        }
        claim
    }
}

/// Keys that one request reads for all. Dropping it lets others read them.
pub(super) struct Claim<K: Kept> {
    cache: Arc<Cache>,
    age: Age,
    /// Keys to read.
    pub(super) own: Vec<K>,
    /// The places of keys that another request reads, and where what it finds will come.
    pub(super) others: Vec<(usize, oneshot::Receiver<Anything>)>,
}

impl<K: Kept> Claim<K> {
    /// Keeps what was found under the own keys, in their order, and hands it to those who wait.
    pub(super) fn finish(&mut self, values: &[Found<K>]) {
        for (key, value) in std::mem::take(&mut self.own).into_iter().zip(values) {
            let value: Found<K> = value.clone();
            let bytes = weight(&key, value.as_ref());
            let found: Anything = Arc::new(value);
            let flight = self.release(&key);
            for sender in flight.into_iter().flat_map(|flight| flight.waiting) {
                // Who was given up no longer waits.
                drop(sender.send(Arc::clone(&found)));
            }
            self.cache.insert(Stored(Box::new(key)), Entry { age: self.age, bytes, found });
        }
    }

    /// Waits for what another request reads. Nothing if that was given up or failed.
    pub(super) async fn wait(receiver: oneshot::Receiver<Anything>) -> Option<Found<K>> {
        receiver.await.ok()?.downcast_ref::<Found<K>>().cloned()
    }

    /// Ends the flight of a key, if it is still the own one.
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

/// About how many bytes an entry takes.
fn weight<K: Kept>(key: &K, found: Option<&K::Value>) -> usize {
    OVERHEAD + size_of::<K>() + key.outside() + found.map_or(0, K::bytes)
}

/// A key without its type.
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

/// A key as it is looked for, which need not be copied.
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

/// Locks even if a thread panicked while it held the lock: no state of this room is left half-changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
