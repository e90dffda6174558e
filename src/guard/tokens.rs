//! Checks a document as text, in one pass over its bytes, before any parser reads it.

use std::{borrow::Cow, fmt::Write, ops::Range};

use super::{
    Limits, Rejection,
    rejection::{fixed, within},
    step_counter::StepCounter,
};

/// Bracket nesting that is safe for the parser and the walks over its tree. The limit on nested fields is lower.
const NESTING: u64 = 60;

pub(super) fn check(text: &str, limits: &Limits, work: &mut StepCounter) -> Result<(), Rejection> {
    within("bytes", text.len() as u64, limits.max_bytes, "--max-bytes")?;
    let (mut tokens, mut nesting, mut deepest) = (0, 0_u64, 0);
    let mut rest = text.as_bytes();
    while let Some((token, after)) = next(rest) {
        rest = after;
        work.step();
        tokens += 1;
        match token {
            Token::Open => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            Token::Line | Token::Other => {}
        }
        deepest = deepest.max(nesting);
        // Check here so that a document that is far too long is not read to the end.
        within("tokens", tokens, limits.max_tokens, "--max-tokens")?;
        fixed("nesting of brackets", deepest, NESTING)?;
    }
    Ok(())
}

/// The text without escapes that async-graphql's parser does not support: surrogate pairs (`\uD83D\uDE00`) and
/// variable-width escapes (`\u{1F600}`). Invalid escapes are left for the parser to reject.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((token, after)) = next(rest.as_bytes()) {
        let (whole, after) = rest.split_at_checked(rest.len() - after.len()).unwrap_or((rest, ""));
        match token {
            Token::Line => unescape(whole, &mut plain),
            _ => plain.push_str(whole),
        }
        rest = after;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Appends a string token, with the ignored text before it, to `plain`.
fn unescape(mut string: &str, plain: &mut String) {
    while let Some((before, escape)) = string.split_once('\\') {
        plain.push_str(before);
        match wide(escape) {
            Some((character, after)) if u32::from(character) > 0xFFFF => {
                plain.push(character);
                string = after;
            }
            Some((character, after)) => {
                // Writing to a string does not fail.
                let _ = write!(plain, "\\u{:04X}", u32::from(character));
                string = after;
            }
            None => {
                // Skip the escaped character: it may be a backslash, which would not start another escape.
                let end = escape.chars().next().map_or(0, char::len_utf8);
                let (own, after) = escape.split_at_checked(end).unwrap_or((escape, ""));
                plain.push('\\');
                plain.push_str(own);
                string = after;
            }
        }
    }
    plain.push_str(string);
}

/// The character of a surrogate pair or variable-width escape, after its first backslash, and the text after it.
fn wide(escape: &str) -> Option<(char, &str)> {
    let digits = escape.strip_prefix('u')?;
    if let Some(braced) = digits.strip_prefix('{') {
        let (digits, after) = braced.split_once('}')?;
        let is_hex = !digits.is_empty() && digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let character = is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
        return Some((char::from_u32(character)?, after));
    }
    let half = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let second = digits.get(4..)?.strip_prefix("\\u")?;
    let halves = [half(digits)?, half(second)?];
    let character = char::decode_utf16(halves).next()?.ok()?;
    (u32::from(character) > 0xFFFF).then_some((character, second.get(4..)?))
}

/// The document without descriptions of operations, fragments and variables, which the parsers we use do not support
/// yet. Spaces replace them, so that lines and columns stay the same.
///
/// Source: <https://spec.graphql.org/September2025/#sec-Descriptions>.
pub(super) fn without_descriptions(text: &str) -> Cow<'_, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut nesting = 0_u64;
    // A string, which is a description if a definition follows.
    let mut candidate = None;
    let mut after_equals = false;
    let mut rest = text.as_bytes();
    while let Some((token, after)) = next(rest) {
        let start = text.len() - skip_ignored(rest).len();
        let range = start..text.len() - after.len();
        rest = after;
        let word = text.get(range.clone()).unwrap_or_default();
        let is_defined = match nesting {
            0 => matches!(word, "query" | "mutation" | "subscription" | "fragment"),
            1 => word == "$",
            _ => false,
        };
        found.extend(candidate.take().filter(|_| is_defined));
        // A string in brackets after `=` is a default value.
        candidate = (word.starts_with('"') && nesting <= 1 && !after_equals).then_some(range);
        after_equals = word == "=";
        match token {
            Token::Open => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            Token::Line | Token::Other => {}
        }
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        plain.push_str(text.get(end..range.start).unwrap_or_default());
        let blank = |character| if matches!(character, '\n' | '\r') { character } else { ' ' };
        plain.extend(text.get(range.clone()).unwrap_or_default().chars().map(blank));
        end = range.end;
    }
    plain.push_str(text.get(end..).unwrap_or_default());
    Cow::Owned(plain)
}

