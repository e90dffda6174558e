use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The key by which a name or title is sorted and searched: without case and accents, and with single spaces.
///
/// Both engines sort keys by code point, so their sort orders agree. Letters that Unicode does not decompose into a
/// base letter and an accent, such as `ø` and `ß`, are only converted to lower case.
pub fn name_key(name: &str) -> String {
    folded(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The common prefix of the keys of all names that begin with `text`. Keeps a space at the end: "the " is a whole word.
pub fn key_of_beginning(text: &str) -> String {
    let mut key = name_key(text);
    if !key.is_empty() && folded(text).ends_with(char::is_whitespace) {
        key.push(' ');
    }
    key
}

fn folded(name: &str) -> String {
    name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{key_of_beginning, name_key};

    #[test]
    fn folds_case_accents_and_blanks() {
        assert_eq!(name_key("René  Auberjonois"), "rene auberjonois");
        assert_eq!(name_key("CRISTÓBAL RIOS"), "cristobal rios");
        assert_eq!(name_key("e\u{301}"), name_key("É"));
    }

    #[test]
    fn a_beginning_keeps_the_end_of_a_word() {
        for (text, key) in [("The ", "the "), ("The", "the"), (" The \t", "the "), ("a  b", "a b"), (" ", ""), ("", "")]
        {
            assert_eq!(key_of_beginning(text), key, "{text:?}");
        }
    }
}
