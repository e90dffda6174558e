use std::{fmt, str::FromStr};

use chrono::{Months, NaiveDate};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// A calendar date, or only its month or year if no more is known: `2018-08-04`, `2018-08`, `2018` (ISO 8601 calendar
/// dates, including those with reduced precision).
///
/// Dates sort by their earliest day, and less precise dates before more precise ones with the same earliest day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
#[sea_orm(value_type = "String")]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate(String);

impl PartialDate {
    /// The date as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first day that the date can mean.
    pub fn earliest(&self) -> NaiveDate {
        first_day(&self.0).unwrap_or_default()
    }

    /// The last day that the date can mean.
    pub fn latest(&self) -> NaiveDate {
        let first = self.earliest();
        let after = match self.precision() {
            Precision::Day => return first,
            Precision::Month => first.checked_add_months(Months::new(1)),
            Precision::Year => first.checked_add_months(Months::new(12)),
        };
        after.and_then(|after| after.pred_opt()).unwrap_or(first)
    }

    /// The smallest part that is known.
    pub fn precision(&self) -> Precision {
        match self.0.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            _ => Precision::Day,
        }
    }
}

/// The smallest known part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
}

impl FromStr for PartialDate {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        match first_day(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(NotADate),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        match first_day(&text) {
            Some(_) => Ok(Self(text)),
            None => Err(NotADate),
        }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.0
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a valid calendar date, month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not a date; write it like 2018-08-04, 2018-08 or 2018")
    }
}

impl std::error::Error for NotADate {}

fn first_day(text: &str) -> Option<NaiveDate> {
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| number(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| number(day, 2))?;
    // PostgreSQL has no year 0, and neither has history.
    if year == 0 || parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_days_months_and_years() {
        for text in ["2018", "2018-08", "2018-08-04", "2020-02-29", "0001-01-01"] {
            assert_eq!(text.parse::<PartialDate>().map(String::from), Ok(text.to_owned()));
        }
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        for text in [
            "",
            "18",
            "0000",
            "0000-01-01",
            "2018-13",
            "2018-00",
            "2019-02-29",
            "2018-8-4",
            "2018-08-04-1",
            "2018-",
            "+018",
            "２０１８",
        ] {
            assert_eq!(text.parse::<PartialDate>(), Err(NotADate), "{text}");
        }
    }

    #[test]
    fn means_every_day_of_a_month_or_a_year() {
        let means = |text: &str| {
            let date: PartialDate = text.parse().unwrap_or_else(|_| unreachable!());
            format!("{} {}", date.earliest(), date.latest())
        };
        assert_eq!(means("2020"), "2020-01-01 2020-12-31");
        assert_eq!(means("2020-02"), "2020-02-01 2020-02-29");
        assert_eq!(means("9999-12"), "9999-12-01 9999-12-31");
        assert_eq!(means("2020-02-07"), "2020-02-07 2020-02-07");
    }

    #[test]
    fn sorts_by_the_earliest_day() {
        let mut dates: Vec<PartialDate> = ["2018-08-04", "2018-08", "2017-12-31", "2018"]
            .map(|t| t.parse().unwrap_or_else(|_| unreachable!()))
            .into();
        dates.sort();
        assert_eq!(
            dates.iter().map(PartialDate::as_str).collect::<Vec<_>>(),
            ["2017-12-31", "2018", "2018-08", "2018-08-04"]
        );
        assert!(dates.is_sorted_by_key(PartialDate::earliest));
    }
}
