use entity::name_key;

use crate::error::Error;

/// Maximum length of a search text, in characters.
const MAX_LENGTH: usize = 200;

/// Maximum number of words in a search text.
const MAX_WORDS: usize = 16;

/// Only this number of letters of a word is looked up, because the index truncates words to it.
pub(super) const MAX_WORD_LENGTH: usize = 64;

/// Characters to remove, so that `O'Brien` is one word. Must be the same as in migration 11.
const APOSTROPHES: &str = "'’‘ʼʻ`";

/// Characters that separate words. Must be the same as in migration 11.
const SEPARATORS: &str = "!\"#$%&()*+,-./:;<=>?@[\\]^_{|}~‐–—―“”„«»‹›¡¿§¶·•†‡・、。「」『』【】〜،؛؟।׀־";

/// A search text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SearchText {
    whole: String,
    words: Vec<String>,
}

impl SearchText {
    /// Size of its strings, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.whole.len() + self.words.iter().map(|word| size_of_val(word) + word.len()).sum::<usize>()
    }

    /// Parses a text as typed by a user. It may have no words, as when somebody begins to type.
    ///
    /// # Errors
    ///
    /// Fails if the text is too long or has too many words.
    pub(super) fn read(typed: &str) -> Result<Self, Error> {
        let length = typed.chars().count();
        if length > MAX_LENGTH {
            return Err(Error::TooMuch(format!("the search text has {length} characters; the limit is {MAX_LENGTH}")));
        }
        Self::of(words(typed))
    }

    /// The text with these folded words.
    pub(super) fn of(all: Vec<String>) -> Result<Self, Error> {
        let mut words: Vec<String> = Vec::new();
        for word in &all {
            let word: String = word.chars().take(MAX_WORD_LENGTH).collect();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        match words.len() {
            0..=MAX_WORDS => Ok(Self { whole: all.join(" "), words }),
            many => Err(Error::TooMuch(format!("the search text has {many} words; the limit is {MAX_WORDS}"))),
        }
    }

    /// Whether it has no words.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// All words, joined with spaces.
    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    /// The distinct words.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }
}

/// Splits a name into words, folded as in the index.
pub(super) fn words(name: &str) -> Vec<String> {
    let key: String = name_key(name).chars().filter(|sign| !APOSTROPHES.contains(*sign)).collect();
    key.split(|sign| sign == ' ' || SEPARATORS.contains(sign))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_where_a_reader_would_split_them() {
        for (name, parted) in [
            ("Cristóbal “Chris” Rios", "cristobal chris rios"),
            ("Jean-Luc  Picard", "jean luc picard"),
            ("Miles O’Brien", "miles obrien"),
            ("Star Trek: Picard", "star trek picard"),
            ("宇宙大作戦", "宇宙大作戦"),
        ] {
            assert_eq!(words(name).join(" "), parted);
        }
    }

    #[test]
    fn a_text_may_be_empty_but_not_too_long() {
        for empty in ["", "   ", "?!", "'", "\u{301}"] {
            assert!(SearchText::read(empty).is_ok_and(|text| text.is_empty()), "{empty}");
        }
        assert!(SearchText::read(&"a".repeat(200)).is_ok());
        assert!(
            matches!(SearchText::read(&"a".repeat(201)), Err(Error::TooMuch(reason)) if reason.contains("201 characters; the limit is 200"))
        );
        let many: Vec<String> = (0..17).map(|number| number.to_string()).collect();
        assert!(
            matches!(SearchText::read(&many.join(" ")), Err(Error::TooMuch(reason)) if reason.contains("17 words"))
        );
        assert!(SearchText::read(&"again ".repeat(20)).is_ok_and(|text| text.words() == ["again"]));
    }
}
