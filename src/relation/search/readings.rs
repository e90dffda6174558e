//! Other readings of a search text, for texts that match no name as typed: words joined or split, numbers in figures or
//! in words. Also recognises a season or an episode after the name of a show.

use super::words::{SearchText, words};

/// Maximum readings of one text.
const MOST: usize = 24;

/// Minimum length of each part of a split word, in letters. Shorter parts are prefixes of too many names.
const SHORTEST: usize = 3;

/// Titles that people put before the name of a character.
const TITLES: &[&str] = &[
    "admiral",
    "ambassador",
    "captain",
    "capt",
    "cmdr",
    "commander",
    "commodore",
    "counselor",
    "counsellor",
    "doctor",
    "dr",
    "ensign",
    "general",
    "gul",
    "lady",
    "legate",
    "lieutenant",
    "lord",
    "lt",
    "major",
    "miss",
    "mr",
    "mrs",
    "ms",
    "president",
    "professor",
    "sir",
    "vice",
];

/// Number words, from zero.
const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Other readings of a text, most likely first.
pub(super) fn readings(typed: &str) -> Vec<SearchText> {
    let all = words(typed);
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut add = |reading: Vec<String>| {
        if reading != all && !found.contains(&reading) {
            found.push(reading);
        }
    };
    // `Captain Picard`: without the title.
    if let [title, name @ ..] = all.as_slice()
        && !name.is_empty()
        && TITLES.contains(&title.as_str())
    {
        add(name.to_vec());
    }
    // `JeanLuc`: split at capitals.
    add(words(&apart(typed)));
    // `Deep Space 9`, `7 of 9`: figures to words.
    add(all.iter().map(|word| in_words(word).unwrap_or(word).to_owned()).collect());
    // Number words to figures, for names that contain figures.
    add(all.iter().map(|word| in_figures(word)).collect());
    // `Mc Coy`, `Le Var Burton`: join two words.
    for (at, pair) in all.windows(2).enumerate() {
        let mut joined = all.clone();
        joined.splice(at..at + 2, [pair.concat()]);
        add(joined);
    }
    // `jeanluc`: split a word, trying the longest first part first.
    for (at, word) in all.iter().enumerate() {
        let letters: Vec<char> = word.chars().collect();
        for cut in (SHORTEST..=letters.len().saturating_sub(SHORTEST)).rev() {
            let (one, other) = letters.split_at(cut);
            let mut parted = all.clone();
            parted.splice(at..=at, [one.iter().collect(), other.iter().collect()]);
            add(parted);
        }
    }
    found.truncate(MOST);
    found.into_iter().filter_map(|words| SearchText::of(words).ok()).collect()
}

/// The text with a space before each capital that follows a lower-case letter.
fn apart(typed: &str) -> String {
    let mut apart = String::with_capacity(typed.len() + 4);
    let mut after_small = false;
    for letter in typed.chars() {
        if after_small && letter.is_uppercase() {
            apart.push(' ');
        }
        after_small = letter.is_lowercase();
        apart.push(letter);
    }
    apart
}

fn in_words(word: &str) -> Option<&'static str> {
    NUMBERS.get(word.parse::<usize>().ok()?).copied()
}

fn in_figures(word: &str) -> String {
    match NUMBERS.iter().position(|number| *number == word) {
        Some(number) => number.to_string(),
        None => word.to_owned(),
    }
}

/// A part of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) season: i32,
    /// The number of the episode within the season.
    pub(super) episode: Option<i32>,
}

/// The name of a show and the part that follows it, as in `picard season 2`, `ds9 s04e05` and `tng 3x15`.
pub(super) fn part(typed: &str) -> Option<(SearchText, Part)> {
    let all = words(typed);
    let (name, part) = match all.as_slice() {
        [name @ .., season, s, episode, e] if is_season(season) && is_episode(episode) => {
            (name, Part { season: number(s)?, episode: Some(number(e)?) })
        }
        [name @ .., season, s] if is_season(season) => (name, Part { season: number(s)?, episode: None }),
        [name @ .., code] => (name, coded(code)?),
        [] => return None,
    };
    Some((SearchText::of(name.to_vec()).ok().filter(|text| !text.is_empty())?, part))
}

fn is_season(word: &str) -> bool {
    matches!(word, "season" | "series")
}

fn is_episode(word: &str) -> bool {
    matches!(word, "episode" | "ep")
}

/// Parses a number in figures or in words.
fn number(word: &str) -> Option<i32> {
    in_figures(word).parse().ok()
}

/// Parses `s02e04`, `s2` or `2x04`.
fn coded(code: &str) -> Option<Part> {
    let figures = |text: &str| {
        let all = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| text.parse::<i32>().ok()).flatten()
    };
    if let Some(code) = code.strip_prefix('s') {
        return match code.split_once('e') {
            Some((season, episode)) => Some(Part { season: figures(season)?, episode: Some(figures(episode)?) }),
            None => Some(Part { season: figures(code)?, episode: None }),
        };
    }
    let (season, episode) = code.split_once('x')?;
    Some(Part { season: figures(season)?, episode: Some(figures(episode)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_together_apart_and_as_numbers() {
        for (typed, due) in [
            ("JeanLuc", "jean luc"),
            ("jeanluc", "jean luc"),
            ("Mc Coy", "mccoy"),
            ("Le Var Burton", "levar burton"),
            ("Deep Space 9", "deep space nine"),
            ("7 of 9", "seven of nine"),
            ("Captain Picard", "picard"),
            ("Dr. Crusher", "crusher"),
            ("species eight", "species 8"),
        ] {
            let readings = readings(typed);
            assert!(readings.iter().any(|text| text.whole() == due), "{typed}: {readings:?}");
        }
        assert!(readings("q").is_empty());
        assert!(readings(&"ab".repeat(90)).len() <= MOST);
    }

    #[test]
    fn a_part_stands_behind_the_name_of_a_show() {
        for (typed, name, season, episode) in [
            ("picard season 2", "picard", 2, None),
            ("Picard Season Two, Episode 4", "picard", 2, Some(4)),
            ("DS9 s04e05", "ds9", 4, Some(5)),
            ("tng 3x15", "tng", 3, Some(15)),
            ("star trek picard S2", "star trek picard", 2, None),
        ] {
            let (text, part) = part(typed).unwrap_or_else(|| panic!("{typed} names a part"));
            assert_eq!((text.whole(), part), (name, Part { season, episode }), "{typed}");
        }
        for typed in ["picard", "season 2", "s02e04", "malcolm x", "s", "", "apollo 13"] {
            assert!(part(typed).is_none(), "{typed}");
        }
    }
}
