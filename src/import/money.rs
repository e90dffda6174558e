//! Amounts of money as integers in the smallest unit of the currency: 5.99 USD is 599.
//!
//! The number of decimals of each currency is from ISO 4217.

/// The largest amount: 2⁵³ − 1, the largest integer that every JSON parser represents exactly.
const MOST: i64 = 9_007_199_254_740_991;

const NO_DECIMALS: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
];

const THREE_DECIMALS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Whether `text` has the form of a currency code.
pub(super) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The number of decimals of a currency.
pub fn decimals(currency: &str) -> usize {
    match currency {
        none if NO_DECIMALS.contains(&none) => 0,
        three if THREE_DECIMALS.contains(&three) => 3,
        _ => 2,
    }
}

/// Parses an amount into the smallest unit of the currency: `5.99` in `USD` is 599.
pub(super) fn minor_units(text: &str, currency: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let decimals = decimals(currency);
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let no_part = part.is_empty() && !text.contains('.');
    if whole.is_empty() || !plain(whole) || !plain(part) || !(no_part || part.len() == decimals) {
        return None;
    }
    let amount: i64 = format!("{whole}{part:0<decimals$}").parse().ok()?;
    Some(amount).filter(|amount| *amount <= MOST)
}

/// Formats an amount in the smallest unit for a file: 599 in `USD` is `5.99`. Whole amounts have no decimals.
pub(crate) fn written(minor: &str, currency: &str) -> String {
    let decimals = decimals(currency);
    let padded = format!("{minor:0>width$}", width = decimals + 1);
    let (whole, part) = padded.split_at_checked(padded.len() - decimals).unwrap_or((&padded, ""));
    if part.bytes().all(|digit| digit == b'0') { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_amounts_keep_their_place() {
        assert_eq!(written("5", "USD"), "0.05");
        assert_eq!(written("50", "KWD"), "0.050");
        assert_eq!(written("0", "JPY"), "0");
        assert_eq!(written("700", "USD"), "7");
    }

    #[test]
    fn amounts_are_whole_numbers_of_the_smallest_unit() {
        for (text, currency, amount) in [
            ("5.99", "USD", Some(599)),
            ("20450000", "USD", Some(2_045_000_000)),
            ("100", "JPY", Some(100)),
            ("1.234", "KWD", Some(1234)),
            ("90071992547409.91", "USD", Some(MOST)),
            ("90071992547409.92", "USD", None),
            ("5.9", "USD", None),
            ("5.", "USD", None),
            (".99", "USD", None),
            ("1.50", "JPY", None),
            ("-1", "USD", None),
            ("1,000", "USD", None),
        ] {
            assert_eq!(minor_units(text, currency), amount, "{text} {currency}");
            if let Some(amount) = amount {
                assert_eq!(written(&amount.to_string(), currency), text);
            }
        }
    }
}
