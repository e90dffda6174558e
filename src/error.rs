//! What can go wrong, told so that the caller can act on it.

use async_graphql::{ErrorExtensionValues, ServerError};
use thiserror::Error;

/// An answer that castgraph cannot give.
///
/// Texts are for clients: they say what was asked for and what to do next, and hold nothing of the database.
#[derive(Clone, Debug, Error)]
pub enum Error {
    /// Something named by the caller does not exist.
    #[error("{0}")]
    NotFound(String),
    /// An argument has a form or a value that it must not have.
    #[error("{0}")]
    BadInput(String),
    /// More was asked for than one answer may hold.
    #[error("{0}")]
    TooMuch(String),
    /// castgraph itself failed. The reason is in the log.
    #[error("castgraph could not answer; the reason is in the server's log")]
    Internal,
}

impl Error {
    /// Writes `reason` to the log and gives the error that says nothing of it.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        tracing::error!(%reason, "an answer failed");
        Self::Internal
    }

    /// Stable name of the kind of error, as clients see it in `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::BadInput(_) => "BAD_INPUT",
            Self::TooMuch(_) => "LIMIT_EXCEEDED",
            Self::Internal => "INTERNAL",
        }
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(reason: sea_orm::DbErr) -> Self {
        Self::internal(reason)
    }
}

/// Gives every error an `extensions.code`, if it has none yet. An error of the library underneath has no source of ours:
/// without a path it is about the document, with one about a value in it.
pub fn add_code(error: &mut ServerError) {
    let code = match error.source::<Error>() {
        Some(ours) => ours.code(),
        None if error.path.is_empty() => "VALIDATION",
        None => "BAD_INPUT",
    };
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
}
