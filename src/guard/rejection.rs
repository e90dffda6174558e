use std::fmt;

use async_graphql::{Pos, ServerError};

use crate::{code::Code, error::shown};

/// Why a document was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// It exceeds a limit.
    TooMuch {
        /// The name of the limit.
        limit: &'static str,
        /// The document's value, or a lower bound of it.
        value: u64,
        /// The maximum.
        allowed: u64,
        /// The setting that changes the maximum, unless it is fixed.
        setting: Option<&'static str>,
    },
    /// A fragment spreads itself, directly or through others.
    Circular {
        /// The fragment.
        fragment: String,
        /// Where it is defined.
        at: Pos,
    },
    /// It uses introspection, which is disabled.
    Introspection,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMuch { limit, value, allowed, setting } => {
                write!(f, "the document {}; the limit is {allowed}", excess(limit, *value))?;
                setting.map_or(Ok(()), |setting| write!(f, " (the operator can raise it with {setting})"))
            }
            Self::Circular { fragment, .. } => {
                let fragment = shown(fragment);
                write!(f, "the fragment {fragment} spreads itself, directly or through other fragments")
            }
            Self::Introspection => f.write_str("introspection is disabled on this server (--introspection)"),
        }
    }
}

/// Describes how the document exceeds the limit.
fn excess(limit: &str, value: u64) -> String {
    match limit {
        "depth" => format!("nests fields {value} levels deep"),
        "cost" => format!("has an estimated cost of {value}"),
        "introspection" => format!("has {value} introspection fields"),
        "bytes of the answer" => format!("has an estimated response size of {value} bytes"),
        "nesting of brackets" => format!("nests brackets {value} levels deep"),
        "lists within lists of an introspection" => format!("nests lists of types {value} levels deep"),
        _ => format!("has {value} {limit}"),
    }
}

impl From<Rejection> for ServerError {
    fn from(refusal: Rejection) -> Self {
        let message = refusal.to_string();
        match refusal {
            Rejection::TooMuch { limit, value, allowed, setting } => {
                let mut error = Code::LimitExceeded.error(message);
                let extensions = error.extensions.get_or_insert_default();
                extensions.set("limit", limit);
                extensions.set("value", value);
                extensions.set("allowed", allowed);
                if let Some(setting) = setting {
                    extensions.set("setting", setting);
                }
                error
            }
            Rejection::Circular { at, .. } => {
                let mut error = Code::Validation.error(message);
                error.locations.push(at);
                error
            }
            Rejection::Introspection => Code::IntrospectionOff.error(message),
        }
    }
}

/// Rejects a `value` above `allowed`.
pub(super) fn within(limit: &'static str, value: u64, allowed: u64, setting: &'static str) -> Result<(), Rejection> {
    let setting = Some(setting);
    if value <= allowed { Ok(()) } else { Err(Rejection::TooMuch { limit, value, allowed, setting }) }
}

/// Rejects a `value` above `allowed`, a limit that no setting changes.
pub(super) fn fixed(limit: &'static str, value: u64, allowed: u64) -> Result<(), Rejection> {
    if value <= allowed { Ok(()) } else { Err(Rejection::TooMuch { limit, value, allowed, setting: None }) }
}
