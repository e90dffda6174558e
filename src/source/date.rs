use chrono::{DateTime, NaiveDate};
use entity::{NotADate, PartialDate};

/// Reads a date as the sources write it: a day, month or year, with zeros or nothing for what is unknown. The date is
/// none if nothing is known.
pub(super) fn date(text: &str) -> Result<Option<PartialDate>, NotADate> {
    let text = text.trim();
    if text.is_empty() || text == "\\N" {
        return Ok(None);
    }
    // Some answers have a time behind the day.
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let known = day.split("-00").next().unwrap_or(day);
    if known.bytes().all(|b| b == b'0') {
        return Ok(None);
    }
    known.parse().map(Some)
}

/// The calendar day of a time stamp, in the zone that it is written in.
pub(super) fn day_of_stamp(text: &str) -> Option<NaiveDate> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|stamp| stamp.date_naive())
}

/// A number, or the first and the last number of a range, in digits: `7`, `1-2`, `25/26`, `1 & 2`.
pub(super) fn ordinal(text: &str) -> Option<(u32, Option<u32>)> {
    let mut numbers = text.split(['-', '–', '—', '/', '&', '+', ',']).map(str::trim);
    let first = digits(numbers.next()?)?;
    let Some(last) = numbers.next_back() else { return Some((first, None)) };
    let last = digits(last)?;
    (last > first && numbers.all(|between| digits(between).is_some())).then_some((first, Some(last)))
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_unknown() {
        let read = |text| date(text).map(|date| date.map(String::from));
        for none in ["", " ", "\\N", "0000-00-00", "0000", "0", "0000-00-00 00:00:00"] {
            assert_eq!(read(none), Ok(None), "{none}");
        }
        assert_eq!(read("1964-00-00"), Ok(Some("1964".to_owned())));
        assert_eq!(read("1964-05-00"), Ok(Some("1964-05".to_owned())));
        assert_eq!(read("2014-04-06"), Ok(Some("2014-04-06".to_owned())));
        assert_eq!(read("2000-10-10"), Ok(Some("2000-10-10".to_owned())));
        assert_eq!(read("2014-04-06T02:00:00Z"), Ok(Some("2014-04-06".to_owned())));
        for bad in ["soon", "2014-13-01", "06/04/2014", "-"] {
            assert_eq!(date(bad), Err(NotADate), "{bad}");
        }
    }

    #[test]
    fn stamps_have_the_day_of_their_zone() {
        let day = |text| day_of_stamp(text).map(|day| day.to_string());
        assert_eq!(day("2014-04-07T02:00:00+00:00").as_deref(), Some("2014-04-07"));
        assert_eq!(day("2014-04-06T22:00:00-04:00").as_deref(), Some("2014-04-06"));
        assert_eq!(day("2014-04-06"), None);
    }

    #[test]
    fn double_episodes_have_ranges() {
        assert_eq!(ordinal("7"), Some((7, None)));
        assert_eq!(ordinal("1–2"), Some((1, Some(2))));
        assert_eq!(ordinal("25/26"), Some((25, Some(26))));
        assert_eq!(ordinal("1, 2 & 3"), Some((1, Some(3))));
        for odd in ["", "x", "2-1", "1-", "-1", "1.5", "S1"] {
            assert_eq!(ordinal(odd), None, "{odd}");
        }
    }
}
