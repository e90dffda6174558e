//! Syntax errors with the messages of graphql-js, which editors and client developers know.
//!
//! The parsers we use name their grammar rules in errors (`EOI`, `executable_definition`). This parser reads the same
//! grammar only to find the first error and its position; it runs only on documents that those parsers rejected.
//!
//! Source: <https://spec.graphql.org/September2025/#sec-Appendix-Grammar-Summary>.

use async_graphql::{Pos, ServerError};

use crate::code::Code;

/// Bracket nesting at which parsing stops. The limits on documents are lower.
const NESTING: usize = 200;

/// The first syntax error of a document, if there is one.
pub(super) fn fault(text: &str) -> Option<ServerError> {
    let found = Parser::new(text).and_then(|mut parser| parser.document());
    let Fault { message, at } = found.err()?;
    let mut error = Code::Syntax.error(format!("Syntax Error: {message}"));
    error.locations = vec![position(text, at)];
    Some(error)
}

/// The line and column, in characters, of a byte offset.
fn position(text: &str, at: usize) -> Pos {
    let before = text.get(..at).unwrap_or(text);
    let mut line = 1;
    let mut start = 0;
    let bytes = before.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        // "\r\n" is one line ending.
        let ends = match byte {
            b'\n' => true,
            b'\r' => text.as_bytes().get(place + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            line += 1;
            start = place + 1;
        }
    }
    Pos { line, column: before.get(start..).unwrap_or_default().chars().count() + 1 }
}

struct Fault {
    message: String,
    at: usize,
}

type Parsed<T = ()> = Result<T, Fault>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    End,
    Punctuator,
    Name,
    Int,
    Float,
    String,
    BlockString,
}

#[derive(Clone, Copy)]
struct Token<'t> {
    kind: Kind,
    /// The source text; for a string, without the quotes.
    text: &'t str,
    at: usize,
}

