//! What can go wrong, told so that the caller can act on it.

use async_graphql::ServerError;
use sea_orm::{DbErr, RuntimeErr, sqlx};
use thiserror::Error;

use crate::code::Code;

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
    /// The database does not answer. The reason is in the log.
    #[error("the database does not answer; try again in a moment")]
    Unavailable,
    /// What is needed for the answer is still being made.
    #[error("{0}")]
    NotYet(&'static str),
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

    /// The kind of error, as clients see it in `extensions.code`.
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::BadInput(_) => Code::BadInput,
            Self::TooMuch(_) => Code::LimitExceeded,
            Self::Unavailable | Self::NotYet(_) => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }
}

/// A text of the caller as messages show it: quoted, and cut if it is long, since an answer may show it many times.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

impl From<DbErr> for Error {
    fn from(reason: DbErr) -> Self {
        if is_gone(&reason) {
            tracing::warn!(%reason, "the database does not answer");
            return Self::Unavailable;
        }
        Self::internal(reason)
    }
}

/// Whether the database could not be reached, or has closed the connection, so that a later attempt may succeed.
pub fn is_gone(reason: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(reason))
    | DbErr::Exec(RuntimeErr::SqlxError(reason))
    | DbErr::Query(RuntimeErr::SqlxError(reason))) = reason
    else {
        return matches!(reason, DbErr::ConnectionAcquire(_) | DbErr::Conn(_));
    };
    match &**reason {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // Shut down by the administrator, crashed, starting up; too many connections; connection exceptions.
        // Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
        sqlx::Error::Database(reason) => reason
            .code()
            .is_some_and(|code| ["57P01", "57P02", "57P03", "53300"].contains(&&*code) || code.starts_with("08")),
        _ => false,
    }
}

/// Gives every error an `extensions.code`, if it has none yet. An error of the library underneath has no source of
/// ours: without a path it is about the document, with one about a value in it.
pub fn add_code(error: &mut ServerError) {
    let code = match error.source::<Error>() {
        Some(ours) => ours.code(),
        None if error.path.is_empty() => Code::Validation,
        None => Code::BadInput,
    };
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code.text());
    }
}
