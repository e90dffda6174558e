use std::{collections::HashMap, sync::Arc};

use super::{Hit, spelling, statement::Named, words::Text};

/// How well a name matches a text, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
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

impl Fit {
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
pub(super) fn rank(text: &Text, names: &[Arc<Named>], forgiving: bool) -> Vec<Hit> {
    let mut best: HashMap<(i32, i32), (Fit, &Named)> = HashMap::new();
    for name in names {
        let Some(fit) = fit(text, &name.words, forgiving) else { continue };
        let known = best.entry((name.kind.into(), name.row_id)).or_insert((fit, name));
        if (fit, name.place) < (known.0, known.1.place) {
            *known = (fit, name);
        }
    }
    let hit = |(fit, named): (Fit, &Named)| Hit {
        kind: named.kind,
        row_id: named.row_id,
        name: named.name.clone(),
        rank: fit.number(),
        credits: named.credits,
    };
    let mut hits: Vec<Hit> = best.into_values().map(hit).collect();
    hits.sort_unstable_by_key(Hit::sort);
    hits
}

/// How well the words of a name match, or `None` if they do not.
fn fit(text: &Text, words: &str, forgiving: bool) -> Option<Fit> {
    if words == text.whole() {
        return Some(Fit::Whole);
    }
    let (mut all_whole, mut errors) = (true, 0);
    for asked in text.words() {
        if words.split(' ').any(|word| word == asked) {
            continue;
        }
        all_whole = false;
        if words.split(' ').any(|word| word.starts_with(asked.as_str())) {
            continue;
        }
        if !forgiving {
            return None;
        }
        errors += words.split(' ').filter_map(|word| spelling::errors(asked, word)).min()?;
    }
    Some(match errors {
        0 if all_whole => Fit::Words,
        0 if words.starts_with(text.whole()) => Fit::Begins,
        0 => Fit::Prefixes,
        errors => {
            let same = words.chars().zip(text.whole().chars()).take_while(|(one, other)| one == other).count();
            Fit::Errors(errors, std::cmp::Reverse(same.min(BEGINNING)))
        }
    })
}
