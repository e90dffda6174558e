use entity::credit::{Part, Portrayal};

/// What a cast list says about one person, such as `Stan / Roger (voice) (as Seth McFarlane)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// The characters; one without a name if the list names none.
    pub(super) characters: Vec<Played>,
    /// The name in the credits.
    pub(super) credited_as: Option<String>,
    pub(super) uncredited: bool,
    /// Whether only older recordings were used.
    pub(super) archive: bool,
    /// Whether the person is not to be seen or heard: only credited, or cut.
    pub(super) absent: bool,
}

/// One character as it is played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Played {
    /// The name, without remarks; none if there is none, or if someone appears as themselves.
    pub(super) name: Option<String>,
    pub(super) as_self: bool,
    pub(super) part: Option<Part>,
    pub(super) portrayal: Option<Portrayal>,
}

/// Reads the text of a cast list. Names are separated by slashes with spaces around them, and remarks follow in
/// parentheses; parentheses with anything else belong to the name. A remark after the last name holds for all of them
/// unless an earlier name has its own.
pub(super) fn role(text: &str) -> Role {
    let mut role = Role::default();
    let mut own = Vec::new();
    for piece in text.split(" / ") {
        let mut played = Played::default();
        let name = peel(piece.trim(), &mut played, &mut role);
        if is_self(name) {
            played.as_self = true;
        } else if !is_placeholder(name) {
            played.name = Some(name.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        own.push(played.part.is_some() || played.portrayal.is_some());
        role.characters.push(played);
    }
    if let ([earlier @ .., true], [rest @ .., last]) = (own.as_slice(), role.characters.as_mut_slice())
        && !earlier.contains(&true)
    {
        for played in rest {
            (played.part, played.portrayal) = (last.part, last.portrayal);
        }
    }
    tidy(&mut role.characters);
    role
}

/// Removes repeated characters, and those without a name if there is one with a name.
fn tidy(characters: &mut Vec<Played>) {
    let named = |played: &Played| played.as_self || played.name.is_some();
    if characters.iter().any(named) {
        characters.retain(named);
    }
    let mut kept: Vec<Played> = Vec::new();
    for played in characters.drain(..) {
        if !kept.contains(&played) {
            kept.push(played);
        }
    }
    *characters = kept;
}

/// Takes the remarks off the end of a name.
fn peel<'a>(mut name: &'a str, played: &mut Played, role: &mut Role) -> &'a str {
    while let Some((before, remark)) = name.strip_suffix(')').and_then(|inside| inside.rsplit_once('(')) {
        if !note(remark, played, role) {
            break;
        }
        name = before.trim_end();
    }
    name
}

/// Applies the text inside parentheses, if it is a remark.
fn note(text: &str, played: &mut Played, role: &mut Role) -> bool {
    let text = text.trim();
    if let Some(name) = strip_word(text, "as") {
        let before_remark =
            name.rsplit_once(',').filter(|(_, last)| note(last, played, role)).map(|(before, _)| before);
        role.credited_as = Some(before_remark.unwrap_or(name).trim().to_owned());
        return true;
    }
    if let Some((first, rest)) = text.split_once(',') {
        let mut trial = (played.clone(), role.clone());
        let all = note(first, &mut trial.0, &mut trial.1) && note(rest, &mut trial.0, &mut trial.1);
        if all {
            (*played, *role) = trial;
        }
        return all;
    }
    let lower = text.to_lowercase();
    match lower.as_str() {
        "voice" | "voices" | "voice only" | "v" | "singing voice" | "narrator" => played.part = Some(Part::Voice),
        "voice double" | "dubbing" => (played.part, played.portrayal) = (Some(Part::Voice), Some(Portrayal::Voice)),
        "body double" | "stunt double" | "double" | "stand-in" => played.portrayal = Some(Portrayal::Double),
        "body" | "in-suit performer" | "suit actor" | "puppeteer" | "motion capture" => played.part = Some(Part::Body),
        "young" | "younger" | "as a child" | "child" => played.portrayal = Some(Portrayal::Younger),
        "old" | "older" | "elder" => played.portrayal = Some(Portrayal::Older),
        "uncredited" | "unconfirmed" => role.uncredited = true,
        "archive footage" | "archive sound" | "archival footage" | "archive" | "archive audio" | "stock footage" => {
            role.archive = true;
        }
        "credit only" | "scenes deleted" | "deleted scenes" => role.absent = true,
        "self" => played.as_self = true,
        "credited" | "rumored" | "rumoured" | "segment" => {}
        other if other.starts_with("voice:") || other.starts_with("segment ") => {
            if other.starts_with("voice") {
                played.part = Some(Part::Voice);
            }
        }
        other => return is_count(other),
    }
    true
}

