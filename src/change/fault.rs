use sea_orm::DbErr;
use thiserror::Error;

use crate::code::Code;

/// What is wrong with one change of a changeset, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place of the change in the changeset, from 0; `None` if it is about the whole changeset.
    pub change: Option<usize>,
    /// The field of the API that is wrong.
    pub field: Option<&'static str>,
    /// The kind of error.
    pub code: Code,
    /// What is wrong, and what to do.
    pub message: String,
    /// For a conflict: the version that the object has now.
    pub version: Option<i32>,
}

impl Fault {
    /// A fault of the change at `change`.
    pub fn new(change: impl Into<Option<usize>>, code: Code, message: impl Into<String>) -> Self {
        Self { change: change.into(), field: None, code, message: message.into(), version: None }
    }

    /// The fault, in a field.
    #[must_use]
    pub fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }
}

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum NotChanged {
    /// The changes have faults.
    #[error("{}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<Fault>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<Fault> for NotChanged {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}
