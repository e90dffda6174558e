use std::fmt;

use crate::source::{
    SourceError,
    path::number_after,
    record::{Authority, ExternalId, IdKind},
};

/// A show or film at a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The source.
    pub authority: Authority,
    /// Whether it is a film, where the source numbers films and series apart.
    pub film: bool,
    /// Its id.
    pub id: String,
}

impl Target {
    /// Reads an id or the address of a page: `216`, `https://www.tvmaze.com/shows/216/rick-and-morty`, `movie/603`,
    /// `Q23572`.
    pub fn parse(authority: Authority, text: &str) -> Result<Self, SourceError> {
        let text = text.trim();
        let text = text.strip_prefix(authority.word()).and_then(|id| id.strip_prefix(':')).unwrap_or(text);
        let host = authority.home().trim_start_matches("https://").trim_start_matches("www.");
        let path = match text.split_once("://") {
            None => text,
            Some((_, address)) => {
                let (site, path) = address.split_once('/').unwrap_or((address, ""));
                if !(site == host || site.ends_with(&format!(".{host}"))) {
                    return Err(SourceError::Request(format!("{text:?} is no page of {authority}")));
                }
                path
            }
        };
        let film = authority == Authority::Tmdb && number_after(path, "movie").is_some();
        let id = match authority {
            Authority::Tvmaze => number_after(path, "shows").map(|id| id.to_string()),
            Authority::Tmdb => {
                number_after(path, "movie").or_else(|| number_after(path, "tv")).map(|id| id.to_string())
            }
            _ => path.rsplit(['/', ':']).next().map(|id| id.split(['#', '?']).next().unwrap_or(id).to_owned()),
        };
        let id = id.unwrap_or_else(|| path.to_owned());
        let valid = ExternalId::new(authority, IdKind::Show, &id).filter(|_| authority != Authority::Imdb);
        let valid = valid.ok_or_else(|| {
            let example = match authority {
                Authority::Wikidata => "Q23572, or the address of the item's page",
                Authority::Tmdb => "1399 or movie/603, or the address of the page of the series or film",
                _ => "216, or the address of the show's page",
            };
            SourceError::Request(format!("{text:?} is no id of {authority}; write it like {example}"))
        })?;
        Ok(Self { authority, film, id: valid.value })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.authority.word(), if self.film { "movie/" } else { "" }, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_pages_are_targets() {
        let read = |authority, text| Target::parse(authority, text).map(|target| target.to_string()).ok();
        for text in [
            "216",
            "https://www.tvmaze.com/shows/216/rick-and-morty",
            "http://api.tvmaze.com/shows/216",
            "shows/216",
            "tvmaze:216",
        ] {
            assert_eq!(read(Authority::Tvmaze, text).as_deref(), Some("tvmaze:216"), "{text}");
        }
        assert_eq!(read(Authority::Tmdb, "1399").as_deref(), Some("tmdb:1399"));
        assert_eq!(
            read(Authority::Tmdb, "https://www.themoviedb.org/tv/1399-game-of-thrones").as_deref(),
            Some("tmdb:1399")
        );
        assert_eq!(
            read(Authority::Tmdb, "https://www.themoviedb.org/movie/603-the-matrix").as_deref(),
            Some("tmdb:movie/603")
        );
        assert_eq!(read(Authority::Tmdb, "tmdb:movie/603").as_deref(), Some("tmdb:movie/603"));
        assert_eq!(
            read(Authority::Wikidata, "https://www.wikidata.org/wiki/Q23572#P161").as_deref(),
            Some("wikidata:Q23572")
        );
        for text in [
            "",
            "the expanse",
            "https://evil.example/shows/216",
            "https://www.tvmaze.com/people/5",
            "-1",
            "https://tvmaze.com.evil.example/shows/1",
        ] {
            assert_eq!(read(Authority::Tvmaze, text), None, "{text}");
        }
        assert_eq!(read(Authority::Imdb, "tt0084967"), None);
    }
}
