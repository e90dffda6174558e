//! A document as text: one pass over its bytes, before any parser sees it.

use super::{Limits, Refusal, refusal::within};

/// Brackets within brackets that the parser and the walks over its tree take safely. Fields are limited more tightly.
const NESTING: u64 = 60;

pub(super) fn check(text: &str, limits: &Limits) -> Result<(), Refusal> {
    within("bytes", text.len() as u64, limits.max_bytes, "--max-bytes")?;
    let (mut tokens, mut nesting, mut deepest) = (0, 0_u64, 0);
    let mut rest = text.as_bytes();
    while let Some((token, after)) = next(rest) {
        rest = after;
        tokens += 1;
        match token {
            Token::Open => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            Token::Other => {}
        }
        deepest = deepest.max(nesting);
        // A document that is far too long is not read to its end.
        within("tokens", tokens, limits.max_tokens, "--max-tokens")?;
        within("nesting of brackets", deepest, NESTING, "--max-depth")?;
    }
    Ok(())
}

enum Token {
    Open,
    Close,
    Other,
}

/// Parts the first token from the rest, or finds the end.
fn next(mut text: &[u8]) -> Option<(Token, &[u8])> {
    loop {
        let (first, after) = text.split_first()?;
        match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => text = after,
            b'#' => text = skip(after, |byte| byte != b'\n' && byte != b'\r'),
            b'{' | b'(' | b'[' => return Some((Token::Open, after)),
            b'}' | b')' | b']' => return Some((Token::Close, after)),
            b'"' => return Some((Token::Other, string(after))),
            b'.' => return Some((Token::Other, skip(after, |byte| byte == b'.'))),
            byte if is_word(*byte) => return Some((Token::Other, skip(after, is_word))),
            _ => return Some((Token::Other, after)),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-')
}

fn skip(text: &[u8], take: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !take(*byte)).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

/// What follows a string whose first quote was read.
fn string(text: &[u8]) -> &[u8] {
    let Some(mut text) = text.strip_prefix(b"\"\"") else { return line_string(text) };
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
}
