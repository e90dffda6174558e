//! Caches complete responses until something that they were made from changes.
//!
//! Clients send the same queries over and over. As long as nothing changes that a response depends on, neither does the
//! response, so the stored JSON is sent without running any resolver. Three kinds of responses are not cached: those with errors,
//! those from a replica that lags behind, and those from the graph, which follows the database later than the cache
//! does.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{Request, Response};
use axum::body::Bytes;

use crate::{
    guard::Document,
    load::{Cache, CacheKey, Dependencies, Moment},
    written,
};

/// Responses in a [`Cache`].
#[derive(Clone)]
pub(super) struct ResponseCache {
    cache: Arc<Cache>,
    hits: Arc<AtomicU64>,
}

/// Cache key: document hash, operation name and variables, as one string.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ResponseKey(String);

impl CacheKey for ResponseKey {
    type Value = Bytes;

    fn bytes(answer: &Bytes) -> usize {
        answer.len()
    }

    fn heap_bytes(&self) -> usize {
        self.0.len()
    }
}

/// A request whose response can be cached.
pub(super) struct CacheableRequest<'a> {
    answers: &'a ResponseCache,
    asked: ResponseKey,
    begun: Moment,
}

impl ResponseCache {
    pub(super) fn new(cache: Arc<Cache>) -> Self {
        Self { cache, hits: Arc::default() }
    }

    /// The cache entry for a request whose variables have their defaults filled in.
    pub(super) fn question(&self, request: &Request, document: &Document) -> Option<CacheableRequest<'_>> {
        let operation = request.operation_name.as_deref().unwrap_or_default();
        let variables = serde_json::to_string(&request.variables).ok()?;
        let asked = ResponseKey([document.hash(), operation, &variables].join("\n"));
        Some(CacheableRequest { answers: self, asked, begun: self.cache.now() })
    }

    /// Number of responses served from the cache.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

impl CacheableRequest<'_> {
    /// The cached response, if there is one.
    pub(super) fn again(&self) -> Option<Response> {
        let body = self.answers.cache.find(&self.asked)??;
        self.answers.hits.fetch_add(1, Ordering::Relaxed);
        Some(written::answer(body))
    }

    /// Caches the response, unless something that it depends on has changed since the request began.
    pub(super) fn keep(self, answer: Response, dependencies: Dependencies) -> Response {
        match written::body(&answer) {
            Ok(body) => {
                // Copied to drop the excess capacity of the buffer.
                let kept = Some(Bytes::copy_from_slice(&body));
                self.answers.cache.insert(self.begun, self.asked, kept, dependencies);
                written::answer(body)
            }
            Err(_) => answer,
        }
    }
}
