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

use async_graphql::{Variables, parser::types::ExecutableDocument};

pub use limits::Limits;
pub use refusal::Refusal;

use shape::Shape;

/// Keeps documents within limits.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    shape: Shape,
}

impl Guard {
    /// Makes the guard of the schema `sdl`.
    ///
    /// # Errors
    ///
    /// If `sdl` is no schema.
    pub fn new(limits: Limits, sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        Ok(Self { limits, shape: Shape::parse(sdl)? })
    }

    /// Checks the text of a document. What passes can be parsed safely.
    pub fn check_text(&self, text: &str) -> Result<(), Refusal> {
        text::check(text, &self.limits)
    }

    /// Checks a document with the values of its variables, and gives its cost.
    pub fn check_document(&self, document: &ExecutableDocument, variables: &Variables) -> Result<u64, Refusal> {
        document::check(document, &self.limits)?;
        cost::check(document, variables, &self.shape, &self.limits)
    }
}
