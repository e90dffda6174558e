use std::{collections::HashMap, sync::Arc};

use super::{
    Hit, spelling,
    statement::{NameMatch, SHORTEST_BEGINNING},
    words::{MAX_WORD_LENGTH, SearchText},
};

/// How well a name matches a text, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MatchQuality {
    /// The text is the whole name.
    Whole,
    /// Each word of the text is a word of the name.
    Words,
    /// The text is a prefix of the name.
    Begins,
    /// Each word of the text is a prefix of a word of the name.
    Prefixes,
    /// The text has this number of typing errors, and shares this number of letters at the start with the name.
    Errors(usize, std::cmp::Reverse<usize>),
}

/// Maximum number of letters at the start that count.
const BEGINNING: usize = 60;

impl MatchQuality {
    fn number(self) -> i32 {
        match self {
            Self::Whole => 0,
            Self::Words => 1,
            Self::Begins => 2,
            Self::Prefixes => 3,
            // Each error weighs more than all letters at the beginning.
            Self::Errors(errors, same) => {
                i32::try_from((errors * (BEGINNING + 1)).saturating_sub(same.0)).unwrap_or(i32::MAX - 3) + 3
            }
        }
    }
}

/// Groups names by row and keeps the best name of each. Returns the best rows first.
pub(super) fn rank(text: &SearchText, names: &[Arc<NameMatch>], fuzzy: bool) -> Vec<Hit> {
    best(names, |words| match_quality(text, words, fuzzy))
}

/// Like [`rank`], for a text without spaces that is compared with names without spaces.
pub(super) fn rank_joined(joined: &str, names: &[Arc<NameMatch>]) -> Vec<Hit> {
    best(names, |words| joined_quality(joined, words))
}

/// The rows with a name that matches, best first.
fn best(names: &[Arc<NameMatch>], quality: impl Fn(&str) -> Option<MatchQuality>) -> Vec<Hit> {
    let mut best: HashMap<(i32, i32), (MatchQuality, &NameMatch)> = HashMap::new();
    for name in names {
        let Some(quality) = quality(&name.words) else { continue };
        let known = best.entry((name.kind.into(), name.row_id)).or_insert((quality, name));
        if (quality, name.place) < (known.0, known.1.place) {
            *known = (quality, name);
        }
    }
    let hit = |(quality, named): (MatchQuality, &NameMatch)| Hit {
        kind: named.kind,
        row_id: named.row_id,
        name: named.name.clone(),
        rank: quality.number(),
        credits: named.credits,
    };
    let mut hits: Vec<Hit> = best.into_values().map(hit).collect();
    hits.sort_unstable_by_key(Hit::sort);
    hits
}

/// How well the words of a name match a text without spaces that begins with one of them, or `None` if they do not.
fn joined_quality(joined: &str, words: &str) -> Option<MatchQuality> {
    let starts = std::iter::once(0).chain(words.match_indices(' ').map(|(at, _)| at + 1));
    let quality = |start: usize| {
        let mut rest = joined;
        for (place, word) in words.get(start..)?.split(' ').enumerate() {
            if rest.is_empty() {
                return Some(MatchQuality::Words);
            }
            if let Some(after) = rest.strip_prefix(word) {
                if place == 0 && !(SHORTEST_BEGINNING..=MAX_WORD_LENGTH).contains(&word.chars().count()) {
                    return None;
                }
                rest = after;
            } else if place > 0 && word.starts_with(rest) {
                return Some(if start == 0 { MatchQuality::Begins } else { MatchQuality::Prefixes });
            } else {
                return None;
            }
        }
        rest.is_empty().then_some(if start == 0 { MatchQuality::Whole } else { MatchQuality::Words })
    };
    starts.filter_map(quality).min()
}

/// How well the words of a name match, or `None` if they do not.
fn match_quality(text: &SearchText, words: &str, fuzzy: bool) -> Option<MatchQuality> {
    if words == text.whole() {
        return Some(MatchQuality::Whole);
    }
    let (mut all_whole, mut errors) = (true, 0);
    for typed in text.words() {
        if words.split(' ').any(|word| word == typed) {
            continue;
        }
        all_whole = false;
        if words.split(' ').any(|word| word.starts_with(typed.as_str())) {
            continue;
        }
        if !fuzzy {
            return None;
        }
        errors += words.split(' ').filter_map(|word| spelling::errors(typed, word)).min()?;
    }
    Some(match errors {
        0 if all_whole => MatchQuality::Words,
        0 if words.starts_with(text.whole()) => MatchQuality::Begins,
        0 => MatchQuality::Prefixes,
        errors => {
            let same = words.chars().zip(text.whole().chars()).take_while(|(one, other)| one == other).count();
            MatchQuality::Errors(errors, std::cmp::Reverse(same.min(BEGINNING)))
        }
    })
}
