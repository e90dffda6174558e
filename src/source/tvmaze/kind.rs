use crate::source::json::Node;

/// What an object in an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Show,
    /// A result of a search, with a show inside.
    Found,
    Season,
    Episode,
    /// Another title of a show.
    Title,
    Person,
    Cast,
    Crew,
    GuestCast,
    GuestCrew,
}

impl Kind {
    /// The order in which they are read: each after those that it refers to.
    pub(super) const ORDER: [Self; 5] = [Self::Show, Self::Season, Self::Episode, Self::Title, Self::Person];

    /// The rows of cast and crew lists, which refer to all others.
    pub(super) const ROWS: [Self; 4] = [Self::Cast, Self::Crew, Self::GuestCast, Self::GuestCrew];

    /// What is in an embedded list.
    pub(super) fn embedded(name: &str, within: Self) -> Option<Self> {
        Some(match (name, within) {
            ("show", _) => Self::Show,
            ("seasons", _) => Self::Season,
            ("episodes" | "specials", _) => Self::Episode,
            ("akas", _) => Self::Title,
            ("cast", _) => Self::Cast,
            ("crew", _) => Self::Crew,
            ("guestcast", Self::Episode) => Self::GuestCast,
            ("guestcrew", Self::Episode) => Self::GuestCrew,
            _ => return None,
        })
    }
}

/// What an object is, by its fields. What is nothing of TVmaze becomes a remark.
pub(super) fn kind_of(node: &Node<'_>) -> Option<Kind> {
    let has = |names: &[&str]| names.iter().any(|name| node.has(name));
    if !node.value().is_object() {
        node.skip("skipped: it is no object or list as TVmaze answers it");
        return None;
    }
    let of_episode = node.file().to_lowercase().replace('\\', "/");
    let of_episode = of_episode.contains("guest") || of_episode.contains("episodes/");
    let kind = if has(&["character"]) && has(&["person"]) {
        if of_episode { Kind::GuestCast } else { Kind::Cast }
    } else if has(&["guestCrewType"]) {
        Kind::GuestCrew
    } else if has(&["person"]) && has(&["type"]) {
        Kind::Crew
    } else if has(&["score"]) && has(&["show"]) {
        Kind::Found
    } else if has(&["season"]) && has(&["airdate", "airstamp", "number", "airtime"]) {
        Kind::Episode
    } else if has(&["episodeOrder", "premiereDate", "endDate"]) {
        Kind::Season
    } else if has(&["genres", "externals", "premiered", "schedule", "webChannel", "officialSite"]) {
        Kind::Show
    } else if has(&["birthday", "deathday", "gender"]) || node.text("url").is_some_and(|url| url.contains("/people/")) {
        Kind::Person
    } else if has(&["_embedded"]) && has(&["id"]) && has(&["name"]) {
        Kind::Show
    } else if has(&["country"]) && has(&["name"]) && !has(&["id"]) {
        Kind::Title
    } else {
        node.skip("skipped: it is no show, season, episode, person or cast list of TVmaze");
        return None;
    };
    Some(kind)
}
