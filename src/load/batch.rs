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
    Reader,
    cache::{Age, Cache, Claim, Found, Kept, lock},
};
use crate::error::Error;

/// What can be read. Equal keys are read once in a request.
pub trait Key: Kept {
    /// Whether equal keys may differ in what [`Key::merge`] takes over.
    const MERGES: bool = false;

    /// Takes over from an equal key what is no part of what is named.
    fn merge(&mut self, _equal: &Self) {}

    /// Reads all keys, with one statement for all that differ only in the parent. Gives what is found under each, in
    /// the order of the keys.
    fn load(reader: &Reader, keys: &[Self]) -> impl Future<Output = Result<Vec<Option<Self::Value>>, Error>> + Send;
}

/// The reads of one request. Nothing is read until [`drive`] sees that the request waits.
pub struct Loader {
    reader: Reader,
    cache: Option<Arc<Cache>>,
    queues: Mutex<HashMap<TypeId, Arc<dyn Waiting>>>,
    /// The age in which the last reads began, if what they brought may be kept.
    began: Mutex<Option<Age>>,
}

impl Loader {
    /// Makes the loader of one request, which looks into `cache` first, if there is one.
    pub fn new(reader: Reader, cache: Option<Arc<Cache>>) -> Self {
        Self { reader, cache, queues: Mutex::default(), began: Mutex::default() }
    }

    /// Gives what is found under `key`, or nothing.
    pub fn get<K: Key>(&self, key: K) -> Asked<K> {
        // What is kept may be newer than a replica that is behind: the two together could be of no state at all.
        let cache = self.cache.as_deref().filter(|_| self.reader.is_current());
        let queue = self.queue::<K>();
        let place = queue.ask(key, cache);
        Asked { queue, place }
    }

    /// Whether what is read has every change that was heard of.
    pub fn is_current(&self) -> bool {
        self.reader.is_current()
    }

    /// How many statements were sent to the database so far.
    pub fn statements(&self) -> u64 {
        self.reader.statements()
    }

    /// How many rows came back so far.
    pub fn rows(&self) -> u64 {
        self.reader.received()
    }

    /// Puts what came along where it is looked for.
    pub(super) fn put<K: Key>(&self, found: impl Iterator<Item = (K, K::Value)>) {
        let queue = self.queue::<K>();
        let keep = lock(&self.began).and_then(|age| Some((self.cache.as_ref()?, age)));
        for (key, value) in found {
            if let Some((cache, age)) = keep {
                cache.keep(age, key.clone(), Some(value.clone()));
            }
            queue.put(key, value);
        }
    }

    fn queue<K: Key>(&self) -> Arc<Queue<K>> {
        let queue =
            Arc::clone(lock(&self.queues).entry(TypeId::of::<K>()).or_insert_with(|| Arc::new(Queue::<K>::default())));
        // The map holds queues by the type of their keys, so that the other arm is never taken.
        queue.into_any().downcast().unwrap_or_default()
    }

    fn flush(&self) -> Vec<BoxFuture<'static, Settle>> {
        // A replica is asked after the age, as where keys are claimed.
        let age = self.cache.as_ref().map(|cache| cache.age());
        *lock(&self.began) = age.filter(|_| self.reader.is_current());
        let queues: Vec<_> = lock(&self.queues).values().cloned().collect();
        queues.into_iter().filter_map(|queue| queue.flush(&self.reader, self.cache.as_ref())).collect()
    }
}

/// Runs a request, and reads what its resolvers have asked for whenever none of them can go on.
///
/// What is asked for at once is read at once, and handed out when all of it is there: a relation that is quicker than
/// its neighbours does not go on alone, so that the number of statements does not depend on time. Resolvers must not
/// spawn tasks: a read that is asked for outside of `request` is not seen here.
pub async fn drive<F: Future>(loader: Arc<Loader>, request: F) -> F::Output {
    let mut request = pin!(request);
    let mut reads = FuturesUnordered::new();
    let mut settled: Vec<Settle> = Vec::new();
    let mut watch: Option<Watch> = None;
    poll_fn(move |cx| {
        let watch = match &mut watch {
            Some(watch) if watch.flag.request.will_wake(cx.waker()) => watch,
            other => other.insert(Watch::new(cx.waker())),
        };
        loop {
            while let Some(settle) = ready!(reads.poll_next_unpin(cx)) {
                settled.push(settle);
            }
            settled.drain(..).for_each(|settle| settle());
            loader.reader.arrived().into_iter().for_each(|arrival| arrival(&loader));
            // A future may wake itself and yield; that is no reason to read yet.
            loop {
                watch.flag.woken.store(false, Ordering::Release);
                if let Poll::Ready(output) = request.as_mut().poll(&mut Context::from_waker(&watch.waker)) {
                    return Poll::Ready(output);
                }
                if !watch.flag.woken.load(Ordering::Acquire) {
                    break;
                }
            }
            reads.extend(loader.flush());
            if reads.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await
}

struct Watch {
    flag: Arc<Flag>,
    waker: Waker,
}

impl Watch {
    fn new(request: &Waker) -> Self {
        let flag = Arc::new(Flag { request: request.clone(), woken: AtomicBool::new(false) });
        Self { waker: Arc::clone(&flag).into(), flag }
    }
}

/// Remembers that a part of the request was woken while the request was polled.
struct Flag {
    request: Waker,
    woken: AtomicBool,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.request.wake_by_ref();
    }
}

/// Hands out what was read.
type Settle = Box<dyn FnOnce() + Send>;

/// What will be found under a key.
pub struct Asked<K: Key> {
    queue: Arc<Queue<K>>,
    place: usize,
}

impl<K: Key> Future for Asked<K> {
    type Output = Result<Found<K>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let State { slots, wakers, .. } = &mut *lock(&self.queue.0);
        if let Some(Some(found)) = slots.get(self.place) {
            return Poll::Ready(found.clone());
        }
        // Most of those who wait are polled by the same task, one after the other.
        if !wakers.last().is_some_and(|last| last.will_wake(cx.waker())) {
            wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// The keys of one type: those asked for and those already read.
struct Queue<K: Key>(Mutex<State<K>>);

struct State<K: Key> {
    /// Where in `slots` each key is.
    places: HashMap<K, usize, RandomState>,
    /// What was found under each key; nothing before it is read.
    slots: Vec<Option<Result<Found<K>, Error>>>,
    todo: Todo<K>,
    /// Those who wait for what is read next.
    wakers: Vec<Waker>,
}

/// Keys that are to be read, and the places of their slots.
struct Todo<K> {
    keys: Vec<K>,
    places: Vec<usize>,
}

impl<K> Default for Todo<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), places: Vec::new() }
    }
}

