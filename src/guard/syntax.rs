//! Syntax errors with the messages of graphql-js, which editors and client developers know.
//!
//! The parsers we use name their grammar rules in errors (`EOI`, `executable_definition`). This parser reads the same
//! grammar only to find the first error and its position; it runs only on documents that those parsers reject.
//!
//! Source: <https://spec.graphql.org/September2025/#sec-Appendix-Grammar-Summary>.

mod lexer;

use apollo_compiler::Schema;
use async_graphql::{Pos, ServerError};

use crate::code::Code;
use lexer::{Fault, Kind, Lexer, Parsed, Token};

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

/// The error about the first directive on a variable definition; `None` if there is no such directive.
///
/// async-graphql's parser rejects directives after a default value. No directive of the schema is for variable
/// definitions, so such a document is invalid in any case.
pub(super) fn variable_directive(text: &str, schema: &Schema) -> Option<ServerError> {
    let mut parser = Parser::new(text).ok()?;
    parser.document().ok()?;
    let Token { text: name, at, .. } = parser.variable_directive?;
    let message = if schema.directive_definitions.contains_key(name) {
        format!("Directive \"@{name}\" may not be used on VARIABLE_DEFINITION.")
    } else {
        format!("Unknown directive \"@{name}\".")
    };
    let mut error = Code::Validation.error(message);
    // The sign before the name.
    error.locations = vec![position(text, at.saturating_sub(1))];
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

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    depth: usize,
    /// The name of the first directive on a variable definition.
    variable_directive: Option<Token<'t>>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parsed<Self> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next()?;
        Ok(Self { lexer, token, depth: 0, variable_directive: None })
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
        if self.optional("@")? {
            let name = self.name()?;
            self.variable_directive.get_or_insert(name);
            self.arguments(true)?;
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
