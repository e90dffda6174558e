use std::fmt;

use super::Authority;

/// An id that an authority has given to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId {
    /// Who gave it.
    pub authority: Authority,
    /// What is numbered.
    pub kind: IdKind,
    /// The id, as the authority writes it: `216`, `tt3230854`, `nm0000001`, `Q42`.
    pub value: String,
}

/// What an id numbers. An authority may give the same number to things of different kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// A franchise or collection.
    Franchise,
    /// A series, or any production if the authority numbers them together.
    Show,
    /// A film, where the authority numbers films and series apart, as TMDB and TheTVDB do.
    Film,
    /// A season.
    Season,
    /// An episode.
    Episode,
    /// A person.
    Person,
    /// A character.
    Character,
}

impl ExternalId {
    /// The id in its authority's usual form, or none if the authority has no such ids: a positive number without leading
    /// zeros, `tt` or `nm` and at least seven digits for IMDb, `Q` and a number for Wikidata.
    pub fn new(authority: Authority, kind: IdKind, text: &str) -> Option<Self> {
        let text = text.trim();
        let value = match authority {
            Authority::Imdb => format!("{}{:0>7}", imdb_prefix(kind)?, number(strip(text, imdb_prefix(kind)?)?)?),
            Authority::Wikidata => format!("Q{}", number(strip(text, "Q")?)?),
            _ => number(text)?.to_owned(),
        };
        let kind = match (authority, kind) {
            (Authority::Tmdb | Authority::Tvdb, kind) => kind,
            (_, IdKind::Film) => IdKind::Show,
            (_, kind) => kind,
        };
        Some(Self { authority, kind, value })
    }

    /// The page about it, if the id alone is enough to find one.
    pub fn page(&self) -> Option<String> {
        let Self { authority, kind, value } = self;
        let path = match (authority, kind) {
            (Authority::Tvmaze, IdKind::Show) => "/shows/",
            (Authority::Tvmaze, IdKind::Season) => "/seasons/",
            (Authority::Tvmaze, IdKind::Episode) => "/episodes/",
            (Authority::Tvmaze | Authority::Tvdb, IdKind::Person) => "/people/",
            (Authority::Tvmaze, IdKind::Character) => "/characters/",
            (Authority::Tmdb, IdKind::Show) => "/tv/",
            (Authority::Tmdb, IdKind::Film) => "/movie/",
            (Authority::Tmdb, IdKind::Person) => "/person/",
            (Authority::Tmdb, IdKind::Franchise) => "/collection/",
            (Authority::Imdb, IdKind::Show | IdKind::Episode) => "/title/",
            (Authority::Imdb, IdKind::Person) => "/name/",
            (Authority::Wikidata, _) => "/wiki/",
            (Authority::Tvdb, IdKind::Show) => "/dereferrer/series/",
            (Authority::Tvdb, IdKind::Film) => "/dereferrer/movie/",
            (Authority::Tvdb, IdKind::Season) => "/dereferrer/season/",
            (Authority::Tvdb, IdKind::Episode) => "/dereferrer/episode/",
            _ => return None,
        };
        Some(format!("{}{path}{value}", authority.home()))
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.authority.word(), self.value)
    }
}

/// The letters with which IMDb's ids of a kind begin.
fn imdb_prefix(kind: IdKind) -> Option<&'static str> {
    match kind {
        IdKind::Show | IdKind::Film | IdKind::Episode => Some("tt"),
        IdKind::Person => Some("nm"),
        IdKind::Franchise | IdKind::Season | IdKind::Character => None,
    }
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// A positive number of at most 18 digits, without leading zeros.
fn number(digits: &str) -> Option<&str> {
    let significant = digits.trim_start_matches('0');
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (1..=18).contains(&significant.len());
    plain.then_some(significant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_form() {
        let form = |authority, kind, text| ExternalId::new(authority, kind, text).map(|id| id.value);
        assert_eq!(form(Authority::Imdb, IdKind::Show, "TT84967").as_deref(), Some("tt0084967"));
        assert_eq!(form(Authority::Imdb, IdKind::Show, "tt10919420").as_deref(), Some("tt10919420"));
        assert_eq!(form(Authority::Wikidata, IdKind::Person, "q42").as_deref(), Some("Q42"));
        assert_eq!(form(Authority::Tvmaze, IdKind::Show, " 0216 ").as_deref(), Some("216"));
        for (authority, kind, text) in [
            (Authority::Imdb, IdKind::Show, "nm0000001"),
            (Authority::Imdb, IdKind::Season, "tt0000001"),
            (Authority::Imdb, IdKind::Show, "tt"),
            (Authority::Wikidata, IdKind::Show, "P31"),
            (Authority::Tvmaze, IdKind::Show, "0"),
            (Authority::Tvmaze, IdKind::Show, "-5"),
            (Authority::Tvmaze, IdKind::Show, "é"),
            (Authority::Tvmaze, IdKind::Show, ""),
        ] {
            assert_eq!(form(authority, kind, text), None, "{text}");
        }
    }

    #[test]
    fn only_some_authorities_number_films_apart() {
        let kind = |authority| {
            ExternalId::new(authority, IdKind::Film, "tt0000012")
                .or(ExternalId::new(authority, IdKind::Film, "12"))
                .map(|id| id.kind)
        };
        assert_eq!(kind(Authority::Imdb), Some(IdKind::Show));
        assert_eq!(kind(Authority::Tmdb), Some(IdKind::Film));
    }
}
