//! The tags of the languages that sources name.

use crate::{import::language_tag, source::language};

/// The tag (BCP 47) of a language that a source names by its code or in English.
pub(super) fn tag(name: &str) -> Option<String> {
    language_tag(&language(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::LANGUAGES;

    #[test]
    fn names_and_codes_give_tags() {
        for (language, expected) in
            [("English", Some("en")), ("korean", Some("ko")), ("pt-br", Some("pt-BR")), ("Klingon", None), ("", None)]
        {
            assert_eq!(tag(language).as_deref(), expected, "{language}");
        }
        assert!(LANGUAGES.iter().all(|(_, code)| language_tag(code).as_deref() == Some(*code)));
    }
}
