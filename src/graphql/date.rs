use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use chrono::{Datelike, NaiveDate};
use entity::{PartialDate, Precision};

use crate::error::shown;

#[derive(Clone, Debug)]
pub struct Date(pub(super) PartialDate);

/// A calendar date such as `2018-08-04`, or `2018-08` or `2018` if only the month or the year is known (ISO 8601).
/// Partial dates sort and compare by their earliest day.
#[Scalar(name = "PartialDate", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#appendix-A")]
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

#[derive(Clone, Copy, Debug)]
pub struct Day(NaiveDate);

/// A day, such as `2018-08-04` (ISO 8601).
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        match text.parse() {
            Ok(day) => Ok(Self(day)),
            Err(_) => Err(InputValueError::custom(format!("{} is not a day; write it like 2018-08-04", shown(&text)))),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Debug)]
pub struct Moment(String);

/// A date and time in UTC, such as `2026-11-28T10:00:00Z` (ISO 8601).
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        if chrono::DateTime::parse_from_rfc3339(&text).is_ok() {
            return Ok(Self(text));
        }
        let message = format!("{} is not a date and time; write it like 2026-11-28T10:00:00Z", shown(&text));
        Err(InputValueError::custom(message))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The API value for a column with a date and time.
pub(super) fn moment(text: &str) -> Moment {
    Moment(text.to_owned())
}

/// The days that a partial date can mean, for sorting and formatting.
#[derive(SimpleObject)]
pub struct DateSpan {
    /// First day that the date can mean.
    earliest: Day,
    /// Last day that the date can mean.
    latest: Day,
    /// Smallest known part of the date.
    precision: DatePrecision,
}

/// The days that a date column can mean.
pub(super) fn span(date: Option<&PartialDate>) -> Option<DateSpan> {
    let date = date?;
    let (earliest, latest) = (Day(date.earliest()), Day(date.latest()));
    Some(DateSpan { earliest, latest, precision: date.precision().into() })
}

/// Smallest known part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Precision")]
pub enum DatePrecision {
    /// Year.
    Year,
    /// Year and month.
    Month,
    /// Year, month and day.
    Day,
}

/// An age in whole years. It is a range because the dates may be partial.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub struct Age {
    /// Lowest possible age.
    min: i32,
    /// Highest possible age.
    max: i32,
}

impl Age {
    /// The age on a date of somebody born on another; `None` if they were not born yet.
    pub(super) fn between(born: &PartialDate, on: &PartialDate) -> Option<Self> {
        let years = |born: NaiveDate, on: NaiveDate| {
            let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
            on.year() - born.year() - i32::from(!had_birthday)
        };
        let max = years(born.earliest(), on.latest());
        (max >= 0).then(|| Self { min: years(born.latest(), on.earliest()).max(0), max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_as_certain_as_the_dates() {
        let age = |born: &str, on: &str| {
            let date = |text: &str| text.parse::<PartialDate>().unwrap();
            Age::between(&date(born), &date(on)).map(|age| (age.min, age.max))
        };
        assert_eq!(age("1940-07-13", "1987-09-28"), Some((47, 47)));
        assert_eq!(age("1940-07-13", "1987-07-12"), Some((46, 46)));
        assert_eq!(age("1940-07-13", "1987"), Some((46, 47)));
        assert_eq!(age("1940", "1987-09-28"), Some((46, 47)));
        assert_eq!(age("1940-02-29", "1941-02-28"), Some((0, 0)));
        assert_eq!(age("1940", "1940-06"), Some((0, 0)));
        assert_eq!(age("1940-07-13", "1940-07-12"), None);
    }
}
