use std::{
    any::{Any, TypeId},
    collections::{HashMap, hash_map},
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker, ready},
};

use foldhash::fast::RandomState;
use futures_util::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
};

use super::{
    Dependencies, Moment, Reader,
    cache::{Cache, CacheKey, Claim, Loaded, dependencies, lock},
};
use crate::error::Error;

/// A key to load. Equal keys are read once per request.
pub trait Key: CacheKey {
    /// Whether equal keys can differ in parts that [`Key::merge`] combines.
    const MERGES: bool = false;

    /// Combines the parts of an equal key that equality ignores.
    fn merge(&mut self, _equal: &Self) {}

    /// Adds what the value depends on. It must follow from the key alone.
    fn depends(&self, on: &mut Dependencies);

    /// Reads all keys, with one statement for all that differ only in the parent. Returns one result for each key, in
    /// the order of `keys`.
    fn load(reader: &Reader, keys: &[Self]) -> impl Future<Output = Result<Vec<Option<Self::Value>>, Error>> + Send;
}

/// Loads keys for one request in batches. [`drive`] runs a batch when all resolvers are waiting.
pub struct Loader {
    reader: Reader,
    cache: Option<Arc<Cache>>,
    queues: Mutex<HashMap<TypeId, Arc<dyn AnyQueue>>>,
    /// The moment before the last batch began; `None` if its results must not be cached.
    batch_begun: Mutex<Option<Moment>>,
    /// What was loaded depends on, if the answer is to be cached.
    collected: Option<Mutex<Dependencies>>,
}

impl Loader {
    /// Creates the loader of one request. It tries `cache` first, if there is one.
    pub fn new(reader: Reader, cache: Option<Arc<Cache>>) -> Self {
        Self { reader, cache, queues: Mutex::default(), batch_begun: Mutex::default(), collected: None }
    }

    /// Collects what all results depend on, for [`Loader::take_dependencies`].
    #[must_use]
    pub fn collecting(self) -> Self {
        Self { collected: Some(Mutex::default()), ..self }
    }

    /// What was loaded so far depends on, if that was to be collected.
    pub fn take_dependencies(&self) -> Option<Dependencies> {
        self.collected.as_ref().map(|collected| std::mem::take(&mut *lock(collected)))
    }

    /// Queues `key` unless it is already loaded. The future resolves to its value, or `None` if there is none.
    pub fn get<K: Key>(&self, key: K) -> LoadFuture<K> {
        // The cache can be newer than a replica that lags behind. Combining both could show a state that never existed.
        let cache = self.cache.as_deref().filter(|_| self.reader.is_current());
        let queue = self.queue::<K>();
        let index = queue.enqueue(key, cache, self.collected.as_ref());
        LoadFuture { queue, index }
    }

    /// Whether reads include every change that has been reported.
    pub fn is_current(&self) -> bool {
        self.reader.is_current()
    }

    /// Number of statements sent to the database so far.
    pub fn statements(&self) -> u64 {
        self.reader.statements()
    }

    /// Number of rows received so far.
    pub fn rows(&self) -> u64 {
        self.reader.received()
    }

    /// Stores prefetched values, so that later calls of [`Loader::get`] find them.
    pub(super) fn prime<K: Key>(&self, found: impl Iterator<Item = (K, K::Value)>) {
        let queue = self.queue::<K>();
        let cache = lock(&self.batch_begun).and_then(|begun| Some((self.cache.as_ref()?, begun)));
        for (key, value) in found {
            if let Some(collected) = &self.collected {
                key.depends(&mut lock(collected));
            }
            if let Some((cache, begun)) = cache {
                cache.insert(begun, key.clone(), Some(value.clone()), dependencies(&key));
            }
            queue.prime(key, value);
        }
    }

    fn queue<K: Key>(&self) -> Arc<Queue<K>> {
        let queue =
            Arc::clone(lock(&self.queues).entry(TypeId::of::<K>()).or_insert_with(|| Arc::new(Queue::<K>::default())));
        // The map is keyed by the key type, so the downcast cannot fail.
        queue.into_any().downcast().unwrap_or_default()
    }

