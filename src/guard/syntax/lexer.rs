//! Splits a document into tokens.

pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: usize,
}

pub(super) type Parsed<T = ()> = Result<T, Fault>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Punctuator,
    Name,
    Int,
    Float,
    String,
    BlockString,
}

#[derive(Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// The source text; for a string, without the quotes.
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl Token<'_> {
    pub(super) fn described(&self) -> String {
        let kind = match self.kind {
            Kind::End => return "<EOF>".to_owned(),
            Kind::Punctuator => return format!("\"{}\"", self.text),
            Kind::Name => "Name",
            Kind::Int => "Int",
            Kind::Float => "Float",
            Kind::String => "String",
            Kind::BlockString => "BlockString",
        };
        format!("{kind} \"{}\"", self.text)
    }

    pub(super) fn is(&self, kind: Kind, text: &str) -> bool {
        self.kind == kind && self.text == text
    }
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fault<T>(message: impl Into<String>, at: usize) -> Parsed<T> {
        Err(Fault { message: message.into(), at })
    }

    /// The next token, or [`Kind::End`].
    pub(super) fn next(&mut self) -> Parsed<Token<'t>> {
        self.skip_ignored();
        let at = self.at;
        let Some(first) = self.peek() else { return Ok(Token { kind: Kind::End, text: "", at }) };
        match first {
            '!' | '$' | '&' | '(' | ')' | ':' | '=' | '@' | '[' | ']' | '{' | '|' | '}' => {
                Ok(self.take(Kind::Punctuator, 1))
            }
            '.' if self.rest().starts_with("...") => Ok(self.take(Kind::Punctuator, 3)),
            'A'..='Z' | 'a'..='z' | '_' => {
                let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
                let length = self.rest().find(|character| !is_part(character)).unwrap_or(self.rest().len());
                Ok(self.take(Kind::Name, length))
            }
            '0'..='9' | '-' => self.number(),
            '"' if self.rest().starts_with("\"\"\"") => self.block_string(),
            '"' => self.string(),
            '\'' => Self::fault("Unexpected single quote character ('), did you mean to use a double quote (\")?", at),
            other => Self::fault(format!("Unexpected character: {}.", printed(Some(other))), at),
        }
    }

    fn take(&mut self, kind: Kind, length: usize) -> Token<'t> {
        let at = self.at;
        self.at += length;
        Token { kind, text: self.text.get(at..self.at).unwrap_or_default(), at }
    }

    fn skip_ignored(&mut self) {
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | '\r' | '\n' | ',' | '\u{feff}' => self.at += next.len_utf8(),
                '#' => self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    fn number(&mut self) -> Parsed<Token<'t>> {
        let start = self.at;
        let mut kind = Kind::Int;
        self.skip(&['-']);
        if self.peek() == Some('0') {
            self.at += 1;
            if let Some(digit) = self.peek().filter(char::is_ascii_digit) {
                let message = format!("Invalid number, unexpected digit after 0: {}.", printed(Some(digit)));
                return Self::fault(message, self.at);
            }
        } else {
            self.digits()?;
        }
        if self.skip(&['.']) {
            kind = Kind::Float;
            self.digits()?;
        }
        if self.skip(&['e', 'E']) {
            kind = Kind::Float;
            self.skip(&['+', '-']);
            self.digits()?;
        }
        match self.peek() {
            Some(next) if next == '.' || next == '_' || next.is_ascii_alphabetic() => self.no_digit(),
            _ => Ok(Token { kind, text: self.text.get(start..self.at).unwrap_or_default(), at: start }),
        }
    }

    fn skip(&mut self, characters: &[char]) -> bool {
        let found = self.peek().is_some_and(|next| characters.contains(&next));
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Parsed {
        if !self.peek().is_some_and(|next| next.is_ascii_digit()) {
            return self.no_digit();
        }
        self.at += self.rest().find(|next: char| !next.is_ascii_digit()).unwrap_or(self.rest().len());
        Ok(())
    }

    fn no_digit<T>(&self) -> Parsed<T> {
        Self::fault(format!("Invalid number, expected digit but got: {}.", printed(self.peek())), self.at)
    }

    fn string(&mut self) -> Parsed<Token<'t>> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some('"') => {
                    let text = self.text.get(start + 1..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(Token { kind: Kind::String, text, at: start });
                }
                Some('\\') => self.escape()?,
                None | Some('\n' | '\r') => return Self::fault("Unterminated string.", self.at),
                Some(other) => self.at += other.len_utf8(),
            }
        }
    }

    /// An escape sequence, starting at its backslash.
    fn escape(&mut self) -> Parsed {
        let start = self.at;
        let rest = self.rest();
        let hex = |digits: &str| {
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .then(|| u32::from_str_radix(digits, 16).ok())
                .flatten()
        };
        let four = |from: usize| rest.get(from..from + 4).and_then(hex);
        let length = match rest.chars().nth(1) {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Some(2),
            Some('u') if rest.get(2..).is_some_and(|digits| digits.starts_with('{')) => {
                let end = rest.find('}');
                let character = end.and_then(|end| hex(rest.get(3..end)?)).and_then(char::from_u32);
                character.and(end).map(|end| end + 1)
            }
            Some('u') => match four(2) {
                Some(0xD800..=0xDBFF) => {
                    let low = rest.get(6..8).filter(|escape| *escape == "\\u").and_then(|_| four(8));
                    low.filter(|low| (0xDC00..=0xDFFF).contains(low)).map(|_| 12)
                }
                Some(0xDC00..=0xDFFF) | None => None,
                Some(_) => Some(6),
            },
            _ => {
                let shown: String = rest.chars().take(2).collect();
                return Self::fault(format!("Invalid character escape sequence: \"{shown}\"."), start);
            }
        };
        let Some(length) = length else {
            let end = rest.char_indices().nth(6).map_or(rest.len(), |(end, _)| end);
            let shown = rest.get(..end).unwrap_or_default();
            return Self::fault(format!("Invalid Unicode escape sequence: \"{shown}\"."), start);
        };
        self.at += length;
        Ok(())
    }

    fn block_string(&mut self) -> Parsed<Token<'t>> {
        let start = self.at;
        self.at += 3;
        loop {
            let rest = self.rest();
            let Some(place) = rest.find("\"\"\"") else {
                return Self::fault("Unterminated string.", self.text.len());
            };
            self.at += place + 3;
            let escaped = rest.get(..place).is_some_and(|before| before.ends_with('\\'));
            if !escaped {
                let text = self.text.get(start + 3..self.at - 3).unwrap_or_default();
                return Ok(Token { kind: Kind::BlockString, text, at: start });
            }
        }
    }
}

/// A character as graphql-js prints it.
fn printed(character: Option<char>) -> String {
    match character {
        None => "<EOF>".to_owned(),
        Some('"') => "'\"'".to_owned(),
        Some(character @ ' '..='~') => format!("\"{character}\""),
        Some(other) => format!("U+{:04X}", u32::from(other)),
    }
}