impl Token<'_> {
    fn described(&self) -> String {
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

    fn is(&self, kind: Kind, text: &str) -> bool {
        self.kind == kind && self.text == text
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parsed<Self> {
        let mut lexer = Lexer { text, at: 0 };
        let token = lexer.next()?;
        Ok(Self { lexer, token, depth: 0 })
    }

    fn advance(&mut self) -> Parsed<Token<'t>> {
        let token = self.token;
        self.token = self.lexer.next()?;
        Ok(token)
    }

    fn unexpected<T>(&self) -> Parsed<T> {
        Err(Fault { message: format!("Unexpected {}.", self.token.described()), at: self.token.at })
    }

    fn expected<T>(&self, what: &str) -> Parsed<T> {
        Err(Fault { message: format!("Expected {what}, found {}.", self.token.described()), at: self.token.at })
    }

    fn peek(&self, punctuator: &str) -> bool {
        self.token.is(Kind::Punctuator, punctuator)
    }

    fn optional(&mut self, punctuator: &str) -> Parsed<bool> {
        let found = self.peek(punctuator);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, punctuator: &str) -> Parsed {
        if self.optional(punctuator)? { Ok(()) } else { self.expected(&format!("\"{punctuator}\"")) }
    }

    fn keyword(&mut self, keyword: &str) -> Parsed {
        if !self.token.is(Kind::Name, keyword) {
            return self.expected(&format!("\"{keyword}\""));
        }
        self.advance().map(drop)
    }

    fn name(&mut self) -> Parsed<Token<'t>> {
        if self.token.kind == Kind::Name { self.advance() } else { self.expected("Name") }
    }

    fn description(&mut self) -> Parsed<bool> {
        let found = matches!(self.token.kind, Kind::String | Kind::BlockString);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// One or more items in brackets.
    fn many(&mut self, open: &str, item: impl Fn(&mut Self) -> Parsed, close: &str) -> Parsed {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > NESTING {
            return self.unexpected();
        }
        item(self)?;
        while !self.optional(close)? {
            item(self)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Zero or more items in brackets.
    fn any(&mut self, open: &str, item: impl Fn(&mut Self) -> Parsed, close: &str) -> Parsed {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > NESTING {
            return self.unexpected();
        }
        while !self.optional(close)? {
            item(self)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn document(&mut self) -> Parsed {
        self.definition()?;
        while self.token.kind != Kind::End {
            self.definition()?;
        }
        Ok(())
    }

    fn definition(&mut self) -> Parsed {
        if self.peek("{") {
            return self.selections();
        }
        let start = self.token.at;
        if self.description()? && self.peek("{") {
            let message = "Unexpected description, descriptions are not supported on shorthand queries.";
            return Err(Fault { message: message.to_owned(), at: start });
        }
        match (self.token.kind, self.token.text) {
            (Kind::Name, "query" | "mutation" | "subscription") => self.operation(),
            (Kind::Name, "fragment") => self.fragment(),
            _ => self.unexpected(),
        }
    }

    fn operation(&mut self) -> Parsed {
        self.advance()?;
        if self.token.kind == Kind::Name {
            self.advance()?;
        }
        if self.peek("(") {
            self.many("(", Self::variable_definition, ")")?;
        }
        self.directives(false)?;
        self.selections()
    }

    fn variable_definition(&mut self) -> Parsed {
        self.description()?;
        self.variable()?;
        self.expect(":")?;
        self.type_reference()?;
        if self.optional("=")? {
            self.value(true)?;
        }
        self.directives(true)
    }

    fn variable(&mut self) -> Parsed {
        self.expect("$")?;
        self.name().map(drop)
    }

    fn type_reference(&mut self) -> Parsed {
        if self.optional("[")? {
            self.depth += 1;
            if self.depth > NESTING {
                return self.unexpected();
            }
            self.type_reference()?;
            self.depth -= 1;
            self.expect("]")?;
        } else {
            self.name()?;
        }
        self.optional("!").map(drop)
    }

    fn fragment(&mut self) -> Parsed {
        self.advance()?;
        self.fragment_name()?;
        self.keyword("on")?;
        self.name()?;
        self.directives(false)?;
        self.selections()
    }

    fn fragment_name(&mut self) -> Parsed {
        if self.token.is(Kind::Name, "on") { self.unexpected() } else { self.name().map(drop) }
    }

    fn selections(&mut self) -> Parsed {
        self.many("{", Self::selection, "}")
    }

    fn selection(&mut self) -> Parsed {
        if !self.peek("...") {
            return self.field();
        }
        self.advance()?;
        let has_condition = self.token.is(Kind::Name, "on");
        if !has_condition && self.token.kind == Kind::Name {
            self.fragment_name()?;
            return self.directives(false);
        }
        if has_condition {
            self.advance()?;
            self.name()?;
        }
        self.directives(false)?;
        self.selections()
    }

    fn field(&mut self) -> Parsed {
        self.name()?;
        if self.optional(":")? {
            self.name()?;
        }
        self.arguments(false)?;
        self.directives(false)?;
        if self.peek("{") { self.selections() } else { Ok(()) }
    }

    fn arguments(&mut self, constant: bool) -> Parsed {
        if self.peek("(") { self.many("(", |parser| parser.named_value(constant), ")") } else { Ok(()) }
    }

    /// An argument or an object field.
    fn named_value(&mut self, constant: bool) -> Parsed {
        self.name()?;
        self.expect(":")?;
        self.value(constant)
    }

    fn directives(&mut self, constant: bool) -> Parsed {
        while self.optional("@")? {
            self.name()?;
            self.arguments(constant)?;
        }
        Ok(())
    }

    fn value(&mut self, constant: bool) -> Parsed {
        match (self.token.kind, self.token.text) {
            (Kind::Punctuator, "[") => self.any("[", |parser| parser.value(constant), "]"),
            (Kind::Punctuator, "{") => self.any("{", |parser| parser.named_value(constant), "}"),
            (Kind::Punctuator, "$") if constant => {
                let sign = self.advance()?;
                if self.token.kind != Kind::Name {
                    return Err(Fault { message: "Unexpected \"$\".".to_owned(), at: sign.at });
                }
                let message = format!("Unexpected variable \"${}\" in constant value.", self.token.text);
                Err(Fault { message, at: sign.at })
            }
            (Kind::Punctuator, "$") => self.variable(),
            (Kind::End | Kind::Punctuator, _) => self.unexpected(),
            _ => self.advance().map(drop),
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fault<T>(message: impl Into<String>, at: usize) -> Parsed<T> {
        Err(Fault { message: message.into(), at })
    }

    fn next(&mut self) -> Parsed<Token<'t>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected messages are those of graphql-js 16.
    #[test]
    fn faults_read_like_those_of_graphql_js() {
        for (text, message, line, column) in [
            ("", "Unexpected <EOF>.", 1, 1),
            ("{", "Expected Name, found <EOF>.", 1, 2),
            ("{ }", "Expected Name, found \"}\".", 1, 3),
            ("{ a", "Expected Name, found <EOF>.", 1, 4),
            ("{ a(first: ) }", "Unexpected \")\".", 1, 12),
            ("{ a() }", "Expected Name, found \")\".", 1, 5),
            ("{ a(first 1) }", "Expected \":\", found Int \"1\".", 1, 11),
            ("{ a { ...on } }", "Expected Name, found \"}\".", 1, 13),
            ("{\n  ...on A b }", "Expected \"{\", found Name \"b\".", 2, 11),
            ("fragment on on A { a }", "Unexpected Name \"on\".", 1, 10),
            ("fragment A B { a }", "Expected \"on\", found Name \"B\".", 1, 12),
            ("type A { a: Int }", "Unexpected Name \"type\".", 1, 1),
            ("query ($a: Int = $b) { a }", "Unexpected variable \"$b\" in constant value.", 1, 18),
            ("\"what\" { a }", "Unexpected description, descriptions are not supported on shorthand queries.", 1, 1),
            ("query ($a Int) { a }", "Expected \":\", found Name \"Int\".", 1, 11),
            ("query () { a }", "Expected \"$\", found \")\".", 1, 8),
            ("{ a } }", "Unexpected \"}\".", 1, 7),
            ("{ a(b: 00) }", "Invalid number, unexpected digit after 0: \"0\".", 1, 9),
            ("{ a(b: 1x) }", "Invalid number, expected digit but got: \"x\".", 1, 9),
            ("{ a(b: 1.) }", "Invalid number, expected digit but got: \")\".", 1, 10),
            ("{ a(b: -) }", "Invalid number, expected digit but got: \")\".", 1, 9),
            ("{ a(b: \"x", "Unterminated string.", 1, 10),
            ("{ a(b: \"\"\"x", "Unterminated string.", 1, 12),
            ("{ a(b: \"\\q\") }", "Invalid character escape sequence: \"\\q\".", 1, 9),
            ("{ a(b: \"\\u12\") }", "Invalid Unicode escape sequence: \"\\u12\")\".", 1, 9),
            ("{ a ? }", "Unexpected character: \"?\".", 1, 5),
            ("{ a \u{7} }", "Unexpected character: U+0007.", 1, 5),
            ("{ a(b: 'x') }", "Unexpected single quote character ('), did you mean to use a double quote (\")?", 1, 8),
            ("{ a .. b }", "Unexpected character: \".\".", 1, 5),
            ("{ ä }", "Unexpected character: U+00E4.", 1, 3),
        ] {
            let error = fault(text).unwrap_or_else(|| panic!("{text} has a syntax error"));
            assert_eq!(error.message, format!("Syntax Error: {message}"), "{text}");
            assert_eq!(error.locations, [Pos { line, column }], "{text}");
        }
    }

    #[test]
    fn what_is_right_has_no_fault() {
        for text in [
            "{ a }",
            "\u{feff}query A($a: [Int!]! = [1] @d, $b: In = {c: \"\\u{1F600}\"}) @d(a: 1) { b: a(x: $a, y: {z: [E, null]}) }",
            "\"\"\"what it does\"\"\" query A(\"the \\\" number\" $a: Int) { a ...F ... { b } ... on A @d { c } }\
             \"more\" fragment F on A { a(b: 1.5e-3, c: \"\\uD83D\\uDE00\", d: \"\"\"x \\\"\"\" y\"\"\") }",
        ] {
            assert!(fault(text).is_none(), "{text}: {:?}", fault(text).map(|fault| fault.message));
        }
    }
}