/// The text after a word, in any case.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    let rest = rest.strip_prefix(char::is_whitespace).filter(|_| start.eq_ignore_ascii_case(word))?.trim();
    let a_child = ["a child", "a boy", "a girl"].contains(&rest.to_lowercase().as_str());
    (!rest.is_empty() && !a_child).then_some(rest)
}

/// Whether it says in how many episodes: `3 episodes`.
fn is_count(text: &str) -> bool {
    let unit =
        text.strip_suffix(" episodes").or_else(|| text.strip_suffix(" episode")).or_else(|| text.strip_suffix(" eps"));
    unit.is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a name says that someone appears as themselves: `Herself`, `Self - Host`.
fn is_self(name: &str) -> bool {
    let (word, rest) = name.split_at(name.find([' ', ':']).unwrap_or(name.len()));
    let with_function = [" -", " –", " —", ":"].iter().any(|dash| rest.starts_with(dash));
    let selves = ["self", "himself", "herself", "themselves", "themself"];
    selves.iter().any(|known| word.eq_ignore_ascii_case(known)) && (rest.is_empty() || with_function)
}

/// Whether a name stands for no name.
fn is_placeholder(name: &str) -> bool {
    !name.contains(char::is_alphanumeric) || ["n/a", "\\n", "tba", "tbd", "tbc"].contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(Option<String>, Option<Part>)> {
        role(text).characters.into_iter().map(|played| (played.name, played.part)).collect()
    }

    fn one(name: &str, part: Option<Part>) -> (Option<String>, Option<Part>) {
        (Some(name.to_owned()), part)
    }

    #[test]
    fn slashes_separate_characters_that_share_the_last_remark() {
        let voice = Some(Part::Voice);
        assert_eq!(names("Stan / Roger (voice)"), [one("Stan", voice), one("Roger", voice)]);
        assert_eq!(names("Stan (voice) / Roger"), [one("Stan", voice), one("Roger", None)]);
        assert_eq!(names("Stan (voice) / Roger (voice) (uncredited)"), [one("Stan", voice), one("Roger", voice)]);
        assert_eq!(names("Stan / Stan /  "), [one("Stan", None)]);
        assert_eq!(names("AC/DC Fan"), [one("AC/DC Fan", None)]);
    }

    #[test]
    fn remarks_are_no_part_of_the_name() {
        let read = role("Odo (as Joe Smith, Jr.) (uncredited)");
        assert_eq!(
            (read.characters.len(), read.credited_as.as_deref(), read.uncredited),
            (1, Some("Joe Smith, Jr."), true)
        );
        assert_eq!(read.characters.first().and_then(|played| played.name.as_deref()), Some("Odo"));
        assert_eq!(role("Odo (as Joe Smith, uncredited)").credited_as.as_deref(), Some("Joe Smith"));
        assert!(role("Spock (voice, uncredited)").uncredited);
        assert!(role("Spock (Archive Footage)").archive);
        assert!(role("Spock (credit only)").absent);
        assert_eq!(names("Spock (3 episodes)"), [one("Spock", None)]);
        assert_eq!(names("Kirk (mirror universe)"), [one("Kirk (mirror universe)", None)]);
        assert_eq!(names("Lily (voice, of sorts)"), [one("Lily (voice, of sorts)", None)]);
        assert_eq!(
            role("Kes (younger)").characters.first().and_then(|played| played.portrayal),
            Some(Portrayal::Younger)
        );
    }

    #[test]
    fn people_can_appear_as_themselves() {
        for text in ["Self", "himself", "Herself (archive footage)", "Self - Host", "Themselves", "Self: Guest"] {
            let read = role(text);
            assert!(read.characters.iter().all(|played| played.as_self && played.name.is_none()), "{text}");
        }
        assert_eq!(names("Self-Destruct Voice"), [one("Self-Destruct Voice", None)]);
        let read = role("Self / Various");
        assert_eq!(read.characters.len(), 2);
    }

    #[test]
    fn empty_names_are_no_names() {
        for text in ["", " ", "-", "N/A", "(uncredited)", "???", " / ", "\\N"] {
            assert_eq!(names(text), [(None, None)], "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_fails(text in "[()/ a-zé,]{0,30}") {
            assert!(!role(&text).characters.is_empty());
        }
    }
}
