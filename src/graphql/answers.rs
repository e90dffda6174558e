//! Whole answers, kept like rows until something in the database changes.
//!
//! Front-ends ask the same questions again and again. The text of such an answer stays the same as long as the database
//! does, so that nothing needs to be resolved. Not kept are answers with errors, those from a replica that is behind,
//! and those from the graph, which follows the database later than the cache.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{Request, Response};
use axum::body::Bytes;

use crate::{
    guard::Document,
    load::{Age, Cache, Kept},
    written,
};

/// Answers in a cache.
#[derive(Clone)]
pub(super) struct Answers {
    cache: Arc<Cache>,
    hits: Arc<AtomicU64>,
}

/// What an answer is kept under: the document, the operation and the variables, as one text.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Asked(String);

impl Kept for Asked {
    type Value = Bytes;

    fn bytes(answer: &Bytes) -> usize {
        answer.len()
    }

    fn outside(&self) -> usize {
        self.0.len()
    }
}

/// A request whose answer may be kept.
pub(super) struct Question<'a> {
    answers: &'a Answers,
    asked: Asked,
    age: Age,
}

impl Answers {
    pub(super) fn new(cache: Arc<Cache>) -> Self {
        Self { cache, hits: Arc::default() }
    }

    /// What a request asks, the variables of which have their defaults.
    pub(super) fn question(&self, request: &Request, document: &Document) -> Option<Question<'_>> {
        let operation = request.operation_name.as_deref().unwrap_or_default();
        let variables = serde_json::to_string(&request.variables).ok()?;
        let asked = Asked([document.hash(), operation, &variables].join("\n"));
        Some(Question { answers: self, asked, age: self.cache.age() })
    }

    /// How many answers were given again.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

impl Question<'_> {
    /// The answer, if it is kept.
    pub(super) fn again(&self) -> Option<Response> {
        let body = self.answers.cache.find(&self.asked)??;
        self.answers.hits.fetch_add(1, Ordering::Relaxed);
        Some(written::answer(body))
    }

    /// Keeps the answer, unless something has changed since it was asked for.
    pub(super) fn keep(self, answer: Response) -> Response {
        match written::body(&answer) {
            Ok(body) => {
                // A copy takes no more than it needs.
                self.answers.cache.keep(self.age, self.asked, Some(Bytes::copy_from_slice(&body)));
                written::answer(body)
            }
            Err(_) => answer,
        }
    }
}
