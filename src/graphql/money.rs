use async_graphql::{InputValueError, InputValueResult, Object, Scalar, ScalarType, Value};

use crate::import::decimals;

/// An amount of money.
pub struct Money {
    amount: i64,
    currency: String,
}

impl Money {
    pub(super) fn new(amount: i64, currency: &str) -> Self {
        Self { amount, currency: currency.to_owned() }
    }
}

/// An amount of money.
#[Object]
impl Money {
    /// Amount in the smallest unit of the currency: 599 for 5.99 USD.
    async fn minor_units(&self) -> BigInt {
        BigInt(self.amount)
    }

    /// Currency code (ISO 4217), such as `USD`.
    async fn currency(&self) -> &str {
        &self.currency
    }

    /// Amount as a decimal number, with the decimal places of its currency: `5.99`.
    async fn decimal(&self) -> String {
        decimal(self.amount, decimals(&self.currency))
    }
}

fn decimal(amount: i64, decimals: usize) -> String {
    let digits = format!("{amount:0>width$}", width = decimals + 1);
    match digits.split_at_checked(digits.len() - decimals) {
        Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
        _ => digits,
    }
}

pub struct BigInt(i64);

/// A whole number that may exceed the range of `Int`, up to 9,007,199,254,740,991, the largest that every JSON parser
/// reads exactly. It is sent as a JSON number.
#[Scalar(name = "BigInt", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or(InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn amounts_are_written_with_their_decimals() {
        for (amount, decimals, text) in [
            (599, 2, "5.99"),
            (5, 2, "0.05"),
            (0, 2, "0.00"),
            (100, 0, "100"),
            (1234, 3, "1.234"),
            (2_045_000_000, 2, "20450000.00"),
        ] {
            assert_eq!(decimal(amount, decimals), text);
        }
    }
}
