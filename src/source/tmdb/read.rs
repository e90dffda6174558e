use entity::show::{Format, Medium, Status};

use super::Context;
use crate::source::{
    date::ordinal,
    gather::{Gather, Owner},
    json::Node,
    path::number_after,
    record::{
        About, Alias, Authority, Credit, Episode, ExternalId, Franchise, IdKind, Image, ImageKind, Key, Person,
        Platform, PlatformKind, Season, Show, Summary,
    },
    text::plain,
};

const TMDB: Authority = Authority::Tmdb;

/// Where TMDB's pictures are.
const PICTURES: &str = "https://image.tmdb.org/t/p/";

pub(super) fn series(node: &Node<'_>, gather: &mut Gather) {
    let Some(id) = node.id() else { return };
    let Some(title) = node.text("name").or_else(|| node.required_text("original_name")) else { return };
    let genres = genres(node);
    let kind = node.text("type");
    let ended = node.text("status").and_then(|word| status(word, node));
    let key = Key::new(TMDB, id);
    gather.show(Show {
        key: key.clone(),
        title: title.to_owned(),
        aliases: original(node, "original_name", title).into_iter().collect(),
        franchise: None,
        format: kind.map_or(Format::Series, |word| format(word, node)),
        medium: medium(&genres),
        status: ended,
        premiered_on: node.date("first_air_date"),
        ended_on: node.date("last_air_date").filter(|_| matches!(ended, Some(Status::Ended | Status::Cancelled))),
        genres,
        language: node.text("original_language").map(str::to_owned),
        runtime_minutes: node
            .items("episode_run_time")
            .first()
            .and_then(|minutes| minutes.value().as_u64())
            .and_then(positive),
        official_site: node.text("homepage").map(str::to_owned),
        platforms: node.items("networks").iter().filter_map(network).collect(),
        about: about(
            node,
            IdKind::Show,
            id,
            &[("poster_path", ImageKind::Poster), ("backdrop_path", ImageKind::Backdrop)],
        ),
    });
    for creator in node.items("created_by") {
        if let Some(person) = mention(&creator, gather) {
            gather.credit(Credit::new(key.clone(), None, person, entity::credit::Job::Creator));
        }
    }
}

pub(super) fn film(node: &Node<'_>, gather: &mut Gather) {
    let Some(id) = node.id() else { return };
    let Some(title) = node.text("title").or_else(|| node.required_text("original_title")) else { return };
    let genres = genres(node);
    let franchise = node.object("belongs_to_collection").and_then(|collection| {
        let (id, name) = (collection.id()?, collection.required_text("name")?);
        let key = Key::new(TMDB, format_args!("collection/{id}"));
        let about = about(&collection, IdKind::Franchise, id, &[("poster_path", ImageKind::Poster)]);
        gather.franchise(Franchise { key: key.clone(), name: name.to_owned(), about });
        Some(key)
    });
    gather.show(Show {
        key: Key::new(TMDB, format_args!("movie/{id}")),
        title: title.to_owned(),
        aliases: original(node, "original_title", title).into_iter().collect(),
        franchise,
        format: Format::Film,
        medium: medium(&genres),
        status: None,
        premiered_on: node.date("release_date"),
        ended_on: None,
        genres,
        language: node.text("original_language").map(str::to_owned),
        runtime_minutes: node.number("runtime").filter(|minutes| *minutes > 0),
        official_site: node.text("homepage").map(str::to_owned),
        platforms: Vec::new(),
        about: {
            let mut about = about(
                node,
                IdKind::Film,
                id,
                &[("poster_path", ImageKind::Poster), ("backdrop_path", ImageKind::Backdrop)],
            );
            about.add_id(node.text("imdb_id").and_then(|id| ExternalId::new(Authority::Imdb, IdKind::Show, id)));
            about
        },
    });
}

pub(super) fn season(node: &Node<'_>, series: &Key, gather: &mut Gather) {
    let Some(number) = node.number("season_number") else {
        return node.skip("skipped: the season has no number");
    };
    let id = node.number("id").filter(|id| *id > 0);
    let mut about =
        id.map(|id| about(node, IdKind::Season, id, &[("poster_path", ImageKind::Poster)])).unwrap_or_default();
    let page = series.as_str().strip_prefix("tmdb:").map(|id| format!("{}/tv/{id}/season/{number}", TMDB.home()));
    about.page = page;
    let listed = node.items("episodes").len();
    let count = node.number("episode_count").or(u32::try_from(listed).ok());
    gather.season(Season {
        key: series.within(format_args!("s{number:02}")),
        show: series.clone(),
        number,
        title: node.text("name").filter(|name| *name != format!("Season {number}")).map(str::to_owned),
        premiered_on: node.date("air_date"),
        finale_on: None,
        episode_count: count.filter(|count| *count > 0),
        platform: node.items("networks").first().and_then(network),
        about,
    });
}

