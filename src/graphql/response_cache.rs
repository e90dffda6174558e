//! Caches complete responses until the database changes.
//!
//! Clients send the same queries over and over. As long as the database does not change, neither does the response, so
//! the stored JSON is sent without running any resolver. Three kinds of responses are not cached: those with errors,
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
    load::{Cache, CacheKey, Generation},
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
    generation: Generation,
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
        Some(CacheableRequest { answers: self, asked, generation: self.cache.generation() })
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

    /// Caches the response, unless the database has changed since the request began.
    pub(super) fn keep(self, answer: Response) -> Response {
        match written::body(&answer) {
            Ok(body) => {
                // Copied to drop the excess capacity of the buffer.
                self.answers.cache.insert(self.generation, self.asked, Some(Bytes::copy_from_slice(&body)));
                written::answer(body)
            }
            Err(_) => answer,
        }
    }
}
