use std::{fmt, str::FromStr};

/// Who gives out an external id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// TVmaze.
    Tvmaze,
    /// The Movie Database.
    Tmdb,
    /// The Internet Movie Database.
    Imdb,
    /// Wikidata.
    Wikidata,
    /// TheTVDB.
    Tvdb,
    /// TVRage, which closed in 2015.
    Tvrage,
}

/// A licence, by name and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Licence {
    /// Its name: an SPDX identifier where there is one.
    pub name: &'static str,
    /// Its text.
    pub address: &'static str,
}

/// Whether the records of a source may be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Redistribution {
    /// To anyone, without conditions.
    Free,
    /// To anyone, with attribution and under the same licence.
    ShareAlike,
    /// Under the terms of the source, which are not those of a free licence.
    Terms,
    /// To no one.
    Never,
}

const CC0: Licence = Licence { name: "CC0-1.0", address: "https://creativecommons.org/publicdomain/zero/1.0/" };
const CC_BY_SA: Licence = Licence { name: "CC-BY-SA-4.0", address: "https://creativecommons.org/licenses/by-sa/4.0/" };
const TMDB: Licence = Licence { name: "TMDB terms", address: "https://www.themoviedb.org/api-terms-of-use" };
const IMDB: Licence = Licence {
    name: "IMDb non-commercial",
    address: "https://help.imdb.com/article/imdb/general-information/can-i-use-imdb-data-in-my-software/G5JTRESSHJBBHTGX",
};
const TVDB: Licence = Licence { name: "TheTVDB terms", address: "https://thetvdb.com/tos" };
const UNKNOWN: Licence = Licence { name: "unknown", address: "" };

impl Authority {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Tvmaze, Self::Tmdb, Self::Imdb, Self::Wikidata, Self::Tvdb, Self::Tvrage];

    /// Its word in keys and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tvmaze => "tvmaze",
            Self::Tmdb => "tmdb",
            Self::Imdb => "imdb",
            Self::Wikidata => "wikidata",
            Self::Tvdb => "tvdb",
            Self::Tvrage => "tvrage",
        }
    }

    /// Its name as it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tvmaze => "TVmaze",
            Self::Tmdb => "TMDB",
            Self::Imdb => "IMDb",
            Self::Wikidata => "Wikidata",
            Self::Tvdb => "TheTVDB",
            Self::Tvrage => "TVRage",
        }
    }

    /// Its home page.
    pub fn home(self) -> &'static str {
        match self {
            Self::Tvmaze => "https://www.tvmaze.com",
            Self::Tmdb => "https://www.themoviedb.org",
            Self::Imdb => "https://www.imdb.com",
            Self::Wikidata => "https://www.wikidata.org",
            Self::Tvdb => "https://thetvdb.com",
            Self::Tvrage => "http://www.tvrage.com",
        }
    }

    /// The licence of its records.
    pub fn licence(self) -> Licence {
        match self {
            Self::Tvmaze => CC_BY_SA,
            Self::Tmdb => TMDB,
            Self::Imdb => IMDB,
            Self::Wikidata => CC0,
            Self::Tvdb => TVDB,
            Self::Tvrage => UNKNOWN,
        }
    }

    /// The notice that must be shown with its records.
    pub fn attribution(self) -> &'static str {
        match self {
            Self::Tvmaze => "Data from TVmaze (https://www.tvmaze.com), CC BY-SA 4.0",
            Self::Tmdb => "This product uses the TMDB API but is not endorsed or certified by TMDB.",
            Self::Imdb => "Information courtesy of IMDb (https://www.imdb.com). Used with permission.",
            Self::Wikidata => "Data from Wikidata (https://www.wikidata.org), CC0 1.0",
            Self::Tvdb => "Metadata provided by TheTVDB (https://thetvdb.com)",
            Self::Tvrage => "Data from TVRage",
        }
    }

    /// Whether its records may be passed on.
    pub fn redistribution(self) -> Redistribution {
        match self {
            Self::Wikidata => Redistribution::Free,
            Self::Tvmaze => Redistribution::ShareAlike,
            Self::Tmdb | Self::Tvdb => Redistribution::Terms,
            Self::Imdb | Self::Tvrage => Redistribution::Never,
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Authority {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|authority| authority.word() == word).ok_or(())
    }
}