pub(super) fn episode(node: &Node<'_>, series: &Key, within: &Context, gather: &mut Gather) {
    let Some(id) = node.id() else { return };
    let Some(number) = node.get("episode_number") else {
        return node.skip("skipped: the episode has no number");
    };
    // Some mirrors of the API write double episodes as a range.
    let range = number.value().as_str().and_then(ordinal);
    let Some((first, last)) = range.or_else(|| node.number("episode_number").map(|number| (number, None))) else {
        return;
    };
    let Some(season) = within.season else {
        return node.skip("skipped: the episode has no season");
    };
    let season = gather.season_numbered(series, season);
    let number_in = within.season.unwrap_or_default();
    let mut about = about(node, IdKind::Episode, id, &[("still_path", ImageKind::Still)]);
    let page = series.as_str().strip_prefix("tmdb:");
    about.page = page.map(|show| format!("{}/tv/{show}/season/{number_in}/episode/{first}", TMDB.home()));
    gather.episode(Episode {
        key: Key::new(TMDB, id),
        show: series.clone(),
        season,
        number: first,
        number_end: last,
        unnumbered: false,
        title: node.text("name").map_or_else(|| format!("Episode {first}"), str::to_owned),
        aliases: Vec::new(),
        aired_on: node.date("air_date"),
        runtime_minutes: node.number("runtime").filter(|minutes| *minutes > 0),
        production_number: node.text("production_code").map(str::to_owned),
        about,
    });
}

pub(super) fn person(node: &Node<'_>, gather: &mut Gather) {
    let (Some(id), Some(name)) = (node.id(), node.required_text("name")) else { return };
    let also = node.items("also_known_as");
    let aliases = also.iter().filter_map(Node::as_text).filter(|alias| *alias != name).map(|alias| Alias {
        name: alias.to_owned(),
        language: None,
        country: None,
        original: false,
    });
    let mut about = about(node, IdKind::Person, id, &[("profile_path", ImageKind::Portrait)]);
    about.add_id(node.text("imdb_id").and_then(|id| ExternalId::new(Authority::Imdb, IdKind::Person, id)));
    gather.person(Person {
        key: Key::new(TMDB, id),
        name: name.to_owned(),
        aliases: aliases.collect(),
        born: node.date("birthday"),
        died: node.date("deathday"),
        partial: !node.has("birthday"),
        about,
    });
}

/// Reads a person in a list of credits.
pub(super) fn mention(node: &Node<'_>, gather: &mut Gather) -> Option<Key> {
    let id = node.id()?;
    let name = node.required_text("name")?;
    let key = Key::new(TMDB, id);
    gather.person(Person {
        key: key.clone(),
        name: name.to_owned(),
        aliases: Vec::new(),
        born: None,
        died: None,
        partial: true,
        about: about(node, IdKind::Person, id, &[("profile_path", ImageKind::Portrait)]),
    });
    Some(key)
}

/// Reads ids at other authorities, which say by a number what they are of.
pub(super) fn ids(node: &Node<'_>, within: &Context, own: Option<u32>, gather: &mut Gather) {
    let file = node.file();
    let person = number_after(file, "person").filter(|_| *within == Context::default());
    let fields = [
        ("imdb_id", Authority::Imdb),
        ("tvdb_id", Authority::Tvdb),
        ("wikidata_id", Authority::Wikidata),
        ("tvrage_id", Authority::Tvrage),
    ];
    let read = |kind: IdKind| -> Vec<ExternalId> {
        let id = |(name, authority): (&str, Authority)| {
            let value = node.get(name)?;
            let text = value.value().as_str().map_or_else(|| value.value().to_string(), |text| text.trim().to_owned());
            let id = ExternalId::new(authority, kind, &text);
            if id.is_none() && !["", "0"].contains(&text.as_str()) {
                value.skip(format_args!("ignored {text:?}; it is no id of {authority}"));
            }
            id
        };
        fields.into_iter().filter_map(id).collect()
    };
    let series = |id: u32| Key::new(TMDB, id);
    let owner = || {
        if let Some(id) = within.film {
            return Some(Owner::Show(Key::new(TMDB, format_args!("movie/{id}"))));
        }
        if let (Some(show), Some(season)) = (within.series, within.season) {
            let season = gather.season_key(&series(show), season)?;
            return match within.episode {
                Some(number) => Some(Owner::Episode(gather.episode_key(&season, number)?)),
                None => Some(Owner::Season(season)),
            };
        }
        if let Some(id) = within.series {
            return Some(Owner::Show(series(id)));
        }
        let id = person.or(own)?;
        let key = series(id);
        let movie = Key::new(TMDB, format_args!("movie/{id}"));
        let of_person = person.is_some() || node.text("imdb_id").is_some_and(|id| id.starts_with("nm"));
        let owners = [Owner::Show(key.clone()), Owner::Show(movie), Owner::Episode(key.clone()), Owner::Person(key)];
        owners
            .into_iter()
            .filter(|owner| !of_person || matches!(owner, Owner::Person(_)))
            .find(|owner| gather.knows(owner))
    };
    let Some(owner) = owner() else {
        return node.skip("skipped: castgraph cannot tell what these ids are of; read them together with that");
    };
    let kind = match &owner {
        Owner::Show(key) if key.as_str().contains("movie/") => IdKind::Film,
        Owner::Show(_) => IdKind::Show,
        Owner::Season(_) => IdKind::Season,
        Owner::Episode(_) => IdKind::Episode,
        Owner::Person(_) => IdKind::Person,
    };
    gather.add_ids(&owner, read(kind));
}

