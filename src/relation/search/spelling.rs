//! Words with a spelling similar to that of a typed word.
//!
//! A typing error is a missing, additional or changed letter, or a swap of two neighbours (Damerau–Levenshtein
//! distance). Words of 4 letters may contain one error, words of 8 letters two. Words with digits may contain none,
//! because another digit changes the meaning.
//!
//! The index stores words by their trigrams, padded with two blanks on either side. An error changes at most four
//! trigrams of a word, so a similar word shares all but four per error. The database counts the shared trigrams; Rust
//! computes the distance.

use std::collections::BTreeSet;

use serde::Deserialize;
use strsim::damerau_levenshtein;

use crate::{
    error::Error,
    load::{Column, Reader, Record, columns_of, select},
};

/// The maximum number of similar words to search for. If there are more, the most similar are used.
const MAX_SIMILAR: usize = 100;

/// Errors are tolerated in words of up to this number of letters. The index also contains words with two more.
const MAX_WORD_LENGTH: usize = 30;

/// The maximum number of trigrams that one error can change.
const TRIGRAMS_PER_ERROR: usize = 4;

/// The number of errors tolerated in a word.
pub(super) fn allowed_errors(word: &str) -> usize {
    let letters = word.chars().count();
    match letters {
        _ if word.contains(char::is_numeric) => 0,
        4..8 => 1,
        8..=MAX_WORD_LENGTH => 2,
        _ => 0,
    }
}

/// The number of errors in `word` if `right` was meant, or `None` if there are too many.
pub(super) fn errors(word: &str, right: &str) -> Option<usize> {
    let most = allowed_errors(word);
    if most == 0 || word.chars().count().abs_diff(right.chars().count()) > most {
        return None;
    }
    Some(damerau_levenshtein(word, right)).filter(|errors| *errors <= most)
}

/// Finds words of the index that may have been meant by `word`, most similar first.
pub(super) async fn similar(reader: &Reader, word: &str) -> Result<Vec<String>, Error> {
    let most = allowed_errors(word);
    if most == 0 {
        return Ok(Vec::new());
    }
    let trigrams = trigrams(word);
    let least = trigrams.len().saturating_sub(TRIGRAMS_PER_ERROR * most).max(1);
    let letters = word.chars().count();
    let found = select::<IndexedWord>(reader, |sql| {
        let postgres = sql.postgres();
        sql.push("(SELECT g.word FROM search_gram AS g WHERE g.gram ");
        sql.push(if postgres { "= ANY(" } else { "IN (SELECT value FROM json_each(" });
        sql.bind_texts(trigrams.iter().map(String::as_str)).push(if postgres { ")" } else { "))" });
        sql.push(" AND g.length BETWEEN ").bind(number(letters - most)).push(" AND ").bind(number(letters + most));
        sql.push(" GROUP BY g.word HAVING count(DISTINCT g.gram) >= ").bind(number(least)).push(") AS t");
    });
    let found = found.await?;
    let mut similar: Vec<(usize, &str)> =
        found.iter().filter_map(|right| Some((errors(word, &right.word)?, right.word.as_str()))).collect();
    similar.sort_unstable();
    Ok(similar.into_iter().take(MAX_SIMILAR).map(|(_, right)| right.to_owned()).collect())
}

fn number(size: usize) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

/// The distinct trigrams of a word.
fn trigrams(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = format!("  {word}  ").chars().collect();
    letters.windows(3).map(String::from_iter).collect()
}

#[derive(Debug, Deserialize)]
struct IndexedWord {
    word: String,
}

impl Record for IndexedWord {
    fn columns() -> Vec<Column> {
        columns_of(["word"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerated_errors_depend_on_the_length_of_the_word() {
        for (typed, right, expected) in [
            ("qeen", "queen", Some(1)),
            ("borg", "brog", Some(1)),
            ("bor", "borg", None),
            ("picrad", "picard", Some(1)),
            ("pikrad", "picard", None),
            ("auberjonios", "auberjonois", Some(1)),
            ("obergonois", "auberjonois", None),
            ("oberjonois", "auberjonois", Some(2)),
            ("2021", "2022", None),
        ] {
            assert_eq!(errors(typed, right), expected, "{typed} for {right}");
        }
    }

    /// The trigram count must not rule out a word that is within the distance.
    #[test]
    fn similar_words_share_the_trigrams_that_are_counted() {
        use proptest::prelude::*;
        proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }, |(
            typed in "[ab]{4,12}", right in "[ab]{2,14}"
        )| {
            if let Some(found) = errors(&typed, &right) {
                let (typed, right) = (trigrams(&typed), trigrams(&right));
                let least = typed.len().saturating_sub(TRIGRAMS_PER_ERROR * found).max(1);
                prop_assert!(typed.intersection(&right).count() >= least);
            }
        });
    }
}
