//! Cursors: the name of a list and of an order, and the values of the order's keys for one row.
//!
//! The text is the URL-safe base64 form of a JSON array: `["shows","TITLE_ASC","star trek: picard",9]`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    error::{Error, shown},
    load::{Order, SortValue, Source},
};

/// The cursor of the row with the values `sort`.
pub(super) fn print(source: &Source, order: &Order, sort: &[SortValue]) -> String {
    let names = [source.name, order.name].map(|name| SortValue::Text(name.to_owned()));
    let parts: Vec<&SortValue> = names.iter().chain(sort).collect();
    // Strings and integers always have a JSON form.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).unwrap_or_default())
}

/// Reads the values from a cursor of the same list in the same order.
pub(super) fn parse(text: &str, source: &Source, order: &Order) -> Result<Vec<SortValue>, Error> {
    let told = shown(text);
    let unreadable = || {
        Error::BadInput(format!("{told} is no cursor; take cursors from `pageInfo` or `edges` of an earlier answer"))
    };
    let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let mut parts: Vec<SortValue> = serde_json::from_slice(&json).map_err(|_| unreadable())?;
    if parts.len() < 2 {
        return Err(unreadable());
    }
    let sort = parts.split_off(2);
    let [SortValue::Text(of), SortValue::Text(by)] = parts.as_slice() else { return Err(unreadable()) };
    if of != source.name {
        return Err(Error::BadInput(format!("the cursor {told} is of the list {}, not of {}", shown(of), source.name)));
    }
    if by != order.name {
        return Err(Error::BadInput(format!(
            "the cursor {told} was made in the order {}, not {}; start again without it, or ask in that order",
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
    use crate::edge::root;

    #[test]
    fn a_cursor_reads_back_under_its_list_and_order_only() {
        let (shows, by_title) = (&root::SHOWS.source, &root::SHOWS_BY_TITLE);
        let sort = vec![SortValue::Text("star trek: “picard”".into()), SortValue::Int(9)];
        let cursor = print(shows, by_title, &sort);
        assert_eq!(parse(&cursor, shows, by_title).unwrap(), sort);
        let order = parse(&cursor, shows, &root::SHOWS_BY_TITLE_BACKWARDS).unwrap_err();
        assert!(order.to_string().contains("\"TITLE_ASC\", not TITLE_DESC"), "{order}");
        let list = parse(&cursor, &root::EPISODES.source, &root::EPISODES_BY_TITLE).unwrap_err();
        assert!(list.to_string().contains("list \"shows\", not of episodes"), "{list}");
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
