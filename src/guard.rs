//! Limits on documents, kept before a document is validated or run.
//!
//! The library underneath walks fragments once for each place where they are spread: less than a kilobyte of nested
//! fragments would cost it minutes. Here a document is first read as text (`text`: bytes, tokens, nesting, so that
//! the parser is safe), then as a tree (`document`: each fragment is measured once and its measure used again), so
//! that the time is linear in the size of the document. What passes is small enough for the library's own walks.
//!
//! This room knows GraphQL and Relay's connections, and nothing of castgraph: the schema comes in as SDL.

mod limits;
mod document;
mod cost;
mod text;
mod shape;
mod refusal;

use std::sync::Arc;

use async_graphql::{
    ServerError, Variables,
    parser::{Error, parse_query, types::ExecutableDocument},
};
use quick_cache::{Weighter, sync::Cache};

pub use limits::Limits;
pub use refusal::Refusal;

use shape::Shape;

/// Bytes of documents that are kept. A tree takes several times the bytes of its text.
const KEPT_BYTES: u64 = 4 << 20;

/// Keeps documents within limits.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    shape: Shape,
    /// Documents that are within the limits, by their texts.
    documents: Cache<String, Arc<ExecutableDocument>, Bytes>,
}

/// A document that may be run.
#[derive(Debug)]
pub struct Admitted {
    /// The document.
    pub document: Arc<ExecutableDocument>,
    /// What it costs with the values of its variables.
    pub cost: u64,
}

impl Guard {
    /// Makes the guard of the schema `sdl`.
    ///
    /// # Errors
    ///
    /// If `sdl` is no schema.
    pub fn new(limits: Limits, sdl: &str) -> Result<Self, Error> {
        let documents = Cache::with_weighter(1_000, KEPT_BYTES, Bytes);
        Ok(Self { limits, shape: Shape::parse(sdl)?, documents })
    }

    /// Parses the text of a document and checks it with the values of its variables.
    ///
    /// # Errors
    ///
    /// If it is no document, or goes beyond a limit; with a code in the extensions.
    pub fn admit(&self, text: &str, variables: &Variables) -> Result<Admitted, ServerError> {
        let document = match self.documents.get(text) {
            Some(document) => document,
            None => self.read(text)?,
        };
        let cost = cost::check(&document, variables, &self.shape, &self.limits)?;
        Ok(Admitted { document, cost })
    }

    /// Reads a document that is not kept yet. One that is refused is not kept.
    fn read(&self, text: &str) -> Result<Arc<ExecutableDocument>, ServerError> {
        text::check(text, &self.limits)?;
        let document = parse_query(text).map_err(|reason| {
            let mut error = ServerError::from(reason);
            error.extensions.get_or_insert_default().set("code", "SYNTAX");
            error
        })?;
        document::check(&document, &self.limits)?;
        let document = Arc::new(document);
        self.documents.insert(text.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

/// Weighs a document by the bytes of its text.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<String, Arc<ExecutableDocument>> for Bytes {
    fn weight(&self, text: &String, _: &Arc<ExecutableDocument>) -> u64 {
        text.len() as u64 + 64
    }
}