    fn dispatch(&self) -> Vec<BoxFuture<'static, CompleteFn>> {
        // The replica is checked after the moment is read, as in `Queue::read`.
        let begun = self.cache.as_ref().map(|cache| cache.now());
        *lock(&self.batch_begun) = begun.filter(|_| self.reader.is_current());
        let queues: Vec<_> = lock(&self.queues).values().cloned().collect();
        queues.into_iter().filter_map(|queue| queue.dispatch(&self.reader, self.cache.as_ref())).collect()
    }
}

/// Runs a request. Whenever none of its resolvers can make progress, reads all queued keys.
///
/// Results are delivered only when the whole batch is complete. A fast relation does not get ahead of the others, so
/// the number of statements does not depend on timing. Resolvers must not spawn tasks: keys queued outside of `request`
/// are not noticed.
pub async fn drive<F: Future>(loader: Arc<Loader>, request: F) -> F::Output {
    let mut request = pin!(request);
    let mut reads = FuturesUnordered::new();
    let mut completed: Vec<CompleteFn> = Vec::new();
    let mut request_waker: Option<RequestWaker> = None;
    poll_fn(move |cx| {
        let request_waker = match &mut request_waker {
            Some(request_waker) if request_waker.flag.request.will_wake(cx.waker()) => request_waker,
            other => other.insert(RequestWaker::new(cx.waker())),
        };
        loop {
            while let Some(complete) = ready!(reads.poll_next_unpin(cx)) {
                completed.push(complete);
            }
            completed.drain(..).for_each(|complete| complete());
            loader.reader.take_prefetched().into_iter().for_each(|prime| prime(&loader));
            // A future may wake itself and yield. It can still make progress, so do not read yet.
            loop {
                request_waker.flag.woken.store(false, Ordering::Release);
                if let Poll::Ready(output) = request.as_mut().poll(&mut Context::from_waker(&request_waker.waker)) {
                    return Poll::Ready(output);
                }
                if !request_waker.flag.woken.load(Ordering::Acquire) {
                    break;
                }
            }
            reads.extend(loader.dispatch());
            if reads.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await
}

struct RequestWaker {
    flag: Arc<WakeFlag>,
    waker: Waker,
}

impl RequestWaker {
    fn new(request: &Waker) -> Self {
        let flag = Arc::new(WakeFlag { request: request.clone(), woken: AtomicBool::new(false) });
        Self { waker: Arc::clone(&flag).into(), flag }
    }
}

/// Records that a part of the request was woken while the request was polled.
struct WakeFlag {
    request: Waker,
    woken: AtomicBool,
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.request.wake_by_ref();
    }
}

/// Delivers the results of a queue.
type CompleteFn = Box<dyn FnOnce() + Send>;

/// A future for the value of a key, returned by [`Loader::get`].
pub struct LoadFuture<K: Key> {
    queue: Arc<Queue<K>>,
    index: usize,
}

impl<K: Key> Future for LoadFuture<K> {
    type Output = Result<Loaded<K>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let State { slots, wakers, .. } = &mut *lock(&self.queue.0);
        if let Some(Some(found)) = slots.get(self.index) {
            return Poll::Ready(found.clone());
        }
        // Most waiting futures belong to the same task and are polled one after another.
        if !wakers.last().is_some_and(|last| last.will_wake(cx.waker())) {
            wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// The keys of one type, queued and loaded.
struct Queue<K: Key>(Mutex<State<K>>);

struct State<K: Key> {
    /// The index of each key in `slots`.
    indexes: HashMap<K, usize, RandomState>,
    /// The result for each key; `None` until it is read.
    slots: Vec<Option<Result<Loaded<K>, Error>>>,
    batch: Batch<K>,
    /// Wakers of the tasks that wait for the next batch.
    wakers: Vec<Waker>,
}

/// The keys of the next batch, and the indexes of their slots.
struct Batch<K> {
    keys: Vec<K>,
    indexes: Vec<usize>,
}

impl<K> Default for Batch<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), indexes: Vec::new() }
    }
}

impl<K: Key> Default for Queue<K> {
    fn default() -> Self {
        Self(Mutex::new(State {
            indexes: HashMap::default(),
            slots: Vec::new(),
            batch: Batch::default(),
            wakers: Vec::new(),
        }))
    }
}

