//! Other readings of a search text, for texts that match no name as typed: words joined or split, numbers in figures, in
//! words or in Roman numerals. Also recognises a season or an episode beside the name of a show.

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
    // `Star Trek 2`: figures to Roman numerals.
    add(all.iter().map(|word| in_roman(word).unwrap_or(word).to_owned()).collect());
    // `deepspace9`: figures apart from letters, and in words.
    add(words(&apart(typed)).iter().map(|word| in_words(word).unwrap_or(word).to_owned()).collect());
    // `picard season`: a part of a show, not yet typed to its end.
    if let [name @ .., unfinished] = all.as_slice()
        && !name.is_empty()
        && (is_season(unfinished) || is_episode(unfinished))
    {
        add(name.to_vec());
    }
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

/// Readings of the numbers in a text, which may fit better than names that only begin with a figure.
pub(super) fn number_readings(typed: &str) -> Vec<SearchText> {
    let all = words(typed);
    let read = |number: fn(&str) -> Option<&'static str>| {
        let reading: Vec<String> = all.iter().map(|word| number(word).unwrap_or(word).to_owned()).collect();
        (reading != all).then_some(reading)
    };
    [read(in_words), read(in_roman)].into_iter().flatten().filter_map(|words| SearchText::of(words).ok()).collect()
}

/// The letters and figures of a text without spaces, as typed and with numbers in words, to compare with names without
/// their spaces. Texts of a few letters have none.
pub(super) fn joined(typed: &str) -> Vec<String> {
    let numbers = words(&apart(typed));
    let mut found = vec![words(typed).concat(), numbers.iter().map(|word| in_words(word).unwrap_or(word)).collect()];
    found.dedup();
    found.retain(|text| text.chars().count() >= SHORTEST_JOINED);
    found
}

/// Minimum length of a text that is compared with names without their spaces, in letters.
const SHORTEST_JOINED: usize = 4;

/// The text with a space before each capital that follows a lower-case letter, and between figures and letters.
fn apart(typed: &str) -> String {
    let mut apart = String::with_capacity(typed.len() + 4);
    let mut before = ' ';
    for letter in typed.chars() {
        let is_capital = before.is_lowercase() && letter.is_uppercase();
        let is_number =
            before.is_alphanumeric() && letter.is_alphanumeric() && before.is_ascii_digit() != letter.is_ascii_digit();
        if is_capital || is_number {
            apart.push(' ');
        }
        before = letter;
        apart.push(letter);
    }
    apart
}

/// Roman numerals, from 1.
const ROMAN: [&str; 13] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii"];

fn in_roman(word: &str) -> Option<&'static str> {
    ROMAN.get(word.parse::<usize>().ok()?.checked_sub(1)?).copied()
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

/// The name of a show and the part beside it, as in `picard season 2`, `ds9 s04e05`, `tng 3x15` and
/// `second season of tng`.
pub(super) fn part(typed: &str) -> Option<(SearchText, Part)> {
    let all = words(typed);
    let (name, part) = match all.as_slice() {
        [season, s, episode, e, name @ ..] if is_season(season) && is_episode(episode) && !name.is_empty() => {
            (without_of(name), Part { season: number(s)?, episode: Some(number(e)?) })
        }
        [season, s, name @ ..] if is_season(season) && !name.is_empty() && number(s).is_some() => {
            (without_of(name), Part { season: number(s)?, episode: None })
        }
        [s, season, name @ ..] if is_season(season) && !name.is_empty() && ordinal(s).is_some() => {
            (without_of(name), Part { season: ordinal(s)?, episode: None })
        }
        [name @ .., season, s, episode] if is_season(season) && is_episode(episode) => {
            (name, Part { season: number(s)?, episode: None })
        }
        [name @ .., season, s, episode, e] if is_season(season) && is_episode(episode) => {
            (name, Part { season: number(s)?, episode: Some(number(e)?) })
        }
        [name @ .., season, s] if is_season(season) => (name, Part { season: number(s)?, episode: None }),
        [name @ .., code] => (name, coded(code)?),
        [] => return None,
    };
    Some((SearchText::of(name.to_vec()).ok().filter(|text| !text.is_empty())?, part))
}

/// The name of a show and two numbers or one behind it, as in `tng 2` and `tng 2.04`. The numbers may also belong to a
/// name, so this is tried if nothing else fits.
pub(super) fn bare_part(typed: &str) -> Option<(SearchText, Part)> {
    let all = words(typed);
    let figures = |word: &str| word.parse::<i32>().ok().filter(|_| word.len() <= 4);
    let (name, part) = match all.as_slice() {
        [name @ .., s, e] if !name.is_empty() && figures(s).is_some() && figures(e).is_some() => {
            (name, Part { season: figures(s)?, episode: figures(e) })
        }
        [name @ .., s] => (name, Part { season: figures(s)?, episode: None }),
        [] => return None,
    };
    Some((SearchText::of(name.to_vec()).ok().filter(|text| !text.is_empty())?, part))
}

/// A name without `of` or `of the` before it.
fn without_of(name: &[String]) -> &[String] {
    match name {
        [of, name @ ..] if of == "of" && !name.is_empty() => name,
        _ => name,
    }
}

/// Parses an ordinal number, as in `second` and `2nd`.
fn ordinal(word: &str) -> Option<i32> {
    const ORDINALS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ];
    if let Some(place) = ORDINALS.iter().position(|ordinal| *ordinal == word) {
        return i32::try_from(place + 1).ok();
    }
    ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)?.parse().ok())
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
            ("7of9", "seven of nine"),
            ("Star Trek 2", "star trek ii"),
            ("picard season", "picard"),
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
            ("season 2 picard", "picard", 2, None),
            ("Season 2, episode 4 of Picard", "picard", 2, Some(4)),
            ("second season of the next generation", "the next generation", 2, None),
            ("2nd season of tng", "tng", 2, None),
            ("picard season 2 episode", "picard", 2, None),
        ] {
            let (text, part) = part(typed).unwrap_or_else(|| panic!("{typed} names a part"));
            assert_eq!((text.whole(), part), (name, Part { season, episode }), "{typed}");
        }
        assert_eq!(bare_part("tng 2").map(|(_, part)| part), Some(Part { season: 2, episode: None }));
        assert_eq!(bare_part("tng 2.04").map(|(_, part)| part), Some(Part { season: 2, episode: Some(4) }));
        assert!(bare_part("2").is_none() && bare_part("2 4").is_some_and(|(name, _)| name.whole() == "2"));
        assert_eq!(joined("7of9"), ["7of9", "sevenofnine"]);
        for typed in ["picard", "season 2", "s02e04", "malcolm x", "s", "", "apollo 13"] {
            assert!(part(typed).is_none(), "{typed}");
        }
    }
}