/// Reads titles in other countries.
pub(super) fn titles(node: &Node<'_>, within: &Context, own: Option<u32>, gather: &mut Gather) {
    let film = within.film.map(|id| Key::new(TMDB, format_args!("movie/{id}")));
    let key = film.or(within.series.or(own).map(|id| Key::new(TMDB, id)));
    let Some(mut show) = key.and_then(|key| gather.has_show(&key).cloned()) else { return };
    for title in node.items("results").into_iter().chain(node.items("titles")) {
        show.aliases.extend(title.text("title").map(|name| Alias {
            name: name.to_owned(),
            language: None,
            country: title.text("iso_3166_1").map(str::to_owned),
            original: false,
        }));
    }
    gather.show(show);
}

fn about(node: &Node<'_>, kind: IdKind, id: u32, pictures: &[(&str, ImageKind)]) -> About {
    let mut about = About::default();
    about.add_id(ExternalId::new(TMDB, kind, &id.to_string()));
    about.page = about.ids.first().and_then(ExternalId::page);
    for (name, kind) in pictures {
        let Some(path) = node.text(name).filter(|path| path.starts_with('/')) else { continue };
        about.images.push(Image {
            kind: *kind,
            address: format!("{PICTURES}original{path}"),
            small: Some(format!("{PICTURES}w342{path}")),
            credit: "TMDB".to_owned(),
            licence: Some(TMDB.licence()),
        });
    }
    let text = node.text("overview").or_else(|| node.text("biography")).map(plain);
    about.summaries.extend(text.filter(|text| !text.is_empty()).map(|text| Summary {
        text,
        language: None,
        licence: TMDB.licence(),
    }));
    about
}

fn genres(node: &Node<'_>) -> Vec<String> {
    node.items("genres").iter().filter_map(|genre| genre.text("name")).map(str::to_owned).collect()
}

fn network(node: &Node<'_>) -> Option<Platform> {
    Some(Platform {
        key: node.number("id").map(|id| Key::new(TMDB, format_args!("network/{id}"))),
        name: node.required_text("name")?.to_owned(),
        kind: PlatformKind::Unknown,
        country: node.text("origin_country").filter(|code| code.len() == 2).map(str::to_owned),
    })
}

/// The title in the original language, if it is another one.
fn original(node: &Node<'_>, field: &str, title: &str) -> Option<Alias> {
    let name = node.text(field).filter(|name| *name != title)?;
    let language = node.text("original_language").map(str::to_owned);
    Some(Alias { name: name.to_owned(), language, country: None, original: true })
}

fn positive(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}

fn medium(genres: &[String]) -> Option<Medium> {
    genres.iter().any(|genre| genre == "Animation").then_some(Medium::Animation)
}

fn format(word: &str, node: &Node<'_>) -> Format {
    match word {
        "Miniseries" => return Format::Miniseries,
        "Scripted" | "Documentary" | "News" | "Reality" | "Talk Show" | "Video" => {}
        other => node.unknown("type of series", other),
    }
    Format::Series
}

fn status(word: &str, node: &Node<'_>) -> Option<Status> {
    match word {
        "Returning Series" => return Some(Status::Running),
        "Ended" => return Some(Status::Ended),
        "Canceled" | "Cancelled" => return Some(Status::Cancelled),
        "Planned" | "In Production" | "Pilot" => return Some(Status::Announced),
        other => node.unknown("status", other),
    }
    None
}
