use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use entity::PartialDate;

use crate::error::shown;

#[derive(Clone, Debug)]
pub struct Date(pub(super) PartialDate);

/// A calendar date such as `2018-08-04`, or `2018-08` or `2018` if only the month or the year is known (ISO 8601).
/// Partial dates sort and compare by their earliest day.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#appendix-A")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        match text.parse() {
            Ok(date) => Ok(Self(date)),
            Err(reason) => Err(InputValueError::custom(format!("{} {reason}", shown(&text)))),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.as_str().to_owned())
    }
}

/// The API value for a date column.
pub(super) fn date(date: Option<&PartialDate>) -> Option<Date> {
    date.cloned().map(Date)
}
