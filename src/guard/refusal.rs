use std::fmt;

use async_graphql::{ErrorExtensionValues, ServerError};

/// Why a document is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It goes beyond a limit.
    TooMuch {
        /// What is limited.
        limit: &'static str,
        /// How much of it the document has, or more.
        value: u64,
        /// How much of it a document may have.
        allowed: u64,
        /// The setting that says so.
        setting: &'static str,
    },
    /// A fragment spreads itself, directly or through others.
    Circular {
        /// The fragment.
        fragment: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMuch { limit, value, allowed, setting } => write!(
                f,
                "the document has {limit} of {value}, at most {allowed} is allowed; ask for less, or let the server be \
                 started with a greater {setting}"
            ),
            Self::Circular { fragment } => {
                write!(f, "the fragment {fragment:?} spreads itself, directly or through others")
            }
        }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.to_string(), None);
        let mut extensions = ErrorExtensionValues::default();
        match refusal {
            Refusal::TooMuch { limit, value, allowed, setting } => {
                extensions.set("code", "LIMIT_EXCEEDED");
                extensions.set("limit", limit);
                extensions.set("value", value);
                extensions.set("allowed", allowed);
                extensions.set("setting", setting);
            }
            Refusal::Circular { .. } => extensions.set("code", "VALIDATION"),
        }
        error.extensions = Some(extensions);
        error
    }
}

/// Refuses a `value` above `allowed`.
pub(super) fn within(limit: &'static str, value: u64, allowed: u64, setting: &'static str) -> Result<(), Refusal> {
    if value <= allowed { Ok(()) } else { Err(Refusal::TooMuch { limit, value, allowed, setting }) }
}
