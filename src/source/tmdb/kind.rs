use crate::source::json::Node;

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Series,
    Film,
    Season,
    Episode,
    Person,
    /// Cast and crew of anything.
    Credits,
    /// Ids at other authorities.
    Ids,
    /// Titles in other countries.
    Titles,
    /// An answer that castgraph does not use.
    Other,
}

impl Kind {
    /// The order in which they are read: each after those that it refers to.
    pub(super) const ORDER: [Self; 8] =
        [Self::Series, Self::Film, Self::Season, Self::Episode, Self::Person, Self::Ids, Self::Titles, Self::Credits];
}

/// What an answer is, by its fields.
pub(super) fn kind_of(node: &Node<'_>) -> Option<Kind> {
    let has = |names: &[&str]| names.iter().any(|name| node.has(name));
    if !node.value().is_object() {
        node.skip("skipped: it is no object as TMDB answers it");
        return None;
    }
    let file = node.file().to_lowercase();
    let in_file = |word: &str| file.rsplit(['/', '\\']).next().is_some_and(|name| name.contains(word));
    let kind = if has(&["status_message"]) {
        let message = node.text("status_message").unwrap_or("an error");
        node.skip(format_args!("skipped: TMDB answered {message:?}"));
        return None;
    } else if has(&["episode_number"]) {
        Kind::Episode
    } else if has(&["season_number", "episodes"]) {
        Kind::Season
    } else if has(&["first_air_date", "number_of_seasons", "created_by", "episode_run_time", "seasons"]) {
        Kind::Series
    } else if has(&["release_date", "original_title", "belongs_to_collection"]) {
        Kind::Film
    } else if has(&["also_known_as", "birthday", "place_of_birth", "deathday", "known_for_department"]) {
        Kind::Person
    } else if in_file("combined_credits") || in_file("tv_credits") || in_file("movie_credits") || is_of_person(node) {
        node.unused("answer", "credits of a person");
        Kind::Other
    } else if has(&["cast", "crew", "guest_stars"]) {
        Kind::Credits
    } else if has(&["imdb_id", "tvdb_id", "wikidata_id", "freebase_mid", "tvrage_id"]) {
        Kind::Ids
    } else if in_file("alternative_titles") {
        Kind::Titles
    } else if has(&["results", "backdrops", "posters", "stills", "profiles", "translations", "keywords"]) {
        node.unused("answer", file.rsplit(['/', '\\']).next().unwrap_or_default());
        Kind::Other
    } else if has(&["id"]) && has(&["name"]) {
        Kind::Person
    } else {
        node.skip("skipped: it is no series, season, episode, film, person or list of credits of TMDB");
        return None;
    };
    Some(kind)
}

/// Whether credits are those of a person: their items are series and films.
fn is_of_person(node: &Node<'_>) -> bool {
    let lists = ["cast", "crew"].iter().filter_map(|name| node.value().get(name)?.as_array());
    lists.flatten().any(|item| item.get("media_type").is_some())
}
