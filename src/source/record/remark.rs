use std::{collections::BTreeMap, fmt};

/// How many skipped records are described; further ones are only counted.
const DESCRIBED: usize = 1000;

/// How many different unknown words are counted apart; further ones are counted together.
const WORDS: usize = 1000;

/// What a parser could not use, and why. Bounded, however many records are bad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// Words without a counterpart here, and how often each occurred: (what it is, the word).
    unknown: BTreeMap<(&'static str, String), u64>,
    further_unknown: u64,
    /// Facts that castgraph has no place for, and how often each occurred.
    unused: BTreeMap<(&'static str, String), u64>,
    skipped: Vec<Skipped>,
    further_skipped: u64,
    missing: Vec<String>,
    notes: BTreeMap<String, u64>,
}

/// A record or field that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file, or the address.
    pub file: String,
    /// The place in it: a line number, or a JSON pointer such as `/_embedded/cast/3`. Empty for the whole file.
    pub place: String,
    /// What is wrong with the value.
    pub reason: String,
}

impl Remarks {
    /// Counts a word that is not in the list of words castgraph knows: `("status", "In Limbo")`.
    pub fn unknown(&mut self, what: &'static str, word: &str) {
        if !count(&mut self.unknown, what, word) {
            self.further_unknown += 1;
        }
    }

    /// Counts a fact that castgraph has no place for: `("crew job", "Editor")`.
    pub fn unused(&mut self, what: &'static str, word: &str) {
        count(&mut self.unused, what, word);
    }

    /// Records that a record or field was skipped.
    pub fn skip(&mut self, file: &str, place: impl fmt::Display, reason: impl fmt::Display) {
        if self.skipped.len() < DESCRIBED {
            self.skipped.push(Skipped { file: file.to_owned(), place: place.to_string(), reason: reason.to_string() });
        } else {
            self.further_skipped += 1;
        }
    }

    /// Records that something which the source refers to is not there: `person tvmaze:17, Wes Chatham`.
    pub fn missing(&mut self, what: impl fmt::Display) {
        if self.missing.len() < DESCRIBED {
            self.missing.push(what.to_string());
        } else {
            self.further_skipped += 1;
        }
    }

    /// Counts a remark about how the records were read.
    pub fn note(&mut self, text: impl fmt::Display) {
        let text = text.to_string();
        if self.notes.len() < WORDS || self.notes.contains_key(&text) {
            *self.notes.entry(text).or_default() += 1;
        }
    }

    /// What was skipped, in the order of reading.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// What the source refers to and does not have.
    pub fn absent(&self) -> &[String] {
        &self.missing
    }

    /// Unknown words with their counts: what it is, the word, how often.
    pub fn unknown_words(&self) -> impl Iterator<Item = (&'static str, &str, u64)> {
        self.unknown.iter().map(|((what, word), count)| (*what, word.as_str(), *count))
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds the remarks of another run.
    pub fn extend(&mut self, other: Self) {
        for ((what, word), times) in other.unknown {
            *self.unknown.entry((what, word)).or_default() += times;
        }
        for ((what, word), times) in other.unused {
            *self.unused.entry((what, word)).or_default() += times;
        }
        for (text, times) in other.notes {
            *self.notes.entry(text).or_default() += times;
        }
        self.skipped.extend(other.skipped);
        self.missing.extend(other.missing);
        self.further_unknown += other.further_unknown;
        self.further_skipped += other.further_skipped;
    }

    /// All remarks, one line each.
    pub fn lines(&self) -> Vec<String> {
        let times = |count: &u64| if *count == 1 { "once".to_owned() } else { format!("{count} times") };
        let mut lines: Vec<String> = self.skipped.iter().map(ToString::to_string).collect();
        if self.further_skipped > 0 {
            lines.push(format!("{} more records were skipped", self.further_skipped));
        }
        lines.extend(self.missing.iter().map(|what| format!("{what}: not found at the source")));
        lines.extend(
            self.unknown.iter().map(|((what, word), count)| format!("unknown {what} {word:?}, {}", times(count))),
        );
        if self.further_unknown > 0 {
            lines.push(format!("more unknown words, {}", times(&self.further_unknown)));
        }
        lines.extend(
            self.unused.iter().map(|((what, word), count)| format!("{what} {word:?} is not stored, {}", times(count))),
        );
        lines.extend(self.notes.iter().map(|(text, count)| match count {
            1 => text.clone(),
            count => format!("{text} ({count} times)"),
        }));
        lines
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if !self.place.is_empty() {
            write!(f, ":{}", self.place)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Counts a word, unless there are too many different ones.
fn count(words: &mut BTreeMap<(&'static str, String), u64>, what: &'static str, word: &str) -> bool {
    let key = (what, word.chars().take(100).collect());
    let room = words.len() < WORDS || words.contains_key(&key);
    if room {
        *words.entry(key).or_default() += 1;
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_are_told_once_with_a_count() {
        let mut remarks = Remarks::default();
        for word in ["In Limbo", "Lost", "In Limbo"] {
            remarks.unknown("status", word);
        }
        assert_eq!(remarks.lines(), ["unknown status \"In Limbo\", 2 times", "unknown status \"Lost\", once"]);
    }

    #[test]
    fn remarks_stay_bounded() {
        let mut remarks = Remarks::default();
        for line in 0..5000 {
            remarks.skip("title.basics.tsv", line, "the title is empty");
            remarks.unknown("category", &format!("category {line}"));
        }
        assert_eq!(remarks.skipped().len(), DESCRIBED);
        assert_eq!(remarks.unknown_words().count(), WORDS);
        assert!(remarks.lines().contains(&"4000 more records were skipped".to_owned()));
    }
}
