//! Cursors. A cursor encodes the name of its list, the name of its sort order, and the sort key values of one row.
//!
//! It is URL-safe base64 of a JSON array: `["shows","TITLE_ASC","star trek: picard",9]`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{Order, SortValue, Source};
use crate::error::{Error, shown};

/// Encodes the cursor of the row with the sort key values `sort`.
pub fn print(source: &Source, order: &Order, sort: &[SortValue]) -> String {
    let names = [source.name, order.name].map(|name| SortValue::Text(name.to_owned()));
    let parts: Vec<&SortValue> = names.iter().chain(sort).collect();
    // Serializing strings and integers cannot fail.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).unwrap_or_default())
}

/// Decodes the sort key values of a cursor for this list and sort order.
///
/// # Errors
///
/// If the text is no cursor of this list and sort order.
pub fn parse(text: &str, source: &Source, order: &Order) -> Result<Vec<SortValue>, Error> {
    let told = shown(text);
    let unreadable =
        || Error::BadInput(format!("{told} is not a valid cursor; use a cursor from `pageInfo` or `edges`"));
    let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let mut parts: Vec<SortValue> = serde_json::from_slice(&json).map_err(|_| unreadable())?;
    if parts.len() < 2 {
        return Err(unreadable());
    }
    let sort = parts.split_off(2);
    let [SortValue::Text(of), SortValue::Text(by)] = parts.as_slice() else { return Err(unreadable()) };
    if of != source.name {
        return Err(Error::BadInput(format!(
            "the cursor {told} belongs to the list {}, not to {}",
            shown(of),
            source.name
        )));
    }
    if by != order.name {
        return Err(Error::BadInput(format!(
            "the cursor {told} is for the sort order {}, not {}; start over without a cursor, or use that order",
            shown(by),
            order.name
        )));
    }
    let fits = sort.len() == order.keys.len() && order.keys.iter().zip(&sort).all(|(key, value)| key.admits(value));
    if fits { Ok(sort) } else { Err(unreadable()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::root;

    #[test]
    fn a_cursor_reads_back_under_its_list_and_order_only() {
        let (shows, by_title) = (&root::SHOWS.source, &root::SHOWS_BY_TITLE);
        let sort = vec![SortValue::Text("star trek: “picard”".into()), SortValue::Int(9)];
        let cursor = print(shows, by_title, &sort);
        assert_eq!(parse(&cursor, shows, by_title).unwrap(), sort);
        let order = parse(&cursor, shows, &root::SHOWS_BY_TITLE_DESC).unwrap_err();
        assert!(order.to_string().contains("\"TITLE_ASC\", not TITLE_DESC"), "{order}");
        let list = parse(&cursor, &root::EPISODES.source, &root::EPISODES_BY_TITLE).unwrap_err();
        assert!(list.to_string().contains("list \"shows\", not to episodes"), "{list}");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let (shows, by_title) = (&root::SHOWS.source, &root::SHOWS_BY_TITLE);
        let short = print(shows, by_title, &[SortValue::Int(9)]);
        let swapped = print(shows, by_title, &[SortValue::Int(9), SortValue::Text("a".into())]);
        for text in ["", "x", "MTI", "W10", "WyJzaG93cyJd", &short, &swapped] {
            assert!(matches!(parse(text, shows, by_title), Err(Error::BadInput(_))), "{text}");
        }
    }
}
