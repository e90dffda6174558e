use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The form of a name or title by which it is sorted and looked up: without case and accents, blanks made single.
///
/// Both engines sort keys by code point, so that they agree on every order. Letters that no accent tells apart from
/// a base letter (`ø`, `ß` beyond its lower case) stay as they are.
pub fn name_key(name: &str) -> String {
    let folded: String = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::name_key;

    #[test]
    fn folds_case_accents_and_blanks() {
        assert_eq!(name_key("René  Auberjonois"), "rene auberjonois");
        assert_eq!(name_key("CRISTÓBAL RIOS"), "cristobal rios");
        assert_eq!(name_key("e\u{301}"), name_key("É"));
    }
}
