/// The text of an HTML fragment: without tags, with entities decoded, paragraphs separated by empty lines. Text that is
/// not HTML stays as it is, except for its white space.
pub(super) fn plain(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = match from.strip_prefix('<') {
            Some(inside) => tag(inside, &mut out),
            None => entity(from, &mut out),
        };
    }
    out.push_str(rest);
    out.read
}

/// Elements that begin a new line or paragraph, with the number of line ends before them.
const BREAKS: &[(&str, usize)] = &[
    ("p", 2),
    ("div", 2),
    ("ul", 2),
    ("ol", 2),
    ("h1", 2),
    ("h2", 2),
    ("h3", 2),
    ("blockquote", 2),
    ("br", 1),
    ("li", 1),
    ("tr", 1),
];

/// Elements whose content is not text.
const HIDDEN: &[&str] = &["script", "style", "template", "head"];

/// Reads a tag after its `<`; returns what follows it.
fn tag<'a>(inside: &'a str, out: &mut Text) -> &'a str {
    if let Some(comment) = inside.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let name = inside.trim_start_matches('/');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic()) || inside.starts_with(['!', '?']);
    let Some((content, rest)) = inside.split_once('>').filter(|_| begins) else {
        out.push_str("<");
        return inside;
    };
    let name = content.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    if let Some(hidden) = HIDDEN.iter().find(|known| is(known) && !content.starts_with('/')) {
        return after_element(rest, hidden);
    }
    if let Some((_, lines)) = BREAKS.iter().find(|(known, _)| is(known)) {
        out.break_lines(*lines);
    }
    rest
}

/// What follows the end tag of an element.
fn after_element<'a>(text: &'a str, name: &str) -> &'a str {
    let lower = text.to_ascii_lowercase();
    let end = lower.find(&format!("</{name}"));
    end.and_then(|at| text.get(at..)).and_then(|end| end.split_once('>')).map_or("", |(_, rest)| rest)
}

/// Reads a character reference at its `&`; returns what follows it.
fn entity<'a>(from: &'a str, out: &mut Text) -> &'a str {
    let inside = from.strip_prefix('&').unwrap_or(from);
    let length = inside.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(length);
    let Some(character) = rest.strip_prefix(';').and_then(|_| decode(name)) else {
        out.push_str("&");
        return inside;
    };
    out.push(character);
    rest.strip_prefix(';').unwrap_or(rest)
}

fn decode(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        // Browsers read these as Windows-1252, which the writers of such numbers meant.
        let windows = code.checked_sub(0x80).and_then(|place| WINDOWS_1252.chars().nth(place as usize));
        return windows.or(char::from_u32(code)).filter(|c| !c.is_control() || c.is_whitespace());
    }
    if let Some((_, character)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let place = LATIN_1.split_ascii_whitespace().position(|known| known == name)?;
    char::from_u32(0xA0 + u32::try_from(place).ok()?)
}

/// The characters 80 to 9F of Windows-1252.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// HTML's names of the characters A0 to FF, in their order.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
    middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave \
    Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute \
    Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
    iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("trade", '™'),
    ("euro", '€'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("minus", '−'),
    ("prime", '′'),
    ("infin", '∞'),
];

/// Collects text: white space becomes single spaces, breaks become at most two line ends, neither at an end.
#[derive(Default)]
struct Text {
    read: String,
    space: bool,
    lines: usize,
}

impl Text {
    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.space = true;
            return;
        }
        if !self.read.is_empty() {
            match self.lines {
                0 if self.space => self.read.push(' '),
                lines => self.read.extend(std::iter::repeat_n('\n', lines)),
            }
        }
        (self.space, self.lines) = (false, 0);
        self.read.push(c);
    }

    fn break_lines(&mut self, lines: usize) {
        self.lines = self.lines.max(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_tags_and_keeps_paragraphs() {
        assert_eq!(
            plain("<p><b>The A-Team</b> is an\n  action series.</p><p>Two.<br/>Three.</p>"),
            "The A-Team is an action series.\n\nTwo.\nThree."
        );
        assert_eq!(plain("<SCRIPT>alert('<p>')</SCRIPT>a<!-- <b> -->b<img src='x>'>"), "ab'>");
        assert_eq!(plain("<ul><li>one<li>two</ul>"), "one\ntwo");
        assert_eq!(plain("plain text"), "plain text");
        assert_eq!(plain(" <p> </p> "), "");
    }

    #[test]
    fn decodes_entities_once() {
        assert_eq!(plain("Tom &amp; Jerry&#39;s caf&eacute; &#x2019;&hellip;&nbsp;&lt;3"), "Tom & Jerry's café ’… <3");
        assert_eq!(plain("&amp;lt; &#146; &szlig;&yuml;"), "&lt; ’ ßÿ");
        for odd in ["&", "&;", "&nosuch;", "&#;", "&#x110000;", "&#1;", "R&D", "a&amp", "&#99999999999;"] {
            assert_eq!(plain(odd), odd);
        }
    }

    #[test]
    fn leaves_what_is_no_tag() {
        for text in ["1 < 2", "<3", "a <", "<", "<b", "x <- y"] {
            assert_eq!(plain(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_fails(text in "[<>&;#a-z/! é\n-]{0,40}") {
            plain(&text);
        }
    }
}
