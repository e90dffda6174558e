//! Which values custom scalars accept, which SDL cannot express.

use std::collections::HashMap;

use async_graphql::Value;

/// Checks a non-null value of a scalar.
///
/// # Errors
///
/// Returns the reason if the scalar does not accept the value.
pub type ParseScalar = fn(Value) -> Result<(), String>;

/// The custom scalars that a schema uses in arguments.
#[derive(Debug)]
pub(super) struct Scalars(HashMap<&'static str, ParseScalar>);

impl Scalars {
    pub(super) fn new(scalars: &[(&'static str, ParseScalar)]) -> Self {
        Self(scalars.iter().copied().collect())
    }

    /// Checks a value against a scalar; `None` if it is not a custom scalar.
    pub(super) fn check(&self, scalar: &str, value: impl FnOnce() -> Value) -> Option<Result<(), String>> {
        self.0.get(scalar).map(|parse| parse(value()))
    }
}