impl<K: Key> Default for Queue<K> {
    fn default() -> Self {
        Self(Mutex::new(State {
            places: HashMap::default(),
            slots: Vec::new(),
            todo: Todo::default(),
            wakers: Vec::new(),
        }))
    }
}

impl<K: Key> Queue<K> {
    /// The place of what will be found under `key`.
    fn ask(&self, key: K, cache: Option<&Cache>) -> usize {
        let State { places, slots, todo, .. } = &mut *lock(&self.0);
        if K::MERGES
            && let Some(place) = places.get(&key)
            && let Ok(asked) = todo.places.binary_search(place)
            && let Some(asked) = todo.keys.get_mut(asked)
        {
            asked.merge(&key);
        }
        match places.entry(key) {
            hash_map::Entry::Occupied(place) => *place.get(),
            hash_map::Entry::Vacant(entry) => {
                let place = slots.len();
                let kept = cache.and_then(|cache| cache.get(entry.key()));
                if kept.is_none() {
                    todo.keys.push(entry.key().clone());
                    todo.places.push(place);
                }
                slots.push(kept.map(Ok));
                *entry.insert(place)
            }
        }
    }

    /// Gives `value` to those who will ask for `key`.
    fn put(&self, key: K, value: K::Value) {
        let State { places, slots, .. } = &mut *lock(&self.0);
        if let hash_map::Entry::Vacant(entry) = places.entry(key) {
            entry.insert(slots.len());
            slots.push(Some(Ok(Some(value))));
        }
    }

    /// Reads `keys`, or waits for them where another request reads them.
    async fn read(reader: &Reader, cache: Option<&Arc<Cache>>, keys: &[K]) -> Result<Vec<Found<K>>, Error> {
        let Some(cache) = cache else { return reader.load(keys).await };
        let mut claim = cache.claim(keys);
        // Asked after the claim: a replica that has all changes now has those of the claim's age.
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
        for (place, receiver) in std::mem::take(&mut claim.others) {
            match Claim::<K>::wait(receiver).await {
                Some(found) => drop(others.insert(place, found)),
                None => failed.push(place),
            }
        }
        if !failed.is_empty() {
            let keys: Vec<K> = failed.iter().filter_map(|place| keys.get(*place).cloned()).collect();
            others.extend(failed.into_iter().zip(reader.load(&keys).await?));
        }
        // What was read is in the order of the keys, but for those that others have read.
        let mut own = own.into_iter();
        let found = |place| others.remove(&place).unwrap_or_else(|| own.next().flatten());
        Ok((0..keys.len()).map(found).collect())
    }

    fn settle(&self, places: Vec<usize>, values: Result<Vec<Found<K>>, Error>) {
        let State { slots, wakers, .. } = &mut *lock(&self.0);
        let mut give = |place: usize, outcome| {
            if let Some(slot) = slots.get_mut(place) {
                *slot = Some(outcome);
            }
        };
        match values {
            Ok(values) => places.into_iter().zip(values).for_each(|(place, value)| give(place, Ok(value))),
            Err(reason) => places.into_iter().for_each(|place| give(place, Err(reason.clone()))),
        }
        wakers.drain(..).for_each(Waker::wake);
    }
}

/// A queue without the type of its keys.
trait Waiting: Send + Sync {
    fn flush(self: Arc<Self>, reader: &Reader, cache: Option<&Arc<Cache>>) -> Option<BoxFuture<'static, Settle>>;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<K: Key> Waiting for Queue<K> {
    fn flush(self: Arc<Self>, reader: &Reader, cache: Option<&Arc<Cache>>) -> Option<BoxFuture<'static, Settle>> {
        let Todo { keys, places } = std::mem::take(&mut lock(&self.0).todo);
        if keys.is_empty() {
            return None;
        }
        let (reader, cache) = (reader.clone(), cache.cloned());
        Some(Box::pin(async move {
            let values = Self::read(&reader, cache.as_ref(), &keys).await;
            Box::new(move || self.settle(places, values)) as Settle
        }))
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}
