//! Errors that clients can act on.

use async_graphql::ServerError;
use sea_orm::{DbErr, RuntimeErr, sqlx};
use thiserror::Error;

use crate::code::Code;

/// Why castgraph cannot respond to a request.
///
/// Messages are for clients: they name the invalid input and what to do next, and reveal nothing about the database.
#[derive(Clone, Debug, Error)]
pub enum Error {
    /// An argument refers to something that does not exist.
    #[error("{0}")]
    NotFound(String),
    /// An argument has an invalid value.
    #[error("{0}")]
    BadInput(String),
    /// The request exceeds a limit.
    #[error("{0}")]
    TooMuch(String),
    /// The request needs a key.
    #[error("{0}")]
    Unauthenticated(String),
    /// The role of the account does not suffice.
    #[error("{0}")]
    Forbidden(String),
    /// The object was removed.
    #[error("{0}")]
    Gone(String),
    /// The cursor of the feed is too old.
    #[error("{0}")]
    CursorExpired(String),
    /// A change has a fault.
    #[error("{1}")]
    Fault(Code, String, Details),
    /// The database does not respond. The reason is in the log.
    #[error("the database does not respond; try again in a moment")]
    Unavailable,
    /// Data needed for the response is still loading.
    #[error("{0}")]
    NotYet(&'static str),
    /// castgraph failed. The reason is in the log.
    #[error("internal error; the server's log contains the reason")]
    Internal,
}

impl Error {
    /// Logs `reason` and returns an error that does not reveal it.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        tracing::error!(%reason, "internal error");
        Self::Internal
    }

    /// The code that clients see in `extensions.code`.
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::BadInput(_) => Code::BadInput,
            Self::TooMuch(_) => Code::LimitExceeded,
            Self::Unauthenticated(_) => Code::Unauthenticated,
            Self::Forbidden(_) => Code::Forbidden,
            Self::Gone(_) => Code::Gone,
            Self::CursorExpired(_) => Code::CursorExpired,
            Self::Fault(code, ..) => *code,
            Self::Unavailable | Self::NotYet(_) => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }
}

/// What clients see of the fault of a change besides its message, in `extensions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The place of the change in the changeset, from 0.
    pub change: Option<usize>,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// The version that the object has now.
    pub version: Option<i32>,
}

/// Client input in the form shown in messages: quoted, and truncated, since a response may repeat it many times.
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
            tracing::warn!(%reason, "the database does not respond");
            return Self::Unavailable;
        }
        Self::internal(reason)
    }
}

/// PostgreSQL: shut down by an administrator, crashed, starting up, too many connections, a deadlock with another program.
/// SQLite: busy, which another process is.
///
/// Sources: <https://www.postgresql.org/docs/current/errcodes-appendix.html>, <https://www.sqlite.org/rescode.html>.
const UNAVAILABLE: &[&str] = &["57P01", "57P02", "57P03", "53300", "40P01", "5", "261", "517"];

/// Whether the database is unreachable or has closed the connection, so that a retry may succeed.
pub fn is_gone(reason: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(reason))
    | DbErr::Exec(RuntimeErr::SqlxError(reason))
    | DbErr::Query(RuntimeErr::SqlxError(reason))) = reason
    else {
        return matches!(reason, DbErr::ConnectionAcquire(_) | DbErr::Conn(_));
    };
    match &**reason {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(reason) => {
            reason.code().is_some_and(|code| UNAVAILABLE.contains(&&*code) || code.starts_with("08"))
        }
        _ => false,
    }
}

/// Sets `extensions.code` if it is missing. async-graphql's own errors do not have [`enum@Error`] as their source: those
/// without a path concern the document, those with a path a value in it.
pub fn add_code(error: &mut ServerError) {
    let code = match error.source::<Error>() {
        Some(ours) => ours.code(),
        None if error.path.is_empty() => Code::Validation,
        None => Code::BadInput,
    };
    let details = match error.source::<Error>() {
        Some(Error::Fault(_, _, details)) => *details,
        _ => Details::default(),
    };
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code.text());
    }
    if let Some(change) = details.change {
        extensions.set("change", change as u64);
    }
    if let Some(field) = details.field {
        extensions.set("field", field);
    }
    if let Some(version) = details.version {
        extensions.set("version", version);
    }
}
