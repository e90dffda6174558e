//! The values that custom scalars take, which SDL does not say.

use std::collections::HashMap;

use async_graphql::Value;

/// Checks a value of a scalar that is not null.
///
/// # Errors
///
/// Says why the scalar does not take the value.
pub type ParseScalar = fn(Value) -> Result<(), String>;

/// The custom scalars of a schema that arguments have.
#[derive(Debug)]
pub(super) struct Scalars(HashMap<&'static str, ParseScalar>);

impl Scalars {
    pub(super) fn new(scalars: &[(&'static str, ParseScalar)]) -> Self {
        Self(scalars.iter().copied().collect())
    }

    /// Whether the scalar takes the value; nothing if it is not a custom scalar.
    pub(super) fn check(&self, scalar: &str, value: impl FnOnce() -> Value) -> Option<Result<(), String>> {
        self.0.get(scalar).map(|parse| parse(value()))
    }
}
