//! Who gives ids to shows and people: the shapes of the ids, and the pages that they lead to.

use sea_orm::{Iterable, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::external_id::Kind;

/// Who gives ids to shows and people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum Authority {
    /// IMDb: `tt0092455`, `nm0001772`.
    Imdb,
    /// The Movie Database: numbers.
    Tmdb,
    /// TVmaze: numbers.
    Tvmaze,
    /// TheTVDB: numbers.
    Tvdb,
    /// Wikidata: `Q16290`.
    Wikidata,
    /// TVRage, which no longer exists: numbers.
    Tvrage,
    /// International Standard Name Identifier: 16 digits, the last of which may be an X.
    Isni,
    /// Virtual International Authority File: numbers.
    Viaf,
}

use Authority::{Imdb, Isni, Tmdb, Tvdb, Tvmaze, Tvrage, Viaf, Wikidata};

/// Longest number that an authority gives, in digits.
const LONGEST: usize = 22;

impl Authority {
    /// Whether the authority gives each id once, whatever it identifies. The others number each kind on its own.
    pub fn gives_ids_once(self) -> bool {
        matches!(self, Imdb | Wikidata | Isni | Viaf)
    }

    /// The shape of its ids of a kind, in words; `None` if it has no such ids.
    pub fn shape(self, kind: Kind) -> Option<&'static str> {
        Some(match (self, kind) {
            (Imdb, Kind::Series | Kind::Film | Kind::Episode) => "tt and at least seven digits, such as tt0092455",
            (Imdb, Kind::Person) => "nm and at least seven digits, such as nm0001772",
            (Imdb, Kind::Character) => "ch and at least seven digits, such as ch0001449",
            (Wikidata, _) => "Q and a number, such as Q16290",
            (Tvmaze | Tvrage, Kind::Film) | (Tmdb | Tvrage, Kind::Character) | (Imdb | Tvrage, Kind::Season) => {
                return None;
            }
            (Isni, Kind::Person | Kind::Character) => {
                "16 digits, the last of which may be an X, such as 0000000121436354"
            }
            (Tmdb | Tvmaze | Tvdb | Tvrage | Viaf, _) => "a number without leading zeros, such as 655",
            (Isni, _) => return None,
        })
    }

    /// Whether `value` has the shape of its ids of a kind.
    pub fn admits(self, kind: Kind, value: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| digits(text) && !text.starts_with('0') && text.len() <= LONGEST;
        let after = |prefix: &str| {
            let rest = value.strip_prefix(prefix).unwrap_or_default();
            digits(rest) && (7..=LONGEST).contains(&rest.len())
        };
        if self.shape(kind).is_none() {
            return false;
        }
        match (self, kind) {
            (Imdb, Kind::Person) => after("nm"),
            (Imdb, Kind::Character) => after("ch"),
            (Imdb, _) => after("tt"),
            (Wikidata, _) => value.strip_prefix('Q').is_some_and(number),
            (Isni, _) => value.len() == 16 && digits(value.strip_suffix('X').unwrap_or(value)),
            (Tmdb | Tvmaze | Tvdb | Tvrage | Viaf, _) => number(value),
        }
    }

    /// The address of the page about what an id identifies; `None` if there is none, or it needs more than the id.
    pub fn page(self, kind: Kind, value: &str) -> Option<String> {
        let path = match (self, kind) {
            (Imdb, Kind::Series | Kind::Film | Kind::Episode) => "https://www.imdb.com/title/",
            (Imdb, Kind::Person) => "https://www.imdb.com/name/",
            (Tmdb, Kind::Series) => "https://www.themoviedb.org/tv/",
            (Tmdb, Kind::Film) => "https://www.themoviedb.org/movie/",
            (Tmdb, Kind::Person) => "https://www.themoviedb.org/person/",
            (Tvmaze, Kind::Series) => "https://www.tvmaze.com/shows/",
            (Tvmaze, Kind::Season) => "https://www.tvmaze.com/seasons/",
            (Tvmaze, Kind::Episode) => "https://www.tvmaze.com/episodes/",
            (Tvmaze, Kind::Person) => "https://www.tvmaze.com/people/",
            (Tvmaze, Kind::Character) => "https://www.tvmaze.com/characters/",
            (Tvdb, Kind::Series) => "https://www.thetvdb.com/dereferrer/series/",
            (Tvdb, Kind::Film) => "https://www.thetvdb.com/dereferrer/movie/",
            (Tvdb, Kind::Season) => "https://www.thetvdb.com/dereferrer/season/",
            (Tvdb, Kind::Episode) => "https://www.thetvdb.com/dereferrer/episode/",
            (Tvdb, Kind::Person) => "https://www.thetvdb.com/people/",
            (Wikidata, _) => "https://www.wikidata.org/wiki/",
            (Isni, _) => "https://isni.org/isni/",
            (Viaf, _) => "https://viaf.org/viaf/",
            (Imdb | Tmdb | Tvmaze | Tvdb | Tvrage, _) => return None,
        };
        Some(format!("{path}{value}"))
    }

    /// Reads an id as people type or paste it: one whose authority shows (`nm0001772`, `q16290`), one after the name of
    /// its authority (`tmdb 655`, `tvmaze:491`), or the address of its page. Returns the kind only if the text states it.
    pub fn read(text: &str) -> Option<(Self, Option<Kind>, String)> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
            return read_page(path);
        }
        if let Some(found) = telling(text) {
            return Some((found.0, None, found.1));
        }
        let (name, value) = text.split_once([':', ' '])?;
        let authority = Self::iter().find(|authority| authority.to_value().eq_ignore_ascii_case(name.trim()))?;
        let value = value.trim();
        if let Some((own, value)) = telling(value) {
            return (own == authority).then_some((authority, None, value));
        }
        let fits = Kind::iter().any(|kind| authority.admits(kind, value));
        fits.then(|| (authority, None, value.to_owned()))
    }
}

