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
pub(super) struct Question {
    asked: Asked,
    age: Age,
}

impl Answers {
    pub(super) fn new(cache: Arc<Cache>) -> Self {
        Self { cache, hits: Arc::default() }
    }

    /// The answer to a request if it is kept, or else what to keep it under. The variables have their defaults.
    pub(super) fn find(&self, request: &Request, document: &Document) -> Result<Response, Option<Question>> {
        let operation = request.operation_name.as_deref().unwrap_or_default();
        let Ok(variables) = serde_json::to_string(&request.variables) else { return Err(None) };
        let asked = Asked([document.hash(), operation, &variables].join("\n"));
        let age = self.cache.age();
        match self.cache.find(&asked) {
            Some(Some(body)) => {
                self.hits.fetch_add(1, Ordering::Relaxed);
                Ok(written::answer(body))
            }
            _ => Err(Some(Question { asked, age })),
        }
    }

    /// Keeps an answer, unless something has changed since it was asked for.
    pub(super) fn keep(&self, question: Question, answer: Response) -> Response {
        match written::body(&answer) {
            Ok(body) => {
                // A copy takes no more than it needs.
                self.cache.keep(question.age, question.asked, Some(Bytes::copy_from_slice(&body)));
                written::answer(body)
            }
            Err(_) => answer,
        }
    }

    /// How many answers were given again.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}