enum Token {
    /// A string that is not a block string.
    Line,
    Open,
    Close,
    Other,
}

/// Splits off the first token; `None` at the end of the text.
fn next(text: &[u8]) -> Option<(Token, &[u8])> {
    let (first, after) = skip_ignored(text).split_first()?;
    Some(match first {
        b'{' | b'(' | b'[' => (Token::Open, after),
        b'}' | b')' | b']' => (Token::Close, after),
        b'"' if after.starts_with(b"\"\"") => (Token::Other, block(after)),
        b'"' => (Token::Line, line_string(after)),
        b'.' => (Token::Other, after.strip_prefix(b"..").unwrap_or(after)),
        b'-' | b'0'..=b'9' => (Token::Other, number(after)),
        byte if is_name(*byte) => (Token::Other, skip(after, is_name)),
        _ => (Token::Other, after),
    })
}

/// The text starting at its first token.
fn skip_ignored(mut text: &[u8]) -> &[u8] {
    loop {
        match text.split_first() {
            Some((b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF, after)) => text = after,
            Some((b'#', after)) => text = skip(after, |byte| byte != b'\n' && byte != b'\r'),
            _ => return text,
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The text after a number whose sign or first digit has been read.
fn number(text: &[u8]) -> &[u8] {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let mut rest = skip(text, is_digit);
    if let Some(fraction) = rest.strip_prefix(b".").filter(|fraction| fraction.first().is_some_and(u8::is_ascii_digit))
    {
        rest = skip(fraction, is_digit);
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let unsigned = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        if unsigned.first().is_some_and(u8::is_ascii_digit) {
            rest = skip(unsigned, is_digit);
        }
    }
    rest
}

fn skip(text: &[u8], take: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !take(*byte)).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

/// The text after a block string whose first quote has been read.
fn block(text: &[u8]) -> &[u8] {
    let mut text = text.get(2..).unwrap_or_default();
    loop {
        if let Some(after) = text.strip_prefix(b"\\\"\"\"") {
            text = after;
        } else if let Some(after) = text.strip_prefix(b"\"\"\"") {
            return after;
        } else {
            match text.split_first() {
                Some((_, after)) => text = after,
                None => return text,
            }
        }
    }
}

/// The text after a string whose first quote has been read.
fn line_string(mut text: &[u8]) -> &[u8] {
    while let Some((first, after)) = text.split_first() {
        text = match first {
            b'"' | b'\n' | b'\r' => return after,
            b'\\' => after.get(1..).unwrap_or_default(),
            _ => after,
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        let mut rest = text.as_bytes();
        std::iter::from_fn(|| next(rest).map(|(_, after)| rest = after)).count()
    }

    #[test]
    fn tokens_are_counted_as_the_specification_has_them() {
        for (text, count) in [
            ("", 0),
            ("{ a }", 3),
            ("\u{FEFF}{a,b}", 4),
            ("query Q($n: Int = -1.5e3) { a(n: $n) @skip(if: true) }", 26),
            ("{ ...F ...on T { a } }", 10),
            ("{ ...F...F }", 6),
            ("{ a(i: [1-1, 0.5e+3-2]) }", 13),
            ("1.e", 3),
            ("# a comment { { {\n{ a }", 3),
            (r#"{ a(s: "a \" } b") }"#, 8),
            ("{ a(s: \"\"\"a \\\"\"\" } \" \n b\"\"\") }", 8),
            (r#"{ a(s: "") }"#, 8),
            ("\"", 1),
            ("\"\"\"", 1),
        ] {
            assert_eq!(tokens(text), count, "{text}");
        }
    }
    #[test]
    fn wide_escapes_are_read_and_others_left() {
        for (text, expected) in [
            (r#"{ a(s: "\uD83D\uDE00 \n") }"#, "{ a(s: \"\u{1F600} \\n\") }"),
            (r#"{ a(s: "\u{1F600}x") }"#, "{ a(s: \"\u{1F600}x\") }"),
            (r#"{ a(s: "\u{22}\u{00e9}") }"#, r#"{ a(s: "\u0022\u00E9") }"#),
            (r#"{ a(s: "\\\\u{22}") }"#, r#"{ a(s: "\\\\u{22}") }"#),
            (
                r#"{ a(s: "\uD83D \uDE00\uD83D \u{D83D} \u{} \u00e9 \u") }"#,
                r#"{ a(s: "\uD83D \uDE00\uD83D \u{D83D} \u{} \u00e9 \u") }"#,
            ),
            ("{ a(s: \"\"\"\\u{1F600}\"\"\") } # \\u{22}", "{ a(s: \"\"\"\\u{1F600}\"\"\") } # \\u{22}"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