/// An id whose letters tell the authority.
fn telling(text: &str) -> Option<(Authority, String)> {
    let (lower, upper) = (text.to_ascii_lowercase(), text.to_ascii_uppercase());
    let is = |authority: Authority, value: &str| Kind::iter().any(|kind| authority.admits(kind, value));
    if is(Imdb, &lower) {
        Some((Imdb, lower))
    } else if is(Wikidata, &upper) {
        Some((Wikidata, upper))
    } else {
        None
    }
}

/// Reads the address of a page, without its scheme.
fn read_page(address: &str) -> Option<(Authority, Option<Kind>, String)> {
    let address = address.split(['?', '#']).next()?;
    let address = address.strip_prefix("www.").or_else(|| address.strip_prefix("m.")).unwrap_or(address);
    for authority in Authority::iter() {
        for kind in Kind::iter() {
            let Some(page) = authority.page(kind, "") else { continue };
            let page = page.trim_start_matches("https://").trim_start_matches("www.");
            let Some(rest) = address.strip_prefix(page) else { continue };
            // After the id there may be a name, as in `/tv/655-star-trek` or `/shows/491/star-trek`.
            let value = rest.split(['/', '-']).next().unwrap_or_default();
            if authority.admits(kind, value) {
                // One page is that of any kind where the authority gives each id once.
                let kind = (!authority.gives_ids_once()).then_some(kind);
                return Some((authority, kind, value.to_owned()));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_that_their_authority_gives_them() {
        for (authority, kind, value) in [
            (Imdb, Kind::Series, "tt0092455"),
            (Imdb, Kind::Episode, "tt12327578"),
            (Imdb, Kind::Person, "nm0001772"),
            (Tmdb, Kind::Film, "603"),
            (Tvmaze, Kind::Character, "1"),
            (Wikidata, Kind::Season, "Q16290"),
            (Isni, Kind::Person, "000000012143635X"),
        ] {
            assert!(authority.admits(kind, value), "{authority:?} {kind:?} {value}");
        }
        for (authority, kind, value) in [
            (Imdb, Kind::Series, "nm0001772"),
            (Imdb, Kind::Person, "nm123"),
            (Imdb, Kind::Person, "NM0001772"),
            (Imdb, Kind::Season, "tt0092455"),
            (Tmdb, Kind::Series, "0603"),
            (Tmdb, Kind::Series, "603-the-matrix"),
            (Tmdb, Kind::Character, "603"),
            (Tvmaze, Kind::Film, "603"),
            (Wikidata, Kind::Series, "16290"),
            (Wikidata, Kind::Series, "Q0"),
            (Isni, Kind::Person, "12143635"),
            (Viaf, Kind::Person, ""),
        ] {
            assert!(!authority.admits(kind, value), "{authority:?} {kind:?} {value}");
        }
    }

    #[test]
    fn every_page_leads_back_to_its_id() {
        for authority in Authority::iter() {
            for kind in Kind::iter() {
                let samples = ["tt0092455", "nm0001772", "ch0001449", "655", "Q16290", "0000000121436354"];
                for value in samples.into_iter().filter(|value| authority.admits(kind, value)) {
                    let Some(page) = authority.page(kind, value) else { continue };
                    let kind = (!authority.gives_ids_once()).then_some(kind);
                    assert_eq!(Authority::read(&page), Some((authority, kind, value.to_owned())), "{page}");
                }
            }
        }
    }

    #[test]
    fn ids_are_read_as_people_type_them() {
        for (text, authority, kind, value) in [
            ("nm0001772", Imdb, None, "nm0001772"),
            (" NM0001772 ", Imdb, None, "nm0001772"),
            ("q16290", Wikidata, None, "Q16290"),
            ("tmdb 655", Tmdb, None, "655"),
            ("TVmaze:491", Tvmaze, None, "491"),
            ("imdb: tt0092455", Imdb, None, "tt0092455"),
            ("https://m.imdb.com/name/nm0001772/?ref_=nv", Imdb, None, "nm0001772"),
            ("https://www.themoviedb.org/tv/655-star-trek-the-next-generation", Tmdb, Some(Kind::Series), "655"),
            ("https://www.tvmaze.com/shows/491/star-trek-the-next-generation", Tvmaze, Some(Kind::Series), "491"),
        ] {
            assert_eq!(Authority::read(text), Some((authority, kind, value.to_owned())), "{text}");
        }
        for text in ["24", "655", "worf", "q", "tt1", "ds9 4", "imdb Q16290", "https://example.org/shows/1", ""] {
            assert_eq!(Authority::read(text), None, "{text}");
        }
    }
}