impl<K: Key> Queue<K> {
    /// Queues `key` unless it is known or cached. Returns the index of its slot.
    fn enqueue(&self, key: K, cache: Option<&Cache>, collected: Option<&Mutex<Dependencies>>) -> usize {
        let State { indexes, slots, batch, .. } = &mut *lock(&self.0);
        if K::MERGES
            && let Some(index) = indexes.get(&key)
            && let Ok(queued) = batch.indexes.binary_search(index)
            && let Some(queued) = batch.keys.get_mut(queued)
        {
            queued.merge(&key);
        }
        match indexes.entry(key) {
            hash_map::Entry::Occupied(occupied) => *occupied.get(),
            hash_map::Entry::Vacant(entry) => {
                let index = slots.len();
                let cached = cache.and_then(|cache| cache.get(entry.key()));
                if let Some(collected) = collected {
                    let mut collected = lock(collected);
                    match &cached {
                        Some(cached) => collected.extend(cached.dependencies()),
                        None => entry.key().depends(&mut collected),
                    }
                }
                let cached = cached.and_then(|cached| cached.value::<K>());
                if cached.is_none() {
                    batch.keys.push(entry.key().clone());
                    batch.indexes.push(index);
                }
                slots.push(cached.map(Ok));
                *entry.insert(index)
            }
        }
    }

    /// Stores `value` for `key`, unless the key is already known.
    fn prime(&self, key: K, value: K::Value) {
        let State { indexes, slots, .. } = &mut *lock(&self.0);
        if let hash_map::Entry::Vacant(entry) = indexes.entry(key) {
            entry.insert(slots.len());
            slots.push(Some(Ok(Some(value))));
        }
    }

    /// Reads `keys`. For those that another request is reading, waits for its results.
    async fn read(reader: &Reader, cache: Option<&Arc<Cache>>, keys: &[K]) -> Result<Vec<Loaded<K>>, Error> {
        let Some(cache) = cache else { return reader.load(keys).await };
        let mut claim = cache.claim(keys);
        // Checked after the claim: a replica that is current now includes all changes up to the claim's moment.
        if !reader.is_current() {
            drop(claim);
            return reader.load(keys).await;
        }
        let own = match claim.own.as_slice() {
            [] => Vec::new(),
            own => reader.load(own).await?,
        };
        claim.finish(&own);
        if claim.others.is_empty() {
            return Ok(own);
        }
        let (mut others, mut failed) = (HashMap::new(), Vec::new());
        for (index, receiver) in std::mem::take(&mut claim.others) {
            match Claim::<K>::wait(receiver).await {
                Some(found) => drop(others.insert(index, found)),
                None => failed.push(index),
            }
        }
        if !failed.is_empty() {
            let keys: Vec<K> = failed.iter().filter_map(|index| keys.get(*index).cloned()).collect();
            others.extend(failed.into_iter().zip(reader.load(&keys).await?));
        }
        // The own results are in the order of the keys, with the keys of the others left out.
        let mut own = own.into_iter();
        let found = |index| others.remove(&index).unwrap_or_else(|| own.next().flatten());
        Ok((0..keys.len()).map(found).collect())
    }

    fn complete(&self, indexes: Vec<usize>, values: Result<Vec<Loaded<K>>, Error>) {
        let State { slots, wakers, .. } = &mut *lock(&self.0);
        let mut give = |index: usize, outcome| {
            if let Some(slot) = slots.get_mut(index) {
                *slot = Some(outcome);
            }
        };
        match values {
            Ok(values) => indexes.into_iter().zip(values).for_each(|(index, value)| give(index, Ok(value))),
            Err(reason) => indexes.into_iter().for_each(|index| give(index, Err(reason.clone()))),
        }
        wakers.drain(..).for_each(Waker::wake);
    }
}

/// A queue with its key type erased.
trait AnyQueue: Send + Sync {
    fn dispatch(self: Arc<Self>, reader: &Reader, cache: Option<&Arc<Cache>>)
    -> Option<BoxFuture<'static, CompleteFn>>;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<K: Key> AnyQueue for Queue<K> {
    fn dispatch(
        self: Arc<Self>,
        reader: &Reader,
        cache: Option<&Arc<Cache>>,
    ) -> Option<BoxFuture<'static, CompleteFn>> {
        let Batch { keys, indexes } = std::mem::take(&mut lock(&self.0).batch);
        if keys.is_empty() {
            return None;
        }
        let (reader, cache) = (reader.clone(), cache.cloned());
        Some(Box::pin(async move {
            let values = Self::read(&reader, cache.as_ref(), &keys).await;
            Box::new(move || self.complete(indexes, values)) as CompleteFn
        }))
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}
